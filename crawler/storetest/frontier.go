package storetest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/archive"
	"fangzhi/parser"
)

func numbers(s *suite) {
	var last archive.Run
	for range 2 {
		run, err := s.BeginRun(s.Context(), archive.Run{At: s.now, Agent: "fangzhi/test"})
		s.check(err)
		if run.Run <= last.Run || run.Agent != "fangzhi/test" {
			s.Errorf("run %+v after %+v", run, last)
		}
		visit := s.visit
		s.begin()
		if s.visit <= visit {
			s.Errorf("visit %d after %d", s.visit, visit)
		}
		s.end()
		s.check(s.EndRun(s.Context(), run.Run, archive.Summary{Sites: 1}))
		last = run
	}
}

func order(s *suite) {
	s.begin(link("/list_2.html", archive.Backfill), link("/1.pdf", archive.Files), link("/1.html", archive.Fresh), link("/known.html", archive.Due),
		link("/2.html", archive.Fresh), link("/", archive.Heads))
	s.wantFrontier("/", "/1.html", "/2.html", "/known.html", "/1.pdf", "/list_2.html")
}

func oneLinkAnAddress(s *suite) {
	s.begin(link("/a.html", archive.Fresh), link("/a.html", archive.Heads), link("/b.html", archive.Fresh))
	s.wantFrontier("/a.html", "/b.html")
}

func oneAddressInTwoSchemes(s *suite) {
	secure := link("/a.html", archive.Fresh)
	secure.URL = "https://www.zgw123.cn/a.html"
	s.begin(link("/a.html", archive.Fresh), secure)
	if state, err := s.URL(s.Context(), secure.URL); err != nil || !state.Known {
		s.Errorf("the address is not known by https: %+v, %v", state, err)
	}
	s.wantFrontier("/a.html")
	if unknown := s.url("/b.html"); unknown.Known || unknown.URL != home+"/b.html" {
		s.Errorf("an address never seen: %+v", unknown)
	}
}

func stays(s *suite) {
	want := link("/a.html", archive.Fresh)
	want.Via, want.Region, want.Category, want.Title = home+"/", "360000", "政企信息", "浮梁县"
	want.Date, want.Hops, want.Depth = parser.Day{Year: 2022, Month: 3, Day: 31}, 1, 2
	s.begin(want, link("/b.html", archive.Fresh))
	for range 2 {
		if diff := cmp.Diff(want, s.next()); diff != "" {
			s.Errorf("link (-want +got):\n%s", diff)
		}
	}
	s.finish(archive.Follow{Link: want, Outcome: archive.Failed, Reason: archive.NotFound})
	s.wantFrontier("/b.html")
}

func sitesApart(s *suite) {
	other := link("/b.html", archive.Heads)
	other.Site = "zgw2" // one is the beginning of the other
	s.begin(link("/a.html", archive.Backfill), other)
	s.wantFrontier("/a.html")
	if l, ok, err := s.Next(s.Context(), "zgw2"); err != nil || !ok || l.URL != other.URL {
		s.Errorf("the other site's link: %+v, %v, %v", l, ok, err)
	}
	if _, ok, err := s.Next(s.Context(), "zg"); err != nil || ok {
		s.Errorf("a site that nobody named has links: %v", err)
	}
}

func retriesWait(s *suite) {
	s.begin(link("/a.html", archive.Fresh), link("/b.html", archive.Fresh), link("/c.html", archive.Backfill))
	again := s.next()
	again.Attempts, again.After, again.Via = 1, s.now.Add(10*time.Second), home+"/"
	s.finish(archive.Follow{Link: again, Outcome: archive.Retried, Reason: archive.TimedOut})
	if got := s.next().URL; got != home+"/b.html" {
		s.Errorf("next is %s while a retry waits, want /b.html", got)
	}
	s.finish(archive.Follow{Link: s.next(), Outcome: archive.Refused, Reason: archive.RobotsDenied})
	s.now = s.now.Add(10 * time.Second)
	if diff := cmp.Diff(again, s.next()); diff != "" {
		s.Errorf("the retry (-want +got):\n%s", diff)
	}
	s.wantFrontier("/a.html", "/c.html")
}

func retryElsewhere(s *suite) {
	s.begin(link("/a.html", archive.Fresh))
	secure := s.next()
	secure.URL, secure.Hops = "https://www.zgw123.cn/a.html", 1
	s.finish(archive.Follow{Link: secure, Outcome: archive.Retried})
	if diff := cmp.Diff(secure, s.next()); diff != "" {
		s.Errorf("the retry (-want +got):\n%s", diff)
	}
	s.finish(archive.Follow{Link: secure, Outcome: archive.Refused, Reason: archive.RobotsDenied})
	s.wantFrontier()
}

func onlyUnknownEnters(s *suite) {
	s.begin(link("/list/", archive.Heads), link("/1.html", archive.Fresh), link("/jx/", archive.Heads))
	form := link("/list/", archive.Backfill)
	form.Form = "page=2"
	found := []archive.Link{link("/1.html", archive.Fresh), link("/2.html", archive.Fresh), link("/2.html", archive.Fresh), form}
	s.finish(archive.Follow{Link: s.next(), Outcome: archive.Listed, Links: found})
	s.wantFrontier("/jx/", "/1.html", "/2.html", "/list/")
	// The next visit: what was followed is known. A head is to be looked at all the
	// same, and what a form answers is never known before it is sent.
	s.begin(link("/list/", archive.Heads))
	s.finish(archive.Follow{Link: s.next(), Outcome: archive.Listed, Links: append(found, link("/jx/", archive.Heads))})
	s.wantFrontier("/jx/", "/list/")
}

// parts: a file is fetched once; what a page needs to look as it does may be asked for
// again, and the crawler says when.
func parts(s *suite) {
	file, sheet := link("/1.pdf", archive.Files), link("/main.css", archive.Files)
	file.Role, sheet.Role = archive.RoleAttachment, archive.RoleRequisite
	for _, want := range [][]string{{"/1.pdf", "/main.css"}, {"/main.css"}} {
		s.begin(link("/1.html", archive.Due))
		s.finish(archive.Follow{Link: s.next(), Outcome: archive.Unchanged, Links: []archive.Link{file, sheet}})
		for _, path := range want {
			next := s.next()
			if next.URL != home+path {
				s.Errorf("next is %s, want %s", next.URL, path)
			}
			s.finish(archive.Follow{Link: next, Outcome: archive.Saved})
		}
		s.wantFrontier()
	}
	if got := s.url("/main.css"); got.Outcome != archive.Saved || got.Role != archive.RoleRequisite || !got.Due.IsZero() {
		s.Errorf("a style sheet is remembered as %+v", got)
	}
}

// listingStates: of the looks at a listing's first page the last is remembered, the hub
// that showed it when it was read, and how often it was left to that since.
func listingStates(s *suite) {
	look := func(o archive.Observation, outcome archive.Outcome) archive.ListingState {
		s.begin(link("/list/", archive.Heads))
		o.Visit, o.At, o.Site, o.Listing = s.visit, s.now, site, home+"/list/"
		s.finish(archive.Follow{Link: s.next(), Outcome: outcome, Seen: &o})
		source, err := s.Source(s.Context(), site)
		s.check(err)
		if len(source.Listings) != 1 {
			s.Fatalf("remembered %+v", source.Listings)
		}
		return source.Listings[0]
	}
	hub := home + "/jx/"
	for i, step := range []struct {
		o        archive.Observation
		outcome  archive.Outcome
		hub      string
		inferred int
	}{
		{archive.Observation{Look: archive.SomeNew, Items: 20, Hub: hub}, archive.Listed, hub, 0},
		{archive.Observation{Look: archive.Inferred, Hub: hub}, archive.Spared, hub, 1},
		{archive.Observation{Look: archive.Inferred, Hub: hub}, archive.Spared, hub, 2},
		{archive.Observation{Look: archive.NothingNew}, archive.Unchanged, hub, 0}, // as it was when it was read
		{archive.Observation{Look: archive.Inferred, Hub: hub}, archive.Spared, hub, 1},
		{archive.Observation{Look: archive.SomeNew, Items: 20}, archive.Listed, "", 0},
	} {
		if got := look(step.o, step.outcome); got.Look != step.o.Look || got.Hub != step.hub || got.Inferred != step.inferred || got.Visit != s.visit {
			s.Errorf("after look %d: %+v", i+1, got)
		}
	}
}

func plansMerge(s *suite) {
	s.begin(link("/list_2.html", archive.Backfill), link("/done.html", archive.Due))
	waits := s.next()
	s.finish(archive.Follow{Link: waits, Outcome: archive.Refused, Reason: archive.RobotsDenied})
	held := s.next()
	held.Attempts, held.After = 3, s.now.Add(time.Hour)
	s.finish(archive.Follow{Link: held, Outcome: archive.Retried, Reason: archive.ServerError})
	s.end()
	s.begin(link("/list_2.html", archive.Heads), link("/done.html", archive.Due)) // known, and asked for again
	if got := s.next(); got.URL != home+"/done.html" {
		s.Errorf("next is %+v", got)
	}
	s.wantFrontier("/done.html")
	s.now = s.now.Add(time.Hour)
	if diff := cmp.Diff(held, s.next()); diff != "" {
		s.Errorf("the link that waited (-want +got):\n%s", diff)
	}
	s.wantFrontier("/list_2.html")
}

func itemsAreKnown(s *suite) {
	s.begin(link("/list/", archive.Heads))
	item := link("/plan.pdf", archive.Fresh)
	item.Title, item.Date, item.Via = "江西省重大项目计划表", parser.Day{Year: 2022, Month: 3, Day: 29}, home+"/list/"
	s.finish(archive.Follow{Link: s.next(), Outcome: archive.Listed, Items: []archive.Link{item}})
	if got := s.url("/plan.pdf"); !got.Known || got.Title != item.Title || got.Date != item.Date {
		s.Errorf("the item is remembered as %+v", got)
	}
	s.wantFrontier()
}

func rechecks(s *suite) {
	s.begin(link("/", archive.Heads), link("/1.html", archive.Fresh), link("/2.html", archive.Fresh), link("/bad.html", archive.Fresh))
	s.receive(s.next(), s.answer("/", 200, page("rows")), archive.Listed)
	for _, path := range []string{"/1.html", "/2.html"} {
		s.read(path, "标题", path)
	}
	s.finish(archive.Follow{Link: s.next(), Outcome: archive.Failed, Reason: archive.NoArticle})
	if due := s.due(9); len(due) != 0 {
		s.Errorf("due at once: %v", due)
	}
	s.now = s.now.Add(10 * 365 * 24 * time.Hour)
	due := s.due(9)
	if len(due) != 2 || len(s.due(1)) != 1 {
		s.Fatalf("due years later: %v, want two articles", due)
	}
	if l := due[0]; l.Site != site || l.Role != archive.RoleArticle || l.Priority != archive.Due {
		s.Errorf("due is %+v", l)
	}
	s.begin(due...)
	s.receive(s.next(), s.answer(due[0].URL[len(home):], 304, ""), archive.Unchanged)
	if left := s.due(9); len(left) != 1 || left[0].URL != due[1].URL {
		s.Errorf("due after one was looked at: %v", left)
	}
}

func (s *suite) due(n int) []archive.Link {
	s.Helper()
	links, err := s.Due(s.Context(), site, n)
	s.check(err)
	return links
}

// sideBySide has one goroutine a site, as a crawl has.
func sideBySide(s *suite) {
	const links = 20
	var group sync.WaitGroup
	for i := range 4 {
		name := fmt.Sprint("site", i)
		group.Go(func() {
			if err := wander(s.Context(), s.Store, name, s.now, links); err != nil {
				s.Errorf("%s: %v", name, err)
			}
		})
	}
	group.Wait()
}

// wander follows the links of a site, each of which leads to the next.
func wander(ctx context.Context, store Store, name string, now time.Time, links int) error {
	address := func(i int) archive.Link {
		return archive.Link{Site: name, URL: fmt.Sprintf("http://%s.test/%d", name, i), Role: archive.RoleListing, Priority: archive.Backfill}
	}
	plan, err := store.BeginVisit(ctx, archive.Plan{At: now, Site: name, Links: []archive.Link{address(0)}})
	if err != nil {
		return err
	}
	for i := range links {
		l, ok, err := store.Next(ctx, name)
		if err != nil || !ok || l.URL != address(i).URL {
			return fmt.Errorf("link %d is %s (%v): %w", i, l.URL, ok, err)
		}
		_, err = store.Finish(ctx, &archive.Follow{Visit: plan.Visit, At: now, Link: l, Outcome: archive.Listed, Links: []archive.Link{address(i + 1)}})
		if err != nil {
			return err
		}
	}
	return store.EndVisit(ctx, archive.VisitEnd{Visit: plan.Visit, At: now, Site: name})
}
