package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gocolly/colly/v2"
	"github.com/klauspost/compress/gzip"

	"fangzhi/archive"
)

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func response(header, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", header, len(body), body)
}

func transport(t *testing.T, opt Options) *Transport {
	t.Helper()
	opt.AllowPrivate = true
	tr, err := NewTransport(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr
}

// colly must see the bytes of the page: it converts by a charset and unpacks by
// a Content-Encoding, each in its own way.
func TestCollyOverTransport(t *testing.T) {
	gbk := "\xbe\xb0\xb5\xc2\xd5\xf2" // 景德镇
	packed := response("Content-Type: text/html; charset=gbk\r\nContent-Encoding: gzip\r\nX-Odd: 1\r\n", gzipped(gbk))
	s := serve(t, answers(packed, packed))
	tr := transport(t, Options{})
	c := colly.NewCollector(colly.AllowURLRevisit())
	c.WithTransport(tr)
	var got *colly.Response
	c.OnResponse(func(r *colly.Response) { got = r })
	for i := range 2 {
		if err := c.Visit("http://" + s.addr() + "/a.xml.gz"); err != nil {
			t.Fatal(err)
		}
		if string(got.Body) != gbk || got.Headers.Get("X-Odd") != "1" || got.Headers.Get("Content-Type") != "text/html" {
			t.Errorf("colly got %q, %v", got.Body, got.Headers)
		}
		x := tr.Take()
		if string(x.Capture.Response) != packed || string(x.Body) != gbk || x.BodyErr != nil || x.Err != nil || len(x.Conns) != 1-i {
			t.Errorf("exchange %+v", x)
		}
		if x.Capture.Header.Get("Content-Type") != "text/html; charset=gbk" || x.Capture.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("the capture's header was changed: %v", x.Capture.Header)
		}
	}
	if x := tr.Take(); x.Capture != nil {
		t.Error("taken twice")
	}
}

func TestTransportBodies(t *testing.T) {
	page := strings.Repeat("<p>浮梁县</p>", 1000)
	for _, test := range []struct {
		name, response, body string
		bad                  error
	}{
		{"identity", response("", page), page, nil},
		{"gzip not declared", response("", gzipped(page)), page, nil},
		{"gzip twice", response("Content-Encoding: gzip\r\n", gzipped(gzipped(page))), page, nil},
		{"bomb", response("Content-Encoding: gzip\r\n", gzipped(strings.Repeat("0", 1<<20))), strings.Repeat("0", 1<<16), ErrBomb},
		{"never asked for", response("Content-Encoding: br\r\n", "xyz"), "xyz", archive.ErrCoding},
	} {
		s := serve(t, answers(test.response))
		tr := transport(t, Options{MaxBody: 1 << 16})
		resp, err := tr.RoundTrip(get(t, "http://"+s.addr()+"/"))
		if err != nil {
			t.Fatal(err)
		}
		handed, _ := io.ReadAll(resp.Body)
		x := tr.Take()
		if string(x.Body) != test.body || !bytes.Equal(handed, x.Body) || !errors.Is(x.BodyErr, test.bad) {
			t.Errorf("%s: body of %d bytes, %v; want %d, %v", test.name, len(x.Body), x.BodyErr, len(test.body), test.bad)
		}
	}
}

func TestIdentityBodyIsNotCopied(t *testing.T) {
	s := serve(t, answers(response("", "hello")))
	tr := transport(t, Options{})
	if _, err := tr.RoundTrip(get(t, "http://"+s.addr()+"/")); err != nil {
		t.Fatal(err)
	}
	if x := tr.Take(); &x.Body[0] != &x.Capture.Response[x.Capture.HeaderLen] {
		t.Error("it was copied")
	}
}

func TestTransportTellsWhyThereIsNoCapture(t *testing.T) {
	s := serve(t, once(""))
	tr := transport(t, Options{})
	if _, err := tr.RoundTrip(get(t, "http://"+s.addr()+"/")); err == nil {
		t.Error("no error")
	}
	x := tr.Take()
	var failure *Error
	if x.Capture != nil || !errors.As(x.Err, &failure) || failure.Reason != archive.CutShort || len(x.Conns) != 1 {
		t.Errorf("exchange %+v", x)
	}
}

func TestWithoutCharset(t *testing.T) {
	for in, want := range map[string]string{
		"text/html; charset=gbk": "text/html", "text/html": "text/html", "": "", ";": "",
		"text/html charset=gbk": "text/html", "text/html,charset=gbk": "text/html", " text/html ;x": "text/html",
	} {
		if got := withoutCharset(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzFrame: whatever a server sends, the frame lies within it.
func FuzzFrame(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), true)
	f.Add([]byte("HTTP/1.1 103 \n\nHTTP/1.0 200\nContent-Length: 3\n\nabcd"), false)
	f.Fuzz(func(t *testing.T, raw []byte, ended bool) {
		fr, err := frameOf(raw)
		if err != nil {
			return
		}
		rest := raw[fr.from+fr.head:]
		n, whole := fr.body("GET", rest, ended)
		if n < 0 || n > len(rest) {
			t.Fatalf("body of %d bytes in %d", n, len(rest))
		}
		if length := fr.contentLength(); whole && length >= 0 && fr.status == 200 && n != length {
			t.Fatalf("%d bytes are the whole of %d", n, length)
		}
	})
}

// BenchmarkExchange makes one exchange after the other over one connection of
// loopback; the server's work is in it.
func BenchmarkExchange(b *testing.B) {
	html := strings.Repeat("<li><a href=\"/art/2022/3/31/art_1_2.html\">国家试验区新平先行区管委会第一次全体会议召开</a></li>\n", 520)
	for name, answer := range map[string]string{"identity": response("", html), "gzip": response("Content-Encoding: gzip\r\n", gzipped(html))} {
		b.Run(name, func(b *testing.B) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				for r, page := bufio.NewReader(c), []byte(answer); ; {
					line, err := r.ReadSlice('\n')
					if err != nil {
						return
					}
					if len(line) == 2 {
						c.Write(page)
					}
				}
			}()
			tr, err := NewTransport(Options{AllowPrivate: true})
			if err != nil {
				b.Fatal(err)
			}
			defer tr.Close()
			b.SetBytes(int64(len(html)))
			b.ReportAllocs()
			for b.Loop() {
				req, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String()+"/", nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := tr.RoundTrip(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
