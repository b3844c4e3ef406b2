package archive

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func TestPayload(t *testing.T) {
	for _, c := range []struct{ name, coding, body, want string }{
		{"identity", "", "5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"},
		{"one chunk", "chunked", "5\r\nhello\r\n0\r\n\r\n", "hello"},
		{"upper case coding", "Chunked", "5\r\nhello\r\n0\r\n\r\n", "hello"},
		{"many", "chunked", "5\r\nhello\r\nA\r\n, archives\r\n1\r\n!\r\n0\r\n\r\n", "hello, archives!"},
		{"extensions and trailer", "chunked", "5;a=b\r\nhello\r\n000;c\r\nX-Sum: 1\r\n\r\n", "hello"},
		{"blanks behind the size", "chunked", "5  \r\nhello\r\n0\r\n\r\n", "hello"},
		{"bare line ends", "chunked", "5\nhello\n0\n\n", "hello"},
		{"nothing", "chunked", "0\r\n\r\n", ""},
		{"cut inside a chunk", "chunked", "5\r\nhello\r\n5\r\nwo", "hellowo"},
		{"cut inside the first", "chunked", "5\r\nhel", "hel"},
		{"cut inside a size", "chunked", "5\r\nhello\r\n1", "hello"},
		{"cut inside the first size", "chunked", "5", ""},
		{"wrong after a chunk", "chunked", "5\r\nhelloXX5\r\nworld", "hello"},
		{"never chunked", "chunked", "<html>\n</html>", "<html>\n</html>"},
		{"size beyond sense", "chunked", "5\r\nhello\r\nfffffffffffffffff\r\nx", "hello"},
	} {
		capture := &Capture{Response: []byte("H" + c.body), HeaderLen: 1, Header: http.Header{"Transfer-Encoding": {c.coding}}}
		if got := string(capture.Payload()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPayloadOfOneChunkSharesMemory(t *testing.T) {
	c := &Capture{Response: []byte("5\r\nhello\r\n0\r\n\r\n"), Header: http.Header{"Transfer-Encoding": {"chunked"}}}
	if &c.Payload()[0] != &c.Response[3] {
		t.Error("the payload was copied")
	}
}

func TestChunkedLen(t *testing.T) {
	for _, c := range []struct {
		body  string
		n     int
		whole bool
	}{
		{"5\r\nhello\r\n0\r\n\r\nHTTP/1.1", 15, true},
		{"0\r\nA: b\r\nC: d\r\n\r\nHTTP/1.1", 17, true},
		{"5\r\nhello\r\n0\r\n", 13, true}, // only the end of the trailer is missing
		{"5\r\nhello\r\n0", 11, false},
		{"5\r\nhello\r\n", 10, false},
		{"5\r\nhelloXX", 10, false},
		{"", 0, false},
	} {
		if n, whole := ChunkedLen([]byte(c.body)); n != c.n || whole != c.whole {
			t.Errorf("%q: got %d, %v, want %d, %v", c.body, n, whole, c.n, c.whole)
		}
	}
}

// FuzzPayload compares what is un-chunked whole with what net/http makes of it.
func FuzzPayload(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\na;x=y\r\n, archives\r\n0\r\nX: y\r\n\r\n"))
	f.Add([]byte("5\nhello\n0\n\n"))
	f.Add([]byte("0\r\n10\n0"))
	f.Add([]byte("ffffffffffffffff\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := payload(body, http.Header{"Transfer-Encoding": {"chunked"}})
		n, whole := ChunkedLen(body)
		if n > len(body) || len(got) > len(body) {
			t.Fatalf("%d bytes of payload, %d of coding in a body of %d", len(got), n, len(body))
		}
		want, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body)))
		if err == nil && whole && !bytes.Equal(got, want) {
			t.Fatalf("got %q, net/http %q", got, want)
		}
		if err == nil && !whole {
			t.Fatalf("net/http takes %q for whole", body)
		}
	})
}

func TestBodyIsWhatTheBytesSay(t *testing.T) {
	page := strings.Repeat("<p>景德镇市浮梁县</p>", 100)
	once := string(gzipped(page))
	for _, c := range []struct {
		name, kind, coding, body, want string
		err                            error
	}{
		{"not declared", "text/html", "", once, page, nil},
		{"declared once, packed twice", "text/html", "gzip", string(gzipped(once)), page, nil},
		{"a file that is gzip", "application/x-gzip", "", once, once, nil},
		{"something behind the member", "text/html", "gzip", once + "\r\n<!-- proxy -->", page, nil},
		{"two members", "text/html", "gzip", once + once, page + page, nil},
		{"cut", "text/html", "gzip", once[:len(once)-8], page, io.ErrUnexpectedEOF},
		{"damaged", "text/html", "gzip", once[:len(once)-8] + "12345678", page, gzip.ErrChecksum},
	} {
		capture := &Capture{Response: []byte(c.body), Header: http.Header{"Content-Encoding": {c.coding}, "Content-Type": {c.kind}}}
		got, err := capture.Body(1 << 20)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %d bytes, %v; want %d, %v", c.name, len(got), err, len(c.want), c.err)
		}
	}
}

func BenchmarkBodyGzip(b *testing.B) {
	page := strings.Repeat("<li><a href=\"/art/2022/3/31/art_1_2.html\">国家试验区新平先行区管委会第一次全体会议召开</a></li>", 600)
	c := &Capture{Response: gzipped(page), Header: http.Header{"Content-Encoding": {"gzip"}}}
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Body(1 << 20); err != nil {
			b.Fatal(err)
		}
	}
}
