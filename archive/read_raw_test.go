package archive

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"fangzhi/archive/warc"
)

func TestReadCapture(t *testing.T) {
	dir := t.TempDir()
	raw := "HTTP/1.1 200 OK\nx-Odd: 1\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
	packed := gzipped("一页")
	message := fmt.Appendf([]byte(raw), "%x\r\n%s\r\n0\r\n\r\n", len(packed), packed)
	rec := warc.Response(exchange("http://x/a", 0), message)
	req := warc.Request(exchange("http://x/a", 0), rec, []byte("GET /a HTTP/1.1\r\n\r\n"))
	for name, records := range map[string][]*warc.Record{"after": {rec, req}, "before": {req, rec}} {
		locs := writeSegment(t, dir, name+".warc.gz", records...)
		loc := locs[0]
		if name == "before" {
			loc = locs[1]
		}
		c, err := ReadCapture(dir, loc)
		if err != nil {
			t.Fatal(err)
		}
		if c.URL != "http://x/a" || c.Status != 200 || c.IP != "127.0.0.1" || !c.Time.Equal(exchange("", 0).Date) ||
			!bytes.Equal(c.Response, message) || c.HeaderLen != len(raw) || string(c.Request) != string(req.Block) || c.Header.Get("X-Odd") != "1" {
			t.Errorf("request %s: got %+v", name, c)
		}
		if body, err := c.Body(100); err != nil || string(body) != "一页" {
			t.Errorf("body %q, %v", body, err)
		}
	}
	if _, err := ReadCapture(dir, Location{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("no location: %v", err)
	}
}

func gzipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.Bytes()
}

func TestBody(t *testing.T) {
	var bare bytes.Buffer
	w, _ := flate.NewWriter(&bare, 5)
	w.Write([]byte("bare"))
	w.Close()
	for _, c := range []struct {
		name, coding, body, want string
		err                      error
	}{
		{"identity", "identity", "x", "x", nil},
		{"twice", "gzip, gzip", string(gzipped(string(gzipped("x")))), "x", nil},
		{"not packed", "gzip", "<html>", "<html>", nil},
		{"bare deflate", "deflate", bare.String(), "bare", nil},
		{"bomb", "gzip", string(gzipped(strings.Repeat("0", 1<<20))), strings.Repeat("0", 100), ErrBomb},
		{"unknown", "br", "x", "x", ErrCoding},
	} {
		cap := &Capture{Response: []byte(c.body), Header: map[string][]string{"Content-Encoding": {c.coding}}}
		if got, err := cap.Body(100); string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %.20q, %v", c.name, got, err)
		}
	}
}

func FuzzCaptureOf(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
	f.Add([]byte("HTTP/1.0 304\n\n"))
	f.Fuzz(func(t *testing.T, block []byte) {
		c, err := captureOf(warc.Response(exchange("http://x/", 0), block))
		if err != nil {
			return
		}
		if c.HeaderLen > len(block) {
			t.Fatalf("header of %d bytes in %d", c.HeaderLen, len(block))
		}
		if body, _ := c.Body(1000); len(body) > max(1000, len(block)) {
			t.Fatalf("body of %d bytes", len(body))
		}
	})
}
