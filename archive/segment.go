package archive

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/warc"
)

// A segment is a WARC file that is open for appending.
type segment struct {
	name  string
	month string        // 200601 it belongs to, UTC
	mark  segmentRecord // but for Committed
	w     *warc.Writer

	unregistered []unregistered // captures written and not yet in the database, in order

	sync   sync.Mutex // held during an fsync; never taken with Archive.mu wanted
	synced int64      // bytes known to be durable; guarded by sync
}

type unregistered struct {
	offset int64
	number uint64
}

// Forms of times in names of segments (UTC).
const (
	month = "200601"
	stamp = "20060102150405"
)

// samePart marks the names of segments that hold unchanged rechecks only, so that
// they can be dropped whole.
const samePart = "same"

// segmentFor is the segment to append to, for captures that changed nothing or
// for all others. It closes one that is full or of an earlier month.
func (a *Archive) segmentFor(same bool, at time.Time) (*segment, error) {
	slot, prefix := &a.main, a.opt.Prefix
	if same {
		slot, prefix = &a.same, a.opt.Prefix+"-"+samePart
	}
	if s := *slot; s != nil {
		if a.fits(s.w.Size(), s.month, at) || len(s.unregistered) > 0 {
			return s, nil
		}
		if err := a.seal(s); err != nil {
			return nil, err
		}
		*slot = nil
	}
	s, err := a.reopen(prefix, at)
	if err == nil && s == nil {
		s, err = a.newSegment(prefix, at)
	}
	if err != nil {
		return nil, err
	}
	*slot = s
	return s, a.inform(s, at)
}

// fits tells whether a segment of that size and month still takes records.
func (a *Archive) fits(size int64, of string, at time.Time) bool {
	return size < a.opt.SegmentSize && at.UTC().Format(month) <= of
}

func (a *Archive) newSegment(prefix string, at time.Time) (*segment, error) {
	a.meta.Segments++
	name := fmt.Sprintf("%s-%s-%05d-%s.warc.gz", prefix, at.UTC().Format(stamp), a.meta.Segments, vantage())
	s, err := a.openSegment(name, at.UTC().Format(month))
	if err != nil {
		return nil, fmt.Errorf("new segment: %w", err)
	}
	if err := a.opt.FS.SyncDir(filepath.Join(a.dir, CapturesDir)); err != nil {
		return nil, errors.Join(fmt.Errorf("new segment %s: %w", name, err), s.w.Close())
	}
	return s, nil
}

func (a *Archive) openSegment(name, of string) (*segment, error) {
	f, size, err := a.opt.FS.Append(filepath.Join(a.dir, CapturesDir, name))
	if err != nil {
		return nil, err
	}
	return &segment{name: name, month: of, w: warc.NewWriter(f, size), synced: size}, nil
}

// reopen is the newest segment that an earlier run left unsealed, nil if there is
// none that still takes records.
func (a *Archive) reopen(prefix string, at time.Time) (*segment, error) {
	tx, err := a.transaction()
	if err != nil {
		return nil, err
	}
	var name string
	var last segmentRecord
	err = each(tx, bucketSegment, []byte(prefix+"-"), func(key []byte, rec *segmentRecord) error {
		if segmentMonth(string(key), prefix) != "" && !rec.Sealed {
			name, last = string(key), *rec
		}
		return nil
	})
	if err != nil || name == "" || !a.fits(last.Committed, segmentMonth(name, prefix), at) {
		return nil, err
	}
	s, err := a.openSegment(name, segmentMonth(name, prefix))
	if err != nil {
		return nil, fmt.Errorf("reopen segment: %w", err)
	}
	s.mark = last
	return s, nil
}

// segmentMonth is the month in the name of a segment with the prefix, "" for a
// name that is none.
func segmentMonth(name, prefix string) string {
	rest, ok := strings.CutPrefix(name, prefix+"-")
	if !ok || len(rest) < len(stamp) || strings.Trim(rest[:len(stamp)], "0123456789") != "" {
		return ""
	}
	return rest[:len(month)]
}

// inform writes a warcinfo record into a segment that has none, or one of another
// operator, version or configuration.
func (a *Archive) inform(s *segment, at time.Time) error {
	info := warc.Warcinfo(s.name, at, a.opt.Info())
	digest := DigestOf(info.Block)
	if bytes.Equal(s.mark.Info, digest[:]) {
		return nil
	}
	if _, err := s.w.Write(info); err != nil {
		return fmt.Errorf("write warcinfo of %s: %w", s.name, err)
	}
	s.mark.Info = digest[:]
	return nil
}

// seal closes a segment for good. What else belongs to it takes longer, and is
// done by finishSeals.
func (a *Archive) seal(s *segment) error {
	if err := s.w.Sync(); err != nil {
		return fmt.Errorf("seal %s: %w", s.name, err)
	}
	tx, err := a.transaction()
	if err != nil {
		return err
	}
	s.mark.Committed, s.mark.Sealed = s.w.Size(), true
	if err := put(tx, bucketSegment, []byte(s.name), &s.mark); err != nil {
		return err
	}
	return s.w.Close()
}

// vantage is the machine's name as it may stand in a file name.
func vantage() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}

// durable waits until the first size bytes of s are on the disk. Several
// captures written meanwhile share one fsync.
func (s *segment) durable(size int64, written func() int64) error {
	s.sync.Lock()
	defer s.sync.Unlock()
	if s.synced >= size {
		return nil
	}
	all := written()
	if err := s.w.Sync(); err != nil {
		return err
	}
	s.synced = all
	return nil
}

// saveMarks notes how far the database knows the open segments.
func (a *Archive) saveMarks(tx *bbolt.Tx) error {
	for _, s := range []*segment{a.main, a.same} {
		if s == nil {
			continue
		}
		s.mark.Committed = s.w.Size()
		if len(s.unregistered) > 0 {
			s.mark.Committed = s.unregistered[0].offset
		}
		if err := put(tx, bucketSegment, []byte(s.name), &s.mark); err != nil {
			return err
		}
	}
	return nil
}

// holds notes the number of a capture that is in the segment.
func (s *segmentRecord) holds(n uint64) {
	if s.First == 0 || n < s.First {
		s.First = n
	}
	s.Last = max(s.Last, n)
}
