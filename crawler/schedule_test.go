package crawler_test

import (
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/parser"
)

// clock is a time of the 31st of March 2022 in Beijing, or of the days after.
func clock(hour, minute int) time.Time {
	return time.Date(2022, 3, 31, hour, minute, 0, 0, parser.Beijing)
}

func TestHours(t *testing.T) {
	night, day := crawler.Hours{From: 22 * 60, To: 6 * 60}, crawler.Hours{From: 8*60 + 30, To: 24 * 60}
	for _, c := range []struct {
		hours    crawler.Hours
		at, next time.Time
	}{
		{crawler.Hours{}, clock(12, 0), clock(12, 0)},
		{night, clock(22, 0), clock(22, 0)},
		{night, clock(5, 59), clock(5, 59)},
		{night, clock(6, 0), clock(22, 0)},
		{night, clock(21, 59), clock(22, 0)},
		{day, clock(8, 29), clock(8, 30)},
		{day, clock(23, 59), clock(23, 59)},
		{day, clock(24, 0), clock(32, 30)},
	} {
		// Beijing's hours hold whatever zone the machine is in.
		if got := c.hours.Next(c.at.UTC()); !got.Equal(c.next) || c.hours.Contain(c.at.UTC()) != c.at.Equal(c.next) {
			t.Errorf("%+v at %v: next is %v, want %v", c.hours, c.at, got.In(parser.Beijing), c.next)
		}
	}
	if night.Length() != 8*time.Hour || (crawler.Hours{}).Length() != 24*time.Hour {
		t.Errorf("%v and %v long", night.Length(), crawler.Hours{}.Length())
	}
}

func TestTurns(t *testing.T) {
	now := clock(12, 0)
	ended := func(began, resume time.Time) archive.VisitEnd {
		return archive.VisitEnd{Visit: 7, Began: began, At: began.Add(time.Hour), Resume: resume}
	}
	six := crawler.Site{Every: 6 * time.Hour}
	night := crawler.Site{Every: 6 * time.Hour, Hours: crawler.Hours{From: 22 * 60, To: 6 * 60}}
	for _, c := range []struct {
		name string
		site crawler.Site
		last archive.SiteStatus
		want crawler.Turn
		due  bool
	}{
		{"new", six, archive.SiteStatus{}, crawler.Turn{At: now, Why: crawler.NeverVisited}, true},
		{"rests", six, archive.SiteStatus{Last: ended(clock(7, 0), time.Time{})}, crawler.Turn{At: clock(13, 0), Why: crawler.EveryElapsed}, false},
		{"has rested", six, archive.SiteStatus{Last: ended(clock(5, 0), time.Time{})}, crawler.Turn{At: now, Why: crawler.EveryElapsed}, true},
		{"has all but rested", six, archive.SiteStatus{Last: ended(clock(6, 10), time.Time{})}, crawler.Turn{At: clock(12, 10), Why: crawler.EveryElapsed}, true},
		{"own", crawler.Site{}, archive.SiteStatus{Last: ended(clock(11, 0), time.Time{})}, crawler.Turn{At: now, Why: crawler.AlwaysDue}, true},
		{"was interrupted", six, archive.SiteStatus{Last: ended(clock(10, 0), clock(11, 0))}, crawler.Turn{At: now, Why: crawler.GoesOn}, true},
		{"is held", six, archive.SiteStatus{Last: ended(clock(10, 0), clock(15, 0))}, crawler.Turn{At: clock(15, 0), Why: crawler.HostHeld}, false},
		{"was held", six, archive.SiteStatus{Last: ended(clock(8, 0), clock(10, 0))}, crawler.Turn{At: now, Why: crawler.HostHeld}, true},
		{"sleeps by day", night, archive.SiteStatus{}, crawler.Turn{At: clock(22, 0), Why: crawler.WaitsHours}, false},
		{"clock was ahead", six, archive.SiteStatus{Last: ended(clock(40, 0), time.Time{})}, crawler.Turn{At: now, Why: crawler.EveryElapsed}, true},
		{"own and held", crawler.Site{}, archive.SiteStatus{Last: ended(clock(10, 0), clock(15, 0))}, crawler.Turn{At: now, Why: crawler.AlwaysDue}, true},
		{"is paused, and that was noted", six, archive.SiteStatus{Paused: true, Last: ended(clock(10, 0), clock(10, 0))}, crawler.Turn{Why: crawler.IsPaused}, false},
		{"is paused, and that is to be noted", six, archive.SiteStatus{Paused: true, Last: ended(clock(5, 0), clock(5, 0))}, crawler.Turn{Why: crawler.IsPaused}, true},
	} {
		got := c.site.Next(c.last, now)
		if !got.At.Equal(c.want.At) || got.Why != c.want.Why || c.site.Due(c.last, now) != c.due {
			t.Errorf("%s: %v, due %v; want %v, %v", c.name, got, !c.due, c.want, c.due)
		}
	}
}

func TestBudgets(t *testing.T) {
	for _, c := range []struct {
		name     string
		budget   crawler.Budget
		why      string
		requests int
	}{
		{"requests", crawler.Budget{Requests: 3}, "the visit's budget of 3 requests is used up", 3},
		{"time", crawler.Budget{Time: 10 * time.Second}, "the visit's budget of 10s is used up", 5},
		{"bytes", crawler.Budget{Bytes: 1}, "the visit's budget of 1 bytes is used up", 2}, // robots.txt and the home page
		{"backfill", crawler.Budget{Backfill: 1}, "backfill continues with the next visit", 0},
		{"no backfill", crawler.Budget{Backfill: crawler.NoBackfill}, "backfill continues with the next visit", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, gazette+articles, func(w *world) {
				w.site.Budget = c.budget
				sum := w.crawl()
				end := w.store.Visits[0]
				if end.Why != c.why || c.requests > 0 && sum.Requests != c.requests || end.Began.IsZero() || !end.Resume.IsZero() {
					w.Errorf("%d requests, and the visit ended so: %+v", sum.Requests, end)
				}
				// What was left is for the next visits, and each gets on.
				for n := 0; w.waiting("zgw") > 0; n++ {
					if w.crawl(); n > 20 {
						w.Fatalf("%d links wait after 20 visits", w.waiting("zgw"))
					}
					if c.budget.Requests+int(c.budget.Time)+int(c.budget.Bytes) > 0 || c.budget.Backfill < 0 {
						w.site.Budget = crawler.Budget{}
					}
				}
				if w.store.Kept() != 8 {
					w.Errorf("kept %d articles, want 8", w.store.Kept())
				}
			})
		})
	}
}
