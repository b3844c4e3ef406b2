package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/disk"
	"fangzhi/archive/warc"
)

// A Rebuilt says what a Rebuild found in captures/.
type Rebuilt struct {
	Captures int
	Entries  int      // of journals
	Unread   int      // captures of visits whose journal was not written: the next crawl reads them
	Damaged  []string // what could not be read: segment, offset, cause
	Ledger   []string // checkpoints that saw something else than there is now
}

// Files of a Rebuild; the database it makes takes the place of the old one when
// it is whole.
const (
	rebuildName = DatabaseName + ".rebuild"
	scratchName = rebuildName + ".entries"
)

// Rebuild makes the database anew from captures/: journals say what became of
// every link, captures are read again. Nobody else may have the archive open. The
// database that is there is left alone until the new one is whole and durable; of it
// only the leaves of captures that cannot be read any more are taken over.
func Rebuild(ctx context.Context, dir string, opt Options) (*Rebuilt, error) {
	if !Exists(dir) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoArchive)
	}
	r := &rebuild{dir: dir, opt: opt}
	defer r.clean()
	if err := r.clean(); err != nil {
		return nil, fmt.Errorf("rebuild: %w", err)
	}
	if err := r.run(ctx); err != nil {
		return nil, fmt.Errorf("rebuild %s: %w", dir, err)
	}
	name := filepath.Join(dir, DatabaseName)
	if err := os.Rename(filepath.Join(dir, rebuildName), name); err != nil {
		return nil, fmt.Errorf("rebuild: %w", err)
	}
	return &r.Rebuilt, disk.OS{}.SyncDir(dir)
}

// A rebuild collects the entries of all journals in a scratch database, in order,
// then applies them to a new one.
type rebuild struct {
	Rebuilt
	dir string
	opt Options
}

func (r *rebuild) clean() error {
	var errs []error
	for _, name := range []string{rebuildName, scratchName} {
		if err := os.Remove(filepath.Join(r.dir, name)); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (r *rebuild) run(ctx context.Context) (err error) {
	db, err := openDatabase(filepath.Join(r.dir, rebuildName), false)
	if err != nil {
		return err
	}
	a := &Archive{dir: r.dir, opt: r.opt.withDefaults(), db: db, unwritten: map[uint64]int{}}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := db.Update(a.prepare); err != nil {
		return err
	}
	db.NoSync = true // it is worth something only as a whole
	scratch, err := openDatabase(filepath.Join(r.dir, scratchName), false)
	if err != nil {
		return err
	}
	scratch.NoSync = true
	defer func() { err = errors.Join(err, scratch.Close()) }()
	if err := r.collect(ctx, a, scratch); err != nil {
		return err
	}
	if err := r.recall(scratch); err != nil {
		return err
	}
	if err := r.replay(ctx, a, scratch); err != nil {
		return err
	}
	if err := a.Flush(ctx); err != nil {
		return err
	}
	wrong, err := a.compareCheckpoints()
	if err != nil {
		return err
	}
	for _, f := range wrong {
		r.Ledger = append(r.Ledger, f.String())
	}
	return errors.Join(a.writeIndexes(ctx), db.Sync())
}

var (
	scratchEntries  = []byte("entries")  // number -> Entry as JSON
	scratchCaptures = []byte("captures") // number -> foundCapture's record
)

// collect reads all segments.
func (r *rebuild) collect(ctx context.Context, a *Archive, scratch *bbolt.DB) error {
	names, err := segmentNames(r.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		found := foundRecords{segment: name, wanted: true}
		if err := r.read(&found); err != nil {
			return fmt.Errorf("segment %s: %w", name, err)
		}
		err := scratch.Update(func(tx *bbolt.Tx) error { return found.scratch(tx) })
		if err != nil {
			return err
		}
		err = a.update(ctx, func(tx *bbolt.Tx) error {
			a.meta.Segments = max(a.meta.Segments, segmentSerial(name))
			return put(tx, bucketSegment, []byte(name), &found.segmentRecord)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// recall takes over what the database that is there knows of captures that cannot be
// read any more: their bytes are lost, their leaves of the ledger need not be.
func (r *rebuild) recall(scratch *bbolt.DB) error {
	old, err := openDatabase(filepath.Join(r.dir, DatabaseName), true)
	if err != nil {
		return nil // it is lost, too: the checkpoints will tell
	}
	defer old.Close()
	var lost []foundCapture
	err = mapped(DatabaseName, func() error {
		return old.View(func(from *bbolt.Tx) error {
			return scratch.View(func(to *bbolt.Tx) error { lost = lostCaptures(from, to); return nil })
		})
	})
	if err != nil {
		return nil
	}
	return scratch.Update(func(tx *bbolt.Tx) error {
		return (&foundRecords{captures: lost}).scratch(tx)
	})
}

// lostCaptures are those that the old database knows and the scratch one does not.
func lostCaptures(old, scratch *bbolt.Tx) (lost []foundCapture) {
	known, found := old.Bucket(bucketCapture), scratch.Bucket(scratchCaptures)
	if known == nil || found == nil {
		return nil
	}
	cursor := known.Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		var c captureRecord
		if len(k) != 8 || found.Get(k) != nil || decode(bucketCapture, k, v, &c) != nil {
			continue
		}
		c.Leaf = 0
		lost = append(lost, foundCapture{number: numberOf(k), record: c})
	}
	return lost
}

// read reads a segment to its end. What is damaged is named and passed over: the
// next record begins where a gzip member can be read again.
func (r *rebuild) read(found *foundRecords) error {
	name := filepath.Join(r.dir, CapturesDir, found.segment)
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	for offset := int64(0); ; {
		err := found.from(r.dir, offset, info.Size())
		if err == nil {
			break
		}
		if errors.As(err, new(*fs.PathError)) {
			return err
		}
		r.Damaged = append(r.Damaged, fmt.Sprintf("%s: %v", found.segment, err))
		if offset = nextMember(name, found.Committed+1); offset < 0 {
			break
		}
	}
	for _, err := range found.strange {
		r.Damaged = append(r.Damaged, fmt.Sprintf("%s: %v", found.segment, err))
	}
	r.Captures += len(found.captures)
	return nil
}

func (s *foundRecords) scratch(tx *bbolt.Tx) error {
	entries, err := tx.CreateBucketIfNotExists(scratchEntries)
	if err != nil {
		return err
	}
	for _, e := range s.entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := entries.Put(number(e.Seq), line); err != nil {
			return err
		}
	}
	if _, err := tx.CreateBucketIfNotExists(scratchCaptures); err != nil {
		return err
	}
	for _, c := range s.captures {
		if err := put(tx, scratchCaptures, number(c.number), &c.record); err != nil {
			return err
		}
	}
	return nil
}

// replay registers captures and applies entries in the order in which they came.
func (r *rebuild) replay(ctx context.Context, a *Archive, scratch *bbolt.DB) error {
	return scratch.View(func(tx *bbolt.Tx) error {
		if tx.Bucket(scratchEntries) == nil { // not one segment
			return nil
		}
		next := captureCursor{c: tx.Bucket(scratchCaptures).Cursor()}
		c := tx.Bucket(scratchEntries).Cursor()
		for k, line := c.First(); k != nil; k, line = c.Next() {
			var e Entry
			if err := json.Unmarshal(line, &e); err != nil {
				return fmt.Errorf("journal entry %d: %w", numberOf(k), err)
			}
			if err := next.register(ctx, a, e.Captures); err != nil {
				return err
			}
			if err := r.apply(ctx, a, &e); err != nil {
				return err
			}
		}
		if err := next.register(ctx, a, 1<<63); err != nil {
			return err
		}
		return r.countUnread(ctx, a)
	})
}

func (r *rebuild) apply(ctx context.Context, a *Archive, e *Entry) error {
	r.Entries++
	return a.update(ctx, func(tx *bbolt.Tx) error {
		a.meta.Entries = e.Seq
		if e.Follow != nil {
			r.reread(tx, a, e.Follow)
		}
		if _, err := a.apply(tx, e); err != nil {
			return fmt.Errorf("journal entry %d: %w", e.Seq, err)
		}
		return nil
	})
}

// reread reads the article of a link again. A link whose capture is damaged goes
// back into the frontier.
func (r *rebuild) reread(tx *bbolt.Tx, a *Archive, f *Follow) {
	if f.Location.IsZero() {
		return
	}
	_, err := locationOf(tx, f.Location.Capture)
	if err == nil && f.Outcome == Kept {
		f.Article, err = a.reread(tx, f.Link.Site, f.Location.Capture)
	}
	if err == nil {
		return
	}
	r.Damaged = append(r.Damaged, fmt.Sprintf("%s: %v", f.Link.URL, err))
	f.Outcome, f.Reason, f.Detail = Retried, LostCapture, err.Error()
	f.Location, f.Link.After = Location{}, time.Time{}
}

func (r *rebuild) countUnread(ctx context.Context, a *Archive) error {
	if err := a.Flush(ctx); err != nil { // bbolt counts what is committed
		return err
	}
	return a.look(ctx, func(tx *bbolt.Tx) error {
		r.Unread = tx.Bucket(bucketUnread).Stats().KeyN
		return nil
	})
}

// A captureCursor walks over captures in the order of their numbers.
type captureCursor struct {
	c    *bbolt.Cursor
	k, v []byte
	on   bool
}

// register makes all captures up to a number known.
func (s *captureCursor) register(ctx context.Context, a *Archive, upTo uint64) error {
	if !s.on {
		s.k, s.v = s.c.First()
		s.on = true
	}
	for ; s.k != nil && numberOf(s.k) <= upTo; s.k, s.v = s.c.Next() {
		var c captureRecord
		if err := decode(scratchCaptures, s.k, s.v, &c); err != nil {
			return err
		}
		n := numberOf(s.k)
		err := a.update(ctx, func(tx *bbolt.Tx) error {
			a.meta.Captures = max(a.meta.Captures, n)
			return putCapture(tx, n, &c, roleOf(c.URL))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func nextMember(name string, from int64) int64 {
	f, err := os.Open(name)
	if err != nil {
		return -1
	}
	defer f.Close()
	return warc.NextMember(f, from)
}
