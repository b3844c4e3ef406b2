package wire

import (
	"net"
	"slices"
	"sync"
	"time"

	"fangzhi/archive"
)

// readSize is how much is read from a connection at a time.
const readSize = 32 << 10

// A conn records what goes through it: the bytes of HTTP, above TLS.
type conn struct {
	net.Conn
	info     archive.Connection
	ip       string // of the server, "" behind a proxy
	now      func() time.Time
	reported sync.Once

	mu  sync.Mutex
	rec *recording // nil before the first exchange
}

// A recording is the bytes of one exchange. The exchange's connection writes it,
// the exchange reads it.
type recording struct {
	mu       sync.Mutex
	closed   bool // what comes later belongs to nobody
	started  time.Time
	sent     []byte
	received []byte
}

// begin ends the recording of the exchange before and begins another.
func (c *conn) begin() *recording {
	rec := new(recording)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rec = rec
	return rec
}

func (c *conn) current() *recording {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rec
}

// Read may have been waiting since the exchange before: what counts is which one
// is recorded when bytes arrive.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.current().receive(p[:n])
	}
	return n, err
}

// Write records first, because an answer can be here before Write returns.
func (c *conn) Write(p []byte) (int, error) {
	rec := c.current()
	rec.send(p, c.now)
	n, err := c.Conn.Write(p)
	if n < len(p) {
		rec.unsend(len(p) - n)
	}
	return n, err
}

func (r *recording) receive(p []byte) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.received = append(r.received, p...)
	}
}

func (r *recording) send(p []byte, now func() time.Time) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.started.IsZero() {
		r.started = now()
	}
	if !r.closed {
		r.sent = append(r.sent, p...)
	}
}

func (r *recording) unsend(n int) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.sent = r.sent[:max(0, len(r.sent)-n)]
	}
}

// began tells whether something was sent.
func (r *recording) began() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sent) > 0
}

// reserve makes room for a response of n bytes in all.
func (r *recording) reserve(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.received = slices.Grow(r.received, max(0, n-len(r.received)))
}

// size is how many bytes were received so far.
func (r *recording) size() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.received)
}

// bytes are those received so far. They are not changed later.
func (r *recording) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.received
}

// close ends the recording.
func (r *recording) close() (sent, received []byte, started time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.sent, r.received, r.started
}
