package storetest

import (
	"context"
	"sync"

	"fangzhi/archive"
)

// A Recorder remembers what a crawl told its Store. Its fields may be read when no
// crawl runs.
type Recorder struct {
	Store

	mu       sync.Mutex
	Ends     []archive.Summary
	Visits   []archive.VisitEnd
	Follows  []archive.Follow
	Captures []*archive.Capture
	Conns    []archive.Connection
	Hosts    map[string]archive.HostState // the last of each
}

// Record makes a Recorder of s.
func Record(s Store) *Recorder {
	return &Recorder{Store: s, Hosts: map[string]archive.HostState{}}
}

// note records what the Store took.
func (r *Recorder) note(err error, record func()) error {
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		record()
	}
	return err
}

// EndRun implements crawler.Store.
func (r *Recorder) EndRun(ctx context.Context, run uint64, sum archive.Summary) error {
	err := r.Store.EndRun(ctx, run, sum)
	return r.note(err, func() { r.Ends = append(r.Ends, sum) })
}

// EndVisit implements crawler.Store.
func (r *Recorder) EndVisit(ctx context.Context, end archive.VisitEnd) error {
	err := r.Store.EndVisit(ctx, end)
	return r.note(err, func() { r.Visits = append(r.Visits, end) })
}

// Append implements crawler.Store.
func (r *Recorder) Append(ctx context.Context, c *archive.Capture, role archive.Role) (archive.Location, bool, error) {
	loc, repeated, err := r.Store.Append(ctx, c, role)
	return loc, repeated, r.note(err, func() { r.Captures = append(r.Captures, c) })
}

// Connected implements crawler.Store.
func (r *Recorder) Connected(ctx context.Context, visit uint64, c archive.Connection) error {
	err := r.Store.Connected(ctx, visit, c)
	return r.note(err, func() { r.Conns = append(r.Conns, c) })
}

// Finish implements crawler.Store.
func (r *Recorder) Finish(ctx context.Context, f *archive.Follow) (archive.Change, error) {
	change, err := r.Store.Finish(ctx, f)
	return change, r.note(err, func() { r.Follows = append(r.Follows, *f) })
}

// SetHost implements crawler.Store.
func (r *Recorder) SetHost(ctx context.Context, visit uint64, h archive.HostState) error {
	err := r.Store.SetHost(ctx, visit, h)
	return r.note(err, func() { r.Hosts[h.Host] = h })
}

// Seen lists the observations of all visits, in order.
func (r *Recorder) Seen() []archive.Observation {
	r.mu.Lock()
	defer r.mu.Unlock()
	var seen []archive.Observation
	for _, f := range r.Follows {
		if f.Seen != nil {
			seen = append(seen, *f.Seen)
		}
	}
	return seen
}

// Kept counts the addresses at which an article was read.
func (r *Recorder) Kept() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := map[string]bool{}
	for _, f := range r.Follows {
		if f.Outcome == archive.Kept {
			kept[f.Link.URL] = true
		}
	}
	return len(kept)
}
