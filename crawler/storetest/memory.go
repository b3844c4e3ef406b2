package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/uri"
	"fangzhi/parser"
)

// Memory is a crawler.Store in maps.
type Memory struct {
	now func() time.Time

	mu       sync.Mutex
	runs     uint64
	visits   uint64
	captures []*archive.Capture
	articles map[string]*parser.Article // by normalised URL
	gone     map[string]bool            // the same
	hosts    map[string]archive.HostState
	paused   map[string]bool                  // by site
	urls     map[string]*archive.URLState     // by key and form
	frontier map[string]*waiting              // the same
	unread   map[string]int                   // the same -> index of captures
	listings map[string]*archive.ListingState // by address
	yields   map[string][]archive.Yield       // by site
	alarms   []archive.Alarm
	seq      int
}

// waiting is a link in the frontier with its age.
type waiting struct {
	link archive.Link
	seq  int
}

// NewMemory is an empty Store whose clock is now, nil for time.Now.
func NewMemory(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	return &Memory{
		now: now, articles: map[string]*parser.Article{}, gone: map[string]bool{}, hosts: map[string]archive.HostState{}, paused: map[string]bool{},
		urls: map[string]*archive.URLState{}, frontier: map[string]*waiting{}, unread: map[string]int{},
		listings: map[string]*archive.ListingState{}, yields: map[string][]archive.Yield{},
	}
}

func linkKey(l archive.Link) string { return uri.Key(l.URL) + "\n" + l.Form }

// BeginRun implements crawler.Store.
func (m *Memory) BeginRun(ctx context.Context, run archive.Run) (archive.Run, error) {
	if err := ctx.Err(); err != nil {
		return run, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.runs++
	run.Run = m.runs
	return run, nil
}

// EndRun implements crawler.Store.
func (m *Memory) EndRun(ctx context.Context, _ uint64, _ archive.Summary) error { return ctx.Err() }

// BeginVisit implements crawler.Store.
func (m *Memory) BeginVisit(ctx context.Context, plan archive.Plan) (archive.Plan, error) {
	if err := ctx.Err(); err != nil {
		return plan, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.visits++
	plan.Visit = m.visits
	for _, l := range plan.Links {
		m.put(l)
	}
	return plan, nil
}

// EndVisit implements crawler.Store.
func (m *Memory) EndVisit(ctx context.Context, end archive.VisitEnd) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if end.Yield.Pages > 0 || end.Yield.Challenges > 0 {
		m.yields[end.Site] = lastTen(append(m.yields[end.Site], end.Yield))
	}
	return ctx.Err()
}

func lastTen[T any](list []T) []T { return list[max(len(list)-10, 0):] }

// look notes a look at the first page of a listing.
func (m *Memory) look(o *archive.Observation) {
	if o == nil || o.Depth > 0 {
		return
	}
	l := m.listings[o.Listing]
	if l == nil {
		l = &archive.ListingState{First: o.At}
		m.listings[o.Listing] = l
	}
	l.Note(*o)
}

// Source implements crawler.Store.
func (m *Memory) Source(ctx context.Context, site string) (archive.Source, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := archive.Source{Yields: slices.Clone(m.yields[site])}
	for _, l := range m.listings {
		if l.Site == site {
			s.Listings = append(s.Listings, *l)
		}
	}
	slices.SortFunc(s.Listings, func(a, b archive.ListingState) int { return strings.Compare(a.URL, b.URL) })
	for _, a := range m.alarms {
		if a.Site == site && a.Ended.IsZero() {
			s.Alarms = append(s.Alarms, a)
		}
	}
	return s, ctx.Err()
}

// Alarm implements crawler.Store.
func (m *Memory) Alarm(ctx context.Context, a archive.Alarm) (archive.Alarm, error) {
	if err := ctx.Err(); err != nil {
		return a, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.ID == 0 {
		a.ID = uint64(len(m.alarms)) + 1
		m.alarms = append(m.alarms, a)
		return a, nil
	}
	m.alarms[a.ID-1] = a
	return a, nil
}

// put adds a link to the frontier, or leaves the one that waits there.
func (m *Memory) put(l archive.Link) {
	if m.frontier[linkKey(l)] != nil {
		return
	}
	m.seq++
	m.frontier[linkKey(l)] = &waiting{l, m.seq}
	m.state(l).Known = true
}

func (m *Memory) state(l archive.Link) *archive.URLState {
	s := m.urls[linkKey(l)]
	if s == nil {
		s = &archive.URLState{URL: l.URL, Site: l.Site, Role: l.Role, Region: l.Region, Category: l.Category, Title: l.Title, Date: l.Date}
		m.urls[linkKey(l)] = s
	}
	return s
}

// Next implements crawler.Store.
func (m *Memory) Next(ctx context.Context, site string) (link archive.Link, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, best := m.now(), (*waiting)(nil)
	for _, w := range m.frontier {
		if w.link.Site != site || w.link.After.After(now) {
			continue
		}
		if best == nil || w.link.Priority < best.link.Priority || w.link.Priority == best.link.Priority && w.seq < best.seq {
			best = w
		}
	}
	if best == nil {
		return link, false, ctx.Err()
	}
	return best.link, true, ctx.Err()
}

// Due implements crawler.Store.
func (m *Memory) Due(_ context.Context, site string, n int) ([]archive.Link, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []archive.Link
	for _, s := range m.urls {
		if s.Site == site && s.Role == archive.RoleArticle && !s.Due.IsZero() && !s.Due.After(m.now()) {
			due = append(due, archive.Link{Site: site, URL: s.URL, Role: s.Role, Priority: archive.Due, Region: s.Region,
				Category: s.Category, Title: s.Title, Date: s.Date})
		}
	}
	slices.SortFunc(due, func(a, b archive.Link) int { return strings.Compare(a.URL, b.URL) })
	return due[:min(n, len(due))], nil
}

// URL implements crawler.Store.
func (m *Memory) URL(_ context.Context, url string) (archive.URLState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.urls[linkKey(archive.Link{URL: url})]; s != nil {
		return *s, nil
	}
	return archive.URLState{URL: url}, nil
}

// Unread implements crawler.Store.
func (m *Memory) Unread(_ context.Context, link archive.Link) (*archive.Capture, archive.Location, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, ok := m.unread[linkKey(link)]
	if !ok {
		return nil, archive.Location{}, false, nil
	}
	c := m.captures[i]
	if s := m.urls[linkKey(link)]; c.Status == 304 && s != nil && !s.Location.IsZero() {
		c = m.captures[s.Location.Offset]
	}
	return c, location(i), true, nil
}

func location(i int) archive.Location {
	return archive.Location{Segment: "memory", Offset: int64(i), Length: 1}
}

// Append implements crawler.Store. What is appended and never finished is Unread
// from then on, as if the process had been killed in between.
func (m *Memory) Append(ctx context.Context, c *archive.Capture, role archive.Role) (archive.Location, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return archive.Location{}, false, err
	}
	if _, err := uri.Normalize(c.URL); err != nil {
		return archive.Location{}, false, fmt.Errorf("append: %w", err)
	}
	i := len(m.captures)
	m.captures = append(m.captures, c)
	l := archive.Link{URL: c.URL, Form: formOf(c)}
	m.unread[linkKey(l)] = i
	s := m.urls[linkKey(l)]
	repeated := c.Status == 304 || c.Status == 200 && c.Truncated == archive.Whole && s != nil && s.Payload == archive.DigestOf(c.Payload())
	return location(i), repeated, nil
}

func formOf(c *archive.Capture) string {
	head, body, _ := strings.Cut(string(c.Request), "\r\n\r\n")
	if !strings.HasPrefix(head, "POST ") {
		return ""
	}
	return body
}

// Connected implements crawler.Store.
func (m *Memory) Connected(ctx context.Context, _ uint64, _ archive.Connection) error {
	return ctx.Err()
}

// Finish implements crawler.Store.
func (m *Memory) Finish(ctx context.Context, f *archive.Follow) (archive.Change, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	key := linkKey(f.Link)
	delete(m.frontier, key)
	delete(m.unread, key)
	if f.Outcome == archive.Retried {
		m.put(f.Link)
	}
	for _, l := range f.Links {
		if s := m.urls[linkKey(l)]; s == nil || !s.Known || l.Priority == archive.Heads || l.Form != "" || l.Role == archive.RoleRequisite {
			m.put(l)
		}
	}
	for _, l := range f.Items {
		m.state(l).Known = true
	}
	m.look(f.Seen)
	return m.settle(f), nil
}

// settle brings the URL's state and document up to date.
func (m *Memory) settle(f *archive.Follow) archive.Change {
	s := m.state(f.Link)
	s.Known, s.Checked = true, f.At
	s.Outcome, s.Reason, s.Detail, s.Status = f.Outcome, f.Reason, f.Detail, f.Status
	if !f.Location.IsZero() {
		m.remember(s, f)
	}
	if f.Link.Role == archive.RoleArticle && (f.Outcome == archive.Kept || f.Outcome == archive.Unchanged) {
		s.Due = f.At.Add(24 * time.Hour)
	}
	return m.change(f)
}

func (m *Memory) remember(s *archive.URLState, f *archive.Follow) {
	c := m.captures[f.Location.Offset]
	s.Fetched = f.At
	if c.Status != 200 || c.Truncated != archive.Whole {
		return
	}
	if digest := archive.DigestOf(c.Payload()); digest != s.Payload {
		s.Payload, s.Changed = digest, f.At
	}
	s.ETag, s.LastModified, s.Location = c.Header.Get("ETag"), c.Header.Get("Last-Modified"), f.Location
}

func (m *Memory) change(f *archive.Follow) archive.Change {
	url, known := f.Link.URL, m.articles[f.Link.URL]
	if f.Article != nil {
		m.articles[url] = f.Article
	}
	gone := m.gone[url]
	switch {
	case known != nil && f.Outcome == archive.Failed && f.Reason == archive.NotFound:
		if m.gone[url] = true; !gone {
			return archive.Gone
		}
	case known == nil && f.Article != nil:
		return archive.Created
	case gone && (f.Outcome == archive.Kept || f.Outcome == archive.Unchanged):
		m.gone[url] = false
		return archive.Returned
	case f.Article != nil && (known.Title != f.Article.Title || known.Text != f.Article.Text):
		return archive.Edited
	}
	return archive.NoChange
}

// Host implements crawler.Store.
func (m *Memory) Host(_ context.Context, host string) (archive.HostState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hosts[host], nil
}

// SetHost implements crawler.Store.
func (m *Memory) SetHost(ctx context.Context, _ uint64, h archive.HostState) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hosts[h.Host] = h
	return nil
}

// Paused implements crawler.Store.
func (m *Memory) Paused(_ context.Context, site string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.paused[site], nil
}

// SetPaused is the operator's word.
func (m *Memory) SetPaused(_ context.Context, site string, paused bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.paused[site] = paused
	return nil
}

// Waiting counts the links in the frontier of a site.
func (m *Memory) Waiting(site string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, w := range m.frontier {
		if w.link.Site == site {
			n++
		}
	}
	return n
}
