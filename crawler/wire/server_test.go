package wire

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"fangzhi/archive"
)

// A server is a listener on loopback and a script: what it says on its n-th
// connection (counted from 0) is up to the test.
type server struct {
	*testing.T
	l net.Listener

	mu    sync.Mutex
	conns int
	heard []string // requests, in order
}

// serve runs script for each connection. The connection is closed behind it.
func serve(t *testing.T, script func(s *server, n int, c net.Conn, r *bufio.Reader)) *server {
	return serveOn(t, listen(t), script)
}

func listen(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func serveOn(t *testing.T, l net.Listener, script func(s *server, n int, c net.Conn, r *bufio.Reader)) *server {
	s := &server{T: t, l: l}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			n := s.conns
			s.conns++
			s.mu.Unlock()
			t.Cleanup(func() { c.Close() })
			running.Go(func() {
				defer c.Close()
				script(s, n, c, bufio.NewReader(c))
			})
		}
	})
	t.Cleanup(running.Wait) // last: clean-ups run in reverse order
	t.Cleanup(func() { l.Close() })
	return s
}

// hear reads one request without a body; it is "" at the end of the connection.
func (s *server) hear(r *bufio.Reader) string {
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return ""
		}
		b.WriteString(line)
		if line == "\r\n" {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, b.String())
	return b.String()
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

func (s *server) addr() string { return s.l.Addr().String() }

// answers is a script that answers each request of each connection with the next
// response and keeps the connection until they are used up.
func answers(responses ...string) func(*server, int, net.Conn, *bufio.Reader) {
	return func(s *server, _ int, c net.Conn, r *bufio.Reader) {
		for _, response := range responses {
			if s.hear(r) == "" {
				return
			}
			io.WriteString(c, response)
		}
		io.Copy(io.Discard, r)
	}
}

// once is a script that answers the first request of a connection and closes it.
func once(response string) func(*server, int, net.Conn, *bufio.Reader) {
	return func(s *server, _ int, c net.Conn, r *bufio.Reader) {
		s.hear(r)
		io.WriteString(c, response)
	}
}

// client is a Client that may talk to loopback.
func client(t *testing.T, opt Options) *Client {
	t.Helper()
	opt.AllowPrivate = true
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func get(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "fangzhi/test")
	return req
}

func do(t *testing.T, c *Client, url string) *archive.Capture {
	t.Helper()
	capture, err := c.Do(t.Context(), get(t, url))
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return capture
}

// exchangeWith makes one exchange with a server that runs script.
func exchangeWith(t *testing.T, opt Options, script func(*server, int, net.Conn, *bufio.Reader)) (*archive.Capture, error) {
	t.Helper()
	s := serve(t, script)
	return client(t, opt).Do(t.Context(), get(t, "http://"+s.addr()+"/a"))
}

// dialTo is a Dial that leads every host to one address.
func dialTo(addr string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}
