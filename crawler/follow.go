package crawler

import (
	"context"
	"fmt"
	"net/url"
	"runtime/debug"

	"fangzhi/archive"
	"fangzhi/parser"
)

// follow takes one link through its whole life: may it be asked for, ask, keep,
// read, finish.
//
// What became of the page is in the Follow and always stored. The error is about
// the run, or a hold on the link's host: then the link stays in the frontier.
func (v *visit) follow(ctx context.Context, link archive.Link) (*archive.Follow, error) {
	f := v.start(link)
	u, no := v.refuses(link)
	if no != nil {
		return f, v.refuse(ctx, f, no)
	}
	var err error
	if f.Seen, err = v.inferred(ctx, f); err != nil {
		return nil, err
	}
	if f.Seen != nil {
		f.Outcome, f.Detail = archive.Spared, "inferred from hub "+f.Seen.Hub
		return f, v.finish(ctx, f)
	}
	state, err := v.store.URL(ctx, link.URL)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", link.URL, err)
	}
	x, err := v.unread(ctx, link)
	if err != nil {
		return nil, err
	}
	if x == nil {
		if no, err = v.forbids(ctx, u); err != nil {
			return nil, err
		}
		if no != nil {
			return f, v.refuse(ctx, f, no)
		}
		if x, err = v.ask(ctx, link, state); err != nil {
			return nil, err
		}
	}
	f.Status, f.Location = x.status(), x.loc
	if err := v.read(ctx, f, x, state); err != nil {
		return nil, err
	}
	return f, v.finish(ctx, f)
}

// start is a Follow of link of which nothing is known yet.
func (v *visit) start(link archive.Link) *archive.Follow {
	return &archive.Follow{Visit: v.plan.Visit, Link: link, At: v.opt.Now().UTC()}
}

// followThrough follows link and the redirects it leads to, at once.
func (v *visit) followThrough(ctx context.Context, link archive.Link) (*archive.Follow, error) {
	for {
		f, err := v.follow(ctx, link)
		if err != nil {
			return f, err
		}
		switch {
		case f.Outcome == archive.Retried && f.Link.After.Sub(v.opt.Now()) <= v.opt.Patience:
			if err := sleep(ctx, f.Link.After.Sub(v.opt.Now())); err != nil {
				return f, context.Cause(ctx)
			}
			link = f.Link
		case f.Outcome == archive.Moved && len(f.Links) == 1:
			link = f.Links[0]
		default:
			return f, nil
		}
	}
}

// refuses says why link is not to be asked for, if it is not: what its address
// alone tells.
func (v *visit) refuses(link archive.Link) (*url.URL, *problem) {
	u, err := url.Parse(link.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &problem{archive.BadURL, "not an absolute http(s) address"}
	}
	if !v.scope.contains(u) && !(isPart(link.Role) && v.sameDomain(u)) {
		return nil, &problem{archive.OffSite, "host " + u.Host + " is not the site's"}
	}
	if isFile(u) && !isPart(link.Role) {
		return nil, &problem{archive.NotAPage, "a file by its suffix"}
	}
	if link.Hops > maxHops {
		return nil, &problem{archive.Trapped, fmt.Sprintf("more than %d redirects", maxHops)}
	}
	if link.Depth > maxDepth {
		return nil, &problem{archive.Trapped, fmt.Sprintf("more than %d pages of one listing", maxDepth)}
	}
	if why := v.trapped(link, u); why != "" {
		return nil, &problem{archive.Trapped, why}
	}
	return u, nil
}

// trapped says in what way a link is a trap, "" if in none. Listings that were not
// found on their own earlier pages are what somebody wants.
func (v *visit) trapped(link archive.Link, u *url.URL) string {
	if why := trapped(u); why != "" {
		return why
	}
	if link.Role != archive.RoleArticle && link.Depth == 0 {
		return ""
	}
	if offCalendar(u, v.opt.Now()) {
		return "a calendar's page for a year without news"
	}
	if link.Role == archive.RoleArticle && link.Priority != archive.Due {
		return v.snares.trapped(u)
	}
	return ""
}

// forbids says whether robots.txt keeps us from u.
func (v *visit) forbids(ctx context.Context, u *url.URL) (*problem, error) {
	rules, err := v.rulesFor(ctx, u)
	if err != nil {
		return nil, err
	}
	if verdict := rules.Test(u); !verdict.Allowed {
		return &problem{archive.RobotsDenied, fmt.Sprintf("robots.txt line %d: Disallow: %s", verdict.Line, verdict.Rule)}, nil
	}
	return nil, nil
}

func (v *visit) refuse(ctx context.Context, f *archive.Follow, no *problem) error {
	f.Outcome, f.Reason, f.Detail = archive.Refused, no.reason, no.detail
	f.Seen = v.observation(f, v.look(no.reason))
	return v.finish(ctx, f)
}

// unread is the exchange a killed run kept without reading it, nil if none.
func (v *visit) unread(ctx context.Context, link archive.Link) (*exchange, error) {
	capture, loc, ok, err := v.store.Unread(ctx, link)
	if err != nil {
		return nil, fmt.Errorf("unread capture of %s: %w", link.URL, err)
	}
	if !ok {
		return nil, nil
	}
	x := v.fetch.reread(capture)
	x.loc = loc
	return x, nil
}

// ask makes the request through the gate and keeps what came of it, before
// anything is understood.
func (v *visit) ask(ctx context.Context, link archive.Link, state archive.URLState) (*exchange, error) {
	u, err := url.Parse(link.URL)
	if err != nil {
		return nil, fmt.Errorf("ask for %q: %w", link.URL, err)
	}
	if err := v.mayAsk(ctx); err != nil {
		return nil, err
	}
	name := hostOf(u)
	v.hosts[name] = true
	pass, err := v.gate.Enter(ctx, v.plan.Visit, name, v.pace)
	if err != nil {
		return nil, err
	}
	x := v.fetch.Fetch(ctx, link, v.validators(link, state))
	// What was received is kept even when the run is being interrupted.
	keep := context.WithoutCancel(ctx)
	interrupted := ctx.Err() != nil && !x.whole()
	if interrupted { // our doing, not the host's
		err = pass.Leave(keep, x.started, Well, 0)
	} else {
		err = pass.Leave(keep, x.started, x.health(), x.retryAfter(v.opt.Now()))
	}
	v.count(link, x)
	if err != nil {
		return nil, err
	}
	if interrupted {
		return nil, context.Cause(ctx)
	}
	return x, v.keep(keep, link, x)
}

// mayAsk is errPaused when the operator paused the site: a pause reaches a visit
// before its next request.
func (v *visit) mayAsk(ctx context.Context) error {
	paused, err := v.store.Paused(ctx, v.site.Name)
	if err != nil {
		return fmt.Errorf("is %s paused: %w", v.site.Name, err)
	}
	if paused {
		return errPaused
	}
	return nil
}

// validators are the state's, if its body is stored and what the answer would be
// compared with is this page.
func (v *visit) validators(link archive.Link, state archive.URLState) validators {
	stored := !state.Location.IsZero() && !state.Payload.IsZero()
	if !stored || link.Form != "" || !readBefore(state) {
		return validators{}
	}
	return validators{state.ETag, state.LastModified}
}

// readBefore tells whether the last body of the URL was understood.
func readBefore(state archive.URLState) bool {
	switch state.Outcome {
	case archive.Kept, archive.Listed, archive.Unchanged, archive.Spared, archive.Saved:
		return state.Reason == ""
	}
	return false
}

// needsLinks tells whether the page is wanted for its navigation, also when it
// did not change.
func (v *visit) needsLinks(link archive.Link) bool {
	return link.Role == archive.RoleHome || v.isRegionPage(link)
}

// count adds a request to the visit's budgets and sums.
func (v *visit) count(link archive.Link, x *exchange) {
	v.requests++
	if link.Priority == archive.Backfill {
		v.backfilled++
	}
	delta := archive.Summary{Requests: 1}
	if x.capture != nil {
		delta.Bytes = int64(len(x.capture.Response))
	}
	v.sumUp(delta)
	const samples = 999
	if offset, ok := x.clockOffset(); ok && len(v.offsets) < samples {
		v.offsets = append(v.offsets, offset)
	}
}

// keep stores the exchange and how it reached its server.
func (v *visit) keep(ctx context.Context, link archive.Link, x *exchange) (err error) {
	for _, conn := range x.conns {
		if v.conns[conn.Key] {
			continue
		}
		v.conns[conn.Key] = true
		if err := v.store.Connected(ctx, v.plan.Visit, conn); err != nil {
			return fmt.Errorf("note connection to %s: %w", conn.Host, err)
		}
	}
	if x.capture == nil {
		return nil
	}
	if x.loc, x.repeated, err = v.store.Append(ctx, x.capture, link.Role); err != nil {
		return fmt.Errorf("store %s: %w", link.URL, err)
	}
	return nil
}

// read decides what became of the link.
func (v *visit) read(ctx context.Context, f *archive.Follow, x *exchange, state archive.URLState) error {
	if target := x.redirect(); target != nil {
		v.moveTo(f, target.String())
		return nil
	}
	if p := x.problem(); p.reason != "" {
		v.fail(f, p, x.retryAfter(v.opt.Now()))
		return nil
	}
	if x.notModified() && !x.conditional() {
		v.fail(f, problem{archive.BadResponse, "304 without being asked"}, 0)
		return nil
	}
	if x.notModified() || x.repeated && readBefore(state) && f.Link.Form == "" {
		if !v.needsLinks(f.Link) {
			f.Outcome = archive.Unchanged
			f.Seen = v.observation(f, archive.NothingNew)
			return nil
		}
		var err error
		if x, err = v.storedPage(ctx, f.Link, x); err != nil {
			return err
		}
	}
	if isPart(f.Link.Role) {
		v.readPart(f, x)
		return nil
	}
	page, p := v.parse(f.Link, x)
	if p.reason != "" {
		v.fail(f, p, 0)
		return nil
	}
	if page.Article != nil {
		v.snares.note(f.Link, x.body)
	}
	if err := v.sort(ctx, f, page, state); err != nil {
		return err
	}
	return v.addParts(ctx, f, x)
}

// storedPage is x, or for a 304 the page that it stands for: it is in the store.
func (v *visit) storedPage(ctx context.Context, link archive.Link, x *exchange) (*exchange, error) {
	if !x.notModified() {
		return x, nil
	}
	whole, err := v.unread(ctx, link)
	if err != nil || whole == nil {
		return x, err
	}
	return whole, nil
}

// sort files a page under what it is and what was expected of it.
func (v *visit) sort(ctx context.Context, f *archive.Follow, page *parser.Page, state archive.URLState) error {
	switch {
	case page.Kind == parser.KindChallenge:
		v.fail(f, problem{archive.Challenged, page.Why}, 0)
	case page.Kind == parser.KindError:
		v.fail(f, problem{archive.SoftNotFound, page.Why}, 0)
	case page.Kind == parser.KindRedirect:
		v.moveTo(f, page.Redirect)
	case f.Link.Role == archive.RoleHome:
		return v.readFront(ctx, f, page, state)
	case f.Link.Role == archive.RoleListing:
		return v.readListing(ctx, f, page, state)
	case page.Article != nil:
		f.Outcome, f.Article = archive.Kept, page.Article
	default:
		v.fail(f, problem{archive.NoArticle, "a page of kind " + string(page.Kind) + ": " + page.Why}, 0)
	}
	return nil
}

// readFront reads a home page: for its navigation, or as a listing when the site
// names nothing to look for.
func (v *visit) readFront(ctx context.Context, f *archive.Follow, page *parser.Page, state archive.URLState) error {
	if len(v.site.Regions)+len(v.site.Categories)+len(v.site.Listings) == 0 {
		return v.readListing(ctx, f, page, state)
	}
	v.readHome(f, page)
	return nil
}

// parse reads a page. A panic in the parser is a bug of ours; the page is kept
// and the run goes on.
func (v *visit) parse(link archive.Link, x *exchange) (page *parser.Page, p problem) {
	defer func() {
		if r := recover(); r != nil {
			v.log.Error("parser panicked", "url", link.URL, "panic", r, "stack", string(debug.Stack()))
			page, p = nil, problem{archive.BugInParser, fmt.Sprint(r)}
		}
	}()
	if p := x.notText(); p.reason != "" {
		return nil, p
	}
	html, evidence := parser.Decode(x.body, x.capture.Header.Get("Content-Type"))
	if unreadable(html, evidence.Replaced) {
		return nil, problem{archive.BadCharset, fmt.Sprintf("%d characters do not decode as %s", evidence.Replaced, evidence.Label)}
	}
	base, err := url.Parse(x.capture.URL)
	if err != nil {
		return nil, problem{archive.BadURL, err.Error()}
	}
	page, err = v.opt.parse(html, parser.Origin{URL: base, Fetched: x.capture.Time, Rules: v.site.Rules, Form: link.Form})
	if err != nil {
		return nil, problem{archive.NoArticle, err.Error()}
	}
	if page.Article != nil {
		page.Article.Charset = evidence
	}
	return page, problem{}
}

// unreadable tells whether so much of a text is U+FFFD (three bytes each) that
// it is none.
func unreadable(text []byte, replaced int) bool {
	return replaced > 3 && replaced*3*5 > len(text)
}
