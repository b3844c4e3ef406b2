package portaltest

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Portal answers from a text archive and remembers what it was asked.
type Portal struct {
	URL string // http://host, without a slash at its end

	dial  func(context.Context) (net.Conn, error)
	mu    sync.Mutex
	files map[string][]*file
	next  chan struct{} // closed by the next Change
	log   []Request
}

// A Request is one that reached the portal.
type Request struct {
	Time   time.Time // its header was read
	Method string
	Host   string
	URI    string // path and query as sent
	Header http.Header
	Form   string // body of a POST
	Conn   string // address of the client: equal on one connection
}

// Serve starts a portal on loopback. The archive is the name of a file when it is
// one line, else the archive itself.
func Serve(t testing.TB, archive string) *Portal {
	t.Helper()
	p := new(Portal)
	server := httptest.NewUnstartedServer(p)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of aborted answers
	server.Start()
	t.Cleanup(server.Close)
	address := server.Listener.Addr().String()
	p.URL = server.URL
	p.dial = func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	p.Change(t, archive)
	return p
}

// Pipe starts a portal at http://portal.test that can be reached by Dial only and
// without any network, so that it also runs under testing/synctest, where three
// seconds between requests take no time.
func Pipe(t testing.TB, archive string) *Portal {
	t.Helper()
	p := &Portal{URL: "http://portal.test"}
	l := newPipeListener()
	p.dial = l.dial
	serveOn(t, l, p)
	p.Change(t, archive)
	return p
}

// serveOn answers on a listener until the test ends.
func serveOn(t testing.TB, l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)} // of aborted answers
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
}

// Dial connects to the portal, whatever the address asked for.
func (p *Portal) Dial(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx) }

// Change puts the files of an archive over those that are there.
func (p *Portal) Change(t testing.TB, archive string) {
	t.Helper()
	data := []byte(archive)
	if !strings.Contains(archive, "\n") && archive != "" {
		var err error
		if data, err = os.ReadFile(archive); err != nil {
			t.Fatal(err)
		}
	}
	files, err := read(data, p.URL)
	if err != nil {
		t.Fatalf("read portal: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files == nil {
		p.files, p.next = files, make(chan struct{})
	}
	for name, answers := range files {
		p.files[name] = answers
	}
	close(p.next)
	p.next = make(chan struct{})
}

// Log is what the portal was asked since it began or Forget, in order.
func (p *Portal) Log() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.log)
}

// Forget empties the log.
func (p *Portal) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = nil
}

// Asked are the paths and queries of the log, in order.
func (p *Portal) Asked() []string {
	var uris []string
	for _, r := range p.Log() {
		uris = append(uris, r.URI)
	}
	return uris
}

// ServeHTTP answers as the archive says.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	form, _ := io.ReadAll(r.Body)
	p.note(Request{at, r.Method, r.Host, r.URL.RequestURI(), r.Header.Clone(), string(form), r.RemoteAddr})
	f, next := p.answer(r.Host, r.URL.RequestURI())
	for f != nil && f.hang {
		select {
		case <-r.Context().Done():
			return
		case <-next:
			f, next = p.answer(r.Host, r.URL.RequestURI())
		}
	}
	if f == nil {
		http.NotFound(w, r)
		return
	}
	f.send(w, r)
}

func (p *Portal) note(r Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, r)
}

// answer is the file for the request that is to be used now, and what is closed when
// there may be another.
func (p *Portal) answer(host, uri string) (*file, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range []string{"//" + host + uri, uri} {
		answers := p.files[name]
		if len(answers) == 0 {
			continue
		}
		f := answers[0]
		if f.times--; f.times <= 0 && len(answers) > 1 {
			p.files[name] = answers[1:]
		}
		return f, p.next
	}
	return nil, p.next
}

func (f *file) send(w http.ResponseWriter, r *http.Request) {
	if !pause(r, f.delay) {
		return
	}
	if f.raw || f.reset {
		f.sendRaw(w)
		return
	}
	for name, values := range f.header {
		w.Header()[name] = values
	}
	if f.etag && r.Header.Get("If-None-Match") == f.header.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if bodyAllowed(f.status) {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(f.status)
	if f.cut >= 0 {
		w.Write(body[:min(f.cut, len(body))])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	if f.drip > 0 {
		f.dripOut(w, r)
		return
	}
	w.Write(body)
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// sendRaw puts the body on the wire as it stands, or for a reset nothing.
func (f *file) sendRaw(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	if f.raw {
		conn.Write(f.body)
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) // RST, not FIN
	}
}

func (f *file) dripOut(w http.ResponseWriter, r *http.Request) {
	piece := max(1, len(f.body)/16)
	for chunk := range slices.Chunk(f.body, piece) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
		http.NewResponseController(w).Flush()
		if !pause(r, f.drip) {
			return
		}
	}
}

// pause waits; false when the client left first.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// errPortalClosed is what dialling gives after the test.
var errPortalClosed = errors.New("portal is closed")
