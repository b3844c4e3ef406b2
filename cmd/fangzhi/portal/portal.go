package portal

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options choose a portal. The zero value is the one of `fangzhi demo`.
type Options struct {
	Seed uint64 // the same seed gives the same portal
}

// A Portal is the whole portal as an http.Handler. It may be used by several
// goroutines.
type Portal struct {
	mu       sync.Mutex
	world    *world
	pages    map[string]*page
	missing  []byte
	requests int
	trespass []string
	truth    Truth
}

// New is the portal on its first day.
func New(o Options) *Portal {
	p := &Portal{world: newWorld(o.Seed)}
	p.publish()
	return p
}

// publish renders the world as it is now.
func (p *Portal) publish() {
	p.pages = p.world.render()
	r := renderer{world: p.world}
	p.missing = r.html("gone", view{Title: "页面不存在-政公网"}, gbk)
	p.truth = p.world.truth()
}

// Advance makes it the next day: one article edited, one withdrawn, some new. There
// are two days; a second call changes nothing.
func (p *Portal) Advance() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.world.day == 2 {
		return
	}
	p.world.advance()
	p.publish()
}

// Truth is what there is to be found today.
func (p *Portal) Truth() Truth {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.truth
}

// Requests is how many requests were answered.
func (p *Portal) Requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests
}

// Trespasses are the paths asked for that robots.txt forbids.
func (p *Portal) Trespasses() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.trespass)
}

// find is the answer to a path, nil if there is none.
func (p *Portal) find(path string) (answer *page, missing []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	if strings.HasPrefix(path, "/neibu/") || strings.HasPrefix(path, "/admin/") {
		p.trespass = append(p.trespass, path)
	}
	return p.pages[path], p.missing
}

// ServeHTTP answers GET and HEAD.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	answer, missing := p.find(r.URL.Path)
	if answer == nil {
		answer = &page{status: http.StatusNotFound, contentType: gbkType, body: missing}
	}
	answer.send(w, r)
}

func (a *page) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if a.location != "" {
		h.Set("Location", a.location)
		w.WriteHeader(a.status)
		return
	}
	h.Set("Content-Type", a.contentType)
	h.Set("Vary", "Accept-Encoding")
	if a.cookie != "" {
		h.Set("Set-Cookie", a.cookie)
	}
	if a.etag != "" {
		h.Set("ETag", a.etag)
		h.Set("Last-Modified", a.modified.UTC().Format(http.TimeFormat))
		if a.known(r) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := a.body
	if acceptsGzip(r) {
		body = compressed(body)
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(a.status)
	w.Write(body) // an error is the client's, who is gone
}

// known tells whether the client has this version already. An entity tag decides
// alone if there is one (RFC 9110, section 13.2.2).
func (a *page) known(r *http.Request) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		return strings.Contains(tags, a.etag) || tags == "*"
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !a.modified.Truncate(time.Second).After(since)
}

func acceptsGzip(r *http.Request) bool {
	for _, coding := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body) // a Buffer does not fail
	z.Close()
	return b.Bytes()
}

// A Server is a portal on loopback.
type Server struct {
	URL string // http://127.0.0.1:port, without a slash at its end

	server *http.Server
	done   chan error
}

// Listen serves the portal at a loopback address such as "127.0.0.1:0" until
// Close. Other addresses are refused: it looks like a portal that exists.
func (p *Portal) Listen(address string) (*Server, error) {
	if err := loopback(address); err != nil {
		return nil, fmt.Errorf("listen at %s: %w", address, err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", address, err)
	}
	s := &Server{URL: "http://" + l.Addr().String(), server: &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}, done: make(chan error, 1)}
	go func() { s.done <- s.server.Serve(l) }()
	return s, nil
}

func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return errors.New("want a loopback address such as 127.0.0.1:0")
	}
	return nil
}

// Close ends the server and all its connections.
func (s *Server) Close() error {
	err := s.server.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
