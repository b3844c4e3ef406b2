package archive

import (
	"bytes"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/parser"
	"fangzhi/parser/region"
)

// An edition is a document at one of its versions.
type edition struct {
	number   uint64 // of the document
	n        int    // of the version, from 1
	versions int    // of the document, as far as the answer looks
	document *documentRecord
	version  *versionRecord
}

// loadEdition loads a document at its version n.
func loadEdition(tx *bbolt.Tx, document uint64, n int) (*edition, error) {
	d, err := loadDocument(tx, document)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > d.Versions {
		return nil, ErrNotFound
	}
	v, err := loadVersion(tx, document, n)
	return &edition{number: document, n: n, versions: d.Versions, document: d, version: v}, err
}

// editionWithin loads a document at its newest version within h. The first version
// of a document that was there counts although it was replaced since: a listed item
// has become an article.
func editionWithin(tx *bbolt.Tx, h horizon, document uint64) (*edition, error) {
	d, err := loadDocument(tx, document)
	if err != nil {
		return nil, err
	}
	e := &edition{number: document, n: d.Versions, document: d}
	for {
		if e.version, err = loadVersion(tx, document, e.n); err != nil {
			return nil, err
		}
		if e.version.Seq <= h.changes || e.n == 1 {
			e.versions = e.n
			return e, nil
		}
		e.n--
	}
}

// article is the edition as every command prints it.
func (e *edition) article(tx *bbolt.Tx) (*Article, error) {
	d, v := e.document, e.version
	text, err := getText(tx, v.Text)
	if err != nil {
		return nil, err
	}
	others, err := addressesOf(tx, v.Group, e.number)
	if err != nil {
		return nil, err
	}
	a := &Article{
		Type: "article", ID: d.ID, Version: e.n, Versions: e.versions, URL: d.URL, Site: d.Site, Title: v.Title,
		DateEvidence: v.Evidence, DateWeak: v.Weak, SignedOn: v.SignedOn.String(),
		Source: v.Source, Author: v.Author, Issuer: v.Issuer, DocNumber: v.DocNumber, IndexNumber: v.IndexNumber,
		Region: placeOf(d.Region), RegionCode: d.Region, Category: d.Category,
		Text: text, Attachments: v.Attachments, Images: v.Images,
		Captured: nano(v.Captured), FirstSeen: nano(d.FirstSeen), LastSeen: nano(e.lastSeen()),
		Location: v.Location, Charset: v.Charset, Parser: v.Parser,
		Listings: d.Contexts, Addresses: others, Unreachable: d.Unreachable,
	}
	if d.Item {
		a.Type = "item"
	}
	a.Date, a.DateTime = printed(v.date())
	if len(v.Payload) == len(Digest{}) {
		a.Digest = Digest(v.Payload).String()
	}
	return a, nil
}

// lastSeen: an unchanged recheck is noted at the document, for its newest version.
func (e *edition) lastSeen() int64 {
	if e.n == e.document.Versions {
		return max(e.version.LastSeen, e.document.LastSeen)
	}
	return e.version.LastSeen
}

// printed is a date as far as the page printed it: 2022-03 or 2022-03-31, and the
// instant as RFC 3339 when there was a time of day.
func printed(d parser.Date) (date, instant string) {
	switch d.Precision {
	case parser.PrecisionNone:
		return "", ""
	case parser.PrecisionMonth:
		return d.Time.Format("2006-01"), ""
	case parser.PrecisionMinute, parser.PrecisionSecond:
		instant = d.Time.Format(time.RFC3339)
	}
	return d.Day().String(), instant
}

// placeOf is the path to a region in words: 江西省 > 景德镇市 > 浮梁县.
func placeOf(code string) string {
	var names []string
	for _, p := range region.Path(code) {
		names = append(names, p.Name)
	}
	return strings.Join(names, " > ")
}

// maxAddresses bounds the other addresses that are told of one text: a form that
// thousands of pages repeat must not make every one of them long.
const maxAddresses = 100

// addressesOf are the URLs of the other documents whose newest version is of the
// group, those known longest first.
func addressesOf(tx *bbolt.Tx, group []byte, but uint64) (urls []string, err error) {
	if len(group) == 0 {
		return nil, nil
	}
	c := tx.Bucket(bucketAddress).Cursor()
	for k, _ := c.Seek(group); bytes.HasPrefix(k, group) && len(urls) < maxAddresses; k, _ = c.Next() {
		document := k[len(group):]
		if len(document) != 8 {
			return nil, &DamagedError{string(bucketAddress), printable(k)}
		}
		if numberOf(document) == but {
			continue
		}
		d, err := loadDocument(tx, numberOf(document))
		if err != nil {
			return nil, err
		}
		urls = append(urls, d.URL)
	}
	return urls, nil
}
