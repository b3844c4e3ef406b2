package warc

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"fangzhi/archive/disk"
)

// Level is the gzip level of records. What came compressed over the wire is not
// made smaller by trying hard.
const (
	Level         = 6
	levelOfGzip   = 1
	newline       = "\r\n"
	endOfRecord   = "\r\n\r\n"
	maxKeptBuffer = 8 << 20 // a larger buffer is given back
)

// ErrPoisoned is what every write returns after one that could not be taken back
// or made durable: what is on the disk is no longer known.
var ErrPoisoned = errors.New("segment cannot be written any more")

// A Span is where a record lies in its file: the bytes of its gzip member.
type Span struct{ Offset, Length int64 }

// A Writer appends records to a segment. It is not safe for concurrent use.
type Writer struct {
	f     disk.File
	size  int64
	buf   bytes.Buffer
	gz    map[int]*gzip.Writer
	cause error // why it is poisoned
}

// NewWriter appends to f, which is size bytes long.
func NewWriter(f disk.File, size int64) *Writer {
	return &Writer{f: f, size: size, gz: map[int]*gzip.Writer{}}
}

// Size is the length of the segment in bytes.
func (w *Writer) Size() int64 { return w.size }

// Write appends records, all or none of them, and says where each lies. They are
// durable after Sync.
func (w *Writer) Write(records ...*Record) ([]Span, error) {
	if w.cause != nil {
		return nil, w.poisoned()
	}
	defer w.trim()
	w.buf.Reset()
	spans := make([]Span, 0, len(records))
	for _, r := range records {
		from := w.buf.Len()
		if err := w.compress(r); err != nil {
			return nil, fmt.Errorf("compress record %s: %w", r.ID(), err)
		}
		spans = append(spans, Span{w.size + int64(from), int64(w.buf.Len() - from)})
	}
	if err := w.append(w.buf.Bytes()); err != nil {
		return nil, err
	}
	return spans, nil
}

func (w *Writer) compress(r *Record) error {
	level := Level
	if bytes.Contains(r.Block[:min(len(r.Block), 2048)], []byte("\x1f\x8b\x08")) {
		level = levelOfGzip
	}
	gz, err := w.gzipWriter(level)
	if err != nil {
		return err
	}
	if _, err := gz.Write(r.head()); err != nil {
		return err
	}
	if _, err := gz.Write(r.Block); err != nil {
		return err
	}
	if _, err := gz.Write([]byte(endOfRecord)); err != nil {
		return err
	}
	return gz.Close()
}

func (w *Writer) gzipWriter(level int) (*gzip.Writer, error) {
	if gz := w.gz[level]; gz != nil {
		gz.Reset(&w.buf)
		return gz, nil
	}
	gz, err := gzip.NewWriterLevel(&w.buf, level)
	w.gz[level] = gz
	return gz, err
}

// head is the version line and the header fields, blank line included.
func (r *Record) head() []byte {
	b := make([]byte, 0, 1024)
	version := r.Version
	if version == "" {
		version = "WARC/1.1"
	}
	b = append(b, version...)
	b = append(b, newline...)
	for _, f := range r.Header {
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, newline...)
	}
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(r.Block)), 10)
	return append(b, endOfRecord...)
}

// append writes p to the file, or takes back what it wrote of it.
func (w *Writer) append(p []byte) error {
	_, err := w.f.Write(p)
	if err == nil {
		w.size += int64(len(p))
		return nil
	}
	if undo := w.f.Truncate(w.size); undo != nil {
		w.cause = errors.Join(err, undo)
	}
	return fmt.Errorf("write segment: %w", err)
}

// Sync makes all that was written durable. After a failed fsync nobody knows what
// the disk has, and a second one would lie: the writer is done for.
func (w *Writer) Sync() error {
	if w.cause != nil {
		return w.poisoned()
	}
	if err := w.f.Sync(); err != nil {
		w.cause = err
		return fmt.Errorf("sync segment: %w", err)
	}
	return nil
}

// Close closes the file; what was not synced may be lost.
func (w *Writer) Close() error { return w.f.Close() }

func (w *Writer) poisoned() error { return fmt.Errorf("%w: %w", ErrPoisoned, w.cause) }

func (w *Writer) trim() {
	if w.buf.Cap() > maxKeptBuffer {
		w.buf = bytes.Buffer{}
	}
}
