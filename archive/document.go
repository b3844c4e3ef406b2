package archive

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/fold"
	"fangzhi/parser"
)

func loadDocument(tx *bbolt.Tx, n uint64) (*documentRecord, error) {
	d := new(documentRecord)
	ok, err := get(tx, bucketDocument, number(n), d)
	if err == nil && !ok {
		err = fmt.Errorf("document %d is not in the database", n)
	}
	return d, err
}

func loadVersion(tx *bbolt.Tx, document uint64, n int) (*versionRecord, error) {
	v := new(versionRecord)
	ok, err := get(tx, bucketVersion, versionKey(document, n), v)
	if err == nil && !ok {
		err = fmt.Errorf("version %d of document %d is not in the database", n, document)
	}
	return v, err
}

// applyToDocument brings the document of an article's link up to date.
func (a *Archive) applyToDocument(tx *bbolt.Tx, id []byte, f *Follow, s *urlRecord) (Change, error) {
	if f.Link.Role != RoleArticle {
		return NoChange, nil
	}
	n, err := getNumber(tx, bucketDocumentID, id)
	if err != nil {
		return NoChange, err
	}
	switch {
	case f.Outcome == Kept:
		return a.applyArticle(tx, n, id, f, s)
	case n == 0:
		return NoChange, nil
	case f.Outcome == Unchanged:
		return seenAgain(tx, n, f.At)
	case f.Outcome == Failed && f.Reason == NotFound:
		return unreachable(tx, n, f)
	}
	return NoChange, nil
}

// applyArticle files what was read as a version of the document at its URL: a new
// one when the page differs from what it showed last.
func (a *Archive) applyArticle(tx *bbolt.Tx, n uint64, id []byte, f *Follow, s *urlRecord) (Change, error) {
	article := f.Article
	if article == nil { // the parser of a Rebuild reads none where an older one did
		return NoChange, nil
	}
	v, err := a.newVersion(tx, article, f)
	if err != nil {
		return NoChange, err
	}
	if n == 0 {
		d := &documentRecord{URL: f.Link.URL, Site: f.Link.Site, Region: article.Region, Category: article.Category}
		return Created, a.create(tx, id, d, v, s, f.At)
	}
	d, err := loadDocument(tx, n)
	if err != nil {
		return NoChange, err
	}
	if d.Item {
		return Created, a.fill(tx, n, d, v, article, f)
	}
	old, err := a.comparable(tx, n, d)
	if err != nil {
		return NoChange, err
	}
	same, err := sameContent(tx, old, v)
	if err != nil {
		return NoChange, err
	}
	if same {
		return seenAgain(tx, n, f.At)
	}
	change := Edited
	if d.Unreachable != nil {
		change, d.Unreachable = Returned, nil
	}
	place(d, article)
	d.Versions++
	return change, a.putNewest(tx, n, d, v, old, f.At)
}

// newVersion is a version that is not numbered yet.
func (a *Archive) newVersion(tx *bbolt.Tx, article *parser.Article, f *Follow) (*versionRecord, error) {
	var c captureRecord
	if _, err := get(tx, bucketCapture, number(f.Location.Capture), &c); err != nil {
		return nil, err
	}
	v := &versionRecord{Captured: c.Time, Location: f.Location, Payload: c.Payload}
	return v, v.read(tx, article)
}

// read takes over what the parser read.
func (v *versionRecord) read(tx *bbolt.Tx, article *parser.Article) (err error) {
	v.Parser, v.Charset = parser.Version, charsetWords(article.Charset)
	v.Title = article.Title
	v.Date, v.Precision, v.Evidence, v.Weak = 0, article.Date.Precision, article.Date.Evidence, article.Date.Weak
	if v.Precision != parser.PrecisionNone {
		v.Date = article.Date.Time.Unix()
	}
	v.SignedOn, v.Source, v.Author, v.Issuer = article.SignedOn, article.Source, article.Author, article.Issuer
	v.DocNumber, v.IndexNumber = article.DocNumber, article.IndexNumber
	v.Attachments, v.Images = article.Attachments, article.Images
	v.Group = groupOf(v, article.Text)
	v.Text = nil
	if article.Text != "" {
		v.Text, err = putText(tx, article.Text)
	}
	return err
}

// create numbers a new document and stores it with its first version. The listings
// that showed its URL are the document's from now on.
func (a *Archive) create(tx *bbolt.Tx, id []byte, d *documentRecord, v *versionRecord, s *urlRecord, at time.Time) error {
	a.meta.Documents++
	n := a.meta.Documents
	d.ID, d.Region, d.Category = string(id), otherwise(d.Region, s.Region), otherwise(d.Category, s.Category)
	d.Versions, d.FirstSeen, d.Created = 1, stored(at), a.meta.Changes+1
	d.Contexts, s.Contexts = s.Contexts, nil
	if err := putNumber(tx, bucketDocumentID, id, n); err != nil {
		return err
	}
	if d.Item {
		a.meta.Items++
	} else if err := a.countDocument(tx, d.Site); err != nil {
		return err
	}
	return a.putNewest(tx, n, d, v, nil, at)
}

// fill makes an article of what was known from a listing only.
func (a *Archive) fill(tx *bbolt.Tx, n uint64, d *documentRecord, v *versionRecord, article *parser.Article, f *Follow) error {
	old, err := loadVersion(tx, n, d.Versions)
	if err != nil {
		return err
	}
	a.meta.Items--
	d.Item, d.Site, d.URL = false, f.Link.Site, f.Link.URL
	place(d, article)
	if err := a.countDocument(tx, d.Site); err != nil {
		return err
	}
	return a.putNewest(tx, n, d, v, old, f.At)
}

func (a *Archive) countDocument(tx *bbolt.Tx, site string) error {
	return a.changeSite(tx, site, func(s *siteRecord) { s.Documents++ })
}

// place files a document where its page says it belongs; the page knows better
// than the listing that led to it.
func place(d *documentRecord, article *parser.Article) {
	d.Region = otherwise(article.Region, d.Region)
	d.Category = otherwise(article.Category, d.Category)
}

// putNewest stores a document with its newest version; old is the one before it,
// or the one that it replaces.
func (a *Archive) putNewest(tx *bbolt.Tx, n uint64, d *documentRecord, v, old *versionRecord, at time.Time) error {
	if a.meta.Changes++; !d.Item {
		a.meta.Versions++
	}
	v.Seq, v.LastSeen, d.LastSeen = a.meta.Changes, stored(at), stored(at)
	var group []byte
	if old != nil {
		group = old.Group
	}
	if err := regroup(tx, n, group, v.Group); err != nil {
		return err
	}
	if err := put(tx, bucketVersion, versionKey(n, d.Versions), v); err != nil {
		return err
	}
	if err := a.addRow(tx, n, d); err != nil {
		return err
	}
	return put(tx, bucketDocument, number(n), d)
}

// regroup lists a document under the group of its newest version.
func regroup(tx *bbolt.Tx, n uint64, old, group []byte) error {
	b := tx.Bucket(bucketAddress)
	if bytes.Equal(old, group) {
		return nil
	}
	if len(old) > 0 {
		if err := b.Delete(append(bytes.Clone(old), number(n)...)); err != nil {
			return err
		}
	}
	if len(group) == 0 {
		return nil
	}
	return b.Put(append(bytes.Clone(group), number(n)...), nil)
}

// comparable is the newest version as the parser of today reads it: what a better
// parser finds in an old page is no edit.
func (a *Archive) comparable(tx *bbolt.Tx, n uint64, d *documentRecord) (*versionRecord, error) {
	v, err := loadVersion(tx, n, d.Versions)
	if err != nil || v.Parser == parser.Version || v.Location.IsZero() {
		return v, err
	}
	article, err := a.reread(tx, d.Site, v.Location.Capture)
	if err != nil || article == nil {
		return v, err
	}
	group := v.Group
	if err := v.read(tx, article); err != nil {
		return v, err
	}
	if err := regroup(tx, n, group, v.Group); err != nil {
		return v, err
	}
	if err := a.addRow(tx, n, d); err != nil { // the words of the new reading are to be found
		return v, err
	}
	return v, errors.Join(put(tx, bucketVersion, versionKey(n, d.Versions), v), put(tx, bucketDocument, number(n), d))
}

// sameContent tells whether two versions show a reader the same.
func sameContent(tx *bbolt.Tx, a, b *versionRecord) (bool, error) {
	if fold.String(a.Title) != fold.String(b.Title) || a.Date != b.Date || a.Precision != b.Precision ||
		a.Source != b.Source || a.DocNumber != b.DocNumber ||
		!slices.Equal(addresses(a.Attachments), addresses(b.Attachments)) || !slices.Equal(addresses(a.Images), addresses(b.Images)) {
		return false, nil
	}
	if bytes.Equal(a.Text, b.Text) {
		return true, nil
	}
	before, err := getText(tx, a.Text)
	if err != nil {
		return false, err
	}
	after, err := getText(tx, b.Text)
	return fold.String(before) == fold.String(after), err
}

// seenAgain notes that a document was seen as it was.
func seenAgain(tx *bbolt.Tx, n uint64, at time.Time) (Change, error) {
	d, err := loadDocument(tx, n)
	if err != nil {
		return NoChange, err
	}
	v, err := loadVersion(tx, n, d.Versions)
	if err != nil {
		return NoChange, err
	}
	change := NoChange
	if d.Unreachable != nil {
		change, d.Unreachable = Returned, nil
	}
	d.LastSeen, v.LastSeen = stored(at), stored(at)
	if err := put(tx, bucketVersion, versionKey(n, d.Versions), v); err != nil {
		return NoChange, err
	}
	return change, put(tx, bucketDocument, number(n), d)
}

// unreachable notes that a document's address answered that there is nothing.
func unreachable(tx *bbolt.Tx, n uint64, f *Follow) (Change, error) {
	d, err := loadDocument(tx, n)
	if err != nil || d.Item {
		return NoChange, err
	}
	change := NoChange
	if d.Unreachable == nil {
		change = Gone
		d.Unreachable = &Unreachable{Since: f.At, Location: f.Location}
	}
	d.Unreachable.Last, d.Unreachable.Status = f.At, otherwise(f.Status, http.StatusNotFound)
	d.Unreachable.Times++
	return change, put(tx, bucketDocument, number(n), d)
}

// applyItem files a row that leads off the site: title and date as listed.
func (a *Archive) applyItem(tx *bbolt.Tx, l Link, at time.Time) error {
	id := urlID(l.URL, l.Form)
	n, err := getNumber(tx, bucketDocumentID, id)
	if err != nil || n != 0 {
		if err == nil {
			err = a.addContext(tx, id, l, at)
		}
		return err
	}
	s, err := a.urlOf(tx, id, l)
	if err != nil {
		return err
	}
	s.Outcome = otherwise(s.Outcome, Listed)
	s.addContext(l, at)
	v := &versionRecord{Captured: stored(at), Title: l.Title}
	if !l.Date.IsZero() {
		v.Date = time.Date(l.Date.Year, time.Month(l.Date.Month), l.Date.Day, 0, 0, 0, 0, parser.Beijing).Unix()
		v.Precision, v.Evidence = parser.PrecisionDay, "listing: "+l.Via
	}
	if err := a.create(tx, id, &documentRecord{URL: l.URL, Site: l.Site, Item: true}, v, s, at); err != nil {
		return err
	}
	return put(tx, bucketURL, id, s)
}
