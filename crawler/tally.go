package crawler

import (
	"sync"
	"time"

	"fangzhi/archive"
)

// A tally counts what a run did and tells Options.Progress. Visits share it.
type tally struct {
	progress func(Event)
	began    time.Time

	mu    sync.Mutex
	sum   archive.Summary
	done  int
	known int
	ended int
	rate  rate
}

func newTally(opt Options) *tally {
	return &tally{progress: opt.Progress, began: time.Now()}
}

// followed counts what became of a link; found is how many links it led to.
func (t *tally) followed(f *archive.Follow, delta archive.Summary, found int) {
	t.progress(t.event(f, delta, found))
}

func (t *tally) event(f *archive.Follow, delta archive.Summary, found int) Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	add(&t.sum, delta)
	if f.Outcome != archive.Retried && f.Link.Role != archive.RoleRobots {
		t.done++
		t.rate.note(now)
	}
	t.known = max(t.known+found, t.done)
	return Event{
		Site: f.Link.Site, URL: f.Link.URL, Role: f.Link.Role, Outcome: f.Outcome, Reason: f.Reason,
		Sites: t.ended, Done: t.done, Known: t.known, Summary: t.sum,
		Elapsed: now.Sub(t.began), Rate: t.rate.perSecond(t.began, now),
	}
}

// add counts what is no outcome of a link.
func (t *tally) add(delta archive.Summary) {
	t.mu.Lock()
	defer t.mu.Unlock()
	add(&t.sum, delta)
}

// found counts links that are to be followed.
func (t *tally) found(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known += n
}

func (t *tally) visitEnded() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended++
	t.sum.Sites++
}

func (t *tally) summary() archive.Summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sum
}

// add counts b into a.
func add(a *archive.Summary, b archive.Summary) {
	a.Sites += b.Sites
	a.Requests += b.Requests
	a.Listings += b.Listings
	a.New += b.New
	a.Edited += b.Edited
	a.Gone += b.Gone
	a.Returned += b.Returned
	a.Unchanged += b.Unchanged
	a.Items += b.Items
	a.Blocked += b.Blocked
	a.Broken += b.Broken
	a.Refused += b.Refused
	a.Bytes += b.Bytes
}

// A rate counts events of the last minute in slots of a second.
type rate struct {
	slots [60]int
	last  int64 // second, Unix
}

func (r *rate) note(now time.Time) {
	r.advance(now.Unix())
	r.slots[r.last%60]++
}

func (r *rate) advance(second int64) {
	for s := max(r.last+1, second-59); s <= second; s++ {
		r.slots[s%60] = 0
	}
	r.last = max(r.last, second)
}

func (r *rate) perSecond(began, now time.Time) float64 {
	r.advance(now.Unix())
	n := 0
	for _, slot := range r.slots {
		n += slot
	}
	span := min(now.Sub(began), time.Minute)
	return float64(n) / max(span.Seconds(), 1)
}
