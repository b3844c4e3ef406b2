package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/parser"
)

// TestPlan: what waits on each host, how long that takes, and what will be late.
func TestPlan(t *testing.T) {
	now := time.Date(2026, 11, 25, 23, 0, 0, 0, parser.Beijing)
	visited := func(began time.Time) archive.SiteStatus {
		return archive.SiteStatus{Last: archive.VisitEnd{Visit: 1, Began: began, At: began, Complete: true}}
	}
	host := archive.PendingHost{Host: "a.example", Heads: 10, Fresh: 5, Due: 700, Backfill: 5000}
	slow := host
	slow.Robots = []byte("User-agent: *\nCrawl-delay: 20\n")
	held := archive.PendingHost{Host: "b.example", Backfill: 3, NotBefore: now.Add(2 * time.Hour)}
	capped := archive.PendingHost{Host: "a.example", Heads: 10, Day: "2026-11-25", Requests: 95}
	pending := func(overdue int, hosts ...archive.PendingHost) archive.PendingSite {
		return archive.PendingSite{Site: "gd", Listings: 10, Overdue: overdue, Hosts: hosts}
	}
	night := crawler.Hours{From: 22 * 60, To: 24 * 60}
	for _, c := range []struct {
		name    string
		site    crawler.Site
		last    archive.SiteStatus
		pending archive.PendingSite
		want    string
	}{
		{"never visited", crawler.Site{Home: "http://www.a.example/", Regions: make([]crawler.Label, 31)}, archive.SiteStatus{}, archive.PendingSite{},
			"due new 31 requests 93s [a.example 31/0/0/0 every 3s]"},
		{"full", crawler.Site{Every: 12 * time.Hour, Delay: time.Second}, visited(now.Add(-20 * time.Hour)), pending(0, host),
			"due every 2515 requests 2515s [a.example 10/5/500/2000 every 1s]"},
		{"small backfill", crawler.Site{Delay: time.Second, Budget: crawler.Budget{Backfill: 100}}, visited(now), pending(0, host),
			"due always 615 requests 615s [a.example 10/5/500/100 every 1s]"},
		{"Crawl-delay, hours, every", crawler.Site{Every: 6 * time.Hour, Hours: night}, visited(now.Add(-7 * time.Hour)), pending(3, slow),
			"due every 2515 requests 50300s [a.example 10/5/500/2000 every 20s] late hours 2155, every 1435, overdue 3"},
		{"budgets", crawler.Site{Every: 24 * time.Hour, Delay: time.Second, Budget: crawler.Budget{Requests: 1000, Time: 1257500 * time.Millisecond}}, visited(now.Add(-10 * time.Hour)), pending(0, host),
			"not due every 2515 requests 2515s [a.example 10/5/500/2000 every 1s] late budget 1258, budget 1515"},
		{"daily cap, held", crawler.Site{Delay: time.Second, DailyCap: 100}, visited(now), pending(0, capped, held),
			"due always 13 requests 13s [a.example 10/0/0/0 every 1s] [b.example 0/0/0/3 every 1s held] late daily-cap 5, held 3"},
	} {
		p := planOf(c.site, c.last, c.pending, now, "fangzhi/1")
		got := map[bool]string{true: "due ", false: "not due "}[p.Due] + fmt.Sprintf("%s %d requests %.0fs", p.Why, p.Requests, p.Seconds)
		for _, h := range p.Hosts {
			got += fmt.Sprintf(" [%s %d/%d/%d/%d every %.0fs", strings.TrimPrefix(h.Host, "www."), h.Heads, h.Fresh, h.Rechecks, h.Backfill, h.Spacing)
			if !h.Held.IsZero() {
				got += " held"
			}
			got += "]"
		}
		for i, l := range p.Late {
			got += fmt.Sprintf("%s%s %d", map[bool]string{true: " late ", false: ", "}[i == 0], l.Cause, l.Count)
			if lateWords[l.Cause] == (words{}) {
				t.Errorf("%s has no words", l.Cause)
			}
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestDiskFull: when the disk is full is told where it can be known.
func TestDiskFull(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, parser.Beijing)
	for _, c := range []struct {
		free, growth int64
		want         string
	}{
		{1e9, 1e7, "Disk: 1.0 GB free, 10 MB a day: full about 2027-03-05."},
		{1e9, 0, "Disk: 1.0 GB free; how fast the archive grows is not known yet."},
		{1e12, 1e3, "Disk: 1.0 TB free, 1.0 kB a day: enough for a hundred years."},
	} {
		var b strings.Builder
		a := newApp(nil, strings.NewReader(""), &b, &b, []string{"LANG=C"})
		s := planSummary{Free: c.free, Growth: c.growth}
		s.fill(now)
		a.out.Print(s)
		if err := a.out.Flush(); err != nil || !strings.Contains(b.String(), c.want) {
			t.Errorf("got %q, %v; want %q", b.String(), err, c.want)
		}
	}
}
