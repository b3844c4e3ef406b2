package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"fangzhi/archive/cdxj"
	"fangzhi/archive/warc"
)

// segment checks one segment by the standard, against the database, against the
// ledger, and against its index.
func (v *verifier) segment(ctx context.Context, name string) error {
	f, err := openSegment(v.dir, name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	known, size, err := v.extent(name, info.Size())
	if err != nil || size == 0 && !known.Sealed && v.a != nil {
		return err
	}
	v.Bytes += size
	if err := v.digest(name, known); err != nil {
		return err
	}
	found := foundRecords{segment: name}
	v.checkWARC(f, size, captureFile(name), &found)
	if v.a == nil {
		return nil
	}
	if err := v.compare(ctx, &found, known); err != nil {
		return err
	}
	if known.Digest == nil {
		return nil
	}
	return v.index(ctx, name)
}

// extent is what the database knows of a segment, and how much of the file that is:
// behind it a crawl was ended, and the next one mends that.
func (v *verifier) extent(name string, size int64) (known *segmentRecord, _ int64, err error) {
	known = new(segmentRecord)
	if v.a == nil {
		return known, size, nil
	}
	ok := false
	err = v.view(func(tx *bbolt.Tx) (err error) {
		ok, err = get(tx, bucketSegment, []byte(name), known)
		return err
	})
	switch {
	case err != nil:
		return known, 0, err
	case !ok && segmentSerial(name) <= v.a.meta.Segments:
		v.report(Finding{File: captureFile(name), Offset: -1, Problem: "the database does not know the file"})
		return known, size, nil
	case size < known.Committed:
		v.report(Finding{File: captureFile(name), Offset: size, Problem: fmt.Sprintf("the file ends here, the database knows of %d bytes", known.Committed)})
	case !known.Sealed:
		size = known.Committed
	}
	return known, size, nil
}

// digest compares a sealed file with what the ledger says of it.
func (v *verifier) digest(name string, known *segmentRecord) error {
	if known.Digest == nil {
		return nil
	}
	digest, err := digestOfFile(v.dir, name)
	if err == nil && !bytes.Equal(digest[:], known.Digest) {
		v.report(Finding{File: captureFile(name), Offset: -1, Field: "sha256", Problem: fmt.Sprintf("the file has %s, the ledger says %s", digest, digestFrom(known.Digest))})
	}
	return err
}

// checkWARC checks a file by the standard; found, unless it is nil, gets its records.
func (v *verifier) checkWARC(f io.ReaderAt, size int64, name string, found *foundRecords) {
	c := warc.Checker{Report: func(fault warc.Fault) {
		if !fault.Advice || v.opt.Strict {
			v.report(Finding{File: name, Offset: fault.Offset, Record: fault.Record, Field: fault.Field, Problem: fault.Problem})
		}
	}}
	if found != nil {
		c.Visit = func(r *warc.Record, span warc.Span) {
			if err := found.see(r, span); err != nil {
				v.report(Finding{File: name, Offset: span.Offset, Record: r.ID(), Problem: err.Error()})
			}
			if !writtenByUs(f, span.Offset) {
				v.report(Finding{File: name, Offset: span.Offset, Record: r.ID(), Field: "gzip header", Problem: "is not as we write it"})
			}
		}
	}
	v.Records += c.Check(f, size)
}

// writtenByUs compares the header of a gzip member with ours (RFC 1952): no flags, no
// time, one of the extra flags for speed, unknown system. No checksum covers it.
func writtenByUs(f io.ReaderAt, offset int64) bool {
	var head [10]byte
	if _, err := f.ReadAt(head[:], offset); err != nil {
		return false
	}
	speed := head[8]
	return bytes.Equal(head[:8], []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0}) && (speed == 0 || speed == 2 || speed == 4) && head[9] == 0xff
}

// compare compares what a segment holds with what the database knows of it.
func (v *verifier) compare(ctx context.Context, found *foundRecords, known *segmentRecord) error {
	file := captureFile(found.segment)
	here := map[uint64]*captureRecord{}
	for i := range found.captures {
		here[found.captures[i].number] = &found.captures[i].record
	}
	for from := known.First; from != 0 && from <= known.Last; from += indexPage {
		err := v.view(func(tx *bbolt.Tx) error {
			return eachCapture(tx, from, min(known.Last, from+indexPage-1), func(n uint64, c *captureRecord) error {
				if c.Segment != found.segment {
					return ctx.Err()
				}
				r := here[n]
				delete(here, n)
				if r == nil {
					v.report(Finding{File: file, Offset: c.Offset, Record: c.Record, Problem: fmt.Sprintf("capture %d, which the database knows here, cannot be read", n)})
					return ctx.Err()
				}
				v.compareCapture(file, n, c, r)
				if k, _ := tx.Bucket(bucketTaken).Cursor().Seek(takenKey(c.ID, c.Time, n)); !bytes.Equal(k, takenKey(c.ID, c.Time, n)) {
					v.report(Finding{File: DatabaseName, Offset: -1, Record: fmt.Sprint("capture ", n), Field: "taken", Problem: "cannot be found by its address and time"})
				}
				return ctx.Err()
			})
		})
		if err != nil {
			return err
		}
	}
	for _, n := range slices.Sorted(maps.Keys(here)) {
		r := here[n]
		v.report(Finding{File: file, Offset: r.Offset, Record: r.Record, Problem: fmt.Sprintf("the database does not know capture %d", n)})
	}
	return nil
}

// compareCapture names each field in which the database and the record differ.
func (v *verifier) compareCapture(file string, n uint64, known, found *captureRecord) {
	x, y := reflect.ValueOf(*known), reflect.ValueOf(*found)
	for i := range x.NumField() {
		field := x.Type().Field(i).Name
		if field == "Leaf" || reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			continue
		}
		v.report(Finding{File: file, Offset: found.Offset, Record: found.Record, Field: strings.ToLower(field),
			Problem: fmt.Sprintf("the database says %.120v of capture %d, the record %.120v", x.Field(i).Interface(), n, y.Field(i).Interface())})
	}
}

// index compares the index beside a segment with the database.
func (v *verifier) index(ctx context.Context, segment string) error {
	name := captureFile(indexName(segment))
	b, err := os.ReadFile(filepath.Join(v.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		v.report(Finding{File: name, Offset: -1, Problem: "the file is missing; `fangzhi rebuild` makes it anew"})
		return nil
	}
	if err != nil {
		return err
	}
	want, err := v.a.indexLines(ctx, segment)
	if err != nil && v.absorb(err) != nil { // a record that it leads to cannot be read
		v.report(Finding{File: name, Offset: -1, Problem: "cannot be compared with its segment: " + err.Error()})
	}
	if err != nil {
		return ctx.Err()
	}
	at := int64(0)
	for i, line := range strings.SplitAfter(string(b), "\n") {
		if line == "" {
			break
		}
		if i >= len(want) || line != want[i] {
			v.report(Finding{File: name, Offset: at, Record: fmt.Sprint("line ", i+1), Problem: "is not what the captures say; `fangzhi rebuild` makes the file anew"})
			return nil
		}
		at += int64(len(line))
	}
	if lines := bytes.Count(b, []byte("\n")); lines < len(want) {
		v.report(Finding{File: name, Offset: at, Record: fmt.Sprint("line ", lines+1), Problem: fmt.Sprintf("is missing: the segment has %d captures", len(want))})
	}
	return nil
}

// checkIndex checks an index by its format, and against the WARC files beside it.
func (v *verifier) checkIndex(f io.Reader, name string) error {
	files := map[string]*os.File{}
	defer func() {
		for _, f := range files {
			if f != nil {
				f.Close()
			}
		}
	}()
	report := func(f cdxj.Fault) {
		if f.Advice && !v.opt.Strict {
			return
		}
		v.report(Finding{File: name, Offset: f.Offset, Record: fmt.Sprint("line ", f.Line), Field: f.Field, Problem: f.Problem})
	}
	lines, err := cdxj.Check(f, report, func(at int64, l cdxj.Line) {
		w, known := files[l.Filename]
		if !known && filepath.IsLocal(l.Filename) {
			w, _ = os.Open(filepath.Join(v.dir, filepath.FromSlash(l.Filename))) // nil: it is elsewhere
			files[l.Filename] = w
		}
		if w == nil {
			return
		}
		if field, why := leadsTo(w, l); why != nil {
			v.report(Finding{File: name, Offset: at, Record: l.Key, Field: field, Problem: why.Error()})
		}
	})
	v.Records += lines
	return err
}

// leadsTo says what of a line is not so of the record it leads to.
func leadsTo(f *os.File, l cdxj.Line) (field string, err error) {
	offset, length := parseSize(l.Offset), parseSize(l.Length)
	rec, span, err := warc.NewReader(io.NewSectionReader(f, offset, length), offset).Next()
	switch {
	case err != nil:
		return "offset", fmt.Errorf("leads to no record of %s: %w", l.Filename, err)
	case span.Length != length:
		return "length", fmt.Errorf("is %d, the record has %d bytes", length, span.Length)
	case rec.TargetURI() != l.URL:
		return "url", fmt.Errorf("is %.200q, the record's is %.200q", l.URL, rec.TargetURI())
	case rec.Date().Format("20060102150405") != l.Time.UTC().Format("20060102150405"):
		return "timestamp", fmt.Errorf("is not the record's, which is %s", rec.Get("WARC-Date"))
	case l.Digest != "" && rec.Get("WARC-Payload-Digest") != "" && !strings.HasSuffix(rec.Get("WARC-Payload-Digest"), strings.TrimPrefix(l.Digest, "sha1:")):
		return "digest", fmt.Errorf("is %s, the record's is %s", l.Digest, rec.Get("WARC-Payload-Digest"))
	}
	return "", nil
}

// parseSize is a number that was checked before.
func parseSize(s string) (n int64) {
	for _, c := range []byte(s) {
		n = n*10 + int64(c-'0')
	}
	return n
}
