package crawler

import (
	"context"
	"fmt"
	"slices"

	"fangzhi/archive"
	"fangzhi/archive/uri"
)

// When a source is said to have broken. Each rule compares a visit with those before
// it: what a source never gave it cannot lose.
const (
	enoughReads = 3 // of a listing before its rows are counted against their median
	enoughRows  = 3 // on a page, or articles, before the lack of dates says anything
	enoughPages = 3 // article pages before the lack of articles says anything
	fewer       = 4 // "much less" is less than one part of so many
)

// lookAlarms are the kinds that say of a listing that nothing was seen of it. While
// one of them lasts, no other begins.
var lookAlarms = []archive.AlarmKind{archive.AlarmBlocked, archive.AlarmBroken, archive.AlarmChallenge, archive.AlarmNoItems}

// judge lets alarms begin and end after the visits of a run. When it was our network
// that failed, that is the only alarm.
func (c *Crawler) judge(ctx context.Context) error {
	now := c.opt.Now().UTC()
	out := c.gate.Outage()
	edges, err := c.judgeOutage(ctx, out)
	if err != nil {
		return err
	}
	for _, v := range c.visited {
		source, err := c.opt.Store.Source(ctx, v.site.Name)
		if err != nil {
			return err
		}
		edges = append(edges, verdict{source: source, site: v.site, visit: v.visit, outage: out}.edges()...)
	}
	for _, m := range edges {
		if m.ID == 0 {
			m.Began = now
		} else {
			m.Ended = now
		}
		if m, err = c.opt.Store.Alarm(ctx, m); err != nil {
			return fmt.Errorf("remember alarm: %w", err)
		}
		c.alarms = append(c.alarms, m)
	}
	return nil
}

// judgeOutage begins or ends the alarm that belongs to no site.
func (c *Crawler) judgeOutage(ctx context.Context, out bool) ([]archive.Alarm, error) {
	source, err := c.opt.Store.Source(ctx, "")
	if err != nil {
		return nil, err
	}
	switch {
	case out && len(source.Alarms) == 0:
		return []archive.Alarm{{Kind: archive.AlarmOutage, Reason: archive.NoConnection, Detail: c.gate.unreached()}}, nil
	case !out && c.gate.reached():
		return source.Alarms, nil
	}
	return nil, nil
}

// Alarms are those that began or ended with the run.
func (c *Crawler) Alarms() []archive.Alarm { return c.alarms }

// A visited site, and its visit that ended by itself.
type visited struct {
	site  Site
	visit uint64
}

// A verdict compares one visit of a site with what is remembered of the site.
type verdict struct {
	source archive.Source
	site   Site
	visit  uint64
	outage bool
}

// edges are the alarms that begin, without a number, and those that end.
func (v verdict) edges() (edges []archive.Alarm) {
	seen := false
	for _, l := range v.source.Listings {
		if l.Visit != v.visit {
			continue
		}
		seen = seen || isRead(l.Look)
		edges = append(edges, v.listing(l)...)
	}
	if home, err := uri.Normalize(v.site.Home); err == nil && seen { // its navigation works
		edges = append(edges, v.ending(home, lookAlarms...)...)
	}
	return append(edges, v.whole(edges)...)
}

func isRead(l archive.Look) bool {
	return l == archive.NothingNew || l == archive.SomeNew || l == archive.Inferred
}

// listing judges the look at one listing.
func (v verdict) listing(l archive.ListingState) []archive.Alarm {
	if !isRead(l.Look) {
		kind := v.trouble(l)
		lasts := len(v.ending(l.URL, lookAlarms...)) > 0 || kind == archive.AlarmChallenge && len(v.ending("", kind)) > 0
		if kind == "" || lasts {
			return nil
		}
		return []archive.Alarm{v.begin(l.URL, kind, l.Reason, "")}
	}
	edges := v.ending(l.URL, lookAlarms...)
	read, before, ok := lastRead(l)
	if !ok { // the page is the one that was judged before
		return edges
	}
	usual := medianOf(before, func(r archive.Read) int { return r.Items })
	few := len(before) >= enoughReads && read.Items*fewer < usual
	edges = append(edges, v.edge(few, l.URL, archive.AlarmFewItems, fmt.Sprintf("%d rows, usually %d", read.Items, usual))...)
	dated := medianOf(before, func(r archive.Read) int { return 100 * r.Dated / r.Items })
	undated := read.Items >= enoughRows && read.Dated == 0 && dated >= 50
	return append(edges, v.edge(undated, l.URL, archive.AlarmNoDates, fmt.Sprintf("%d rows without a date", read.Items))...)
}

// trouble is the kind of alarm for a look that saw nothing, "" when it is none: the
// operator's pause, our own budgets and our own network.
func (v verdict) trouble(l archive.ListingState) archive.AlarmKind {
	ours := v.outage && (l.Reason == archive.NoConnection || l.Reason == archive.HeldByBreaker)
	switch {
	case ours || l.Look != archive.Blocked && l.Look != archive.Broken:
		return ""
	case l.Reason == archive.Challenged:
		return archive.AlarmChallenge
	case l.Look == archive.Blocked:
		return archive.AlarmBlocked
	case l.Reason == archive.EmptyListing:
		return archive.AlarmNoItems
	}
	return archive.AlarmBroken
}

// lastRead is what the listing's last visit read of it, and the reads before.
func lastRead(l archive.ListingState) (read archive.Read, before []archive.Read, ok bool) {
	n := len(l.Reads)
	if n == 0 || l.Reads[n-1].Visit != l.Visit {
		return read, nil, false
	}
	return l.Reads[n-1], l.Reads[:n-1], true
}

func medianOf[T any](list []T, of func(T) int) int {
	if len(list) == 0 {
		return 0
	}
	numbers := make([]int, len(list))
	for i, v := range list {
		numbers[i] = of(v)
	}
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}

// whole judges what was read of articles, over as many visits as it takes to have
// enough of them. Bot checks that are told of a listing are not told again.
func (v verdict) whole(told []archive.Alarm) []archive.Alarm {
	n := len(v.source.Yields)
	if n == 0 || v.source.Yields[n-1].Visit != v.visit {
		return nil
	}
	var now, before archive.Yield
	for i := n - 1; i >= 0; i-- {
		if now.Pages+now.Challenges < enoughPages {
			now = sumOf(now, v.source.Yields[i])
		} else {
			before = sumOf(before, v.source.Yields[i])
		}
	}
	last := v.source.Yields[n-1]
	known := slices.ContainsFunc(slices.Concat(told, v.source.Alarms), func(m archive.Alarm) bool {
		return m.Kind == archive.AlarmChallenge && m.Listing != "" && m.Ended.IsZero()
	})
	challenged := now.Challenges >= enoughPages && now.Bodies == 0 && !known
	lost := now.Pages >= enoughPages && now.Bodies*fewer < now.Pages && before.Bodies*2 > before.Pages
	undated := now.Bodies >= enoughRows && now.Dated == 0 && before.Dated*2 > before.Bodies
	var edges []archive.Alarm
	if challenged || last.Bodies > 0 {
		edges = append(edges, v.edge(challenged, "", archive.AlarmChallenge, fmt.Sprintf("%d bot checks and no article", now.Challenges))...)
	}
	if lost || last.Bodies > 0 {
		edges = append(edges, v.edge(lost, "", archive.AlarmNoBodies, fmt.Sprintf("%d of %d pages had an article", now.Bodies, now.Pages))...)
	}
	if undated || last.Dated > 0 {
		edges = append(edges, v.edge(undated, "", archive.AlarmNoDates, fmt.Sprintf("%d articles without a date", now.Bodies))...)
	}
	return edges
}

func sumOf(a, b archive.Yield) archive.Yield {
	return archive.Yield{Pages: a.Pages + b.Pages, Bodies: a.Bodies + b.Bodies, Dated: a.Dated + b.Dated, Challenges: a.Challenges + b.Challenges}
}

// edge begins an alarm that does not last yet when something is wrong, and ends one
// that lasts when nothing is.
func (v verdict) edge(wrong bool, listing string, kind archive.AlarmKind, detail string) []archive.Alarm {
	lasts := v.ending(listing, kind)
	switch {
	case !wrong:
		return lasts
	case len(lasts) > 0:
		return nil
	}
	return []archive.Alarm{v.begin(listing, kind, "", detail)}
}

func (v verdict) begin(listing string, kind archive.AlarmKind, reason archive.Reason, detail string) archive.Alarm {
	return archive.Alarm{Site: v.site.Name, Listing: listing, Kind: kind, Reason: reason, Detail: detail}
}

// ending are the alarms of these kinds that last.
func (v verdict) ending(listing string, kinds ...archive.AlarmKind) (alarms []archive.Alarm) {
	for _, m := range v.source.Alarms {
		if m.Listing == listing && slices.Contains(kinds, m.Kind) {
			alarms = append(alarms, m)
		}
	}
	return alarms
}
