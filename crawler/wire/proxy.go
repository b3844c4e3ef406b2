package wire

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

func parseProxy(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		var parse *url.Error
		if errors.As(err, &parse) {
			err = parse.Err // without the URL, which may have a password
		}
		return nil, fmt.Errorf("proxy: %w", err)
	}
	ports := map[string]string{"http": "80", "https": "443", "socks5": "1080"}
	port, ok := ports[u.Scheme]
	if !ok || u.Hostname() == "" {
		return nil, fmt.Errorf("proxy %s: want http://, https:// or socks5:// and a host", u.Redacted())
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	return u, nil
}

// proxyName is the proxy's URL without credentials.
func (c *Client) proxyName() string {
	bare := url.URL{Scheme: c.proxy.Scheme, Host: c.proxy.Host}
	return bare.String()
}

// proxyOf is the transport's Proxy. It writes requests for http in the form that
// a proxy wants; tunnels are made in dialThrough.
func (c *Client) proxyOf(req *http.Request) (*url.URL, error) {
	if c.proxy == nil || c.proxy.Scheme == "socks5" || req.URL.Scheme != "http" {
		return nil, nil
	}
	return c.proxy, nil
}

// dialThrough makes a connection through the proxy: to the proxy itself for http
// by an HTTP proxy, else to the server.
func (c *Client) dialThrough(ctx context.Context, o order) (net.Conn, error) {
	if c.proxy.Scheme == "socks5" {
		return c.socks(ctx, o.addr)
	}
	nc, err := c.dialProxy(ctx, "tcp", c.proxy.Host)
	if err != nil {
		return nil, fmt.Errorf("proxy %s: %w", c.proxyName(), err)
	}
	if c.proxy.Scheme == "https" {
		if nc, err = c.handshake(ctx, nc, c.tlsConfig(c.proxy.Hostname(), Verified)); err != nil {
			return nil, fmt.Errorf("tls with proxy %s: %w", c.proxyName(), err)
		}
	}
	if !o.secure {
		return nc, nil
	}
	if err := c.tunnel(ctx, nc, o.addr); err != nil {
		nc.Close()
		return nil, fmt.Errorf("proxy %s: connect to %s: %w", c.proxyName(), o.addr, err)
	}
	return nc, nil
}

// dialProxy connects to the proxy, which the operator named and which is nearly
// always on a private address.
func (c *Client) dialProxy(ctx context.Context, network, addr string) (net.Conn, error) {
	if c.opt.Dial != nil {
		return c.opt.Dial(ctx, network, addr)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// dialerFunc is the dialer that package proxy asks for.
type dialerFunc func(ctx context.Context, network, addr string) (net.Conn, error)

func (f dialerFunc) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return f(ctx, network, addr)
}

func (f dialerFunc) Dial(network, addr string) (net.Conn, error) {
	return f(context.Background(), network, addr)
}

func (c *Client) socks(ctx context.Context, addr string) (net.Conn, error) {
	var auth *proxy.Auth
	if u := c.proxy.User; u != nil {
		password, _ := u.Password()
		auth = &proxy.Auth{User: u.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", c.proxy.Host, auth, dialerFunc(c.dialProxy))
	if err != nil {
		return nil, fmt.Errorf("proxy %s: %w", c.proxyName(), err)
	}
	nc, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("proxy %s: %w", c.proxyName(), err)
	}
	return nc, nil
}

// tunnel asks an HTTP proxy for a connection to addr.
func (c *Client) tunnel(ctx context.Context, nc net.Conn, addr string) error {
	stop := context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	var b strings.Builder
	fmt.Fprintf(&b, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", addr, addr)
	if u := c.proxy.User; u != nil {
		password, _ := u.Password()
		fmt.Fprintf(&b, "Proxy-Authorization: Basic %s\r\n", base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	b.WriteString("\r\n")
	if _, err := nc.Write([]byte(b.String())); err != nil {
		return err
	}
	r := bufio.NewReader(nc)
	resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return err
	}
	switch {
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("it answered %s", resp.Status)
	case r.Buffered() > 0:
		return errors.New("the server spoke before its turn")
	case !stop():
		return context.Cause(ctx) // the deadline is set
	}
	return nil
}

// refusesByName refuses servers that a proxy would connect to and whose address
// we never see, as far as their names tell.
func (c *Client) refusesByName(u *url.URL) error {
	if c.proxy == nil || c.opt.AllowPrivate {
		return nil
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return refuse(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return refuse(addr)
	}
	return nil
}

var proxyAuthorization = []byte("\r\nProxy-Authorization:")

// redact takes the credentials for the proxy, which the server never saw, out of
// a request.
func redact(request []byte) []byte {
	from := bytes.Index(request, proxyAuthorization)
	if from < 0 || from > bytes.Index(request, []byte("\r\n\r\n")) {
		return request
	}
	end := from + 2 + bytes.Index(request[from+2:], []byte("\r\n"))
	return append(request[:from:from], request[end:]...)
}
