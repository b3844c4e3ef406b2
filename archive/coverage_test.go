package archive

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"fangzhi/parser"
)

// at is an hour of a day of July 2022 in Beijing.
func at(d, hour int) time.Time { return time.Date(2022, 7, d, hour, 0, 0, 0, parser.Beijing).UTC() }

func july(d int) parser.Day { return parser.Day{Year: 2022, Month: 7, Day: d} }

// looked stores looks at listings of Jiangxi, one of its counties, and Hubei.
func looked(t *testing.T) *Archive {
	a := newArchive(t, Options{Now: func() time.Time { return at(31, 12) }})
	v := visit{t, a}
	for i, o := range []Observation{
		{At: at(1, 8), Region: "360000", Category: "展会", Look: SomeNew, Items: 20, New: 3, Dated: 20},
		{At: at(1, 9), Region: "360000", Category: "展会", Look: NothingNew, Items: 20, Depth: 1},
		{At: at(1, 20), Region: "360000", Category: "展会", Look: NothingNew},
		{At: at(2, 8), Region: "360000", Category: "展会", Look: Broken, Reason: TimedOut},
		{At: at(2, 9), Region: "360000", Category: "展会", Look: Blocked, Reason: Challenged},
		{At: at(2, 9), Region: "360222", Look: Inferred},
		{At: at(2, 10), Region: "420000", Category: "展会", Look: NotLooked, Reason: NoConnection},
		{At: at(4, 8), Region: "420000", Category: "展会", Look: SomeNew, Items: 5, New: 5},
		{At: at(4, 7), Region: "360000", Category: "展会", Look: LookPaused}, // finished after a later one
	} {
		o.Site, o.Visit = "zgw", uint64(i)
		o.Listing = "http://a.example/" + o.Region
		v.follow(Follow{Link: Link{URL: fmt.Sprint(o.Listing, "?", i), Role: RoleListing}, At: o.At, Outcome: Listed, Status: 200, Seen: &o})
	}
	v.flush()
	return a
}

func TestCoverageIsTheBestLookOfEachDay(t *testing.T) {
	a := looked(t)
	got, err := a.Coverage(t.Context(), CoverageQuery{Cells: true})
	if err != nil {
		t.Fatal(err)
	}
	exhibitions := Place{"360000", "展会"}
	want := &Coverage{
		Days:   DayRange{july(1), july(4)},
		Places: []Place{exhibitions, {"360222", ""}, {"420000", "展会"}},
		Cells: []CoverageCell{
			{july(1), exhibitions, SomeNew, 3, 2},
			{july(2), exhibitions, Blocked, 0, 2},
			{july(4), exhibitions, LookPaused, 0, 1},
			{july(2), Place{"360222", ""}, Inferred, 0, 1},
			{july(2), Place{"420000", "展会"}, NotLooked, 0, 1},
			{july(4), Place{"420000", "展会"}, SomeNew, 5, 1},
		},
		Looks: 8, Listings: 3, Last: at(4, 8),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCoverageSelects(t *testing.T) {
	a := looked(t)
	for _, c := range []struct {
		name            string
		q               CoverageQuery
		looks, listings int
		trouble         int
	}{
		{"all", CoverageQuery{}, 8, 3, 0},
		{"all that is in the calendar", CoverageQuery{Days: DayRange{From: july(1)}}, 8, 3, 0},
		{"a day", CoverageQuery{Days: DayRange{july(2), july(2)}}, 4, 3, 2},
		{"from a day, out of order", CoverageQuery{Days: DayRange{From: july(4)}}, 2, 2, 0},
		{"until a day", CoverageQuery{Days: DayRange{To: july(1)}}, 2, 1, 0},
		{"a province and its counties", CoverageQuery{Region: "360000"}, 6, 2, 0},
		{"a county and what it is in", CoverageQuery{Region: "360222"}, 6, 2, 0},
		{"a category", CoverageQuery{Category: "展会"}, 7, 2, 0},
		{"another site", CoverageQuery{Site: "other"}, 0, 0, 0},
		{"before all", CoverageQuery{Days: DayRange{To: parser.Day{Year: 2021, Month: 1, Day: 1}}}, 0, 0, 0},
	} {
		got, err := a.Coverage(t.Context(), c.q)
		if c.name == "all" && !got.Last.Equal(at(4, 8)) {
			t.Errorf("last read at %v", got.Last)
		}
		if err != nil || got.Looks != c.looks || got.Listings != c.listings || got.Trouble != c.trouble || got.Cells != nil {
			t.Errorf("%s: %+v, %v; want %d looks, %d listings, %d in trouble", c.name, got, err, c.looks, c.listings, c.trouble)
		}
	}
}

func TestCoverageCountsWhatWasNotRechecked(t *testing.T) {
	a := looked(t)
	v := visit{t, a}
	old := at(31, 12).Add(-91 * day)
	v.keep(Link{URL: "http://a.example/old", Region: "360000"}, parser.Article{Title: "一"}, old)
	v.keep(Link{URL: "http://a.example/new", Region: "360000"}, parser.Article{Title: "二"}, at(30, 1))
	v.keep(Link{URL: "http://a.example/elsewhere", Region: "420000"}, parser.Article{Title: "三"}, old)
	v.flush()
	for region, want := range map[string]int{"": 2, "360000": 1, "110000": 0} {
		if got, err := a.Coverage(t.Context(), CoverageQuery{Region: region, Stale: true}); err != nil || got.Stale != want {
			t.Errorf("%q: %+v, %v; want %d stale", region, got, err, want)
		}
	}
}

func TestPending(t *testing.T) {
	a := newArchive(t, Options{Now: func() time.Time { return at(10, 12) }})
	v := visit{t, a}
	link := func(url string, p Priority, after time.Time) Link {
		return Link{Site: "zgw", URL: url, Role: RoleArticle, Priority: p, After: after}
	}
	plan, err := a.BeginVisit(t.Context(), Plan{At: at(9, 0), Site: "zgw", Links: []Link{
		link("http://a.example/1", Fresh, time.Time{}), link("http://a.example/2", Backfill, time.Time{}),
		link("http://b.example/3", Backfill, time.Time{}), link("http://a.example/4", Fresh, at(11, 0)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	v.keep(Link{URL: "http://a.example/due"}, parser.Article{Title: "一"}, at(8, 0)) // due on the 9th
	v.keep(Link{URL: "http://a.example/later"}, parser.Article{Title: "二"}, at(10, 0))
	v.follow(Follow{Link: Link{URL: "http://a.example/list", Role: RoleListing}, At: at(9, 0), Outcome: Listed, Status: 200,
		Seen: &Observation{Visit: plan.Visit, At: at(9, 0), Site: "zgw", Listing: "http://a.example/list", Look: NothingNew}})
	if err := a.SetHost(t.Context(), plan.Visit, HostState{Host: "b.example", NotBefore: at(10, 20), Day: "2022-07-10", Requests: 7}); err != nil {
		t.Fatal(err)
	}
	v.flush()
	got, err := a.Pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &Pending{At: at(10, 12), Sites: []PendingSite{{
		Site: "zgw", Listings: 1, Overdue: 1, Oldest: at(9, 0),
		Hosts: []PendingHost{
			{Host: "a.example", Heads: 1, Fresh: 1, Due: 1, Backfill: 1, Waiting: 1},
			{Host: "b.example", Backfill: 1, NotBefore: at(10, 20), Day: "2022-07-10", Requests: 7},
		},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBacklogCountsPagesBehindTheOneThatWaits(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	const list = "http://a.example/list"
	page := func(n int) Link {
		return Link{Site: "zgw", URL: fmt.Sprint(list, "_", n), Role: RoleListing, Priority: Backfill, Depth: n, Region: "360000"}
	}
	look := func(pages int) {
		v.follow(Follow{Link: Link{URL: list, Role: RoleListing, Region: "360000"}, At: at(1, 0), Outcome: Listed, Status: 200, Links: []Link{page(1)},
			Seen: &Observation{At: at(1, 0), Site: "zgw", Listing: list, Region: "360000", Look: SomeNew, Items: 20, New: 20, Pages: pages}})
	}
	backlog := func() Backlog {
		v.flush()
		s, err := a.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Sites[0].Backfill
	}
	look(0)
	if got, want := backlog(), (Backlog{0, 1, false}); got != want {
		t.Errorf("of a listing that does not say how long it is: %+v, want %+v", got, want)
	}
	look(4) // pages 1 to 3 are to come, with 20 articles each
	if got, want := backlog(), (Backlog{0, 63, true}); got != want {
		t.Errorf("of four pages: %+v, want %+v", got, want)
	}
	v.follow(Follow{Link: page(1), At: at(1, 1), Outcome: Listed, Status: 200, Links: []Link{page(2)}})
	if got, want := backlog(), (Backlog{1, 42, true}); got != want || got.Share() <= 0.02 || got.Share() >= 0.03 {
		t.Errorf("after one: %+v with a share of %v, want %+v", got, got.Share(), want)
	}
	v.follow(Follow{Link: page(2), At: at(1, 2), Outcome: Listed, Status: 200})
	if got, want := backlog(), (Backlog{2, 0, true}); got != want || got.Share() != 1 {
		t.Errorf("at the end: %+v, want %+v", got, want)
	}
}

func TestGrowthIsMeasuredBetweenEndsOfRuns(t *testing.T) {
	now := at(1, 0)
	a := newArchive(t, Options{Now: func() time.Time { return now }})
	run := func(bytes int64) {
		r := RunStatus{Run: Run{Run: a.meta.Runs + 1, At: now}, Ended: now, Bytes: bytes}
		err := a.update(t.Context(), func(tx *bbolt.Tx) error {
			a.meta.Runs++
			return put(tx, bucketRun, number(r.Run.Run), &r)
		})
		if err != nil {
			t.Fatal(err)
		}
		visit{t, a}.flush()
	}
	growth := func() int64 {
		s, err := a.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Growth
	}
	run(1000)
	if got := growth(); got != 0 {
		t.Errorf("growth of one run: %d", got)
	}
	now = at(1, 6)
	run(1600)
	if got := growth(); got != 0 {
		t.Errorf("growth of a quarter of a day: %d, want 0: nobody can know", got)
	}
	now = at(5, 0)
	run(5000)
	run(0) // was killed
	if got := growth(); got != 1000 {
		t.Errorf("growth of 4000 bytes in 4 days: %d", got)
	}
	now = now.Add(40 * day)
	run(9000)
	now = now.Add(2 * day)
	run(9400)
	if got := growth(); got != 200 {
		t.Errorf("growth of the last 30 days: %d, want 200", got)
	}
}

func TestAlarmsLastUntilTheyEnd(t *testing.T) {
	a := newArchive(t, Options{})
	var alarms []Alarm
	for _, m := range []Alarm{{Site: "zgw", Listing: "http://a.example/", Kind: AlarmBroken, Reason: TimedOut, Began: at(1, 0)}, {Kind: AlarmOutage, Began: at(2, 0)}} {
		m, err := a.Alarm(t.Context(), m)
		if err != nil || m.ID == 0 {
			t.Fatal(m, err)
		}
		alarms = append(alarms, m)
	}
	lasting := func(a *Archive) []Alarm {
		s, err := a.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Alarms
	}
	if diff := cmp.Diff(alarms, lasting(a)); diff != "" {
		t.Error(diff)
	}
	alarms[1].Ended = at(3, 0)
	if _, err := a.Alarm(t.Context(), alarms[1]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alarms[:1], lasting(a)); diff != "" {
		t.Error(diff)
	}
	if s, err := a.Source(t.Context(), "zgw"); err != nil || len(s.Alarms) != 1 || len(s.Listings) != 0 {
		t.Errorf("source: %+v, %v", s, err)
	}
	// They are in captures/, as journals.
	dir := a.Dir()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Rebuild(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if diff := cmp.Diff(alarms[:1], lasting(again)); diff != "" {
		t.Errorf("after a rebuild: %s", diff)
	}
}
