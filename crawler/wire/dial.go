package wire

import (
	"context"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"

	"fangzhi/archive"
)

// dial is the transport's DialContext: for http.
func (c *Client) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	link, err := c.connect(orderOf(ctx))
	if err != nil {
		return nil, err
	}
	return link, nil
}

// dialTLS is the transport's DialTLSContext: for https, and for http through a
// proxy that is itself reached by https.
func (c *Client) dialTLS(ctx context.Context, _, _ string) (net.Conn, error) {
	o := orderOf(ctx)
	link, err := c.connect(o)
	if err != nil {
		return nil, err
	}
	if o.secure {
		err = c.encrypt(o, link)
	}
	if err != nil {
		return nil, err
	}
	return link, nil
}

// An order is what a dial is for. The transport detaches dials from the exchange
// that asked for them; ours end with it.
type order struct {
	ctx    context.Context // of the exchange
	host   string          // of the server, not of a proxy
	addr   string          // host:port
	secure bool
}

func orderOf(ctx context.Context) order {
	a := ctx.Value(askedKey{}).(asked) // put there by exchange.trace
	return order{ctx: a.ctx, host: a.url.Hostname(), addr: hostPort(a.url), secure: a.url.Scheme == "https"}
}

func hostPort(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// connect makes a connection that can carry HTTP, or TLS and then HTTP.
func (c *Client) connect(o order) (*conn, error) {
	ctx, cancel := context.WithTimeout(o.ctx, c.opt.DialTimeout)
	defer cancel()
	link := &conn{now: c.opt.Now, info: archive.Connection{
		Key:     "c" + strconv.FormatInt(c.conns.Add(1), 10),
		Host:    o.addr,
		TLSMode: string(c.opt.TLS),
	}}
	var err error
	if c.proxy == nil {
		link.Conn, err = c.dialServer(ctx, link, o.addr)
	} else {
		link.info.Proxy = c.proxyName()
		link.Conn, err = c.dialThrough(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	link.info.At = c.opt.Now().UTC()
	link.info.Addr = link.Conn.RemoteAddr().String()
	if c.proxy == nil {
		link.ip = ipOf(link.info.Addr)
	}
	return link, nil
}

// dialServer connects to the server itself and notes what its name resolved to.
func (c *Client) dialServer(ctx context.Context, link *conn, addr string) (net.Conn, error) {
	if c.opt.Dial != nil {
		return c.opt.Dial(ctx, "tcp", addr)
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{DNSDone: func(info httptrace.DNSDoneInfo) {
		for _, a := range info.Addrs {
			link.info.DNS = append(link.info.DNS, a.String())
		}
	}})
	d := net.Dialer{ControlContext: c.control}
	return d.DialContext(ctx, "tcp", addr)
}

// control looks at an address after DNS and right before connecting, so that no
// answer can change in between.
func (c *Client) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	if c.opt.AllowPrivate {
		return nil
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	return refuse(ap.Addr())
}

func ipOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if _, err := netip.ParseAddr(host); err != nil { // a pipe, in tests
		return ""
	}
	return host
}
