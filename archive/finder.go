package archive

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/index"
	"fangzhi/archive/query"
)

// IndexDir holds the full-text index. It can be deleted: Rebuild makes it anew.
const IndexDir = "index"

// A rowRecord is a row of the index: a version as it became visible. Rows are numbered
// from 0 in the order in which they were written, in the same transaction as the
// version, and are indexed after the commit; so a crash loses none.
type rowRecord struct {
	Document uint64 `cbor:"1,keyasint"`
	Version  int    `cbor:"2,keyasint"`
	From     uint64 `cbor:"3,keyasint"`           // sequence number
	Replaces uint64 `cbor:"4,keyasint,omitempty"` // row before it of the same document, plus 1
}

// addRow numbers a row for the newest version of a document.
func (a *Archive) addRow(tx *bbolt.Tx, n uint64, d *documentRecord) error {
	r := rowRecord{Document: n, Version: d.Versions, From: a.meta.Changes, Replaces: d.Row}
	if err := put(tx, bucketRow, number(a.meta.Rows), &r); err != nil {
		return err
	}
	a.meta.Rows++
	d.Row = a.meta.Rows
	return nil
}

// A finder keeps the index up to date: some time after each commit, and before each
// answer as far as there is time.
type finder struct {
	*index.Index
	archive  *Archive
	readOnly bool
	adding   chan struct{} // holds one token: whoever has it adds rows
	woken    chan struct{}
	stop     context.CancelFunc
	done     sync.WaitGroup
}

const (
	indexPatience = 2 * time.Second // how long an answer waits for the newest rows
	indexRows     = 2000            // read at once
	indexBytes    = 32 << 20        // of text, about
)

func openFinder(a *Archive) (f *finder, err error) {
	f = &finder{archive: a, readOnly: a.opt.ReadOnly, adding: make(chan struct{}, 1), woken: make(chan struct{}, 1)}
	f.adding <- struct{}{}
	open := index.Open
	if f.readOnly {
		open = index.OpenReadOnly
	}
	if f.Index, err = open(filepath.Join(a.dir, IndexDir), manifest{a}); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	if !f.readOnly {
		f.done.Go(func() { f.follow(ctx) })
		f.wake()
	}
	return f, nil
}

// wake says that something was committed.
func (f *finder) wake() {
	if f == nil {
		return
	}
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

// follow indexes what was committed, until ctx ends. What fails now is tried again by
// the next answer, which tells about it.
func (f *finder) follow(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.woken:
		}
		_ = f.catchUp(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(f.archive.opt.IndexEvery):
		}
	}
}

// Close ends following, indexes what is left, because the archive may be read-only when
// it is next searched, and lets go of the files. What fails is told by that search.
func (f *finder) Close() error {
	f.stop()
	f.done.Wait()
	if !f.readOnly {
		patience, cancel := context.WithTimeout(context.Background(), indexPatience)
		_ = f.catchUp(patience)
		cancel()
	}
	return f.Index.Close()
}

// catchUp indexes all rows that were committed before it was called, or until ctx ends.
func (f *finder) catchUp(ctx context.Context) error {
	to, err := f.committed()
	if err != nil || f.Rows() >= to {
		return err
	}
	if f.readOnly {
		return errors.New("the index is not up to date, and the archive cannot be written")
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-f.adding:
	}
	defer func() { f.adding <- struct{}{} }()
	for from := f.Rows(); from < to; from = f.Rows() {
		rows, err := f.read(ctx, from, to)
		if err != nil {
			return err
		}
		if err := f.Add(rows); err != nil {
			return err
		}
	}
	return nil
}

// committed is how many rows there are.
func (f *finder) committed() (uint64, error) {
	var m metaRecord
	err := f.archive.view(func(tx *bbolt.Tx) (err error) {
		m, err = committed(tx)
		return err
	})
	return m.Rows, err
}

// read is the rows from from on, so many that they fit into memory.
func (f *finder) read(ctx context.Context, from, to uint64) (rows []index.Row, err error) {
	size := 0
	err = f.archive.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		r, err := loadRow(tx, from)
		if err != nil {
			return false, err
		}
		rows = append(rows, *r)
		size += len(r.Fields[query.Body])
		from++
		return from < to && len(rows) < indexRows && size < indexBytes, nil
	})
	return rows, err
}

// loadRow is a row as the index takes it. A version that is damaged or missing is a row
// without texts: whoever asks for it or verifies is told.
func loadRow(tx *bbolt.Tx, n uint64) (*index.Row, error) {
	var r rowRecord
	ok, err := get(tx, bucketRow, number(n), &r)
	if err == nil && !ok {
		err = &DamagedError{Bucket: string(bucketRow), Key: printable(number(n))}
	}
	if err != nil {
		return nil, err
	}
	row := &index.Row{Document: r.Document, Version: uint32(r.Version), From: r.From, Replaces: index.NoRow}
	if r.Replaces > 0 {
		row.Replaces = r.Replaces - 1
	}
	e, err := loadEdition(tx, r.Document, r.Version)
	if err == nil {
		_ = e.fill(tx, row)
	}
	return row, nil
}

// fill gives the row what the index holds of an edition.
func (e *edition) fill(tx *bbolt.Tx, row *index.Row) error {
	d, v := e.document, e.version
	row.Rank, row.Date, row.Captured = rankOf(d.ID), dateNumber(v), v.Captured
	row.Region, row.Category, row.Site = d.Region, d.Category, d.Site
	if len(v.Group) >= 8 {
		row.Group = max(binary.BigEndian.Uint64(v.Group), 1)
	}
	row.Fields[query.Title], row.Fields[query.Source] = v.Title, v.Source
	row.Fields[query.Number] = query.DocNumber(v.DocNumber)
	text, err := getText(tx, v.Text)
	row.Fields[query.Body] = text
	return err
}

// rankOf is a number that orders as ids do: each letter of base32 is five bits.
func rankOf(id string) (rank uint64) {
	for _, c := range []byte(id) {
		digit := uint64(c - '2') // 2 to 7, before the letters
		if c >= 'a' {
			digit = uint64(c-'a') + 6
		}
		rank = rank<<5 | digit
	}
	return rank
}

// dateNumber is 20220331, 20220300 when only the month is known, 0 for no date.
func dateNumber(v *versionRecord) uint32 {
	first, last, ok := days(v.date())
	switch {
	case !ok:
		return 0
	case first != last:
		return uint32(first.Year*10000 + first.Month*100)
	}
	return uint32(first.Year*10000 + first.Month*100 + first.Day)
}

// A manifest keeps the names of the index's segments in the database.
type manifest struct{ archive *Archive }

func (m manifest) Load() (entries []index.Entry, err error) {
	err = m.archive.view(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketIndex) == nil { // read-only, and made before there was an index
			return nil
		}
		return each(tx, bucketIndex, nil, func(_ []byte, e *index.Entry) error {
			entries = append(entries, *e)
			return nil
		})
	})
	return entries, err
}

func (m manifest) Save(entries []index.Entry) error {
	a := m.archive
	a.mu.Lock()
	defer a.mu.Unlock()
	tx, err := a.transaction()
	if err != nil {
		return err
	}
	if err := putEntries(tx, entries); err != nil {
		a.fail(err)
		return err
	}
	return a.commit()
}

func putEntries(tx *bbolt.Tx, entries []index.Entry) error {
	if err := tx.DeleteBucket(bucketIndex); err != nil {
		return err
	}
	if _, err := tx.CreateBucket(bucketIndex); err != nil {
		return err
	}
	for i := range entries {
		if err := put(tx, bucketIndex, number(entries[i].First), &entries[i]); err != nil {
			return err
		}
	}
	return nil
}

var orders = map[Sort]index.Sort{"": index.ByPublished, ByPublished: index.ByPublished, ByRelevance: index.ByRelevance, ByCaptured: index.ByCaptured}

// node is what q asks for, as a tree.
func (q *Query) node() (query.Node, error) {
	n, err := query.Parse(q.Text)
	if err != nil {
		return nil, err
	}
	if !isRegionCode(q.Region) {
		return nil, fmt.Errorf("region %q is not six digits", q.Region)
	}
	if _, ok := orders[q.Sort]; !ok {
		return nil, fmt.Errorf("hits are sorted by published, relevance or captured, not by %q", q.Sort)
	}
	all := query.And{n}
	if q.Region != "" {
		all = append(all, query.Region{Code: q.Region})
	}
	if q.Category != "" {
		all = append(all, query.Category{Name: q.Category})
	}
	if q.Site != "" {
		all = append(all, query.Site{Name: q.Site})
	}
	if q.Published != (DayRange{}) {
		all = append(all, query.Published(q.Published))
	}
	if q.Captured != (TimeRange{}) {
		all = append(all, query.Captured(q.Captured))
	}
	return all, nil
}

// Search implements Searcher.
func (a *Archive) Search(ctx context.Context, q Query) (*Results, error) {
	r, err := a.search(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return r, nil
}

func (a *Archive) search(ctx context.Context, q Query) (*Results, error) {
	node, err := q.node()
	if err != nil {
		return nil, err
	}
	patience, cancel := context.WithTimeout(ctx, indexPatience)
	late := a.finder.catchUp(patience)
	cancel()
	if errors.Is(late, ErrClosed) || errors.As(late, new(*DamagedError)) {
		return nil, late
	}
	found, err := a.finder.Index.Search(ctx, index.Request{
		Query: node, At: q.At, Sort: orders[q.Sort], Offset: q.Offset, Limit: cmp.Or(q.Limit, defaultLimit), Facets: q.Facets, Apart: q.Apart,
	})
	if err != nil {
		return nil, err
	}
	rows, err := a.finder.committed()
	if err != nil {
		return nil, err
	}
	r := &Results{At: found.At, Total: found.Total, Partial: found.Partial, Facets: found.Facets, Missing: found.Missing, Hits: make([]Hit, 0, len(found.Hits))}
	if indexed := a.finder.Rows(); rows > indexed && late != nil {
		r.Unindexed, r.Trouble = int(rows-indexed), late.Error()
	}
	return r, a.hits(ctx, found.Hits, node, r)
}

// hits adds articles and snippets. Also a partial answer shows what it found: ctx has
// ended, its values have not.
func (a *Archive) hits(ctx context.Context, found []index.Hit, node query.Node, r *Results) error {
	var terms []string
	for _, t := range query.Texts(node) {
		if t.In&query.Anywhere != 0 {
			terms = append(terms, t.Text)
		}
	}
	matches := make([]match, len(found))
	for i, h := range found {
		matches[i] = match{document: h.Document, n: int(h.Version)}
	}
	return a.articles(context.WithoutCancel(ctx), matches, func(article *Article) bool {
		h := Hit{Article: *article, Also: found[len(r.Hits)].Also}
		h.Snippet, h.Marks = index.Snippet(article.Text, terms)
		if len(h.Marks) > 0 {
			h.Match = h.Marks[0]
		}
		r.Hits = append(r.Hits, h)
		return true
	})
}
