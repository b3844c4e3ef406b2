package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// Errors of Body.
var (
	// ErrBomb: the body unpacks to more than the limit.
	ErrBomb = errors.New("it unpacks to more than the limit")
	// ErrCoding: its content coding is none that we ever asked for.
	ErrCoding = errors.New("unknown content coding")
)

// maxLayers is how many content codings are taken off: some servers compress what
// their application has compressed already.
const maxLayers = 4

var (
	gzipMagic = []byte("\x1f\x8b\x08")
	gzips     = sync.Pool{New: func() any { return new(gzip.Reader) }}
)

// Body is the payload after removing its content coding: the page as its server
// made it, in its own charset. It shares memory with Response where nothing is to
// be removed. What the bytes say is stronger than the header: gzip is recognised
// where it is not declared, and a declared gzip that is none is left alone.
//
// No more than limit bytes are unpacked. What was unpacked before an error is
// returned with it.
func (c *Capture) Body(limit int64) ([]byte, error) {
	body := c.Payload()
	codings := strings.Split(strings.ToLower(strings.Join(c.Header.Values("Content-Encoding"), ",")), ",")
	if len(codings) > maxLayers {
		return body, fmt.Errorf("unpack body of %s: %d content codings", c.URL, len(codings))
	}
	for i := len(codings) - 1; i >= 0; i-- { // the last one was put on last
		var err error
		if body, err = unpack(body, strings.TrimSpace(codings[i]), limit); err != nil {
			return body, fmt.Errorf("unpack %s body of %s: %w", strings.TrimSpace(codings[i]), c.URL, err)
		}
	}
	for range maxLayers {
		if !bytes.HasPrefix(body, gzipMagic) || strings.Contains(strings.ToLower(c.Header.Get("Content-Type")), "gzip") {
			break
		}
		var err error
		if body, err = gunzip(body, limit); err != nil {
			return body, fmt.Errorf("unpack body of %s, which is gzip by its bytes: %w", c.URL, err)
		}
	}
	return body, nil
}

func unpack(body []byte, coding string, limit int64) ([]byte, error) {
	switch coding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(body, gzipMagic) {
			return body, nil
		}
		return gunzip(body, limit)
	case "deflate": // zlib by the standard, bare by habit
		if r, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			return readLimited(r, 4*len(body), limit)
		}
		return readLimited(flate.NewReader(bytes.NewReader(body)), 4*len(body), limit)
	}
	return body, ErrCoding
}

// gunzip unpacks all members of a gzip file. What follows the last one is
// ignored, as browsers do.
func gunzip(body []byte, limit int64) ([]byte, error) {
	r := gzips.Get().(*gzip.Reader)
	defer gzips.Put(r)
	if err := r.Reset(bytes.NewReader(body)); err != nil {
		return nil, err
	}
	plain, err := readLimited(r, sizeHint(body), limit)
	if errors.Is(err, gzip.ErrHeader) {
		err = nil
	}
	return plain, err
}

// sizeHint is the length that the last four bytes of a gzip file give, if it is
// one that deflate can reach.
func sizeHint(body []byte) int {
	const bestRatio = 1032
	size := int64(binary.LittleEndian.Uint32(body[max(0, len(body)-4):]))
	if size > bestRatio*int64(len(body)) {
		return 4 * len(body)
	}
	return int(size)
}

// readLimited reads r to its end, which is expected after hint bytes.
func readLimited(r io.Reader, hint int, limit int64) ([]byte, error) {
	plain := bytes.NewBuffer(make([]byte, 0, min(int64(hint), limit, 8<<20)+bytes.MinRead))
	_, err := plain.ReadFrom(io.LimitReader(r, limit+1))
	if int64(plain.Len()) > limit {
		return plain.Bytes()[:limit], ErrBomb
	}
	return plain.Bytes(), err
}
