package crawler_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/crawler/storetest"
)

// A watch is a store that remembers what the visits of a test saw, and judges them.
type watch struct {
	*testing.T
	*storetest.Memory
	visit uint64
}

const watched = "http://portal.test/list.html"

// night is one visit: it looked at the listing, and read articles. What it returns
// are the alarms that began, and with "over" those that ended.
func (w *watch) night(o archive.Observation, y archive.Yield) (told []string) {
	w.Helper()
	w.visit++
	o.Visit, o.Site, o.Listing, o.At = w.visit, "zgw", watched, time.Now()
	y.Visit = w.visit
	link := archive.Link{Site: "zgw", URL: fmt.Sprint(watched, "?", w.visit), Role: archive.RoleListing}
	if _, err := w.Finish(w.Context(), &archive.Follow{Visit: w.visit, Link: link, Outcome: archive.Listed, Seen: &o}); err != nil {
		w.Fatal(err)
	}
	if err := w.EndVisit(w.Context(), archive.VisitEnd{Visit: w.visit, Site: "zgw", Yield: y}); err != nil {
		w.Fatal(err)
	}
	alarms, err := crawler.Judge(w.Context(), w.Memory, crawler.Site{Name: "zgw", Home: "http://portal.test/"}, w.visit)
	if err != nil {
		w.Fatal(err)
	}
	for _, m := range alarms {
		text := string(m.Kind)
		if !m.Ended.IsZero() {
			text += " over"
		}
		told = append(told, text)
	}
	return told
}

func TestAlarmsAreToldOnce(t *testing.T) {
	type look = archive.Observation
	type yield = archive.Yield
	good, same := look{Look: archive.SomeNew, Items: 20, Dated: 20}, look{Look: archive.NothingNew}
	failed := func(l archive.Look, why archive.Reason) look { return look{Look: l, Reason: why} }
	articles := yield{Pages: 4, Bodies: 4, Dated: 4}
	type night struct {
		look  look
		yield yield
		want  string
	}
	times := func(n int, of night) (nights []night) {
		for range n {
			nights = append(nights, of)
		}
		return nights
	}
	well := times(4, night{good, articles, ""})
	for _, c := range []struct {
		name   string
		before []night
		nights []night
	}{
		{"all is well", well, []night{{same, yield{}, ""}, {good, articles, ""}}},
		{"broken, then blocked, then well", well, []night{
			{failed(archive.Broken, archive.ServerError), yield{}, "broken"}, {failed(archive.Broken, archive.TimedOut), yield{}, ""},
			{failed(archive.Blocked, archive.ClientError), yield{}, ""}, {same, yield{}, "broken over"}, {same, yield{}, ""}}},
		{"broken from the first", nil, []night{{failed(archive.Broken, archive.NotFound), yield{}, "broken"}, {good, yield{}, "broken over"}}},
		{"no rows", well, []night{{failed(archive.Broken, archive.EmptyListing), yield{}, "no-items"}, {good, yield{}, "no-items over"}}},
		{"only bot checks", well, []night{{failed(archive.Blocked, archive.Challenged), yield{Challenges: 5}, "challenge"}, {failed(archive.Blocked, archive.Challenged), yield{Challenges: 5}, ""}, {good, articles, "challenge over"}}},
		{"bot checks of articles only", well, []night{{good, yield{Challenges: 5}, "challenge"}, {same, yield{}, ""}, {good, yield{Pages: 1, Bodies: 1}, "challenge over"}}},
		{"a pause, our budget and our network are no alarms", well, []night{
			{failed(archive.LookPaused, archive.PausedSite), yield{}, ""}, {failed(archive.NotLooked, archive.OverBudget), yield{}, ""}, {failed(archive.NotLooked, archive.NoConnection), yield{}, ""}}},
		{"nor do they end one", well, []night{
			{failed(archive.Broken, archive.ServerError), yield{}, "broken"}, {failed(archive.NotLooked, archive.NoConnection), yield{}, ""}, {same, yield{}, "broken over"}}},
		{"few rows", well, []night{
			{look{Look: archive.NothingNew, Items: 4, Dated: 4}, yield{}, "few-items"}, {same, yield{}, ""}, {look{Look: archive.NothingNew, Items: 4, Dated: 4}, yield{}, ""}, {good, yield{}, "few-items over"}}},
		{"a quarter of the rows is not few", well, []night{{look{Look: archive.NothingNew, Items: 5, Dated: 5}, yield{}, ""}}},
		{"few rows of a listing that is new", well[:2], []night{{look{Look: archive.SomeNew, Items: 1, Dated: 1}, yield{}, ""}}},
		{"no dates of rows", well, []night{{look{Look: archive.SomeNew, Items: 20}, yield{}, "no-dates"}, {look{Look: archive.SomeNew, Items: 20}, yield{}, ""}, {good, yield{}, "no-dates over"}}},
		{"rows that never had dates", times(4, night{look{Look: archive.SomeNew, Items: 20}, articles, ""}), []night{{look{Look: archive.SomeNew, Items: 20}, yield{}, ""}}},
		{"no bodies", well, []night{{good, yield{Pages: 4}, "no-bodies"}, {good, yield{Pages: 4}, ""}, {same, yield{}, ""}, {good, articles, "no-bodies over"}}},
		{"no bodies, one page a night", times(9, night{good, yield{Pages: 1, Bodies: 1, Dated: 1}, ""}), []night{
			{good, yield{Pages: 1}, ""}, {good, yield{Pages: 1}, ""}, {good, yield{Pages: 1}, "no-bodies"}, {good, yield{Pages: 1, Bodies: 1}, "no-bodies over"}}},
		{"pages that never had bodies", times(4, night{good, yield{Pages: 4}, ""}), []night{{good, yield{Pages: 4}, ""}}},
		{"no dates of articles", well, []night{{good, yield{Pages: 4, Bodies: 4}, "no-dates"}, {good, articles, "no-dates over"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &watch{T: t, Memory: storetest.NewMemory(nil)}
			for i, n := range append(c.before[:len(c.before):len(c.before)], c.nights...) {
				if got := strings.Join(w.night(n.look, n.yield), ", "); got != n.want {
					t.Errorf("night %d: %q, want %q", i-len(c.before)+1, got, n.want)
				}
			}
		})
	}
}

// The rules are tried above; here a crawl tells of a listing that broke, and the
// archive remembers it across runs.
func TestCrawlTellsAlarms(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		told := func() (all []string) {
			c := w.crawler()
			if _, err := c.Run(w.Context(), archive.Run{}); err != nil {
				w.Fatal(err)
			}
			for _, m := range c.Alarms() {
				all = append(all, fmt.Sprint(strings.TrimPrefix(m.Listing, w.portal.URL), " ", m.Kind, " ", m.Reason, " ", m.Ended.IsZero()))
			}
			return all
		}
		want := func(want ...string) {
			w.Helper()
			time.Sleep(24 * time.Hour)
			if diff := cmp.Diff(want, told()); diff != "" {
				w.Errorf("alarms (-want +got):\n%s", diff)
			}
		}
		want()
		w.portal.Change(w, "-- /hubei/ --\n> 403\n\n-- /zhanhui/ --\n<html><body><h2>展会</h2><p>栏目建设中</p></body></html>\n")
		want("/hubei/ blocked http-4xx true", "/zhanhui/ no-items no-items true")
		want()
		w.portal.Change(w, gazette)
		want("/hubei/ blocked http-4xx false", "/zhanhui/ no-items no-items false")
		want()
		w.portal.Change(w, "-- / --\n<html><body><p>全新改版</p></body></html>\n")
		want("/ no-items no-items true")
		w.portal.Change(w, gazette)
		want("/ no-items no-items false")
	})
}

// When most hosts fail at once it is our network: one alarm, no site's alarm, no
// breaker, and no look is held against a portal.
func TestOutageIsOneAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newNights(t, 6)
		w.night = 1
		w.run()
		for range 2 {
			w.night = 20
			time.Sleep(24 * time.Hour)
			w.run()
		}
		w.night = 21
		time.Sleep(24 * time.Hour)
		w.run()
		w.serving.Wait()
		if diff := cmp.Diff(map[int][]string{20: {" outage"}}, w.alarms); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[int][]string{21: {" outage"}}, w.over); diff != "" || w.breakers() > 0 {
			t.Errorf("%s, %d breakers are open", diff, w.breakers())
		}
	})
}
