package crawler

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler/robots"
)

// How long an answer about robots.txt holds, and what stands in for one
// (RFC 9309, section 2.3.1).
const (
	robotsFresh = 24 * time.Hour
	robotsStale = 30 * 24 * time.Hour // an old copy is obeyed this long while no new one can be had
	robotsHops  = 5                   // redirects followed; more mean there is none
)

// How a robots.txt was come by, as stored in HostState.RobotsHow.
const (
	robotsRead     = "read"
	robotsAllowAll = "allow-all" // 4xx: there is none
	robotsDenyAll  = "deny-all"  // 5xx or no answer: nothing is asked until it answers
)

// hostRobots is the robots.txt of a host as this run knows it. Its fetching is
// single flight: whoever holds turn fetches, the others wait and use it.
type hostRobots struct {
	turn  chan struct{}
	rules *robots.Rules
	until time.Time
}

// A robotsError says that a host's robots.txt could not be had, so that nothing
// may be asked of it.
type robotsError struct {
	host   string
	reason archive.Reason
	detail string
}

func (e *robotsError) Error() string {
	return fmt.Sprintf("robots.txt of %s: %s", e.host, e.detail)
}

// rulesFor is what the robots.txt of u's host says to us. The error is a
// *robotsError or *HeldError when nothing may be asked of the host now.
func (v *visit) rulesFor(ctx context.Context, u *url.URL) (*robots.Rules, error) {
	name := hostOf(u)
	h := v.gate.host(name)
	select {
	case h.robots.turn <- struct{}{}:
		defer func() { <-h.robots.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	now := v.opt.Now()
	if h.robots.rules != nil && now.Before(h.robots.until) {
		return h.robots.rules, nil
	}
	state, err := v.gate.State(ctx, name)
	if err != nil {
		return nil, err
	}
	if age := now.Sub(state.RobotsAt); state.RobotsHow == "" || state.RobotsHow == robotsDenyAll || age < 0 || age >= robotsFresh {
		if state, err = v.renewRobots(ctx, u, state); err != nil {
			return nil, err
		}
	}
	h.robots.rules = robots.Parse(state.Robots).For(v.opt.Agent)
	h.robots.until = state.RobotsAt.Add(robotsFresh)
	if !h.robots.until.After(now) { // an old copy: ask again in an hour
		h.robots.until = now.Add(time.Hour)
	}
	v.gate.setCrawlDelay(name, h.robots.rules.Delay)
	return h.robots.rules, nil
}

// renewRobots asks for robots.txt and stores what it says.
func (v *visit) renewRobots(ctx context.Context, u *url.URL, old archive.HostState) (archive.HostState, error) {
	body, how, err := v.askRobots(ctx, u)
	if err != nil {
		return old, err
	}
	now := v.opt.Now()
	if how.answer == robotsDenyAll && old.RobotsHow == robotsRead && now.Sub(old.RobotsAt) < robotsStale {
		return old, nil
	}
	// What was received is kept even when the run is being interrupted.
	state, err := v.gate.SetRobots(context.WithoutCancel(ctx), v.plan.Visit, hostOf(u), body, how.answer, now)
	if err != nil {
		return old, err
	}
	if how.answer == robotsDenyAll {
		return old, &robotsError{hostOf(u), how.reason, how.detail}
	}
	return state, nil
}

// robotsAnswer is how an attempt at a robots.txt ended.
type robotsAnswer struct {
	answer string
	reason archive.Reason
	detail string
}

// askRobots follows robots.txt through its redirects, each through the gate of
// its host.
func (v *visit) askRobots(ctx context.Context, u *url.URL) ([]byte, robotsAnswer, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	link := archive.Link{Site: v.site.Name, URL: at.String(), Role: archive.RoleRobots, Via: v.site.Home}
	for hop := 0; hop <= robotsHops; hop++ {
		x, err := v.askRobotsOnce(ctx, link)
		if err != nil {
			return nil, robotsAnswer{}, err
		}
		target := x.redirect()
		if target == nil {
			body, how := x.robots()
			return body, how, nil
		}
		link.Via, link.URL, link.Hops = link.URL, target.String(), hop+1
	}
	return nil, robotsAnswer{answer: robotsAllowAll, detail: "more than 5 redirects"}, nil
}

// askRobotsOnce is one request with its retries, kept and noted like any other.
func (v *visit) askRobotsOnce(ctx context.Context, link archive.Link) (*exchange, error) {
	for {
		f := v.start(link)
		x, err := v.ask(ctx, link, archive.URLState{})
		if err != nil {
			return nil, err
		}
		f.Status, f.Location = x.status(), x.loc
		problem := x.problem()
		f.Outcome, f.Reason, f.Detail = archive.Listed, problem.reason, problem.detail
		switch {
		case x.redirect() != nil:
			f.Outcome = archive.Moved
		case problem.reason != "":
			f.Outcome = archive.Failed
		}
		again := f.Outcome == archive.Failed && problem.transient() && link.Attempts < len(v.opt.Backoff)
		if err := v.finish(ctx, f); err != nil || !again {
			return x, err
		}
		if err := sleep(ctx, v.opt.Backoff[link.Attempts]); err != nil {
			return nil, err
		}
		link.Attempts++
	}
}

// robots draws the conclusion of RFC 9309 from an answer that is no redirect.
// 429 is a server that wants less, not one without rules.
func (x *exchange) robots() ([]byte, robotsAnswer) {
	status := x.status()
	switch problem := x.problem(); {
	case status == http.StatusTooManyRequests || status >= 500 || status == 0:
		return nil, robotsAnswer{robotsDenyAll, problem.reason, problem.detail}
	case status >= 200 && status < 300:
		return x.body[:min(len(x.body), robots.MaxBytes)], robotsAnswer{answer: robotsRead}
	}
	return nil, robotsAnswer{answer: robotsAllowAll}
}
