package storetest

import (
	"context"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/archive"
	"fangzhi/parser"
)

func state(s *suite) {
	l := link("/a.html", archive.Fresh)
	l.Title, l.Region = "浮梁县", "360222"
	s.begin(l)
	whole := s.answer("/a.html", 200, page("浮梁"), `ETag: W/"6-x"`, "Last-Modified: Thu, 31 Mar 2022 00:00:00 GMT")
	loc, _ := s.keep(whole, archive.RoleArticle)
	s.finish(archive.Follow{Link: l, Outcome: archive.Failed, Reason: archive.NoArticle, Detail: "too short", Status: 200, Location: loc})
	want := archive.URLState{
		URL: l.URL, Site: site, Role: archive.RoleArticle, Known: true, Fetched: s.now, Checked: s.now, Changed: s.now,
		Outcome: archive.Failed, Reason: archive.NoArticle, Detail: "too short", Status: 200,
		ETag: `W/"6-x"`, LastModified: "Thu, 31 Mar 2022 00:00:00 GMT", Payload: archive.DigestOf(whole.Payload()), Location: loc,
		Region: "360222", Title: "浮梁县",
	}
	if diff := cmp.Diff(want, s.url("/a.html")); diff != "" {
		s.Errorf("after a page (-want +got):\n%s", diff)
	}

	// What is no whole page leaves the validators with the body they belong to.
	s.now = s.now.Add(time.Hour)
	s.begin(l)
	cut := s.answer("/a.html", 200, page("浮"), `ETag: "7"`)
	cut.Truncated = archive.Disconnected
	loc, _ = s.keep(cut, archive.RoleArticle)
	s.finish(archive.Follow{Link: l, Outcome: archive.Failed, Reason: archive.CutShort, Status: 200, Location: loc})
	want.Fetched, want.Checked, want.Reason, want.Detail = s.now, s.now, archive.CutShort, ""
	if diff := cmp.Diff(want, s.url("/a.html")); diff != "" {
		s.Errorf("after half a page (-want +got):\n%s", diff)
	}

	// Nothing was received: nothing was fetched.
	fetched := s.now
	s.now = s.now.Add(time.Hour)
	s.begin(l)
	s.finish(archive.Follow{Link: l, Outcome: archive.Refused, Reason: archive.RobotsDenied})
	want.Fetched, want.Checked, want.Outcome, want.Reason, want.Status = fetched, s.now, archive.Refused, archive.RobotsDenied, 0
	if diff := cmp.Diff(want, s.url("/a.html")); diff != "" {
		s.Errorf("after a refusal (-want +got):\n%s", diff)
	}
}

func repeatedPayloads(s *suite) {
	l := link("/a.html", archive.Fresh)
	for _, step := range []struct {
		name string
		c    *archive.Capture
		want bool
	}{
		{"first", s.answer("/a.html", 200, page("A")), false},
		{"the same", s.answer("/a.html", 200, page("A"), "X-Cache: MISS"), true},
		{"not modified", s.answer("/a.html", 304, ""), true},
		{"the same after a 304", s.answer("/a.html", 200, page("A")), true},
		{"an error page", s.answer("/a.html", 500, page("A")), false},
		{"the same after an error", s.answer("/a.html", 200, page("A")), true},
		{"changed", s.answer("/a.html", 200, page("B")), false},
		{"changed back", s.answer("/a.html", 200, page("A")), false},
	} {
		s.now = s.now.Add(time.Hour)
		s.begin(l)
		if got := s.receive(l, step.c, archive.Listed); got != step.want {
			s.Errorf("%s: repeated is %v", step.name, got)
		}
	}
}

func repeatedAtOneAddress(s *suite) {
	s.begin(link("/a.html", archive.Fresh), link("/b.html", archive.Fresh))
	s.receive(s.next(), s.answer("/a.html", 200, page("A")), archive.Listed)
	if s.receive(s.next(), s.answer("/b.html", 200, page("A")), archive.Listed) {
		s.Error("a repost elsewhere is called repeated: nobody would read it")
	}
}

// read is a look at an article that shows this title and text.
func (s *suite) read(path, title, text string) archive.Change {
	s.Helper()
	l := link(path, archive.Due)
	loc, _ := s.keep(s.answer(path, 200, page(title+text)), archive.RoleArticle)
	return s.finish(archive.Follow{Link: l, Outcome: archive.Kept, Status: 200, Location: loc, Article: &parser.Article{Title: title, Text: text}})
}

func (s *suite) lose(path string, why archive.Reason, status int) archive.Change {
	s.Helper()
	loc, _ := s.keep(s.answer(path, status, "sorry"), archive.RoleArticle)
	return s.finish(archive.Follow{Link: link(path, archive.Due), Outcome: archive.Failed, Reason: why, Status: status, Location: loc})
}

func changes(s *suite) {
	s.begin()
	unchanged := func() archive.Change {
		loc, _ := s.keep(s.answer("/a.html", 304, ""), archive.RoleArticle)
		return s.finish(archive.Follow{Link: link("/a.html", archive.Due), Outcome: archive.Unchanged, Status: 304, Location: loc})
	}
	for i, step := range []struct {
		look func() archive.Change
		want archive.Change
	}{
		{func() archive.Change { return s.lose("/a.html", archive.NotFound, 404) }, archive.NoChange}, // it never was there
		{func() archive.Change { return s.read("/a.html", "标题", "正文") }, archive.Created},
		{func() archive.Change { return s.read("/a.html", "标题", "正文") }, archive.NoChange},
		{unchanged, archive.NoChange},
		{func() archive.Change { return s.read("/a.html", "标题", "正文改过") }, archive.Edited},
		{func() archive.Change { return s.read("/a.html", "标题（更正）", "正文改过") }, archive.Edited},
		{func() archive.Change { return s.lose("/a.html", archive.ServerError, 500) }, archive.NoChange},
		{func() archive.Change { return s.lose("/a.html", archive.NotFound, 404) }, archive.Gone},
		{func() archive.Change { return s.lose("/a.html", archive.NotFound, 404) }, archive.NoChange}, // said already
		{func() archive.Change { return s.lose("/a.html", archive.ServerError, 500) }, archive.NoChange},
		{func() archive.Change { return s.read("/a.html", "标题（更正）", "正文改过") }, archive.Returned},
		{func() archive.Change { return s.lose("/a.html", archive.NotFound, 410) }, archive.Gone},
		{unchanged, archive.Returned},
		{func() archive.Change { return s.lose("/a.html", archive.NotFound, 404) }, archive.Gone},
		{func() archive.Change { return s.read("/a.html", "标题", "又是新的") }, archive.Returned},
		{func() archive.Change { return s.read("/b.html", "标题", "又是新的") }, archive.Created}, // of its own address
	} {
		s.now = s.now.Add(24 * time.Hour)
		if got := step.look(); got != step.want {
			s.Errorf("look %d: change %q, want %q", i, got, step.want)
		}
	}
}

func hosts(s *suite) {
	s.begin()
	if h, err := s.Host(s.Context(), "www.zgw123.cn"); err != nil || !h.NotBefore.IsZero() || h.Failures != 0 || h.RobotsHow != "" {
		s.Errorf("a host never asked: %+v, %v", h, err)
	}
	want := archive.HostState{
		Host: "www.zgw123.cn", NotBefore: s.now.Add(time.Hour), Failures: 2, Day: "2022-03-31", Requests: 7,
		Robots: []byte("User-agent: *\n"), RobotsAt: s.now, RobotsHow: "read",
	}
	s.check(s.SetHost(s.Context(), s.visit, want))
	s.check(s.SetHost(s.Context(), s.visit, archive.HostState{Host: "other.test"}))
	got, err := s.Host(s.Context(), want.Host)
	s.check(err)
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("host (-want +got):\n%s", diff)
	}
}

func pauses(s *suite) {
	for _, want := range []bool{true, true, false} {
		s.check(s.SetPaused(s.Context(), site, want))
		if got, err := s.Paused(s.Context(), site); err != nil || got != want {
			s.Errorf("paused is %v, %v, want %v", got, err, want)
		}
		if got, err := s.Paused(s.Context(), "other"); err != nil || got {
			s.Errorf("another site is paused: %v, %v", got, err)
		}
	}
}

func (s *suite) unread(l archive.Link) (*archive.Capture, archive.Location, bool) {
	s.Helper()
	c, loc, ok, err := s.Unread(s.Context(), l)
	s.check(err)
	return c, loc, ok
}

func unreadAfterKill(s *suite) {
	a, b := link("/a.html", archive.Fresh), link("/b.html", archive.Fresh)
	s.begin(a, b)
	s.end()
	s.begin()
	if _, _, ok := s.unread(a); ok {
		s.Error("unread before anything was kept")
	}
	kept := s.answer("/a.html", 200, page("浮梁"), `ETag: "1"`)
	loc, _ := s.keep(kept, archive.RoleArticle)
	s.Store = s.kill()

	if got := s.next(); got.URL != a.URL {
		s.Errorf("next is %s, want the link that was not finished", got.URL)
	}
	s.begin()
	c, again, ok := s.unread(a)
	if !ok {
		s.Fatal("the capture is lost")
	}
	if string(c.Response) != string(kept.Response) || string(c.Request) != string(kept.Request) || c.URL != kept.URL || c.Status != 200 ||
		!c.Time.Equal(kept.Time) || c.HeaderLen != kept.HeaderLen || c.Header.Get("ETag") != `"1"` || again.Segment != loc.Segment || again.Offset != loc.Offset {
		s.Errorf("unread is %+v at %+v, want %+v at %+v", c, again, kept, loc)
	}
	if _, _, ok := s.unread(b); ok {
		s.Error("another link has its capture")
	}
	s.finish(archive.Follow{Link: a, Outcome: archive.Kept, Status: 200, Location: again, Article: &parser.Article{Title: "浮梁", Text: "浮梁"}})
	if _, _, ok := s.unread(a); ok {
		s.Error("unread after it was read")
	}
	if got := s.url("/a.html"); got.Location.Offset != loc.Offset || got.ETag != `"1"` {
		s.Errorf("state %+v", got)
	}
	s.wantFrontier("/b.html")
}

// unreadRevisits: the page is not in the record that was kept last, but it is what
// must be read.
func unreadRevisits(s *suite) {
	l := link("/a.html", archive.Heads)
	s.begin(l)
	s.receive(l, s.answer("/a.html", 200, page("A"), `ETag: "1"`), archive.Listed)
	for _, again := range []*archive.Capture{s.answer("/a.html", 304, ""), s.answer("/a.html", 200, page("A"), "X-Cache: HIT")} {
		s.now = s.now.Add(time.Hour)
		s.begin(l)
		loc, _ := s.keep(again, l.Role)
		c, unread, ok := s.unread(l)
		if !ok || c.Status != 200 || string(c.Payload()) != page("A") || unread.Offset != loc.Offset {
			s.Errorf("a %d is read as %d with %d bytes", again.Status, c.Status, len(c.Payload()))
		}
		s.finish(archive.Follow{Link: l, Outcome: archive.Unchanged, Status: again.Status, Location: loc})
	}
}

func formsApart(s *suite) {
	plain := link("/list.jsp", archive.Heads)
	second, third := link("/list.jsp", archive.Backfill), link("/list.jsp", archive.Backfill)
	second.Form, third.Form = "page=2", "page=3"
	s.begin(plain, second, third)
	s.receive(s.next(), s.answer("/list.jsp", 200, page("1")), archive.Listed)
	s.end()
	s.begin()
	s.keep(s.exchange("POST", "/list.jsp", "page=2", 200, page("2")), archive.RoleListing)
	s.Store = s.kill()
	s.begin()
	if _, _, ok := s.unread(plain); ok {
		s.Error("the answer to a form is unread for the page")
	}
	if _, _, ok := s.unread(third); ok {
		s.Error("the answer to a form is unread for another form")
	}
	c, loc, ok := s.unread(second)
	if !ok || string(c.Payload()) != page("2") {
		s.Fatalf("the answer to a form is lost: %v", c)
	}
	s.finish(archive.Follow{Link: second, Outcome: archive.Listed, Status: 200, Location: loc})
	if got := s.url("/list.jsp"); got.Payload != archive.DigestOf([]byte(page("1"))) {
		s.Error("the answer to a form is taken for the page's")
	}
	if s.receive(third, s.exchange("POST", "/list.jsp", "page=3", 200, page("1")), archive.Listed) {
		s.Error("the answer to a form is called repeated, for the page had the payload")
	}
	s.wantFrontier()
}

func survives(s *suite) {
	run, err := s.BeginRun(s.Context(), archive.Run{At: s.now})
	s.check(err)
	s.begin(link("/", archive.Heads), link("/1.html", archive.Fresh), link("/list_2.html", archive.Backfill))
	s.receive(s.next(), s.answer("/", 200, page("rows"), `ETag: "1"`), archive.Listed)
	s.read("/1.html", "标题", "正文")
	later := link("/list_2.html", archive.Backfill)
	later.Attempts, later.After = 3, s.now.Add(time.Hour)
	s.finish(archive.Follow{Link: later, Outcome: archive.Retried, Reason: archive.TimedOut})
	s.check(s.SetHost(s.Context(), s.visit, archive.HostState{Host: "www.zgw123.cn", Failures: 3}))
	s.check(s.SetPaused(s.Context(), "other", true))
	s.end()
	before, visit := s.url("/"), s.visit
	s.Store = s.kill()

	if diff := cmp.Diff(before, s.url("/")); diff != "" {
		s.Errorf("state (-before +after):\n%s", diff)
	}
	if h, err := s.Host(s.Context(), "www.zgw123.cn"); err != nil || h.Failures != 3 {
		s.Errorf("host %+v, %v", h, err)
	}
	if paused, err := s.Paused(s.Context(), "other"); err != nil || !paused {
		s.Errorf("the pause is forgotten: %v", err)
	}
	if next, err := s.BeginRun(s.Context(), archive.Run{At: s.now}); err != nil || next.Run <= run.Run {
		s.Errorf("run %d after %d: %v", next.Run, run.Run, err)
	}
	if s.begin(); s.visit <= visit {
		s.Errorf("visit %d after %d", s.visit, visit)
	}
	if change := s.read("/1.html", "标题", "正文"); change != archive.NoChange {
		s.Errorf("the article is %q again", change)
	}
	s.wantFrontier()
	s.now = s.now.Add(time.Hour)
	if diff := cmp.Diff(later, s.next()); diff != "" {
		s.Errorf("the retry (-want +got):\n%s", diff)
	}
}

func endedContexts(s *suite) {
	l := link("/a.html", archive.Fresh)
	s.begin(l)
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	_, err := s.BeginRun(ctx, archive.Run{})
	s.wantCancelled("BeginRun", err)
	_, err = s.BeginVisit(ctx, archive.Plan{Site: site, Links: []archive.Link{link("/b.html", archive.Fresh)}})
	s.wantCancelled("BeginVisit", err)
	_, _, err = s.Next(ctx, site)
	s.wantCancelled("Next", err)
	_, _, err = s.Append(ctx, s.answer("/a.html", 200, page("A")), archive.RoleArticle)
	s.wantCancelled("Append", err)
	_, err = s.Finish(ctx, &archive.Follow{Visit: s.visit, At: s.now, Link: l, Outcome: archive.Failed, Reason: archive.NotFound})
	s.wantCancelled("Finish", err)
	s.wantCancelled("SetHost", s.SetHost(ctx, s.visit, archive.HostState{Host: "a.test", Failures: 1}))
	s.wantCancelled("EndVisit", s.EndVisit(ctx, archive.VisitEnd{Visit: s.visit, At: s.now, Site: site}))
	s.wantCancelled("EndRun", s.EndRun(ctx, 1, archive.Summary{}))

	if got := s.url("/a.html"); got.Outcome != "" {
		s.Errorf("something was done: %+v", got)
	}
	if _, _, ok := s.unread(l); ok {
		s.Error("a capture was kept")
	}
	s.wantFrontier("/a.html")
}
