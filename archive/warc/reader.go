package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

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
	in     *counter
	gz     *gzip.Reader
	plain  *bufio.Reader // over gz
	failed error
}

// NewReader reads from r, whose first byte is byte offset of the file.
func NewReader(r io.Reader, offset int64) *Reader {
	return &Reader{in: &counter{r: bufio.NewReaderSize(r, 64<<10), n: offset}}
}

// Next is the next record and where it lies, or io.EOF at a clean end. After any
// other error the reader returns the same one.
func (r *Reader) Next() (*Record, Span, error) {
	if r.failed != nil {
		return nil, Span{}, r.failed
	}
	from := r.in.n
	rec, err := r.next()
	if err == io.EOF {
		return nil, Span{}, io.EOF
	}
	if err != nil {
		r.failed = &FormatError{from, err}
		return nil, Span{}, r.failed
	}
	return rec, Span{from, r.in.n - from}, nil
}

func (r *Reader) next() (*Record, error) {
	magic, err := r.in.r.Peek(2)
	if len(magic) == 0 {
		if err == io.EOF {
			return nil, io.EOF
		}
		return nil, err
	}
	if bytes.Equal(magic, []byte("\x1f\x8b")) {
		return r.member()
	}
	rec, err := parse(r.in)
	return rec, noEOF(err)
}

// member reads one gzip member, which holds one record.
func (r *Reader) member() (*Record, error) {
	var err error
	if r.gz == nil {
		r.gz, err = gzip.NewReader(r.in)
	} else {
		err = r.gz.Reset(r.in)
	}
	if err != nil {
		return nil, noEOF(err)
	}
	r.gz.Multistream(false)
	if r.plain == nil {
		r.plain = bufio.NewReader(r.gz)
	} else {
		r.plain.Reset(r.gz)
	}
	rec, err := parse(r.plain)
	if err != nil {
		return nil, noEOF(err)
	}
	if _, err := r.plain.ReadByte(); err != io.EOF { // reads the checksum, too
		if err == nil {
			err = errors.New("more than one record in a gzip member")
		}
		return nil, err
	}
	return rec, nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

type input interface {
	io.Reader
	io.ByteReader
}

func parse(in input) (*Record, error) {
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

func parseHead(in input) (rec *Record, length int64, err error) {
	budget := maxHeader
	version, err := line(in, &budget)
	if err != nil {
		return nil, 0, err
	}
	if version != "WARC/1.1" && version != "WARC/1.0" {
		return nil, 0, fmt.Errorf("begins with %.20q, not WARC/1.1 or WARC/1.0", version)
	}
	rec, length = &Record{Version: version}, -1
	for {
		s, err := line(in, &budget)
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
		if length, err = strconv.ParseInt(value, 10, 64); err != nil || length < 0 || length > maxBlock {
			return nil, 0, fmt.Errorf("content-length %.30q", value)
		}
	}
	if length < 0 {
		return nil, 0, errors.New("no content-length")
	}
	return rec, length, nil
}

// line reads up to a line end and takes it off.
func line(in input, budget *int) (string, error) {
	var b []byte
	for {
		c, err := in.ReadByte()
		if err != nil {
			if err == io.EOF && len(b) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		if *budget--; *budget < 0 {
			return "", fmt.Errorf("header is longer than %d bytes", maxHeader)
		}
		if c == '\n' {
			return strings.TrimSuffix(string(b), "\r"), nil
		}
		b = append(b, c)
	}
}

// readBlock does not believe a length before the bytes are there.
func readBlock(in io.Reader, length int64) ([]byte, error) {
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

// ReadAt reads the record that lies at span.
func ReadAt(f io.ReaderAt, span Span) (*Record, error) {
	rec, _, err := NewReader(io.NewSectionReader(f, span.Offset, span.Length), span.Offset).Next()
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

// counter counts the bytes taken from r. It is an io.ByteReader, so that a
// decompressor takes none beyond its member.
type counter struct {
	r *bufio.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}
