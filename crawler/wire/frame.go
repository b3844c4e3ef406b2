package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"fangzhi/archive"
)

// A frame says where a response lies in the bytes that were received, and what
// its header says.
type frame struct {
	from   int // where it begins, behind interim (1xx) responses
	head   int // length of its status line and header, blank line included
	status int
	header http.Header
}

// frameOf finds the final response in raw.
func frameOf(raw []byte) (frame, error) {
	for from := 0; ; {
		head := headLen(raw[from:])
		if head < 0 {
			return frame{}, errors.New("the response's header has no end")
		}
		status, err := statusOf(raw[from:])
		if err != nil {
			return frame{}, err
		}
		if 100 <= status && status < 200 && status != http.StatusSwitchingProtocols {
			from += head
			continue
		}
		header, err := headerOf(raw[from : from+head])
		if err != nil {
			return frame{}, fmt.Errorf("response header: %w", err)
		}
		return frame{from, head, status, header}, nil
	}
}

// headLen is the length of a header up to and with its blank line, -1 if that is
// not there. Lines may end without a carriage return.
func headLen(b []byte) int {
	for at := 0; ; {
		end := bytes.IndexByte(b[at:], '\n')
		if end < 0 {
			return -1
		}
		line := bytes.TrimSuffix(b[at:at+end], []byte("\r"))
		if at += end + 1; len(line) == 0 {
			return at
		}
	}
}

func statusOf(b []byte) (int, error) {
	line, _, _ := strings.Cut(string(b[:min(len(b), 64)]), "\n")
	proto, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	status, err := strconv.Atoi(code)
	if err != nil || !strings.HasPrefix(proto, "HTTP/") {
		return 0, fmt.Errorf("status line %q", line)
	}
	return status, nil
}

// headerOf parses a header whose first line is a status line. net/http takes
// Transfer-Encoding and Trailer out of its own.
func headerOf(head []byte) (http.Header, error) {
	r := textproto.NewReader(bufio.NewReaderSize(bytes.NewReader(head), len(head)))
	if _, err := r.ReadLine(); err != nil {
		return nil, err
	}
	header, err := r.ReadMIMEHeader()
	return http.Header(header), err
}

// body is the length of the body in rest, which is what was received behind the
// header, and whether it is the whole body. ended tells that the connection's
// end, or net/http's reading to the end, was seen.
func (f frame) body(method string, rest []byte, ended bool) (n int, whole bool) {
	switch {
	case method == http.MethodHead, f.status < 200, f.status == http.StatusNoContent, f.status == http.StatusNotModified:
		return 0, true
	case f.chunked():
		return archive.ChunkedLen(rest)
	}
	length := f.contentLength()
	switch {
	case length < 0:
		return len(rest), ended
	case len(rest) < length:
		return len(rest), false
	}
	return length, true
}

func (f frame) chunked() bool {
	return strings.EqualFold(f.header.Get("Transfer-Encoding"), "chunked")
}

// contentLength is -1 where there is none that counts.
func (f frame) contentLength() int {
	length, err := strconv.Atoi(strings.TrimSpace(f.header.Get("Content-Length")))
	if err != nil || length < 0 || f.chunked() {
		return -1
	}
	return length
}
