package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
)

func TestCaptureIsWhatWasOnTheWire(t *testing.T) {
	const gzipped = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
	tests := []struct {
		name, response string
		body           string // of the capture, in its transfer coding
		payload        string
		status         int
		before         int // bytes of the response that are not kept
		behind         int
	}{
		{"content-length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", "hello", 200, 0, 0},
		{"odd names, order and blanks",
			"HTTP/1.1 200 All Right\r\nx-ZZ:  1 \r\nSERVER: 政\r\ncontent-LENGTH: 5\r\nX-zz: 2\r\n\r\nhello", "hello", "hello", 200, 0, 0},
		{"bare line ends", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello", "hello", 200, 0, 0},
		{"mixed line ends", "HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello", "hello", "hello", 200, 0, 0},
		{"no reason phrase", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "hello", "hello", 200, 0, 0},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n007\r\n, world\r\n0\r\n\r\n",
			"5\r\nhello\r\n007\r\n, world\r\n0\r\n\r\n", "hello, world", 200, 0, 0},
		{"chunked with extensions and a trailer",
			"HTTP/1.1 200 OK\r\nTRANSFER-encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n5;a=\"b\"\r\nhello\r\n0;z\r\nX-Sum: 1\r\n\r\n",
			"5;a=\"b\"\r\nhello\r\n0;z\r\nX-Sum: 1\r\n\r\n", "hello", 200, 0, 0},
		{"gzip stays", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n" + gzipped, gzipped, gzipped, 200, 0, 0},
		{"100 and 103 before", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
			"ok", "ok", 200, len("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"), 0},
		{"304", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 500\r\n\r\n", "", "", 304, 0, 0},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", "", "", 204, 0, 0},
		{"redirect", "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 4\r\n\r\nmove", "move", "move", 302, 0, 0},
		{"error page", "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", "oops", "oops", 500, 0, 0},
		{"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", "", 200, 0, 0},
		{"empty chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "0\r\n\r\n", "", 200, 0, 0},
		{"more than announced", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, there is more", "hello", "hello", 200, 0, 15},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := exchangeWith(t, Options{}, answers(test.response))
			if err != nil {
				t.Fatal(err)
			}
			if want := test.response[test.before : len(test.response)-test.behind]; string(c.Response) != want {
				t.Errorf("response\n got %q\nwant %q", c.Response, want)
			}
			if body := string(c.Response[c.HeaderLen:]); body != test.body {
				t.Errorf("body %q, want %q", body, test.body)
			}
			if payload := string(c.Payload()); payload != test.payload {
				t.Errorf("payload %q, want %q", payload, test.payload)
			}
			if c.Status != test.status || c.Truncated != archive.Whole {
				t.Errorf("status %d, truncated %q", c.Status, c.Truncated)
			}
		})
	}
}

func TestBodyUntilTheConnectionCloses(t *testing.T) {
	for _, header := range []string{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"} {
		c, err := exchangeWith(t, Options{}, once(header+"hello"))
		if err != nil {
			t.Fatal(err)
		}
		if string(c.Response) != header+"hello" || c.Truncated != archive.Whole {
			t.Errorf("got %q, truncated %q", c.Response, c.Truncated)
		}
	}
}

func TestHeaderKeepsTransferEncoding(t *testing.T) {
	c, err := exchangeWith(t, Options{}, answers("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nTrailer: X\r\nx-odd: 1\r\n\r\n0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Header.Get("Transfer-Encoding") != "chunked" || c.Header.Get("Trailer") != "X" || c.Header.Get("X-Odd") != "1" {
		t.Errorf("header %v", c.Header)
	}
}

func TestRequestIsWhatWasSent(t *testing.T) {
	s := serve(t, answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	then := time.Date(2022, 3, 31, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))
	c := do(t, client(t, Options{Now: func() time.Time { return then }}), "http://"+s.addr()+"/a?b=%e6%b5%99#frag")
	want := "GET /a?b=%e6%b5%99 HTTP/1.1\r\nHost: " + s.addr() + "\r\nUser-Agent: fangzhi/test\r\nAccept-Encoding: gzip\r\n\r\n"
	if string(c.Request) != want || s.heard[0] != want {
		t.Errorf("request\n got %q\nsent %q\nwant %q", c.Request, s.heard[0], want)
	}
	if c.URL != "http://"+s.addr()+"/a?b=%e6%b5%99" {
		t.Errorf("url %q", c.URL)
	}
	if !c.Time.Equal(then) || c.Time.Location() != time.UTC {
		t.Errorf("time %v", c.Time)
	}
	if c.IP != "127.0.0.1" {
		t.Errorf("ip %q", c.IP)
	}
}

func TestFormIsRecorded(t *testing.T) {
	s := serve(t, func(s *server, _ int, c net.Conn, r *bufio.Reader) {
		s.hear(r)
		io.ReadFull(r, make([]byte, 6))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	req, err := http.NewRequest(http.MethodPost, "http://"+s.addr()+"/list", strings.NewReader("page=2"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := client(t, Options{}).Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(c.Request), "\r\n\r\npage=2") {
		t.Errorf("request %q", c.Request)
	}
}

// Two exchanges over one connection keep their bytes apart.
func TestKeptConnection(t *testing.T) {
	first := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n"
	second := "HTTP/1.1 304 Not Modified\r\n\r\n"
	third := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthird"
	s := serve(t, answers(first, second, third))
	var made []archive.Connection
	c := client(t, Options{Connected: func(c archive.Connection) { made = append(made, c) }})
	for i, want := range []string{first, second, third} {
		path := fmt.Sprint("/", i)
		got := do(t, c, "http://"+s.addr()+path)
		if string(got.Response) != want || !strings.HasPrefix(string(got.Request), "GET "+path+" ") || strings.Count(string(got.Request), "GET") != 1 {
			t.Errorf("exchange %d: %q -> %q", i, got.Request, got.Response)
		}
		if got.Conn != "c1" {
			t.Errorf("exchange %d over connection %q", i, got.Conn)
		}
	}
	if s.count() != 1 || len(made) != 1 {
		t.Errorf("%d connections, %d reported", s.count(), len(made))
	}
	if m := made[0]; m.Key != "c1" || m.Host != s.addr() || m.Addr != s.addr() || m.TLS != "" || m.At.IsZero() {
		t.Errorf("reported %+v", m)
	}
}

func TestDNSAnswersAreReported(t *testing.T) {
	if _, err := net.LookupHost("localhost"); err != nil {
		t.Skip("this machine does not know localhost")
	}
	s := serve(t, answers(helloResponse))
	_, port, _ := net.SplitHostPort(s.addr())
	var made archive.Connection
	c := client(t, Options{Connected: func(c archive.Connection) { made = c }})
	do(t, c, "http://localhost:"+port+"/")
	if !slices.Contains(made.DNS, "127.0.0.1") || made.Host != "localhost:"+port || made.Addr != s.addr() {
		t.Errorf("reported %+v", made)
	}
}

// A server that hangs up on a kept connection has heard the request: it is not
// sent again without the crawler's leave.
func TestNoRequestIsSentTwice(t *testing.T) {
	const response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	s := serve(t, func(s *server, n int, c net.Conn, r *bufio.Reader) {
		s.hear(r)
		io.WriteString(c, response)
		if n == 0 {
			s.hear(r) // and says nothing
		}
	})
	c := client(t, Options{})
	do(t, c, "http://"+s.addr()+"/1")
	_, err := c.Do(t.Context(), get(t, "http://"+s.addr()+"/2"))
	var failure *Error
	if !errors.As(err, &failure) || failure.Reason != archive.CutShort || !errors.Is(err, errTwice) {
		t.Errorf("error %v, want %q, %v", err, archive.CutShort, errTwice)
	}
	if got := do(t, c, "http://"+s.addr()+"/3"); string(got.Response) != response {
		t.Errorf("third: %q over %s", got.Response, got.Conn)
	}
	if len(s.heard) != 3 {
		t.Errorf("heard %q", s.heard)
	}
}

func TestTruncation(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	long := strings.Repeat("x", 1000)
	hang := func(response string) func(*server, int, net.Conn, *bufio.Reader) {
		return answers(response)
	}
	for _, test := range []struct {
		name   string
		script func(*server, int, net.Conn, *bufio.Reader)
		opt    Options
		want   string
		why    archive.Truncation
	}{
		{"closed early", once(head + "hello"), Options{}, head + "hello", archive.Disconnected},
		{"closed in a chunk", once(chunked + "5\r\nhel"), Options{}, chunked + "5\r\nhel", archive.Disconnected},
		{"closed before the last chunk", once(chunked + "5\r\nhello\r\n"), Options{}, chunked + "5\r\nhello\r\n", archive.Disconnected},
		{"closed before the trailer's end", once(chunked + "5\r\nhello\r\n0\r\n"), Options{}, chunked + "5\r\nhello\r\n0\r\n", archive.Whole},
		{"no chunk at all", once(chunked), Options{}, chunked, archive.Disconnected},
		{"wrong chunk", hang(chunked + "5\r\nhello\r\nzz\r\n"), Options{}, chunked + "5\r\nhello\r\nzz\r\n", archive.Disconnected},
		{"reset", func(s *server, n int, c net.Conn, r *bufio.Reader) {
			once(head+"hello")(s, n, c, r)
			c.(*net.TCPConn).SetLinger(0)
		}, Options{}, head + "hello", archive.Disconnected},
		{"silent in the body", hang(head + "hello"), Options{Timeout: 300 * time.Millisecond}, head + "hello", archive.TooSlow},
		{"silent in a chunk", hang(chunked + "5\r\nhel"), Options{Timeout: 300 * time.Millisecond}, chunked + "5\r\nhel", archive.TooSlow},
		{"limit, announced", hang(head + long), Options{MaxBody: 100}, head + long[:100], archive.TooLong},
		{"limit, one byte more", hang(head + long), Options{MaxBody: 999}, head + long[:999], archive.TooLong},
		{"at the limit", hang(head + long), Options{MaxBody: 1000}, head + long, archive.Whole},
		{"limit, chunked", hang(chunked + "3e8\r\n" + long + "\r\n0\r\n\r\n"), Options{MaxBody: 100}, chunked + "3e8\r\n" + long[:95], archive.TooLong},
		{"at the limit, chunked", hang(chunked + "3e8\r\n" + long + "\r\n0\r\n\r\n"), Options{MaxBody: 1012}, chunked + "3e8\r\n" + long + "\r\n0\r\n\r\n", archive.Whole},
		{"limit, until closed", once("HTTP/1.0 200 OK\r\n\r\n" + long), Options{MaxBody: 100}, "HTTP/1.0 200 OK\r\n\r\n" + long[:100], archive.TooLong},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := exchangeWith(t, test.opt, test.script)
			if err != nil {
				t.Fatal(err)
			}
			if string(c.Response) != test.want || c.Truncated != test.why {
				t.Errorf("got %q truncated %q\nwant %q truncated %q", c.Response, c.Truncated, test.want, test.why)
			}
		})
	}
}

// An abandoned body leaves the connection in the middle of a response.
func TestConnectionOfAnAbandonedBodyIsNotUsedAgain(t *testing.T) {
	const response = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
	for name, test := range map[string]struct {
		opt    Options
		behind string
	}{"limit": {Options{MaxBody: 5}, ""}, "more than announced": {Options{}, "more"}} {
		s := serve(t, func(s *server, _ int, c net.Conn, r *bufio.Reader) {
			for s.hear(r) != "" {
				io.WriteString(c, response+test.behind)
			}
		})
		c := client(t, test.opt)
		do(t, c, "http://"+s.addr()+"/1")
		do(t, c, "http://"+s.addr()+"/2")
		if s.count() != 2 {
			t.Errorf("%s: %d connections", name, s.count())
		}
	}
}

// A server that sends a byte now and then does not hold us for longer than the
// limit of the whole exchange.
func TestDrip(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
	c, err := exchangeWith(t, Options{Timeout: 300 * time.Millisecond}, func(s *server, _ int, c net.Conn, r *bufio.Reader) {
		s.hear(r)
		io.WriteString(c, head)
		for range time.Tick(5 * time.Millisecond) {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Truncated != archive.TooSlow || len(c.Response) <= len(head) {
		t.Errorf("%q, truncated %q", c.Response, c.Truncated)
	}
}

func TestFailures(t *testing.T) {
	closed := listen(t)
	closed.Close()
	soon := Options{Timeout: 300 * time.Millisecond}
	for _, test := range []struct {
		name   string
		script func(*server, int, net.Conn, *bufio.Reader)
		opt    Options
		want   archive.Reason
	}{
		{"nobody listens", once(""), Options{Dial: dialTo(closed.Addr().String())}, archive.NoConnection},
		{"no such host", once(""), Options{Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}
		}}, archive.NoConnection},
		{"closed at once", once(""), Options{}, archive.CutShort},
		{"closed in the header", once("HTTP/1.1 200 OK\r\nContent-"), Options{}, archive.CutShort},
		{"silent", answers(""), soon, archive.TimedOut},
		{"silent, own limit", answers(""), Options{HeaderTimeout: 300 * time.Millisecond}, archive.TimedOut},
		{"silent in the header", answers("HTTP/1.1 200 OK\r\nContent-"), soon, archive.TimedOut},
		{"not HTTP", once("SSH-2.0-OpenSSH_9.2\r\n"), Options{}, archive.BadResponse},
		{"a page without a header", once("<html>\r\n\r\n</html>"), Options{}, archive.BadResponse},
		{"a header without an end", once("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 5000) + "\r\n\r\n"), Options{MaxHeader: 1000}, archive.BadResponse},
		{"dial hangs", once(""), Options{DialTimeout: 300 * time.Millisecond, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}, archive.NoConnection},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := exchangeWith(t, test.opt, test.script)
			var failure *Error
			if c != nil || !errors.As(err, &failure) || failure.Reason != test.want {
				t.Errorf("capture %v, error %v (%+v), want reason %q", c, err, failure, test.want)
			}
		})
	}
}

func TestCancelFreesEverything(t *testing.T) {
	t.Run("in the dial", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		why, gone := errors.New("interrupted"), make(chan struct{})
		c := client(t, Options{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			cancel(why)
			<-ctx.Done() // net/http alone would let it go on
			close(gone)
			return nil, ctx.Err()
		}})
		if _, err := c.Do(ctx, get(t, "http://example.org/")); !errors.Is(err, why) {
			t.Errorf("error %v", err)
		}
		<-gone
	})
	for name, said := range map[string]string{"before the header": "", "in the body": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			gone := make(chan struct{})
			s := serve(t, func(s *server, _ int, c net.Conn, r *bufio.Reader) {
				s.hear(r)
				io.WriteString(c, said)
				cancel()
				io.Copy(io.Discard, r)
				close(gone)
			})
			capture, err := client(t, Options{}).Do(ctx, get(t, "http://"+s.addr()+"/"))
			if capture != nil || !errors.Is(err, context.Canceled) || errors.As(err, new(*Error)) {
				t.Errorf("capture %v, error %v", capture, err)
			}
			<-gone // the connection was closed
		})
	}
}
