package archive

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// urlOf is what is remembered of the URL of a link, with what the link tells of
// it. A URL that was unknown is counted; the caller stores it.
func (a *Archive) urlOf(tx *bbolt.Tx, id []byte, l Link) (*urlRecord, error) {
	s := new(urlRecord)
	known, err := get(tx, bucketURL, id, s)
	if err != nil {
		return nil, err
	}
	if !known {
		a.meta.URLs++
		*s = urlRecord{Form: l.Form, Site: l.Site}
	}
	s.URL, s.Role, s.Via = l.URL, l.Role, l.Via
	s.Region, s.Category = otherwise(l.Region, s.Region), otherwise(l.Category, s.Category)
	s.Title, s.Date = otherwise(l.Title, s.Title), otherwise(l.Date, s.Date)
	return s, nil
}

// otherwise is v, or old where v says nothing.
func otherwise[T comparable](v, old T) T {
	var nothing T
	if v == nothing {
		return old
	}
	return v
}

// follow notes what became of the link that had this URL.
func (s *urlRecord) follow(tx *bbolt.Tx, f *Follow) error {
	s.Checked = stored(f.At)
	s.Outcome, s.Reason, s.Detail, s.Status = f.Outcome, f.Reason, f.Detail, f.Status
	if f.Location.IsZero() {
		return nil
	}
	var c captureRecord
	ok, err := get(tx, bucketCapture, number(f.Location.Capture), &c)
	if err == nil && !ok {
		err = fmt.Errorf("capture %d of %s is not in the database", f.Location.Capture, f.Link.URL)
	}
	if err != nil {
		return err
	}
	s.Fetched, s.Last = stored(f.At), f.Location.Capture
	if c.Status == http.StatusOK && c.Truncated == Whole {
		s.receive(&c, f.Location.Capture, f.At)
	}
	return nil
}

// receive notes a whole page.
func (s *urlRecord) receive(c *captureRecord, n uint64, at time.Time) {
	if !bytes.Equal(s.Payload, c.Payload) {
		s.Changed = stored(at)
	}
	s.ETag, s.LastModified, s.Payload = c.ETag, c.LastModified, c.Payload
	if s.Full = c.Full; s.Full == 0 {
		s.Full = n
	}
}

func loadURL(tx *bbolt.Tx, url string) (URLState, error) {
	var s urlRecord
	known, err := get(tx, bucketURL, urlID(url, ""), &s)
	if err != nil || !known {
		return URLState{URL: url}, err
	}
	state := URLState{
		URL: s.URL, Site: s.Site, Role: s.Role, Known: true,
		Fetched: nano(s.Fetched), Checked: nano(s.Checked), Changed: nano(s.Changed), Due: nano(s.Due),
		Outcome: s.Outcome, Reason: s.Reason, Detail: s.Detail, Status: s.Status, ETag: s.ETag, LastModified: s.LastModified,
		Region: s.Region, Category: s.Category, Title: s.Title, Date: s.Date,
	}
	copy(state.Payload[:], s.Payload)
	if s.Full != 0 {
		state.Location, err = locationOf(tx, s.Full)
	}
	return state, err
}

func locationOf(tx *bbolt.Tx, n uint64) (Location, error) {
	var c captureRecord
	ok, err := get(tx, bucketCapture, number(n), &c)
	if err == nil && !ok {
		err = fmt.Errorf("capture %d is not in the database", n)
	}
	return c.location(n), err
}

// maxContexts is how many listings are remembered that showed a document.
const maxContexts = 16

// addContext remembers the listing that led to a URL: at its document, or until
// there is one at the URL.
func (a *Archive) addContext(tx *bbolt.Tx, id []byte, l Link, at time.Time) error {
	n, err := getNumber(tx, bucketDocumentID, id)
	if err != nil {
		return err
	}
	if n == 0 {
		var s urlRecord
		if _, err := get(tx, bucketURL, id, &s); err != nil || !s.addContext(l, at) {
			return err
		}
		return put(tx, bucketURL, id, &s)
	}
	d, err := loadDocument(tx, n)
	if err != nil || !d.addContext(l, at) {
		return err
	}
	return put(tx, bucketDocument, number(n), d)
}

func (s *urlRecord) addContext(l Link, at time.Time) (added bool) {
	s.Contexts, added = withContext(s.Contexts, l, at)
	return added
}

func (d *documentRecord) addContext(l Link, at time.Time) (added bool) {
	d.Contexts, added = withContext(d.Contexts, l, at)
	return added
}

// withContext adds the listing that showed l, unless one of the same region and
// category is there: the pages of one listing are one context.
func withContext(all []Context, l Link, at time.Time) ([]Context, bool) {
	same := func(c Context) bool {
		return c.Listing == l.Via || c.Region == l.Region && c.Category == l.Category && l.Region+l.Category != ""
	}
	if l.Via == "" || len(all) >= maxContexts || slices.ContainsFunc(all, same) {
		return all, false
	}
	return append(all, Context{Listing: l.Via, Region: l.Region, Category: l.Category, Title: l.Title, Date: l.Date, Seen: at}), true
}
