package crawler

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/uri"
	"fangzhi/parser"
)

// A problem is why a link did not become what it was expected to be.
type problem struct {
	reason archive.Reason
	detail string // the cause in words
}

// transient tells whether another attempt may well succeed.
func (p problem) transient() bool {
	switch p.reason {
	case archive.NoConnection, archive.TimedOut, archive.ServerError, archive.Throttled, archive.CutShort, archive.BadResponse:
		return true
	}
	return false
}

// look says what a problem with a listing is called in the record of looks.
func (v *visit) look(why archive.Reason) archive.Look {
	switch why {
	case archive.Challenged, archive.ClientError, archive.RobotsDenied, archive.Throttled:
		return archive.Blocked
	case archive.PausedSite:
		return archive.LookPaused
	case archive.OverBudget, archive.OutOfHours:
		return archive.NotLooked
	case archive.NoConnection:
		if v.gate.Outage() {
			return archive.NotLooked
		}
	}
	return archive.Broken
}

// laterAttempts are made in later visits at a link that failed in this one as
// often as Options.Backoff allows, this long after.
var laterAttempts = []time.Duration{time.Hour, 20 * time.Hour}

// fail files f under its problem, or puts the link back for another attempt.
func (v *visit) fail(f *archive.Follow, p problem, retryAfter time.Duration) {
	f.Outcome, f.Reason, f.Detail = archive.Failed, p.reason, p.detail
	if pause, again := v.backoff(f.Link, p); again {
		f.Outcome = archive.Retried
		f.Link.Attempts++
		f.Link.After = v.opt.Now().Add(max(pause, retryAfter)).UTC()
		return
	}
	f.Seen = v.observation(f, v.look(p.reason))
	if f.Link.Depth > 0 && p.reason == archive.NotFound {
		f.Seen.Look = archive.NothingNew // pagers promise pages that do not exist: the listing ends here
	}
}

// backoff is the pause before the next attempt at a link, if there is to be one.
// First pages are looked at by every visit anyway and are not kept for a later one.
func (v *visit) backoff(link archive.Link, p problem) (pause time.Duration, again bool) {
	if !p.transient() {
		return 0, false
	}
	n := link.Attempts
	if n < len(v.opt.Backoff) {
		return v.opt.Backoff[n], true
	}
	n -= len(v.opt.Backoff)
	if n >= len(laterAttempts) || link.Role == archive.RoleRequisite || link.Priority == archive.Heads && link.Depth == 0 {
		return 0, false
	}
	return laterAttempts[n], true
}

// moveTo makes the target of a redirect a link of its own, with the context of f's.
func (v *visit) moveTo(f *archive.Follow, target string) {
	link := f.Link
	link.Via, link.Hops, link.Attempts, link.After = f.Link.URL, f.Link.Hops+1, 0, time.Time{}
	var err error
	if link.URL, err = uri.Normalize(target); err != nil {
		v.fail(f, problem{archive.BadURL, fmt.Sprintf("redirect to %q: %v", target, err)}, 0)
		return
	}
	f.Outcome, f.Detail = archive.Moved, "to "+target
	if uri.Key(f.Link.URL) == uri.Key(link.URL) { // from http to https, or to itself with a cookie
		v.moveWithin(f, link)
		return
	}
	u, err := url.Parse(link.URL)
	if err == nil && !v.scope.contains(u) && f.Link.Role == archive.RoleArticle {
		f.Items = []archive.Link{link} // listed, not followed
		return
	}
	f.Links = []archive.Link{link}
	v.handOver(f.Link, link)
}

// moveWithin follows a redirect to the same document: there is one link of it in
// the frontier, which goes back there with its new address.
func (v *visit) moveWithin(f *archive.Follow, link archive.Link) {
	if link.Hops > maxHops {
		v.fail(f, problem{archive.Trapped, fmt.Sprintf("more than %d redirects", maxHops)}, 0)
		return
	}
	f.Outcome = archive.Retried
	v.handOver(f.Link, link)
	f.Link = link
}

// handOver lets the visit expect of one link what it expected of another.
func (v *visit) handOver(from, to archive.Link) {
	if ch := v.chains[linkKey(from)]; ch != nil {
		delete(v.chains, linkKey(from))
		v.chains[linkKey(to)] = ch
	}
	if v.heads[linkKey(from)] {
		v.expect(to)
		v.heads[linkKey(from)] = false
	}
}

// observation is what a look at f's listing saw, nil if f is of something else.
func (v *visit) observation(f *archive.Follow, look archive.Look) *archive.Observation {
	if f.Link.Role != archive.RoleListing && f.Link.Role != archive.RoleHome {
		return nil
	}
	ch := v.chains[linkKey(f.Link)]
	depth := f.Link.Depth
	if ch != nil {
		depth -= ch.shells
	}
	return &archive.Observation{
		Visit: v.plan.Visit, Depth: depth, At: f.At, Site: v.site.Name, Listing: v.rootOf(f.Link),
		Region: f.Link.Region, Category: f.Link.Category, Look: look, Reason: f.Reason,
	}
}

// finish stores what became of a link and counts it.
func (v *visit) finish(ctx context.Context, f *archive.Follow) error {
	ctx = context.WithoutCancel(ctx) // what was asked for is not lost for being interrupted
	f.Ended = v.opt.Now().Sub(f.At)
	change, err := v.store.Finish(ctx, f)
	if err != nil {
		return fmt.Errorf("finish %s: %w", f.Link.URL, err)
	}
	v.settle(f)
	delta := summaryOf(f, change)
	add(&v.sum, delta)
	found := 0
	if f.Seen != nil {
		found = f.Seen.New
	}
	v.tally.followed(f, delta, found)
	v.log.Debug("followed", "url", f.Link.URL, "outcome", f.Outcome, "reason", f.Reason, "status", f.Status, "took", f.Ended)
	return nil
}

// sumUp counts what is no outcome.
func (v *visit) sumUp(delta archive.Summary) {
	add(&v.sum, delta)
	v.tally.add(delta)
}

// settle draws the conclusions of a Follow for the rest of the visit.
func (v *visit) settle(f *archive.Follow) {
	switch {
	case f.Reason == archive.Challenged:
		v.challenged++
		v.yield.Challenges++
	case f.Status != 0 && f.Reason == "":
		v.challenged = 0
	}
	if f.Outcome == archive.Retried {
		if wait := f.Link.After.Sub(v.opt.Now()); wait <= v.opt.Patience {
			v.wakes.add(f.Link.After)
		}
		return
	}
	v.yields(f)
	delete(v.chains, linkKey(f.Link))
	if f.Seen != nil {
		v.heads[linkKey(f.Link)] = false
	}
}

// yields counts an article page that was read.
func (v *visit) yields(f *archive.Follow) {
	switch {
	case f.Link.Role != archive.RoleArticle:
	case f.Outcome == archive.Kept && f.Article.Text != "":
		v.yield.Pages++
		v.yield.Bodies++
		if f.Article.Date.Precision != parser.PrecisionNone {
			v.yield.Dated++
		}
	case f.Outcome == archive.Kept || f.Reason == archive.NoArticle:
		v.yield.Pages++
	}
}

// summaryOf is what one Follow adds to a Summary.
func summaryOf(f *archive.Follow, change archive.Change) archive.Summary {
	s := archive.Summary{Items: len(f.Items)}
	switch change {
	case archive.Created:
		s.New++
	case archive.Edited:
		s.Edited++
	case archive.Gone:
		s.Gone++
	case archive.Returned:
		s.Returned++
	}
	switch f.Outcome {
	case archive.Listed:
		if f.Link.Role == archive.RoleListing {
			s.Listings++
		}
	case archive.Unchanged:
		s.Unchanged++
	case archive.Refused:
		s.Refused++
	}
	if f.Seen == nil {
		return s
	}
	switch f.Seen.Look {
	case archive.Blocked:
		s.Blocked++
	case archive.Broken:
		s.Broken++
	}
	return s
}
