package wire

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
)

// splice joins a client to a server.
func splice(t *testing.T, c net.Conn, r io.Reader, addr string) {
	up, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer up.Close()
	go func() {
		io.Copy(up, r)
		up.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(c, up)
}

func viaProxy(t *testing.T, opt Options, url string) (*archive.Capture, archive.Connection) {
	t.Helper()
	var made []archive.Connection
	opt.Connected = func(c archive.Connection) { made = append(made, c) }
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	capture := do(t, c, url)
	if len(made) != 1 {
		t.Fatalf("%d connections", len(made))
	}
	return capture, made[0]
}

func TestHTTPProxy(t *testing.T) {
	p := serve(t, answers(helloResponse))
	capture, made := viaProxy(t, Options{Proxy: "http://waddle:secret@" + p.addr()}, "http://www.example.gov.cn/a")
	if !strings.Contains(p.heard[0], "\r\nProxy-Authorization: Basic ") {
		t.Errorf("the proxy heard %q", p.heard[0])
	}
	want := "GET http://www.example.gov.cn/a HTTP/1.1\r\nHost: www.example.gov.cn\r\nUser-Agent: fangzhi/test\r\nAccept-Encoding: gzip\r\n\r\n"
	if string(capture.Request) != want {
		t.Errorf("request\n got %q\nwant %q", capture.Request, want)
	}
	if string(capture.Response) != helloResponse || capture.IP != "" {
		t.Errorf("response %q of %q", capture.Response, capture.IP)
	}
	if made.Proxy != "http://"+p.addr() || made.Host != "www.example.gov.cn:80" || made.Addr != p.addr() {
		t.Errorf("reported %+v", made)
	}
}

func TestHTTPProxyTunnel(t *testing.T) {
	cert := certificate(t, "www.example.gov.cn", time.Now().AddDate(1, 0, 0))
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}})
	p := serve(t, func(p *server, _ int, c net.Conn, r *bufio.Reader) {
		p.hear(r)
		io.WriteString(c, "HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
		splice(t, c, r, s.addr())
	})
	capture, made := viaProxy(t, Options{Proxy: "http://waddle:secret@" + p.addr(), Roots: pool(t, cert)}, "https://www.example.gov.cn/a")
	if want := "CONNECT www.example.gov.cn:443 HTTP/1.1\r\nHost: www.example.gov.cn:443\r\nProxy-Authorization: Basic d2FkZGxlOnNlY3JldA==\r\n\r\n"; p.heard[0] != want {
		t.Errorf("the proxy heard %q", p.heard[0])
	}
	if string(capture.Response) != helloResponse || !strings.HasPrefix(string(capture.Request), "GET /a HTTP/1.1\r\n") || capture.IP != "" {
		t.Errorf("%q -> %q", capture.Request, capture.Response)
	}
	if !made.Verified || made.Proxy != "http://"+p.addr() {
		t.Errorf("reported %+v", made)
	}
}

func TestHTTPSProxy(t *testing.T) {
	cert := certificate(t, "proxy.example", time.Now().AddDate(1, 0, 0))
	p := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}})
	opt := Options{Proxy: "https://proxy.example", Roots: pool(t, cert), Dial: dialTo(p.addr())}
	capture, made := viaProxy(t, opt, "http://www.example.gov.cn/a")
	if string(capture.Response) != helloResponse || !strings.HasPrefix(string(capture.Request), "GET http://www.example.gov.cn/a HTTP/1.1\r\n") {
		t.Errorf("%q -> %q", capture.Request, capture.Response)
	}
	if made.Proxy != "https://proxy.example:443" || made.TLS != "" || len(made.Chain) != 0 {
		t.Errorf("the proxy's TLS was taken for the server's: %+v", made)
	}
}

func TestProxyThatRefuses(t *testing.T) {
	p := serve(t, once("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
	c, err := New(Options{Proxy: "http://" + p.addr()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), get(t, "https://www.example.gov.cn/"))
	var failure *Error
	if !errors.As(err, &failure) || failure.Reason != archive.NoConnection || !strings.Contains(err.Error(), "407") {
		t.Errorf("error %v", err)
	}
}

// socksServer answers one connection as RFC 1928 and 1929 say and says where it
// was to lead.
func socksServer(asked chan<- string, to string, t *testing.T) func(*server, int, net.Conn, *bufio.Reader) {
	return func(_ *server, _ int, c net.Conn, r *bufio.Reader) {
		take := func(n int) []byte {
			b := make([]byte, n)
			io.ReadFull(r, b)
			return b
		}
		take(int(take(2)[1])) // methods
		c.Write([]byte{5, 2})
		user := string(take(int(take(2)[1])))
		password := string(take(int(take(1)[0])))
		c.Write([]byte{1, 0})
		take(4)
		host := string(take(int(take(1)[0])))
		port := binary.BigEndian.Uint16(take(2))
		asked <- fmt.Sprintf("%s:%s %s:%d", user, password, host, port)
		c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		splice(t, c, r, to)
	}
}

func TestSOCKS(t *testing.T) {
	s := serve(t, answers(helloResponse))
	asked := make(chan string, 1)
	p := serve(t, socksServer(asked, s.addr(), t))
	capture, made := viaProxy(t, Options{Proxy: "socks5://waddle:secret@" + p.addr()}, "http://www.example.gov.cn/a")
	if got := <-asked; got != "waddle:secret www.example.gov.cn:80" {
		t.Errorf("asked for %s", got)
	}
	if string(capture.Response) != helloResponse || !strings.HasPrefix(string(capture.Request), "GET /a HTTP/1.1\r\n") || capture.IP != "" {
		t.Errorf("%q -> %q", capture.Request, capture.Response)
	}
	if made.Proxy != "socks5://"+p.addr() || made.Host != "www.example.gov.cn:80" {
		t.Errorf("reported %+v", made)
	}
}

// Behind a proxy the address of the server is never seen: what its name tells
// must do.
func TestPrivateHostsBehindAProxy(t *testing.T) {
	p := serve(t, answers(helloResponse))
	c, err := New(Options{Proxy: "http://" + p.addr()})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "10.0.0.1", "[::1]", "localhost", "LOCALHOST.", "x.localhost", "169.254.169.254"} {
		_, err := c.Do(t.Context(), get(t, "http://"+host+"/"))
		var failure *Error
		if !errors.As(err, &failure) || failure.Reason != archive.PrivateHost {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestProxyAddress(t *testing.T) {
	for _, bad := range []string{"ftp://x", "http://", "proxy:8080", "http://user:secret@ho st/", "socks5://"} {
		_, err := New(Options{Proxy: bad})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for in, want := range map[string]string{"http://x": "http://x:80", "https://x": "https://x:443", "socks5://u:p@x": "socks5://x:1080", "http://x:1": "http://x:1"} {
		c, err := New(Options{Proxy: in})
		if err != nil || c.proxyName() != want {
			t.Errorf("%s: %v, %v", in, c, err)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic eA==\r\nA: b\r\n\r\nbody":       "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\nbody",
		"GET / HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic eA==\r\n\r\n":                   "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\n\r\na\r\nProxy-Authorization: this is the body's own\r\n": "POST / HTTP/1.1\r\nHost: x\r\n\r\na\r\nProxy-Authorization: this is the body's own\r\n",
	} {
		if got := string(redact([]byte(in))); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
