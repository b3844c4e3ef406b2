package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"syscall"

	"fangzhi/archive"
)

// An exchange is one request and what comes of it.
type exchange struct {
	client *Client
	caller context.Context // of Do: its end is our caller's wish, not the server's fault
	end    context.CancelFunc

	mu    sync.Mutex
	conn  *conn // the one in use; nil before there is one
	rec   *recording
	twice bool // it would have been sent again
}

// An asked tells a dial what it is for: the transport detaches it from the exchange.
type asked struct {
	ctx context.Context // of the exchange
	url *url.URL
}

type askedKey struct{}

// errTwice ends an exchange whose request went out over a kept connection that
// the server then closed. net/http would send it again at once, and the server
// might see two requests where the crawler means to space them.
var errTwice = errors.New("the server closed the kept connection without an answer")

// trace makes a context in which the exchange learns its connection. net/http
// tries another one when a kept connection turns out to be closed: that is the
// last one and counts, unless the request has been sent.
func (x *exchange) trace(ctx context.Context, u *url.URL) context.Context {
	ctx = context.WithValue(ctx, askedKey{}, asked{ctx, u})
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		c, ok := info.Conn.(*conn)
		if !ok {
			return // a bug in dial; there will be no capture
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		if x.rec != nil && x.rec.began() {
			x.twice = true
			c.Close()
			x.end()
			return
		}
		x.conn, x.rec = c, c.begin()
	}})
}

// report tells who wants to know of a connection that is new.
func (x *exchange) report() {
	c, _ := x.got()
	if c == nil || x.client.opt.Connected == nil {
		return
	}
	c.reported.Do(func() { x.client.opt.Connected(c.info) })
}

func (x *exchange) got() (*conn, *recording) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.conn, x.rec
}

func (x *exchange) isTwice() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.twice
}

// cancelled tells whether the caller ended the exchange. A deadline is a limit
// like our own.
func (x *exchange) cancelled() bool { return errors.Is(x.caller.Err(), context.Canceled) }

// capture reads the body of resp and makes a capture of what was recorded.
func (x *exchange) capture(req *http.Request, resp *http.Response) (*archive.Capture, error) {
	defer resp.Body.Close() // closes the connection unless the body was read to its end
	c, rec := x.got()
	if rec == nil {
		return nil, errors.New("exchange over a connection that is not ours")
	}
	f, err := frameOf(rec.bytes())
	if err != nil {
		return nil, x.failure(err)
	}
	truncated, ended := x.drain(resp, rec, f)
	if x.cancelled() && truncated != archive.Whole {
		return nil, context.Cause(x.caller)
	}
	sent, received, started := rec.close()
	rest := received[f.from+f.head:]
	n, whole := f.body(req.Method, rest, ended)
	switch {
	case truncated == archive.TooLong:
		n = min(n, int(x.client.opt.maxBody(x.caller)))
	case whole: // also where only the end of a trailer is missing
		truncated = archive.Whole
	}
	end := f.from + f.head + n
	return &archive.Capture{
		URL:       withoutFragment(req.URL),
		Time:      started.UTC(),
		Request:   redact(sent),
		Response:  received[f.from:end:end],
		HeaderLen: f.head,
		Status:    f.status,
		Header:    f.header,
		Truncated: truncated,
		IP:        c.ip,
		Conn:      c.info.Key,
	}, nil
}

// withoutFragment is the URL that was asked for.
func withoutFragment(u *url.URL) string {
	bare := *u
	bare.Fragment, bare.RawFragment = "", ""
	return bare.String()
}

var scratch = sync.Pool{New: func() any { return new([readSize]byte) }}

// drain reads the body to its end, so that all of it is recorded. ended tells
// that the end was seen.
func (x *exchange) drain(resp *http.Response, rec *recording, f frame) (why archive.Truncation, ended bool) {
	if resp.Body == http.NoBody {
		return archive.Whole, true
	}
	head, limit, length := f.from+f.head, int(x.client.opt.maxBody(x.caller)), f.contentLength()
	rec.reserve(head + min(length, limit))
	buf := scratch.Get().(*[readSize]byte)
	defer scratch.Put(buf)
	for {
		switch body := rec.size() - head; {
		case length >= 0 && length <= limit && body > length:
			// More than was announced: what follows is no response. Closing now
			// keeps net/http from waiting for the next one behind it.
			return archive.Whole, true
		case body > limit:
			return archive.TooLong, false
		}
		_, err := resp.Body.Read(buf[:])
		switch {
		case err == nil:
		case isTimeout(err):
			return archive.TooSlow, false
		case err != io.EOF:
			return archive.Disconnected, false
		case length > limit:
			return archive.TooLong, true
		default:
			return archive.Whole, true
		}
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

func isDisconnect(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}
