package archive

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"go.etcd.io/bbolt"

	"fangzhi/parser"
)

// load reads a capture back. A revisit gets the payload of the capture it points
// to, with the header it came with itself.
func (a *Archive) load(tx *bbolt.Tx, n uint64) (*Capture, *captureRecord, error) {
	var rec captureRecord
	ok, err := get(tx, bucketCapture, number(n), &rec)
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, fmt.Errorf("capture %d: %w", n, ErrNotFound)
	}
	c, err := readCapture(a.dir, rec.location(n))
	if err != nil {
		return nil, nil, err
	}
	c.Via = rec.Via
	if rec.Full == 0 {
		return c, &rec, nil
	}
	full, _, err := a.load(tx, rec.Full)
	if err != nil {
		return nil, nil, fmt.Errorf("payload of capture %d: %w", n, err)
	}
	if c.Status == http.StatusNotModified { // a 304 has no header of its own to speak of
		c.Status, c.Header = full.Status, full.Header
		c.Response, c.HeaderLen = full.Response, full.HeaderLen
		return c, &rec, nil
	}
	// Equal payloads may have come in different transfer codings.
	c.Response = append(bytes.Clone(c.Response[:c.HeaderLen]), full.Payload()...)
	c.Header.Del("Transfer-Encoding")
	return c, &rec, nil
}

// Unread is the capture of a link that was kept by a run that ended before it
// could read it, if there is one.
func (a *Archive) Unread(ctx context.Context, link Link) (c *Capture, loc Location, ok bool, err error) {
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		n, err := getNumber(tx, bucketUnread, urlID(link.URL, link.Form))
		if err != nil || n == 0 {
			return err
		}
		var rec *captureRecord
		if c, rec, err = a.load(tx, n); err != nil {
			return err
		}
		loc, ok = rec.location(n), true
		return nil
	})
	if err != nil {
		return nil, Location{}, false, fmt.Errorf("unread capture of %s: %w", link.URL, err)
	}
	return c, loc, ok, nil
}

// maxReread bounds what a capture may inflate to when it is read again.
const maxReread = 64 << 20

// reread reads an article out of a capture with the parser of today; nil when
// there is none in it.
func (a *Archive) reread(tx *bbolt.Tx, site string, n uint64) (*parser.Article, error) {
	c, _, err := a.load(tx, n)
	if err != nil {
		return nil, err
	}
	return ReadArticle(c, a.opt.Rules(site))
}

// ReadArticle reads the article in a capture; nil when there is none.
func ReadArticle(c *Capture, rules parser.Rules) (*parser.Article, error) {
	body, err := c.Body(maxReread)
	if err != nil {
		return nil, nil // nor did it unpack when it came
	}
	base, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("read capture of %q: %w", c.URL, err)
	}
	text, evidence := parser.Decode(body, c.Header.Get("Content-Type"))
	page, err := parser.Parse(text, parser.Origin{URL: base, Fetched: c.Time, Rules: rules})
	if err != nil || page.Article == nil {
		return nil, nil
	}
	page.Article.Charset = evidence
	return page.Article, nil
}
