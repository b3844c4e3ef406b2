package archive

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"

	"fangzhi/archive/warc"
)

// ReadCapture reads the capture whose response or revisit record lies at loc out
// of the archive in dir. It reads plain files and needs not own the archive. A
// revisit has no body: its Response is the header. What only the visit knows (Via,
// Conn) is empty.
func ReadCapture(dir string, loc Location) (*Capture, error) {
	c, err := readCapture(dir, loc)
	if err != nil {
		return nil, fmt.Errorf("read capture %s:%d: %w", loc.Segment, loc.Offset, err)
	}
	return c, nil
}

func readCapture(dir string, loc Location) (*Capture, error) {
	if loc.IsZero() {
		return nil, ErrNotFound
	}
	f, err := openSegment(dir, loc.Segment)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rec, err := warc.ReadAt(f, warc.Span{Offset: loc.Offset, Length: loc.Length})
	if err != nil {
		return nil, err
	}
	c, err := captureOf(rec)
	if err != nil {
		return nil, err
	}
	if span, ok := requestOf(f, rec, loc); ok {
		request, err := warc.ReadAt(f, span)
		if err != nil {
			return nil, err
		}
		c.Request = request.Block
	}
	return c, nil
}

// captureOf is the capture that a response or revisit record holds, without its
// request.
func captureOf(rec *warc.Record) (*Capture, error) {
	if t := rec.Type(); t != "response" && t != "revisit" {
		return nil, fmt.Errorf("it is a record of type %q", t)
	}
	c := &Capture{
		URL:       rec.TargetURI(),
		Time:      rec.Date(),
		Response:  rec.Block,
		IP:        rec.Get("WARC-IP-Address"),
		Truncated: Truncation(rec.Get("WARC-Truncated")),
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(rec.Block)), nil)
	if err != nil {
		return nil, fmt.Errorf("read http response: %w", err)
	}
	resp.Body.Close()
	c.Status, c.Header, c.HeaderLen = resp.StatusCode, resp.Header, headerLen(rec.Block)
	if len(resp.TransferEncoding) > 0 { // net/http takes it out of the header
		c.Header.Set("Transfer-Encoding", resp.TransferEncoding[0])
	}
	return c, nil
}

// headerLen is the length of a message's header, the blank line included; the
// lines of some servers end without a carriage return.
func headerLen(message []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(message[at:], '\n')
		if i < 0 {
			return len(message)
		}
		line := bytes.TrimSuffix(message[at:at+i], []byte("\r"))
		at += i + 1
		if len(line) == 0 {
			return at
		}
	}
}
