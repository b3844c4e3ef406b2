package archive

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"

	"fangzhi/archive/cdxj"
	"fangzhi/archive/uri"
	"fangzhi/archive/warc"
)

// adopt looks at what was appended to the segments since the last commit: it cuts
// off a record that was torn, and registers whole captures, which are Unread.
func (a *Archive) adopt() error {
	names, err := segmentNames(a.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := a.adoptSegment(name); err != nil {
			return fmt.Errorf("segment %s: %w", name, err)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.commit()
}

// segmentNames are the names of the segments, in order.
func segmentNames(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, CapturesDir, "*.warc.gz"))
	for i := range paths {
		paths[i] = filepath.Base(paths[i])
	}
	slices.Sort(paths)
	return paths, err
}

func (a *Archive) adoptSegment(name string) error {
	var known segmentRecord
	err := a.look(context.Background(), func(tx *bbolt.Tx) error {
		_, err := get(tx, bucketSegment, []byte(name), &known)
		return err
	})
	if err != nil || known.Sealed {
		return err
	}
	info, err := os.Stat(filepath.Join(a.dir, CapturesDir, name))
	if err != nil {
		return err
	}
	switch {
	case info.Size() < known.Committed:
		return fmt.Errorf("it has %d bytes, the database knows of %d: records are lost", info.Size(), known.Committed)
	case info.Size() == known.Committed:
		return nil
	}
	found := foundRecords{segment: name, segmentRecord: known}
	if torn := found.from(a.dir, known.Committed, info.Size()); torn != nil {
		if err := a.cut(name, found.Committed, torn); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.updateLocked(func(tx *bbolt.Tx) error { return a.takeIn(tx, &found) })
}

// cut shortens a segment to its last whole record; torn is what stands behind it.
func (a *Archive) cut(name string, end int64, torn error) error {
	if errors.As(torn, new(*fs.PathError)) { // not torn: it cannot be read
		return torn
	}
	f, _, err := a.opt.FS.Append(filepath.Join(a.dir, CapturesDir, name))
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(end), f.Sync(), f.Close())
}

// takeIn registers captures that a segment holds and the database does not know.
func (a *Archive) takeIn(tx *bbolt.Tx, found *foundRecords) error {
	a.meta.Segments = max(a.meta.Segments, segmentSerial(found.segment))
	for _, c := range found.captures {
		a.meta.Captures = max(a.meta.Captures, c.number)
		if err := putCapture(tx, c.number, &c.record, c.role); err != nil {
			return err
		}
	}
	return put(tx, bucketSegment, []byte(found.segment), &found.segmentRecord)
}

// segmentSerial is the serial number in a segment's name, 0 for none.
func segmentSerial(name string) uint64 {
	for part := range strings.SplitSeq(name, "-") {
		if n, err := strconv.ParseUint(part, 10, 64); err == nil && len(part) < len(stamp) {
			return n
		}
	}
	return 0
}

// foundRecords are the records of a segment, or of its end.
type foundRecords struct {
	segment string
	segmentRecord
	captures []foundCapture
	entries  []*Entry // of journals, when they are wanted
	wanted   bool
	strange  []error // whole records that do not say what records of ours say
}

type foundCapture struct {
	number uint64
	record captureRecord
	role   Role
}

// from reads the records between two offsets; Committed is then the end of the
// last whole one. The error says why that is not the second offset.
func (s *foundRecords) from(dir string, offset, size int64) error {
	f, err := openSegment(dir, s.segment)
	if err != nil {
		return err
	}
	defer f.Close()
	s.Committed, err = warc.Tail(f, offset, size, func(r *warc.Record, span warc.Span) {
		if err := s.see(r, span); err != nil {
			s.strange = append(s.strange, fmt.Errorf("record at offset %d: %w", span.Offset, err))
		}
	})
	return err
}

func (s *foundRecords) see(r *warc.Record, span warc.Span) error {
	switch r.Type() {
	case "warcinfo":
		digest := DigestOf(r.Block)
		s.Info = digest[:]
	case "request":
		s.seeRequest(r, span)
	case "response", "revisit":
		return s.seeCapture(r, span)
	case "metadata":
		if !s.wanted {
			return nil
		}
		entries, err := readJournal(r)
		s.entries = append(s.entries, entries...)
		return err
	}
	return nil
}

// seeCapture takes a record of ours; one without a number was never a capture of
// this archive.
func (s *foundRecords) seeCapture(r *warc.Record, span warc.Span) error {
	n, err := strconv.ParseUint(r.Get(numberField), 10, 64)
	if err != nil {
		return nil
	}
	c, err := captureOf(r)
	if err != nil {
		return fmt.Errorf("capture %d: %w", n, err)
	}
	payload, err := hex.DecodeString(strings.TrimPrefix(r.Get("WARC-Payload-Digest"), "sha256:"))
	if err != nil || len(payload) != len(Digest{}) {
		return fmt.Errorf("capture %d: payload digest %q", n, r.Get("WARC-Payload-Digest"))
	}
	full, _ := strconv.ParseUint(r.Get(originalField), 10, 64)
	head := r.HeadDigest()
	s.holds(n)
	s.captures = append(s.captures, foundCapture{n, captureRecord{
		ID: captureID(c), URL: c.URL, Time: stored(c.Time), Status: c.Status, Payload: payload,
		Segment: s.segment, Offset: span.Offset, Length: span.Length, Full: full, Truncated: truncationOf(r),
		ETag: c.Header.Get("ETag"), LastModified: c.Header.Get("Last-Modified"), Via: r.Get(viaField), Record: r.ID(),
		Head: head[:], Mime: cdxj.Mime(c.Header.Get("Content-Type")),
	}, roleOf(c.URL)})
	return nil
}

// seeRequest completes the capture before it: by the length of its record, and by
// the form it posted.
func (s *foundRecords) seeRequest(r *warc.Record, span warc.Span) {
	if len(s.captures) == 0 {
		return
	}
	last := &s.captures[len(s.captures)-1].record
	if strings.Trim(r.Get("WARC-Concurrent-To"), "<>") != last.Record {
		return
	}
	last.Request = span.Length
	last.ID = captureID(&Capture{URL: last.URL, Request: r.Block})
}

// truncationOf is what was cut off a capture; a revisit lacks its body on purpose.
func truncationOf(r *warc.Record) Truncation {
	if r.Type() == "revisit" {
		return Whole
	}
	return Truncation(r.Get("WARC-Truncated"))
}

// roleOf tells robots.txt from what is to be read.
func roleOf(url string) Role {
	if strings.HasSuffix(uri.Key(url), "/robots.txt") && strings.Count(uri.Key(url), "/") == 1 {
		return RoleRobots
	}
	return ""
}
