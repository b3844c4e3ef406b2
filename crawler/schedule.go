package crawler

import (
	"time"

	"fangzhi/archive"
)

// A Budget bounds one visit. The zero Budget leaves Options' defaults.
type Budget struct {
	Requests int           // 0 for no limit
	Time     time.Duration // from its beginning; 0 for no limit
	Bytes    int64         // received; 0 for no limit
	Backfill int           // requests for later listing pages and what they show; 0 for Options.Backfill, NoBackfill for none
}

// NoBackfill leaves older pages alone.
const NoBackfill = -1

// What a visit does at most where nobody says otherwise.
const (
	DefaultBackfill = 2000 // requests for later listing pages and what they show
	DefaultRechecks = 500  // known articles fetched again
)

// A Turn is when a site is to be visited next, and why then.
type Turn struct {
	At  time.Time // zero for never
	Why Why
}

// Why says why the next visit of a site is when it is.
type Why string

const (
	NeverVisited Why = "new"    // it was not visited yet
	AlwaysDue    Why = "always" // its Every says so
	EveryElapsed Why = "every"  // so long after the last visit began
	GoesOn       Why = "resume" // the last visit did not finish
	HostHeld     Why = "held"   // its host asked for a pause, or was given one
	WaitsHours   Why = "hours"  // it may be asked only in certain hours
	IsPaused     Why = "paused" // by the operator
)

// earlier is by which part of Every a visit may come early, so that a timer which is
// a few seconds fast does not miss a turn.
const earlier = 20

// Next is the site's next turn at or after now, given what is remembered of it.
func (s Site) Next(last archive.SiteStatus, now time.Time) Turn {
	if last.Paused {
		return Turn{Why: IsPaused}
	}
	return s.within(s.turn(last.Last, now), now)
}

// Due tells whether the site's turn has come. That of a paused site comes too, so that
// its listings are noted as paused; nothing is asked for then.
func (s Site) Due(last archive.SiteStatus, now time.Time) bool {
	if last.Paused {
		last.Last.Resume = time.Time{}
	}
	turn := s.within(s.turn(last.Last, now), now)
	early := now
	if turn.Why == EveryElapsed {
		early = now.Add(s.Every / earlier)
	}
	return !turn.At.After(early)
}

// within moves a turn that has passed to now, and one outside of the hours into them.
func (s Site) within(t Turn, now time.Time) Turn {
	if t.At.Before(now) {
		t.At = now
	}
	if at := s.Hours.Next(t.At); at.After(t.At) {
		return Turn{at, WaitsHours}
	}
	return t
}

func (s Site) turn(last archive.VisitEnd, now time.Time) Turn {
	switch {
	case last.Visit == 0:
		return Turn{Why: NeverVisited}
	case s.Every <= 0:
		return Turn{Why: AlwaysDue}
	case last.Began.After(now): // by a clock that was ahead
		return Turn{Why: EveryElapsed}
	case last.Resume.After(last.At):
		return Turn{last.Resume, HostHeld}
	case !last.Resume.IsZero():
		return Turn{last.Resume, GoesOn}
	}
	return Turn{last.Began.Add(s.Every), EveryElapsed}
}
