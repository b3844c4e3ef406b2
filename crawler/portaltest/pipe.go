package portaltest

import (
	"context"
	"net"
	"sync"
)

// A pipeListener accepts connections made by its own dial: net.Pipe waits on
// channels only, which a synctest bubble understands, where a socket would not do.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	close sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.close.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddr(80) }

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- pipeConn{server, pipeAddr(80), pipeAddr(1024)}:
		return pipeConn{client, pipeAddr(1024), pipeAddr(80)}, nil
	case <-l.done:
		return nil, errPortalClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A pipeConn is an end of a pipe with addresses that look like those of TCP.
type pipeConn struct {
	net.Conn
	local, remote net.Addr
}

func (c pipeConn) LocalAddr() net.Addr  { return c.local }
func (c pipeConn) RemoteAddr() net.Addr { return c.remote }

// pipeAddr is a port of 127.0.0.1.
func pipeAddr(port int) net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }
