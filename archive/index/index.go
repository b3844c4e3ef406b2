package index

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A Manifest keeps the names of the segments that make up the index. What Save
// stored must survive a crash once it returned.
type Manifest interface {
	Load() ([]Entry, error)
	Save([]Entry) error
}

// An Entry is a segment. Entries are in order, without gaps.
type Entry struct {
	Name  string `cbor:"1,keyasint"`
	First uint64 `cbor:"2,keyasint"` // row
	Rows  uint64 `cbor:"3,keyasint"`
}

// An Index is one that this process has open. Its methods may be called from several
// goroutines.
type Index struct {
	dir      string
	manifest Manifest
	readOnly bool
	adding   sync.Mutex // held by Add
	room     room       // of Add

	saving  sync.Mutex // held while entries and segs are changed, taken before mu; no search waits for it
	merging sync.WaitGroup
	closed  atomic.Bool

	mu      sync.Mutex // guards what follows
	entries []Entry
	segs    []*segment // of each entry; nil for a damaged one
	last    uint64     // highest sequence number of a row
	busy    bool       // merging
	failed  error      // of a merge
}

// ErrClosed: the index was closed.
var ErrClosed = errors.New("index is closed")

// Open opens the index in dir, which is made if it is missing, and removes files that
// no manifest names. A damaged segment is not an error here: it is missing in answers.
func Open(dir string, m Manifest) (*Index, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	return openIndex(&Index{dir: dir, manifest: m})
}

// OpenReadOnly opens an index that is only searched.
func OpenReadOnly(dir string, m Manifest) (*Index, error) {
	return openIndex(&Index{dir: dir, manifest: m, readOnly: true})
}

func openIndex(x *Index) (*Index, error) {
	var err error
	m := x.manifest
	if x.entries, err = m.Load(); err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	if err := x.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open index: %w", err), x.Close())
	}
	return x, nil
}

func (x *Index) open() error {
	rows := uint64(0)
	for _, e := range x.entries {
		s, err := openSegment(filepath.Join(x.dir, e.Name))
		var damaged *DamagedError
		if err != nil && !errors.As(err, &damaged) && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if s != nil && (s.first() != e.First || uint64(s.rows()) != e.Rows) { // another file under its name
			_ = s.release()
			s = nil
		}
		if e.First != rows {
			return fmt.Errorf("manifest: %s begins at row %d instead of %d", e.Name, e.First, rows)
		}
		rows += e.Rows
		x.segs = append(x.segs, s)
		if s != nil {
			x.last = max(x.last, s.foot[footLast])
			x.end(s.ended)
		}
	}
	if x.readOnly {
		return nil
	}
	return x.tidy()
}

// end notes which rows were replaced.
func (x *Index) end(ended []ending) {
	for _, e := range ended {
		for _, s := range x.segs {
			if s != nil && s.first() <= e.row && e.row < s.first()+uint64(s.rows()) {
				s.end(e.row, e.to)
			}
		}
	}
}

// tidy removes what a crash left: segments that were not named yet, or no longer.
func (x *Index) tidy() error {
	files, err := os.ReadDir(x.dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := f.Name()
		ours := strings.HasSuffix(name, segmentSuffix) || strings.HasSuffix(name, segmentSuffix+temporarySuffix)
		if ours && !slices.ContainsFunc(x.entries, func(e Entry) bool { return e.Name == name }) {
			err = errors.Join(err, os.Remove(filepath.Join(x.dir, name)))
		}
	}
	return err
}

// Rows is how many rows were added: the number of the next one.
func (x *Index) Rows() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.count()
}

func (x *Index) count() uint64 {
	if len(x.entries) == 0 {
		return 0
	}
	e := x.entries[len(x.entries)-1]
	return e.First + e.Rows
}

// Segments is how many segments there are.
func (x *Index) Segments() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.entries)
}

// Add adds rows; they are durable and found when it returns. Sequence numbers do not
// descend from row to row. Of many rows it makes several segments: after an error the
// first Rows of them are there.
func (x *Index) Add(rows []Row) error {
	x.adding.Lock()
	defer x.adding.Unlock()
	for len(rows) > 0 {
		b := &builder{first: x.Rows(), seen: &x.room.seen, found: x.room.found[:0]}
		for len(b.found) < segmentTerms && b.rows() < len(rows) {
			if err := b.add(&rows[b.rows()]); err != nil {
				return fmt.Errorf("index row %d: %w", b.first+uint64(b.rows()), err)
			}
		}
		x.room.found = b.found
		if err := x.addSegment(b); err != nil {
			return fmt.Errorf("index rows from %d: %w", b.first, err)
		}
		rows = rows[b.rows():]
	}
	return nil
}

// room is what Add uses again.
type room struct {
	seen
	found []occurrence
	other []occurrence // for sorting
}

// segmentTerms is how many terms of 16 bytes are gathered before they are written.
const segmentTerms = 4 << 20

func (x *Index) addSegment(b *builder) error {
	s, err := x.write(b.first, uint64(b.rows()), func(w io.Writer) error { return b.write(w, &x.room) })
	if err != nil {
		return err
	}
	x.saving.Lock()
	defer x.saving.Unlock()
	if err := x.swap(nil, s); err != nil {
		return err
	}
	x.startMerging()
	return nil
}

// write makes and opens a segment.
func (x *Index) write(first, rows uint64, fill func(w io.Writer) error) (*segment, error) {
	name := filepath.Join(x.dir, segmentName(first, rows))
	if err := writeFile(name, fill); err != nil {
		return nil, err
	}
	return openSegment(name)
}

// swap puts s in place of a run of segments, or behind all, in the manifest first.
func (x *Index) swap(run []*segment, s *segment) error {
	if x.closed.Load() {
		return errors.Join(ErrClosed, s.release())
	}
	from, to := len(x.segs), len(x.segs)
	if len(run) > 0 {
		from = slices.Index(x.segs, run[0])
		to = from + len(run)
	}
	entries := slices.Replace(slices.Clone(x.entries), from, to, Entry{s.name, s.first(), uint64(s.rows())})
	if err := x.manifest.Save(entries); err != nil {
		return errors.Join(err, s.release())
	}
	x.mu.Lock()
	x.entries, x.segs = entries, slices.Replace(slices.Clone(x.segs), from, to, s)
	x.last = max(x.last, s.foot[footLast])
	x.end(s.ended)
	x.mu.Unlock()
	var errs []error
	for _, o := range run {
		name := filepath.Join(x.dir, o.name)
		o.drop = func() error { return os.Remove(name) }
		errs = append(errs, o.release())
	}
	return errors.Join(errs...)
}

// startMerging merges in the background what should be merged.
func (x *Index) startMerging() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.busy || x.closed.Load() || x.failed != nil {
		return
	}
	x.busy = true
	x.merging.Go(func() {
		for x.mergeOnce() {
		}
	})
}

// mergeOnce merges one run of segments, if there is one. An error ends merging until
// the index is opened again; what was there before stays.
func (x *Index) mergeOnce() (more bool) {
	x.mu.Lock()
	from, to := toMerge(x.segs)
	if x.closed.Load() || from == to {
		x.busy = false
		x.mu.Unlock()
		return false
	}
	run := slices.Clone(x.segs[from:to])
	for _, s := range run {
		s.acquire()
	}
	x.mu.Unlock()

	err := x.merge(run)
	for _, s := range run {
		err = errors.Join(err, s.release())
	}
	if err == nil {
		return true
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.busy = false
	if !errors.Is(err, ErrClosed) {
		x.failed = fmt.Errorf("merge index segments: %w", err)
	}
	return false
}

func (x *Index) merge(run []*segment) error {
	rows := uint64(0)
	for _, s := range run {
		rows += uint64(s.rows())
	}
	var s *segment
	err := guard(run[0].name, func() (err error) {
		s, err = x.write(run[0].first(), rows, func(w io.Writer) error { return merge(w, run, &x.closed) })
		return err
	})
	if err != nil {
		return err
	}
	x.saving.Lock()
	defer x.saving.Unlock()
	for _, o := range run { // rows may have ended since
		for i := range o.to {
			s.end(o.first()+uint64(i), o.to[i])
		}
	}
	return x.swap(run, s)
}

// Settle waits until nothing is left to merge, and tells why merging ended early.
func (x *Index) Settle() error {
	x.merging.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.failed
}

// Close ends a merge and lets go of the files once the last search is over.
func (x *Index) Close() error {
	if x.closed.Swap(true) {
		return nil
	}
	x.merging.Wait()
	x.saving.Lock()
	defer x.saving.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	var errs []error
	for _, s := range x.segs {
		if s != nil {
			errs = append(errs, s.release())
		}
	}
	x.segs, x.entries = nil, nil
	return errors.Join(errs...)
}

// A view is the segments as they were at one moment.
type view struct {
	segs    []*segment
	missing []string
	last    uint64
}

func (x *Index) view() *view {
	x.mu.Lock()
	defer x.mu.Unlock()
	v := &view{last: x.last}
	for i, s := range x.segs {
		if s == nil {
			v.missing = append(v.missing, x.entries[i].Name)
			continue
		}
		s.acquire()
		v.segs = append(v.segs, s)
	}
	return v
}

func (v *view) release() {
	for _, s := range v.segs {
		_ = s.release() // a file that could not be removed is removed by the next Open
	}
}
