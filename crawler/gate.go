package crawler

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"fangzhi/archive"
	"fangzhi/parser"
)

// How a host is spared. See the README, "Politeness".
const (
	maxCrawlDelay  = time.Minute     // a longer Crawl-delay is cut to this
	throttlePause  = time.Minute     // after a 429 or 503 that names no time; doubles with each in a row
	maxThrottle    = 24 * time.Hour  // however long a Retry-After is
	breakerLimit   = 5               // failures in a row that open the breaker
	breakerPause   = 6 * time.Hour   // until one probe is let through
	maxSlowdown    = 4               // doublings of the spacing after 429 and 503
	slowdownRelief = 20              // good answers in a row that halve the spacing again
	outageTime     = 5 * time.Minute // in which hosts were asked that tell of our network
	outageHosts    = 3               // hosts that must have been tried before we suspect ourselves
	saveEvery      = 32              // requests between two notes of a host's daily count
)

// A Gate lets requests through to hosts so that none is hurt: one in flight a
// host, starts spaced, Retry-After and Crawl-delay kept, a host in trouble left
// alone, a daily cap. It is shared by all visits of a run; what must outlive the
// run is in the Store.
type Gate struct {
	store     Store
	now       func() time.Time // the calendar; spacing uses the monotonic clock
	patience  time.Duration    // longer waits are refused, not waited for
	platforms []string         // see Options.Platforms

	mu    sync.Mutex
	hosts map[string]*host
}

// A host is the gate to one host. turn is held from Enter to Leave; all else is
// guarded by the Gate's mu.
type host struct {
	turn   chan struct{}
	state  archive.HostState
	loaded bool
	dirty  int // requests since state was saved

	lastStart   time.Time
	delay       time.Duration // of the site that asked last
	crawlDelay  time.Duration
	wished      time.Duration // the Crawl-delay before it was cut, 0 if it was not
	slowdown    int           // doublings of the spacing
	good        int           // answers since the last slowdown
	throttled   int           // 429 and 503 in a row
	tried       bool
	unreachable bool // at its last request

	robots hostRobots // see rules.go
}

// A Pace is how one site wants a host treated.
type Pace struct {
	Delay    time.Duration // between starts
	Jitter   time.Duration // by chance, up to this much longer and up to twice as long
	DailyCap int           // requests a day, 0 for none
	Hours    Hours         // of the day in which requests may start
}

// A HeldError says that a host is not to be asked now, and until when.
type HeldError struct {
	Host   string
	Reason archive.Reason // OverBudget, HeldByBreaker, Throttled or OutOfHours
	Until  time.Time
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("host %s is held until %s (%s)", e.Host, e.Until.In(parser.Beijing).Format(time.DateTime), e.Reason)
}

func newGate(opt Options) *Gate {
	return &Gate{store: opt.Store, now: opt.Now, patience: opt.Patience, platforms: opt.Platforms, hosts: map[string]*host{}}
}

// laneOf is what name is spared under: its platform, if it is on one, else itself.
func (g *Gate) laneOf(name string) string {
	bare := name
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, ']') {
		bare = name[:i]
	}
	for _, platform := range g.platforms {
		domain := strings.TrimPrefix(platform, "*.")
		if bare == domain || strings.HasSuffix(bare, "."+domain) {
			return platform
		}
	}
	return name
}

// A Pass is leave for one request. Its holder must call Leave.
type Pass struct {
	gate  *Gate
	name  string
	host  *host
	visit uint64
}

// Enter waits for the host's turn, or that of its platform, and until it may be
// asked. A *HeldError says that this is longer than the gate's patience.
func (g *Gate) Enter(ctx context.Context, visit uint64, name string, pace Pace) (*Pass, error) {
	name = g.laneOf(name)
	h := g.host(name)
	if err := h.take(ctx); err != nil {
		return nil, err
	}
	if err := g.await(ctx, name, h, pace); err != nil {
		h.release()
		return nil, err
	}
	return &Pass{gate: g, name: name, host: h, visit: visit}, nil
}

func (g *Gate) host(name string) *host {
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.hosts[name]
	if h == nil {
		h = &host{turn: make(chan struct{}, 1), robots: hostRobots{turn: make(chan struct{}, 1)}}
		g.hosts[name] = h
	}
	return h
}

// take waits for the turn. A channel, not a Mutex, so that the wait can be given up.
func (h *host) take(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (h *host) release() { <-h.turn }

// await is called by the holder of the turn.
func (g *Gate) await(ctx context.Context, name string, h *host, pace Pace) error {
	if err := g.load(ctx, name, h); err != nil {
		return err
	}
	wait, held := g.check(name, h, pace)
	if held != nil {
		return held
	}
	if err := sleep(ctx, wait); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	h.count(parser.DayOf(g.now()).String())
	h.delay = pace.Delay
	return nil
}

func (g *Gate) load(ctx context.Context, name string, h *host) error {
	if h.loaded { // written under turn only
		return nil
	}
	state, err := g.store.Host(ctx, name)
	if err != nil {
		return fmt.Errorf("host %s: %w", name, err)
	}
	if state.NotBefore.After(g.now().Add(maxThrottle)) { // a clock that was ahead said so
		state.NotBefore = time.Time{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	state.Host = name
	h.state, h.loaded = state, true
	return nil
}

// check says how long the next request must wait, or why that is too long.
func (g *Gate) check(name string, h *host, pace Pace) (time.Duration, *HeldError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if pace.DailyCap > 0 && h.state.Day == parser.DayOf(now).String() && h.state.Requests >= pace.DailyCap {
		return 0, &HeldError{name, archive.OverBudget, nextDay(now)}
	}
	if !pace.Hours.Contain(now) {
		return 0, &HeldError{name, archive.OutOfHours, pace.Hours.Next(now)}
	}
	hold := h.state.NotBefore.Sub(now)
	open := h.state.Failures >= breakerLimit
	if hold > 0 && (open || hold > g.patience) {
		why := archive.Throttled
		if open {
			why = archive.HeldByBreaker
		}
		return 0, &HeldError{name, why, h.state.NotBefore}
	}
	wait := max(hold, h.untilSpaced(pace))
	if !pace.Hours.Contain(now.Add(wait)) {
		return 0, &HeldError{name, archive.OutOfHours, pace.Hours.Next(now.Add(wait))}
	}
	return wait, nil
}

// untilSpaced is what is left of the time between two starts.
func (h *host) untilSpaced(pace Pace) time.Duration {
	if h.lastStart.IsZero() {
		return 0
	}
	spacing := h.spacing(pace.Delay)
	if jitter := min(pace.Jitter, spacing); jitter > 0 {
		spacing += rand.N(jitter)
	}
	return spacing - time.Since(h.lastStart)
}

func (h *host) spacing(delay time.Duration) time.Duration {
	delay = max(delay, h.crawlDelay, 0)
	if h.slowdown > 0 {
		delay = max(delay, time.Second) << h.slowdown
	}
	return delay
}

func (h *host) count(day string) {
	if h.state.Day != day {
		h.state.Day, h.state.Requests = day, 0
	}
	h.state.Requests++
	h.dirty++
	h.lastStart = time.Now() // until Leave knows when the request was really written
}

// nextDay is the midnight in Beijing after t.
func nextDay(t time.Time) time.Time {
	y, m, d := t.In(parser.Beijing).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, parser.Beijing)
}

// A Health is what an exchange says about its host.
type Health int

const (
	Well        Health = iota // it answered, whatever the answer
	Throttling                // 429 or 503: it wants fewer requests
	Failing                   // 5xx, a timeout, a broken exchange
	Unreachable               // no connection
)

// Leave ends the request of a pass. started is when it was written to the wire,
// zero if it never was; retryAfter is the host's wish, zero if it has none.
func (p *Pass) Leave(ctx context.Context, started time.Time, health Health, retryAfter time.Duration) error {
	defer p.host.release()
	if save, state := p.settle(started, health, retryAfter); save {
		if err := p.gate.store.SetHost(ctx, p.visit, state); err != nil {
			return fmt.Errorf("remember host %s: %w", p.name, err)
		}
	}
	return nil
}

// settle draws the conclusions; save tells whether they must outlive the run.
func (p *Pass) settle(started time.Time, health Health, retryAfter time.Duration) (save bool, state archive.HostState) {
	g, h := p.gate, p.host
	g.mu.Lock()
	defer g.mu.Unlock()
	if !started.IsZero() {
		h.lastStart = started
	}
	before := h.state
	h.tried, h.unreachable = true, health == Unreachable
	switch health {
	case Well:
		h.recover()
	case Throttling:
		h.throttle(g.now(), retryAfter)
		h.fail(g.now())
	case Failing:
		h.fail(g.now())
	case Unreachable:
		h.fail(g.now())
		g.forgiveOutage()
	}
	save = h.state.Failures != before.Failures || !h.state.NotBefore.Equal(before.NotBefore) || h.dirty >= saveEvery
	if save {
		h.dirty = 0
	}
	return save, h.state
}

func (h *host) recover() {
	h.state.Failures, h.state.NotBefore, h.throttled = 0, time.Time{}, 0
	if h.good++; h.good >= slowdownRelief && h.slowdown > 0 {
		h.slowdown--
		h.good = 0
	}
}

func (h *host) throttle(now time.Time, retryAfter time.Duration) {
	pause := retryAfter
	if pause <= 0 {
		pause = throttlePause << min(h.throttled, 10)
	}
	h.throttled++
	h.good = 0
	h.slowdown = min(h.slowdown+1, maxSlowdown)
	h.holdUntil(now.Add(min(pause, maxThrottle)))
}

// fail counts towards the breaker. When it is open already, the probe failed and
// it stays open for as long again.
func (h *host) fail(now time.Time) {
	if h.state.Failures++; h.state.Failures >= breakerLimit {
		h.holdUntil(now.Add(breakerPause))
	}
}

func (h *host) holdUntil(t time.Time) {
	if t.After(h.state.NotBefore) {
		h.state.NotBefore = t
	}
}

// forgiveOutage takes back what unreachable hosts are blamed for when it is our
// own network that is down.
func (g *Gate) forgiveOutage() {
	if !g.outage() {
		return
	}
	for _, h := range g.hosts {
		if h.unreachable && h.state.Failures > 0 {
			h.state.Failures, h.state.NotBefore = 0, time.Time{}
			h.dirty++
		}
	}
}

// Outage tells whether most hosts that were asked lately cannot be connected to: then
// it is our network that fails, not theirs.
func (g *Gate) Outage() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.outage()
}

// unreached says how many hosts could not be reached.
func (g *Gate) unreached() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	tried, unreachable := g.counts()
	return fmt.Sprintf("%d of %d hosts cannot be reached", unreachable, tried)
}

// reached tells whether a host of this run answered.
func (g *Gate) reached() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	tried, unreachable := g.counts()
	return tried > unreachable
}

func (g *Gate) outage() bool {
	tried, unreachable := g.counts()
	return tried >= outageHosts && unreachable*2 > tried
}

// counts are the hosts asked lately, and those of them that could not be connected to.
func (g *Gate) counts() (tried, unreachable int) {
	for _, h := range g.hosts {
		if !h.tried || time.Since(h.lastStart) > outageTime {
			continue
		}
		tried++
		if h.unreachable {
			unreachable++
		}
	}
	return tried, unreachable
}

// State is what is known of a host.
func (g *Gate) State(ctx context.Context, name string) (archive.HostState, error) {
	h := g.host(name)
	if err := h.take(ctx); err != nil {
		return archive.HostState{}, err
	}
	defer h.release()
	if err := g.load(ctx, name, h); err != nil {
		return archive.HostState{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return h.state, nil
}

// SetRobots stores a host's robots.txt.
func (g *Gate) SetRobots(ctx context.Context, visit uint64, name string, body []byte, how string, at time.Time) (archive.HostState, error) {
	h := g.host(name)
	g.mu.Lock()
	h.state.Robots, h.state.RobotsHow, h.state.RobotsAt = body, how, at.UTC()
	h.dirty = 0
	state := h.state
	g.mu.Unlock()
	if err := g.store.SetHost(ctx, visit, state); err != nil {
		return state, fmt.Errorf("remember host %s: %w", name, err)
	}
	return state, nil
}

// setCrawlDelay keeps the spacing that robots.txt asks for, up to a limit. On a
// platform the host that asks for the longest decides.
func (g *Gate) setCrawlDelay(name string, delay time.Duration) {
	lane := g.laneOf(name)
	h := g.host(lane)
	g.mu.Lock()
	defer g.mu.Unlock()
	if lane != name {
		delay = max(delay, h.crawlDelay, h.wished)
	}
	h.crawlDelay, h.wished = min(delay, maxCrawlDelay), 0
	if delay > maxCrawlDelay {
		h.wished = delay
	}
}

// cut is the Crawl-delay of a host that was too long to be kept, 0 if it is kept.
func (g *Gate) cut(name string) time.Duration {
	h := g.host(g.laneOf(name))
	g.mu.Lock()
	defer g.mu.Unlock()
	return h.wished
}

// Save notes what is not noted yet about the hosts named, and when the next run
// may ask them again.
func (g *Gate) Save(ctx context.Context, visit uint64, names ...string) error {
	for _, name := range names {
		if state, dirty := g.unsaved(g.laneOf(name)); dirty {
			if err := g.store.SetHost(ctx, visit, state); err != nil {
				return fmt.Errorf("remember host %s: %w", name, err)
			}
		}
	}
	return nil
}

func (g *Gate) unsaved(name string) (archive.HostState, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.hosts[name]
	if h == nil || h.dirty == 0 {
		return archive.HostState{}, false
	}
	h.dirty = 0
	state := h.state
	if wait := h.untilSpaced(Pace{Delay: h.delay}); wait > 0 && state.NotBefore.Before(g.now().Add(wait)) {
		state.NotBefore = g.now().Add(wait).UTC()
	}
	return state, true
}

// sleep waits for d or the end of ctx, whose cause it returns.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
