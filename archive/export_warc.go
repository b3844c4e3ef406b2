package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fangzhi/archive/warc"
)

// CapturesDir is the folder of the segments in an archive.
const CapturesDir = "captures"

// A WARCExport copies captures into one WARC file: a warcinfo of its own, then
// the records as they lie in the archive, byte for byte, each of them once. It
// reads plain files and needs not own the archive. It is used by one goroutine.
type WARCExport struct {
	w    io.Writer
	dir  string
	done map[warcPlace]bool
}

type warcPlace struct {
	segment string
	offset  int64
}

// NewWARCExport begins a WARC file of that name with the fields of its warcinfo,
// at the time at.
func NewWARCExport(w io.Writer, dir, filename string, at time.Time, fields []warc.Field) (*WARCExport, error) {
	info := warc.NewWriter(streamFile{w}, 0)
	if _, err := info.Write(warc.Warcinfo(filename, at, fields)); err != nil {
		return nil, fmt.Errorf("write warcinfo: %w", err)
	}
	return &WARCExport{w: w, dir: dir, done: make(map[warcPlace]bool)}, nil
}

// Add copies the response at loc and its request; for a revisit also the capture
// it refers to, before it, so that the file can be replayed by itself.
func (e *WARCExport) Add(loc Location) error {
	if loc.IsZero() || e.done[warcPlace{loc.Segment, loc.Offset}] {
		return nil
	}
	if err := e.add(loc); err != nil {
		return fmt.Errorf("copy record %s:%d: %w", loc.Segment, loc.Offset, err)
	}
	return nil
}

func (e *WARCExport) add(loc Location) error {
	f, err := openSegment(e.dir, loc.Segment)
	if err != nil {
		return err
	}
	defer f.Close()
	rec, err := warc.ReadAt(f, warc.Span{Offset: loc.Offset, Length: loc.Length})
	if err != nil {
		return err
	}
	if rec.Type() == "revisit" {
		if err := e.addOriginal(rec, loc); err != nil {
			return err
		}
	}
	spans := []warc.Span{{Offset: loc.Offset, Length: loc.Length}}
	if request, ok := requestOf(f, rec, loc); ok {
		spans = append(spans, request)
	}
	for _, s := range spans {
		if err := e.copy(f, loc.Segment, s); err != nil {
			return err
		}
	}
	return nil
}

// copy copies one gzip member as it is.
func (e *WARCExport) copy(f io.ReaderAt, segment string, s warc.Span) error {
	place := warcPlace{segment, s.Offset}
	if e.done[place] {
		return nil
	}
	e.done[place] = true
	n, err := io.Copy(e.w, io.NewSectionReader(f, s.Offset, s.Length))
	if err == nil && n < s.Length {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (e *WARCExport) addOriginal(revisit *warc.Record, loc Location) error {
	original, err := findRecord(e.dir, loc.Segment, func(rec *warc.Record) bool { return refersTo(revisit, rec) })
	if err != nil {
		return fmt.Errorf("find the capture of %s that the revisit refers to: %w", revisit.Get("WARC-Refers-To-Date"), err)
	}
	return e.Add(original)
}

// requestOf finds the request that belongs to a response: the record behind or
// before it.
func requestOf(f *os.File, response *warc.Record, loc Location) (warc.Span, bool) {
	end := loc.Offset + loc.Length
	if rec, span, err := readRecordFrom(f, end); err == nil && belongTogether(rec, response) {
		return span, true
	}
	return requestBefore(f, response, loc.Offset)
}

func belongTogether(request, response *warc.Record) bool {
	return request.Type() == "request" && (names(request, "WARC-Concurrent-To", response) || names(response, "WARC-Concurrent-To", request))
}

// refersTo tells whether a revisit points back to rec: by its id, or where it has
// none by address and date.
func refersTo(revisit, rec *warc.Record) bool {
	if rec.Type() != "response" {
		return false
	}
	if revisit.Get("WARC-Refers-To") != "" {
		return names(revisit, "WARC-Refers-To", rec)
	}
	return revisit.Get("WARC-Refers-To-Target-URI") == rec.TargetURI() && revisit.Get("WARC-Refers-To-Date") == rec.Get("WARC-Date")
}

func names(rec *warc.Record, field string, other *warc.Record) bool {
	id := strings.Trim(rec.Get(field), "<>")
	return id != "" && id == other.ID()
}

// requestBefore tries the beginnings of gzip members before the offset; a request
// is short, so that they are few.
func requestBefore(f *os.File, response *warc.Record, offset int64) (warc.Span, bool) {
	const far = 64 << 10
	from := max(0, offset-far)
	b := make([]byte, offset-from)
	if _, err := f.ReadAt(b, from); err != nil {
		return warc.Span{}, false
	}
	magic := []byte{0x1F, 0x8B, 0x08}
	for at := bytes.LastIndex(b, magic); at >= 0; at = bytes.LastIndex(b[:at], magic) {
		rec, span, err := readRecordFrom(f, from+int64(at))
		if err == nil && span.Offset+span.Length == offset {
			return span, belongTogether(rec, response)
		}
	}
	return warc.Span{}, false
}

func readRecordFrom(f *os.File, offset int64) (*warc.Record, warc.Span, error) {
	return warc.NewReader(io.NewSectionReader(f, offset, 1<<62-offset), offset).Next()
}

// findRecord looks for the record that is wanted, in the segment first, then in
// all others.
func findRecord(dir, first string, wanted func(*warc.Record) bool) (Location, error) {
	segments, err := filepath.Glob(filepath.Join(dir, CapturesDir, "*.warc.gz"))
	if err != nil {
		return Location{}, err
	}
	for _, name := range append([]string{filepath.Join(dir, CapturesDir, first)}, segments...) {
		loc, err := findInSegment(name, wanted)
		if err != nil || !loc.IsZero() {
			return loc, err
		}
	}
	return Location{}, ErrNotFound
}

func findInSegment(name string, wanted func(*warc.Record) bool) (Location, error) {
	f, err := os.Open(name)
	if err != nil {
		return Location{}, err
	}
	defer f.Close()
	for r := warc.NewReader(f, 0); ; {
		rec, span, err := r.Next()
		if err != nil { // a clean end, or a tail that is being written
			return Location{}, nil
		}
		if wanted(rec) {
			return Location{Segment: filepath.Base(name), Offset: span.Offset, Length: span.Length}, nil
		}
	}
}

// openSegment opens a segment by its name; what comes from a peer or a database
// leads to no other folder.
func openSegment(dir, segment string) (*os.File, error) {
	if segment != filepath.Base(segment) || !filepath.IsLocal(segment) {
		return nil, fmt.Errorf("segment name %q", segment)
	}
	return os.Open(filepath.Join(dir, CapturesDir, segment))
}

// A streamFile lets a warc.Writer write to what is no file.
type streamFile struct{ io.Writer }

func (streamFile) Sync() error          { return nil }
func (streamFile) Truncate(int64) error { return errors.New("a stream cannot be taken back") }
func (streamFile) Close() error         { return nil }
