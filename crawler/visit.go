package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/uri"
)

// challengeLimit is how many challenge pages in a row end a visit: more requests
// would only annoy.
const challengeLimit = 5

// heldLimit is how many links in a row may be put back because their hosts are
// held, before a visit of several hosts ends.
const heldLimit = 20

// A visit is one scheduled look at one site: heads of its listings, new articles,
// due rechecks, a slice of backfill. It is used by one goroutine.
type visit struct {
	opt   Options
	store Store
	gate  *Gate
	tally *tally
	log   *slog.Logger
	fetch *fetcher

	site  Site
	saves bool // one page only
	run   uint64
	plan  archive.Plan
	scope scope
	pace  Pace

	sum        archive.Summary
	stopped    *stop
	requests   int // made, robots.txt included
	backfilled int // of them for Backfill
	yield      archive.Yield
	challenged int // in a row
	held       int // links put back in a row

	hosts    map[string]bool   // asked
	conns    map[string]bool   // noted
	heads    map[string]bool   // listings to be looked at and not yet observed: key -> planned
	open     []archive.Link    // the heads, in order
	chains   map[string]*chain // listing pages to come
	wakes    wakes             // when retries are due
	found    map[uint64]bool   // rows first seen in this visit, by hash of their address
	snares   snares
	needed   map[uint64]bool                 // attachments and requisites that were seen, by hash of their addresses
	hubs     []hub                           // pages of regions that were read
	missing  []string                        // labels not found
	listings map[string]archive.ListingState // see listingState
	offsets  []time.Duration                 // Date headers minus our clock
}

// A stop says why a visit ends before its frontier is empty.
type stop struct {
	why      string
	reason   archive.Reason
	look     archive.Look // of the listings that were not reached; "" leaves them in the frontier
	complete bool         // all that was due is done
	resume   time.Time    // when the visit may go on, zero for when the site is due again
}

func newVisit(c *Crawler, run uint64, site Site) (*visit, error) {
	fetch, err := newFetcher(c.opt, site)
	if err != nil {
		return nil, err
	}
	delay := orDefault(site.Delay, DefaultDelay)
	return &visit{
		opt: c.opt, store: c.opt.Store, gate: c.gate, tally: c.tally,
		log:  c.opt.Log.With("site", site.Name),
		site: site, run: run, scope: scopeOf(site),
		pace:  Pace{Delay: delay, Jitter: site.Jitter, DailyCap: site.DailyCap, Hours: site.Hours},
		fetch: fetch,
		hosts: map[string]bool{}, conns: map[string]bool{}, heads: map[string]bool{}, chains: map[string]*chain{}, found: map[uint64]bool{}, snares: newSnares(), needed: map[uint64]bool{},
	}, nil
}

// visit looks at one site.
func (c *Crawler) visit(ctx context.Context, run uint64, site Site) error {
	v, err := newVisit(c, run, site)
	if err != nil {
		return err
	}
	defer v.fetch.Close()
	links, err := v.due(ctx)
	if err != nil {
		return err
	}
	if err := v.begin(ctx, links); err != nil {
		return err
	}
	err = v.walk(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) { // of the store, say: the cause tells more
		err = context.Cause(ctx)
	}
	err = errors.Join(err, v.end(ctx, err))
	if err == nil {
		c.visitedBy(v)
	}
	return err
}

// begin opens the visit in the archive.
func (v *visit) begin(ctx context.Context, links []archive.Link) (err error) {
	v.plan, err = v.store.BeginVisit(ctx, archive.Plan{Run: v.run, At: v.opt.Now().UTC(), Site: v.site.Name, Links: links})
	if err != nil {
		return fmt.Errorf("begin visit: %w", err)
	}
	v.tally.found(len(links))
	for _, link := range links {
		v.expect(link)
	}
	v.log.Info("visit begins", "visit", v.plan.Visit, "links", len(links))
	return nil
}

// expect remembers that a listing is to be observed in this visit.
func (v *visit) expect(link archive.Link) {
	if link.Role != archive.RoleHome && link.Role != archive.RoleListing || v.heads[linkKey(link)] {
		return
	}
	v.heads[linkKey(link)] = true
	v.open = append(v.open, link)
}

func linkKey(l archive.Link) string { return uri.Key(l.URL) + "\n" + l.Form }

// walk follows links until none is left that may be followed now, or something
// stops the visit.
func (v *visit) walk(ctx context.Context) error {
	for {
		link, ok, err := v.next(ctx)
		if err != nil || !ok {
			return err
		}
		if err := v.step(ctx, link); err != nil {
			return err
		}
	}
}

// next is the link to follow now; ok is false when the visit is over.
func (v *visit) next(ctx context.Context) (link archive.Link, ok bool, err error) {
	for v.stopped == nil {
		if ctx.Err() != nil {
			return link, false, context.Cause(ctx)
		}
		if v.stopped = v.spent(); v.stopped != nil {
			break
		}
		link, ok, err = v.store.Next(ctx, v.site.Name)
		if err != nil {
			return link, false, fmt.Errorf("next link: %w", err)
		}
		if ok && !v.beyondBackfill(link) {
			return link, true, nil
		}
		wait, waiting := v.wakes.next(v.opt.Now())
		if !waiting {
			if ok {
				v.stopped = &stop{why: "backfill continues with the next visit", complete: true}
			}
			return link, false, nil
		}
		if err := sleep(ctx, wait); err != nil {
			return link, false, context.Cause(ctx)
		}
	}
	return link, false, nil
}

// spent tells whether something other than an empty frontier ends the visit.
func (v *visit) spent() *stop {
	used, full := v.overBudget(), v.opt.Room()
	switch {
	case full != nil:
		return &stop{why: full.Error(), reason: archive.OverBudget, resume: v.opt.Now().UTC()}
	case used != "":
		return &stop{why: "the visit's budget of " + used + " is used up", reason: archive.OverBudget}
	case v.challenged >= challengeLimit:
		return &stop{why: "only challenge pages", reason: archive.Challenged, look: archive.Blocked}
	case v.held >= heldLimit:
		return &stop{why: "its hosts are held", reason: archive.HeldByBreaker, look: archive.Broken}
	}
	return nil
}

// overBudget names the budget that is used up, "" for none.
func (v *visit) overBudget() string {
	b := v.site.Budget
	requests := orDefault(b.Requests, v.opt.Requests)
	switch {
	case requests > 0 && v.requests >= requests:
		return fmt.Sprintf("%d requests", requests)
	case b.Time > 0 && v.opt.Now().Sub(v.plan.At) >= b.Time:
		return b.Time.String()
	case b.Bytes > 0 && v.sum.Bytes >= b.Bytes:
		return fmt.Sprintf("%d bytes", b.Bytes)
	}
	return ""
}

func (v *visit) beyondBackfill(link archive.Link) bool {
	return link.Priority == archive.Backfill && !v.opt.Full && v.backfilled >= orDefault(v.site.Budget.Backfill, v.opt.Backfill)
}

// step follows one link and draws the conclusions for the visit. A link whose
// host must not be asked now waits in the frontier, and when it is the site's
// own host the visit ends.
func (v *visit) step(ctx context.Context, link archive.Link) error {
	f, err := v.follow(ctx, link)
	if held := holdOf(err, v.opt.Now()); held != nil {
		return v.hold(ctx, link, held)
	}
	if err != nil {
		return err
	}
	v.held = 0
	if f.Reason == archive.NoConnection && v.gate.Outage() {
		v.stopped = &stop{why: "most hosts cannot be reached: our network", reason: archive.NoConnection, look: archive.NotLooked, resume: v.opt.Now().UTC()}
	}
	return nil
}

// A hold is a reason to ask a host later.
type hold struct {
	until  time.Time
	reason archive.Reason
	detail string
}

// errPaused is a request that was not made because the operator paused its site.
var errPaused = errors.New("paused by the operator")

// holdOf is the hold in an error of follow, nil if there is none.
func holdOf(err error, now time.Time) *hold {
	var held *HeldError
	var rules *robotsError
	switch {
	case errors.Is(err, errPaused):
		return &hold{now, archive.PausedSite, err.Error()}
	case errors.As(err, &held):
		return &hold{held.Until, held.Reason, held.Error()}
	case errors.As(err, &rules):
		return &hold{now.Add(time.Hour), rules.reason, rules.Error()}
	}
	return nil
}

// hold ends the visit when its site, or the host of its home page, is held. A link
// to another of its hosts goes back into the frontier.
func (v *visit) hold(ctx context.Context, link archive.Link, h *hold) error {
	if h.reason == archive.PausedSite || v.isHome(link) {
		v.stopped = &stop{why: h.detail, reason: h.reason, look: v.look(h.reason), resume: h.until.UTC()}
		return nil
	}
	v.held++
	f := v.start(link)
	f.Outcome, f.Reason, f.Detail = archive.Retried, h.reason, h.detail
	f.Link.After = h.until.UTC()
	return v.finish(ctx, f)
}

// isHome tells whether link is on the host of the site's home page, or the site
// has but one.
func (v *visit) isHome(link archive.Link) bool {
	if len(v.scope) == 1 && !isPart(link.Role) {
		return true
	}
	home, err := url.Parse(v.site.Home)
	if err != nil {
		return false
	}
	u, err := url.Parse(link.URL)
	return err == nil && bareHost(u) == bareHost(home)
}

// end closes the visit in the archive, also when it was interrupted: then with a
// context of its own.
func (v *visit) end(ctx context.Context, failure error) error {
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer done()
	if failure != nil && ctx.Err() == nil {
		return nil // the store failed: what it has is what can be had
	}
	if ctx.Err() == nil {
		if err := v.observeRest(closing); err != nil {
			return err
		}
	}
	if err := v.gate.Save(closing, v.plan.Visit, keys(v.hosts)...); err != nil {
		return err
	}
	end := v.ending(ctx)
	v.log.Info("visit done", "visit", v.plan.Visit, "complete", end.Complete, "why", end.Why, "requests", v.sum.Requests,
		"new", v.sum.New, "edited", v.sum.Edited, "broken", v.sum.Broken, "bytes", v.sum.Bytes)
	v.tally.visitEnded()
	if err := v.store.EndVisit(closing, end); err != nil {
		return fmt.Errorf("end visit %d: %w", v.plan.Visit, err)
	}
	return nil
}

func (v *visit) ending(ctx context.Context) archive.VisitEnd {
	v.sum.Sites = 1
	end := archive.VisitEnd{
		Visit: v.plan.Visit, At: v.opt.Now().UTC(), Site: v.site.Name, Summary: v.sum,
		Complete: ctx.Err() == nil && (v.stopped == nil || v.stopped.complete), ClockOffset: median(v.offsets),
		Began: v.plan.At, Yield: v.yield, Saved: v.saves,
	}
	end.Yield.Visit = v.plan.Visit
	var why []string
	switch {
	case ctx.Err() != nil:
		why = append(why, "interrupted: "+context.Cause(ctx).Error())
		end.Resume = end.At
	case v.stopped != nil:
		why = append(why, v.stopped.why)
		end.Resume = v.stopped.resume
	}
	if !end.Complete {
		why = append(why, v.partly()...)
	}
	if len(v.missing) > 0 {
		why = append(why, "not found on the home page: "+strings.Join(v.missing, ", "))
	}
	end.Why = strings.Join(why, "; ")
	return end
}

// partly names the hosts whose Crawl-delay, even cut, may be why a visit did not
// reach its end.
func (v *visit) partly() (why []string) {
	for _, name := range keys(v.hosts) {
		if wished := v.gate.cut(name); wished > 0 {
			why = append(why, fmt.Sprintf("partial: %s asks for %s between requests, of which %s are kept", name, wished, maxCrawlDelay))
		}
	}
	return why
}

// observeRest notes for each listing that the visit did not reach why nobody
// looked, so that an absence there is not taken for silence.
func (v *visit) observeRest(ctx context.Context) error {
	if v.stopped == nil || v.stopped.look == "" {
		return nil
	}
	for _, link := range v.open {
		if !v.heads[linkKey(link)] {
			continue
		}
		f := v.start(link)
		f.Outcome, f.Reason, f.Detail = archive.Refused, v.stopped.reason, v.stopped.why
		f.Seen = v.observation(f, v.stopped.look)
		if err := v.finish(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func keys(m map[string]bool) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}

// wakes are the times, in order, at which links that failed may be tried again.
type wakes []time.Time

func (w *wakes) add(t time.Time) {
	i, _ := slices.BinarySearchFunc(*w, t, time.Time.Compare)
	*w = slices.Insert(*w, i, t)
}

// next drops what is past and says how long it is to the first that is not.
func (w *wakes) next(now time.Time) (wait time.Duration, ok bool) {
	// A wake stays until a millisecond after its time, so that the store's clock,
	// read before ours, has passed it too.
	for len(*w) > 0 && now.Sub((*w)[0]) > time.Millisecond {
		*w = (*w)[1:]
	}
	if len(*w) == 0 {
		return 0, false
	}
	return (*w)[0].Sub(now) + 2*time.Millisecond, true
}
