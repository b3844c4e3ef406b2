package crawler

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fangzhi/archive"
)

// hostStore is the part of a Store that a Gate needs.
type hostStore struct {
	Store
	mu    sync.Mutex
	hosts map[string]archive.HostState
	saved int
}

func (s *hostStore) Host(_ context.Context, host string) (archive.HostState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hosts[host], nil
}

func (s *hostStore) SetHost(_ context.Context, _ uint64, h archive.HostState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hosts == nil {
		s.hosts = map[string]archive.HostState{}
	}
	s.hosts[h.Host] = h
	s.saved++
	return nil
}

func testGate(s Store) *Gate {
	return newGate(Options{Store: s}.withDefaults())
}

// pass lets one request through that ends at once, and says when it started.
func pass(t *testing.T, g *Gate, host string, pace Pace, health Health) time.Time {
	t.Helper()
	p, err := g.Enter(t.Context(), 1, host, pace)
	if err != nil {
		t.Fatalf("enter %s: %v", host, err)
	}
	start := time.Now()
	if err := p.Leave(t.Context(), start, health, 0); err != nil {
		t.Fatalf("leave %s: %v", host, err)
	}
	return start
}

func held(t *testing.T, g *Gate, host string, pace Pace) *HeldError {
	t.Helper()
	p, err := g.Enter(t.Context(), 1, host, pace)
	if err == nil {
		p.Leave(t.Context(), time.Now(), Well, 0)
		t.Fatalf("host %s was let through", host)
	}
	var h *HeldError
	if !errors.As(err, &h) {
		t.Fatalf("enter %s: %v, want a HeldError", host, err)
	}
	return h
}

func TestGateSpacesStartsNotEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(&hostStore{})
		pace := Pace{Delay: 3 * time.Second}
		var starts []time.Time
		for range 5 {
			p, err := g.Enter(t.Context(), 1, "a", pace)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Millisecond) // connecting: not yet a start
			start := time.Now()
			time.Sleep(2 * time.Second) // the answer takes its time
			p.Leave(t.Context(), start, Well, 0)
			starts = append(starts, start)
		}
		for i, start := range starts[1:] {
			gap := start.Sub(starts[i])
			if want := 3200 * time.Millisecond; gap != want {
				t.Errorf("gap %d: got %v, want %v: spacing runs from the request, not the answer", i, gap, want)
			}
		}
	})
}

func TestGateLetsOneInPerHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(&hostStore{})
		inFlight, most := map[string]int{}, 0
		var mu sync.Mutex
		add := func(host string, n int) {
			mu.Lock()
			defer mu.Unlock()
			inFlight[host] += n
			most = max(most, inFlight[host])
		}
		var wg sync.WaitGroup
		start := time.Now()
		for i := range 20 {
			host := []string{"a", "b"}[i%2]
			wg.Go(func() {
				p, err := g.Enter(t.Context(), 1, host, Pace{Delay: time.Second})
				if err != nil {
					t.Error(err)
					return
				}
				began := time.Now()
				add(host, 1)
				time.Sleep(100 * time.Millisecond)
				add(host, -1)
				p.Leave(t.Context(), began, Well, 0)
			})
		}
		wg.Wait()
		if most != 1 {
			t.Errorf("got %d in flight on one host, want 1", most)
		}
		if took, want := time.Since(start), 9100*time.Millisecond; took != want {
			t.Errorf("10 requests to each of two hosts took %v, want %v: hosts do not wait for each other", took, want)
		}
	})
}

// TestJitterIsBoundedByTheInterval: starts are never closer than the spacing, and
// never further apart than twice that, however much jitter is asked for.
func TestJitterIsBoundedByTheInterval(t *testing.T) {
	for _, jitter := range []time.Duration{time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			g, pace := testGate(&hostStore{}), Pace{Delay: 3 * time.Second, Jitter: jitter}
			last := pass(t, g, "a", pace, Well)
			least, most := time.Hour, time.Duration(0)
			for range 200 {
				start := pass(t, g, "a", pace, Well)
				least, most = min(least, start.Sub(last)), max(most, start.Sub(last))
				last = start
			}
			longest := pace.Delay + min(jitter, pace.Delay)
			if least < pace.Delay || most >= longest || most-least < (longest-pace.Delay)*3/4 {
				t.Errorf("jitter %v: starts %v to %v apart, want them spread from %v to %v", jitter, least, most, pace.Delay, longest)
			}
		})
	}
}

// TestPlatformIsSparedAsOne: hosts of a shared platform share spacing, turn and
// trouble; others do not.
func TestPlatformIsSparedAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &hostStore{}
		g := newGate(Options{Store: s, Platforms: []string{"*.cq.gov.cn"}}.withDefaults())
		pace := Pace{Delay: 3 * time.Second}
		first := pass(t, g, "www.wz.cq.gov.cn", pace, Well)
		for i, host := range []string{"fl.cq.gov.cn", "cq.gov.cn", "beian.cq.gov.cn:8080"} {
			if gap, want := pass(t, g, host, pace, Well).Sub(first), time.Duration(i+1)*pace.Delay; gap != want {
				t.Errorf("%s was asked %v after the first of its platform, want %v", host, gap, want)
			}
		}
		for _, host := range []string{"www.sc.gov.cn", "notcq.gov.cn"} {
			if now := time.Now(); !pass(t, g, host, pace, Well).Equal(now) {
				t.Errorf("%s waited for another platform", host)
			}
		}
		g.setCrawlDelay("fl.cq.gov.cn", 10*time.Second)
		g.setCrawlDelay("www.wz.cq.gov.cn", 0)
		last := pass(t, g, "cq.gov.cn", pace, Well)
		if gap := pass(t, g, "www.wz.cq.gov.cn", pace, Throttling).Sub(last); gap != 10*time.Second {
			t.Errorf("spacing of %v, want the longest Crawl-delay of the platform", gap)
		}
		if err := g.Save(t.Context(), 1, "fl.cq.gov.cn"); err != nil {
			t.Fatal(err)
		}
		next := newGate(Options{Store: s, Platforms: []string{"*.cq.gov.cn"}, Patience: time.Second}.withDefaults())
		if h := held(t, next, "fl.cq.gov.cn", pace); h.Reason != archive.Throttled {
			t.Errorf("another host of a platform that throttles: %v", h)
		}
	})
}

func TestGateTakesTheLongestSpacing(t *testing.T) {
	tests := []struct {
		name  string
		delay time.Duration
		crawl time.Duration
		slow  int
		want  time.Duration
	}{
		{"site", 3 * time.Second, 0, 0, 3 * time.Second},
		{"none", NoDelay, 0, 0, 0},
		{"crawl-delay", 3 * time.Second, 10 * time.Second, 0, 10 * time.Second},
		{"crawl-delay shorter", 3 * time.Second, time.Second, 0, 3 * time.Second},
		{"slowed", 3 * time.Second, 0, 2, 12 * time.Second},
		{"slowed from none", NoDelay, 0, 1, 2 * time.Second},
	}
	for _, test := range tests {
		h := host{crawlDelay: test.crawl, slowdown: test.slow}
		if got := h.spacing(test.delay); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestGateKeepsRetryAfterAcrossRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &hostStore{}
		g := testGate(s)
		p, err := g.Enter(t.Context(), 1, "a", Pace{})
		if err != nil {
			t.Fatal(err)
		}
		asked := time.Now()
		p.Leave(t.Context(), asked, Throttling, 90*time.Second)

		again := testGate(s) // another run
		start := pass(t, again, "a", Pace{}, Well)
		if got := start.Sub(asked); got != 90*time.Second {
			t.Errorf("asked again after %v, want 90 s", got)
		}
		p, err = again.Enter(t.Context(), 1, "a", Pace{})
		if err != nil {
			t.Fatal(err)
		}
		p.Leave(t.Context(), time.Now(), Throttling, time.Hour)
		h := held(t, testGate(s), "a", Pace{})
		if h.Reason != archive.Throttled || time.Until(h.Until) != time.Hour {
			t.Errorf("got %v, want held for an hour as throttled", h)
		}
	})
}

// TestGateForgetsAHoldBeyondReason: a machine whose clock was years ahead does not leave
// a host alone for years.
func TestGateForgetsAHoldBeyondReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		g := testGate(&hostStore{hosts: map[string]archive.HostState{
			"a": {Host: "a", NotBefore: now.AddDate(3, 0, 0)},
			"b": {Host: "b", NotBefore: now.Add(maxThrottle)},
		}})
		if start := pass(t, g, "a", Pace{}, Well); !start.Equal(now) {
			t.Errorf("a was let through after %v", start.Sub(now))
		}
		held(t, g, "b", Pace{})
	})
}

func TestGateSlowsAHostThatThrottles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(&hostStore{})
		pace := Pace{Delay: 3 * time.Second}
		first := pass(t, g, "a", pace, Throttling)
		second := pass(t, g, "a", pace, Throttling)
		third := pass(t, g, "a", pace, Well)
		if a, b := second.Sub(first), third.Sub(second); a != time.Minute || b != 2*time.Minute {
			t.Errorf("paused %v and %v, want 1 and 2 minutes", a, b)
		}
		if got := pass(t, g, "a", pace, Well).Sub(third); got != 12*time.Second {
			t.Errorf("spacing afterwards: got %v, want 12 s", got)
		}
		last := time.Now()
		for range 2 * slowdownRelief {
			last = pass(t, g, "a", pace, Well)
		}
		if got := pass(t, g, "a", pace, Well).Sub(last); got != 3*time.Second {
			t.Errorf("spacing when well again: got %v, want 3 s", got)
		}
	})
}

func TestBreakerOpensAndProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &hostStore{}
		g := testGate(s)
		for range breakerLimit {
			pass(t, g, "a", Pace{}, Failing)
		}
		h := held(t, g, "a", Pace{})
		if h.Reason != archive.HeldByBreaker || time.Until(h.Until) != breakerPause {
			t.Fatalf("got %v, want the breaker open for %v", h, breakerPause)
		}
		if g := testGate(s); held(t, g, "a", Pace{}).Reason != archive.HeldByBreaker {
			t.Error("the next run does not know of the breaker")
		}
		time.Sleep(breakerPause)
		pass(t, g, "a", Pace{}, Failing) // the probe fails
		if time.Until(held(t, g, "a", Pace{}).Until) != breakerPause {
			t.Error("a failed probe does not open the breaker again")
		}
		time.Sleep(breakerPause)
		pass(t, g, "a", Pace{}, Well)
		for range breakerLimit - 1 {
			pass(t, g, "a", Pace{}, Failing) // counted from nothing again
		}
		pass(t, g, "a", Pace{}, Well)
	})
}

func TestDailyCapEndsAtMidnightInBeijing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Date(2022, 3, 31, 15, 59, 0, 0, time.UTC) // 23:59 in Beijing
		s := &hostStore{}
		g := newGate(Options{Store: s, Now: func() time.Time { return now }}.withDefaults())
		pace := Pace{DailyCap: 3}
		for range 3 {
			pass(t, g, "a", pace, Well)
		}
		h := held(t, g, "a", pace)
		if h.Reason != archive.OverBudget || !h.Until.Equal(time.Date(2022, 3, 31, 16, 0, 0, 0, time.UTC)) {
			t.Errorf("got %v, want the budget used up until midnight", h)
		}
		if err := g.Save(t.Context(), 1, "a"); err != nil {
			t.Fatal(err)
		}
		if got := s.hosts["a"]; got.Requests != 3 || got.Day != "2022-03-31" {
			t.Errorf("saved %+v, want 3 requests on 2022-03-31", got)
		}
		now = now.Add(time.Minute)
		pass(t, g, "a", pace, Well)
	})
}

func TestOutageOpensNoBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(&hostStore{})
		for range 2 * breakerLimit {
			for _, host := range []string{"a", "b", "c"} {
				pass(t, g, host, Pace{}, Unreachable)
			}
		}
		if !g.Outage() {
			t.Error("three of three hosts unreachable is no outage")
		}
		pass(t, g, "a", Pace{}, Well)
		pass(t, g, "b", Pace{}, Well)
		if g.Outage() {
			t.Error("one of three hosts unreachable is an outage")
		}
	})
}

func TestOneUnreachableHostIsItsOwnFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(&hostStore{})
		pass(t, g, "b", Pace{}, Well)
		pass(t, g, "c", Pace{}, Well)
		for range breakerLimit {
			pass(t, g, "a", Pace{}, Unreachable)
		}
		held(t, g, "a", Pace{})
	})
}

func TestEnterEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(&hostStore{})
		p, err := g.Enter(t.Context(), 1, "a", Pace{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.Enter(ctx, 1, "a", Pace{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the turn: got %v", err)
		}
		p.Leave(t.Context(), time.Now(), Well, 0)
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.Enter(ctx, 1, "a", Pace{Delay: time.Minute}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the spacing: got %v", err)
		}
		pass(t, g, "a", Pace{Delay: time.Minute}, Well) // the turn was given back
	})
}
