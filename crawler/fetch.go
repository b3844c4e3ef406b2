package crawler

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/gocolly/colly/v2"

	"fangzhi/archive"
	"fangzhi/crawler/wire"
)

// validators are sent to ask only for what changed.
type validators struct {
	etag, lastModified string // verbatim as the server sent them, "" for none
}

// A fetcher makes the requests of one visit, one at a time: a colly Collector
// over our recording transport.
type fetcher struct {
	opt       Options
	collector *colly.Collector
	transport *wire.Transport
}

// newFetcher turns off whatever of colly stands elsewhere in this package, where
// it is tested: what is known of a URL is the Store's (colly marks it visited
// before it is fetched), robots.txt is read by package robots (colly takes a 5xx
// for permission and knows no Crawl-delay), spacing is the Gate's (colly counts
// from the answer, and a rule per glob), retries and redirects are links of the
// frontier, bodies are read and limited by the transport (colly cuts without a word).
func newFetcher(opt Options, site Site) (*fetcher, error) {
	transport, err := wire.NewTransport(wire.Options{
		TLS: site.TLS, Proxy: site.Proxy, AllowPrivate: site.AllowPrivate,
		Timeout: opt.Timeout, MaxBody: opt.MaxBody, Now: opt.Now, Dial: opt.Dial,
	})
	if err != nil {
		return nil, err
	}
	c := colly.NewCollector(colly.UserAgent(opt.Agent), colly.AllowURLRevisit(), colly.IgnoreRobotsTxt())
	c.ParseHTTPErrorResponse = true // an error page is an answer like any other
	c.MaxBodySize = 1               // the transport has the body; what colly reads is a copy
	c.SetRequestTimeout(0)          // the transport has one, which ends with the exchange
	c.WithTransport(transport)
	c.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
	return &fetcher{opt, c, transport}, nil
}

// Close closes the connections that are kept.
func (f *fetcher) Close() { f.transport.Close() }

// Fetch makes one request and returns what came of it. It does not wait for the
// host's turn: that is the Gate's.
func (f *fetcher) Fetch(ctx context.Context, link archive.Link, if_ validators) *exchange {
	var start startClock
	f.collector.Context = httptrace.WithClientTrace(f.bounded(ctx, link.Role), start.trace())
	err := f.request(link, f.header(link, if_))
	got := f.transport.Take()
	x := &exchange{capture: got.Capture, body: got.Body, bodyErr: got.BodyErr, conns: got.Conns, err: got.Err, started: start.at()}
	switch {
	case x.capture != nil:
		x.capture.Via = link.Via
	case x.err == nil: // colly refused before it asked
		x.err = &wire.Error{Reason: archive.BadURL, Err: err}
	}
	return x
}

// bounded sets the limit of the body: files may be larger than pages.
func (f *fetcher) bounded(ctx context.Context, role archive.Role) context.Context {
	if role == archive.RoleAttachment {
		return wire.WithMaxBody(ctx, f.opt.MaxAttachment)
	}
	return ctx
}

func (f *fetcher) request(link archive.Link, header http.Header) error {
	if link.Form == "" {
		return f.collector.Request(http.MethodGet, link.URL, nil, nil, header)
	}
	return f.collector.Request(http.MethodPost, link.URL, strings.NewReader(link.Form), nil, header)
}

// reread is the exchange of a capture that was kept earlier.
func (f *fetcher) reread(c *archive.Capture) *exchange {
	body, err := c.Body(max(f.opt.MaxBody, f.opt.MaxAttachment))
	return &exchange{capture: c, body: body, bodyErr: err}
}

// header are the fields we send. Some portals answer 403 to requests without
// Accept-Language or Referer (PORTALS.md, section 5).
func (f *fetcher) header(link archive.Link, if_ validators) http.Header {
	h := http.Header{}
	h.Set("User-Agent", f.opt.Agent)
	if f.opt.From != "" {
		h.Set("From", f.opt.From)
	}
	h.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	h.Set("Accept-Language", "zh-CN,zh;q=0.9")
	h.Set("Accept-Encoding", "gzip")
	if link.Via != "" {
		h.Set("Referer", link.Via)
	}
	if strings.HasPrefix(link.Form, "{") { // else colly says that it is a form
		h.Set("Content-Type", "application/json")
	}
	if if_.etag != "" {
		h.Set("If-None-Match", if_.etag)
	}
	if if_.lastModified != "" {
		h.Set("If-Modified-Since", if_.lastModified)
	}
	return h
}

// A startClock notes when a request was on the wire.
type startClock struct {
	mu sync.Mutex
	t  time.Time
}

// trace notes the time twice: the answer can be read before net/http says that
// the request is written, and then the moment before it must do.
func (s *startClock) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { s.note() },
		WroteRequest: func(httptrace.WroteRequestInfo) { s.note() },
	}
}

func (s *startClock) note() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t = time.Now()
}

func (s *startClock) at() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.t
}
