package owner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// silence is how long a peer may send nothing: ten heartbeats.
const silence = 10 * heartbeat

// A peer is the owner of the archive, in another process.
type peer struct {
	dir     string
	message message // as read, or as hello corrected it
	version string  // ours
	client  *http.Client
}

func newPeer(dir string, m message, version string) *peer {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		network, address, _ := strings.Cut(m.Address, ":")
		if network != "unix" && network != "tcp" {
			return nil, fmt.Errorf("address %q", m.Address)
		}
		d := net.Dialer{Timeout: silence}
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return patientConn{conn}, nil
	}
	// A connection a question: it costs 50 microseconds, and none of them can be
	// stale. Never a proxy.
	return &peer{dir: dir, message: m, version: version, client: &http.Client{Transport: &http.Transport{
		DialContext: dial, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10,
	}}}
}

// A patientConn waits for each piece of an answer, not for the whole.
type patientConn struct{ net.Conn }

func (c patientConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c patientConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// A goneError says that the peer did not answer: it ended, was killed or hangs.
type goneError struct {
	cause error
	asked bool // the question had been sent
}

func (e *goneError) Error() string { return fmt.Sprintf("owner does not answer: %v", e.cause) }
func (e *goneError) Unwrap() error { return e.cause }

// hello asks the peer who it is; the message may be that of its predecessor.
func (p *peer) hello(ctx context.Context) error {
	token := p.message.Token
	m := message{}
	if err := p.ask(ctx, "hello", nothing{}, &m); err != nil {
		return err
	}
	m.Token = token
	p.message = m
	return nil
}

// ask sends a question and reads the answer. Errors are those of the owner,
// *goneError, *SkewError or that of ctx.
func (p *peer) ask(ctx context.Context, name string, question, answer any) error {
	if p.message.Protocol != protocol && name != "hello" && name != "handover" {
		return &SkewError{Dir: p.dir, PID: p.message.PID, Owner: p.message.Version, Ours: p.version, Theirs: p.message.Protocol, Speak: protocol}
	}
	resp, err := p.send(ctx, name, question)
	if ctx.Err() != nil {
		if err == nil {
			resp.Body.Close()
		}
		return ctx.Err()
	}
	if err != nil {
		return &goneError{cause: err, asked: !isDialError(err)}
	}
	defer resp.Body.Close()
	body := &io.LimitedReader{R: resp.Body, N: maxAnswer}
	if resp.StatusCode != http.StatusOK {
		return refusal(resp.StatusCode, body)
	}
	var e envelope
	if err := json.NewDecoder(body).Decode(&e); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if body.N <= 0 {
			return fmt.Errorf("answer of the owner to %q is longer than %d bytes", name, maxAnswer)
		}
		return &goneError{cause: err, asked: true}
	}
	if e.Error != nil {
		return fromWire(e.Error)
	}
	if err := json.Unmarshal(e.Result, answer); err != nil {
		return fmt.Errorf("read answer of the owner (fangzhi %s) to %q: %w", p.message.Version, name, err)
	}
	return nil
}

func (p *peer) send(ctx context.Context, name string, question any) (*http.Response, error) {
	b, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://fangzhi/v1/"+name, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	req.Header.Set(headerToken, p.message.Token)
	req.Header.Set(headerProtocol, strconv.Itoa(protocol))
	req.Header.Set(headerVersion, p.version)
	if d := timeoutFor(ctx); d > 0 {
		req.Header.Set(headerTimeout, strconv.FormatInt(d.Milliseconds(), 10))
	}
	return p.client.Do(req)
}

// refusal is the error for an answer that is no envelope. A wrong token means
// that the message was another process's: the owner it named is gone.
func refusal(status int, body io.Reader) error {
	words, _ := io.ReadAll(io.LimitReader(body, 200))
	err := fmt.Errorf("status %d: %s", status, bytes.TrimSpace(words))
	if status == http.StatusForbidden {
		return &goneError{cause: err}
	}
	return fmt.Errorf("owner refused: %w", err)
}

func isDialError(err error) bool {
	op := (*net.OpError)(nil)
	return errors.As(err, &op) && op.Op == "dial"
}
