package wire

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"fangzhi/archive"
)

// A TLSMode says how much of TLS is insisted on.
type TLSMode string

const (
	Verified   TLSMode = ""           // TLS 1.2 or later, a chain to a root we trust
	Legacy     TLSMode = "legacy"     // TLS 1.0 and old ciphers too, verified
	Unverified TLSMode = "unverified" // legacy, and any certificate; what verifying would have said is recorded
)

// Options are what a Client needs. The zero value is fit for use.
type Options struct {
	TLS          TLSMode
	Roots        *x509.CertPool // nil for the machine's, or Mozilla's where it has none
	Proxy        string         // http://, https:// or socks5:// URL, with credentials if need be; "" for none
	AllowPrivate bool           // connect to addresses that are not of the public Internet

	DialTimeout   time.Duration // of one connection, DNS included; 0 for 20 s
	TLSTimeout    time.Duration // of one handshake; 0 for 20 s
	HeaderTimeout time.Duration // from the request's end to the header's; 0 for 30 s
	Timeout       time.Duration // of the whole exchange; 0 for 60 s
	IdleTimeout   time.Duration // of a kept connection; 0 for 30 s
	MaxBody       int64         // bytes of a body as received; 0 for 20 MiB
	MaxHeader     int64         // bytes of a response's header; 0 for 256 KiB

	Now func() time.Time // for the times of captures and connections; nil for time.Now

	// Dial replaces DNS and TCP, and with them the check of addresses: a test can
	// point any host at its own server.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Connected is called for each connection by the first Do that uses it,
	// before Do returns; nil for nobody.
	Connected func(archive.Connection)
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		option *time.Duration
		value  time.Duration
	}{
		{&o.DialTimeout, 20 * time.Second},
		{&o.TLSTimeout, 20 * time.Second},
		{&o.HeaderTimeout, 30 * time.Second},
		{&o.Timeout, time.Minute},
		{&o.IdleTimeout, 30 * time.Second},
	} {
		if *d.option == 0 {
			*d.option = d.value
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxBody == 0 {
		o.MaxBody = 20 << 20
	}
	if o.MaxHeader == 0 {
		o.MaxHeader = 256 << 10
	}
	return o
}

// A Client makes exchanges with the hosts of one site. Its methods may be called
// from several goroutines.
type Client struct {
	opt       Options
	proxy     *url.URL // nil for none
	transport *http.Transport
	conns     atomic.Int64 // made so far
}

// New makes a Client. The error is about Options.Proxy or Options.TLS.
func New(opt Options) (*Client, error) {
	c := &Client{opt: opt.withDefaults()}
	switch opt.TLS {
	case Verified, Legacy, Unverified:
	default:
		return nil, fmt.Errorf("unknown tls mode %q", opt.TLS)
	}
	var err error
	if c.proxy, err = parseProxy(opt.Proxy); err != nil {
		return nil, err
	}
	c.transport = &http.Transport{
		Proxy:                  c.proxyOf,
		DialContext:            c.dial,
		DialTLSContext:         c.dialTLS,
		DisableCompression:     true, // what is asked for and what came must be recorded
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        c.opt.IdleTimeout,
		ResponseHeaderTimeout:  c.opt.HeaderTimeout,
		MaxResponseHeaderBytes: c.opt.MaxHeader,
		ReadBufferSize:         readSize,
		Protocols:              new(http.Protocols),
	}
	c.transport.Protocols.SetHTTP1(true)
	return c, nil
}

// Close closes the connections that are kept. The Client may be used again.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Do makes one exchange and records it. It asks for gzip unless the request says
// otherwise, and follows no redirect.
//
// Whatever the response's status, and also when its body came in part only, there
// is a capture and no error. Without the whole header of a response there is no
// capture: the error is an *Error, or the cause of ctx when that was cancelled
// (then nothing that was received is worth keeping). A deadline of ctx is like
// Options.Timeout.
func (c *Client) Do(ctx context.Context, req *http.Request) (*archive.Capture, error) {
	x := &exchange{client: c, caller: ctx}
	if err := c.refusesByName(req.URL); err != nil {
		return nil, x.failure(err)
	}
	ctx, x.end = context.WithTimeout(ctx, c.opt.Timeout)
	defer x.end() // of what is left of the exchange
	req = req.WithContext(x.trace(ctx, req.URL))
	if req.Header.Get("Accept-Encoding") == "" {
		req.Header = req.Header.Clone()
		if req.Header == nil {
			req.Header = http.Header{}
		}
		req.Header.Set("Accept-Encoding", "gzip")
	}
	resp, err := c.transport.RoundTrip(req)
	x.report()
	if err != nil {
		return nil, x.failure(err)
	}
	return x.capture(req, resp)
}
