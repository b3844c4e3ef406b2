package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Bounds on what a foreign file may claim.
const (
	maxHeader = 1 << 20 // bytes of a record's header
	maxBlock  = 1 << 31 // bytes of a block
)

// A FormatError says where a file stops being a WARC file. It is not io.EOF:
// garbage is no clean end.
type FormatError struct {
	Offset int64 // of the record, in the file
	Cause  error
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("warc record at offset %d: %v", e.Offset, e.Cause)
}
func (e *FormatError) Unwrap() error { return e.Cause }

// A Reader takes records out of a stream, plain or with a gzip member a record.
type Reader struct {
	src    counter
	in     *bufio.Reader // over src; gzip takes no byte from it beyond its member
	gz     gzip.Reader
	plain  *bufio.Reader // over gz
	failed error
}

// NewReader reads from r, whose first byte is byte offset of the file.
func NewReader(r io.Reader, offset int64) *Reader {
	return newReader(r, offset, 64<<10)
}

func newReader(r io.Reader, offset int64, buffer int) *Reader {
	reader := &Reader{src: counter{r, offset}}
	reader.in = bufio.NewReaderSize(&reader.src, buffer)
	reader.plain = bufio.NewReader(&reader.gz)
	return reader
}

// reset makes r ready for another stream.
func (r *Reader) reset(src io.Reader, offset int64) {
	r.src, r.failed = counter{src, offset}, nil
	r.in.Reset(&r.src)
}

// offset is that of the next byte to be taken.
func (r *Reader) offset() int64 { return r.src.n - int64(r.in.Buffered()) }

// Next is the next record and where it lies, or io.EOF at a clean end. After any
// other error the reader returns the same one.
func (r *Reader) Next() (*Record, Span, error) {
	if r.failed != nil {
		return nil, Span{}, r.failed
	}
	from := r.offset()
	rec, err := r.next()
	if err == io.EOF {
		return nil, Span{}, io.EOF
	}
	if err != nil {
		r.failed = &FormatError{from, err}
		return nil, Span{}, r.failed
	}
	return rec, Span{from, r.offset() - from}, nil
}

func (r *Reader) next() (*Record, error) {
	magic, err := r.in.Peek(2)
	switch {
	case len(magic) == 0:
		return nil, err
	case bytes.Equal(magic, []byte("\x1f\x8b")):
		return r.member()
	}
	rec, err := parse(r.in)
	return rec, noEOF(err)
}

// member reads one gzip member, which holds one record.
func (r *Reader) member() (*Record, error) {
	if err := r.gz.Reset(r.in); err != nil {
		return nil, noEOF(err)
	}
	r.gz.Multistream(false)
	r.plain.Reset(&r.gz)
	rec, err := parse(r.plain)
	if err != nil {
		return nil, noEOF(err)
	}
	_, err = r.plain.ReadByte() // has the checksum looked at, too
	switch err {
	case io.EOF:
		return rec, nil
	case nil:
		err = errors.New("more than one record in a gzip member")
	}
	return nil, err
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func parse(in *bufio.Reader) (*Record, error) {
	rec, length, err := parseHead(in)
	if err != nil {
		return nil, err
	}
	if rec.Block, err = readBlock(in, length); err != nil {
		return nil, fmt.Errorf("block of %d bytes: %w", length, noEOF(err))
	}
	var end [4]byte
	if _, err := io.ReadFull(in, end[:]); err != nil || string(end[:]) != endOfRecord {
		return nil, errors.New("no two line ends after the block")
	}
	return rec, nil
}

func parseHead(in *bufio.Reader) (rec *Record, length int64, err error) {
	h := head{in: in, budget: maxHeader}
	return h.parse()
}

// A head is the header of a record while it is read.
type head struct {
	in      *bufio.Reader
	budget  int // bytes it may still have
	bare    int // lines that end without a carriage return
	lengths int // times Content-Length is there
}

// parse reads a header whose block fits into memory.
func (h *head) parse() (rec *Record, length int64, err error) {
	rec, length, err = h.parseAny()
	if err == nil && length > maxBlock {
		err = fmt.Errorf("content-length %d", length)
	}
	return rec, length, err
}

func (h *head) parseAny() (rec *Record, length int64, err error) {
	version, err := h.line()
	if err != nil {
		return nil, 0, err
	}
	if version != "WARC/1.1" && version != "WARC/1.0" {
		return nil, 0, fmt.Errorf("begins with %.20q, not WARC/1.1 or WARC/1.0", version)
	}
	rec, length = &Record{Version: version}, -1
	for {
		s, err := h.line()
		if err != nil {
			return nil, 0, noEOF(err)
		}
		if s == "" {
			break
		}
		if folded := strings.TrimLeft(s, " \t"); folded != s && len(rec.Header) > 0 {
			rec.Header[len(rec.Header)-1].Value += " " + folded
			continue
		}
		name, value, ok := strings.Cut(s, ":")
		if !ok {
			return nil, 0, fmt.Errorf("header line %.60q has no colon", s)
		}
		if value = strings.TrimSpace(value); !strings.EqualFold(name, "Content-Length") {
			rec.Header = append(rec.Header, Field{name, value})
			continue
		}
		h.lengths++
		if length, err = contentLength(value, length); err != nil {
			return nil, 0, err
		}
	}
	if length < 0 {
		return nil, 0, errors.New("no content-length")
	}
	return rec, length, nil
}

// contentLength reads a length; before is the one that was read already, or -1.
func contentLength(value string, before int64) (int64, error) {
	length, err := strconv.ParseInt(value, 10, 64)
	if err != nil || length < 0 || before >= 0 && before != length || strings.Trim(value, "0123456789") != "" {
		return 0, fmt.Errorf("content-length %.30q", value)
	}
	return length, nil
}

// line reads up to a line end and takes it off.
func (h *head) line() (string, error) {
	var long []byte
	for {
		part, err := h.in.ReadSlice('\n')
		if h.budget -= len(part); h.budget < 0 {
			return "", fmt.Errorf("header is longer than %d bytes", maxHeader)
		}
		switch {
		case err == bufio.ErrBufferFull:
			long = append(long, part...)
			continue
		case err == io.EOF && len(part)+len(long) > 0:
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		case long != nil:
			part = append(long, part...)
		}
		part, whole := bytes.CutSuffix(part[:len(part)-1], []byte("\r"))
		if !whole {
			h.bare++
		}
		return string(part), nil
	}
}

// readBlock does not believe a length before the bytes are there.
func readBlock(in *bufio.Reader, length int64) ([]byte, error) {
	if length <= 1<<20 {
		b := make([]byte, length)
		_, err := io.ReadFull(in, b)
		return b, err
	}
	var b bytes.Buffer
	n, err := io.CopyN(&b, in, length)
	if err == nil && n < length {
		err = io.ErrUnexpectedEOF
	}
	return b.Bytes(), err
}

// readers are kept, because what a decompressor needs is larger than most records.
var readers = sync.Pool{New: func() any { return newReader(nil, 0, 16<<10) }}

// ReadAt reads the record that lies at span.
func ReadAt(f io.ReaderAt, span Span) (*Record, error) {
	r := readers.Get().(*Reader)
	defer readers.Put(r)
	r.reset(io.NewSectionReader(f, span.Offset, span.Length), span.Offset)
	rec, _, err := r.Next()
	if err == io.EOF {
		return nil, &FormatError{span.Offset, io.ErrUnexpectedEOF}
	}
	return rec, err
}

// Tail walks over the records from an offset that is known to begin one and
// returns the end of the last whole record; visit is called for each.
func Tail(f io.ReaderAt, from, size int64, visit func(*Record, Span)) (end int64, err error) {
	r := NewReader(io.NewSectionReader(f, from, size-from), from)
	for end = from; ; {
		rec, span, err := r.Next()
		if err == io.EOF {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		end = span.Offset + span.Length
		if visit != nil {
			visit(rec, span)
		}
	}
}

// counter counts the bytes taken from r.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// NextMember is the offset of the first gzip member at or after an offset that
// holds a record, -1 if there is none.
func NextMember(f io.ReaderAt, from int64) int64 {
	magic := []byte{0x1F, 0x8B, 0x08}
	window := make([]byte, 1<<20)
	for {
		n, err := f.ReadAt(window, from)
		for at := 0; ; at++ {
			i := bytes.Index(window[at:n], magic)
			if i < 0 {
				break
			}
			at += i
			if _, err := ReadAt(f, Span{from + int64(at), 1<<62 - from}); err == nil {
				return from + int64(at)
			}
		}
		if err != nil {
			return -1
		}
		from += int64(n - len(magic) + 1)
	}
}
