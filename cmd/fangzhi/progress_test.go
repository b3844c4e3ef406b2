package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler"
)

func TestBar(t *testing.T) {
	e := crawler.Event{Site: "zgw123", Done: 30, Known: 60, Rate: 0.5, Elapsed: time.Minute, Sites: 1, Summary: archive.Summary{New: 12, Gone: 1}}
	b := bar{lang: english, sites: 3}
	if got, want := b.draw(e, 120), "━━━━━━━━━━────────── 30/60  0.5/s  1m left  new 12  gone 1  sites 1/3  zgw123"; strings.ReplaceAll(got, "──────────", "──────────") != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	b.lang = chinese
	if got, want := b.draw(e, 40), "━━━━━━━━━━────────── 30/60  0.5/秒  剩…"; columns(got) > 40 || !strings.HasPrefix(got, want[:30]) {
		t.Errorf("got %q of %d columns, want %q", got, columns(got), want)
	}
}

// TestRemaining: a time that is left is told only when it can be known.
func TestRemaining(t *testing.T) {
	for _, e := range []crawler.Event{
		{Done: 3, Known: 60, Rate: 1, Elapsed: time.Minute},
		{Done: 30, Known: 30, Rate: 1, Elapsed: time.Minute},
		{Done: 30, Known: 60, Elapsed: time.Minute},
		{Done: 30, Known: 60, Rate: 30, Elapsed: time.Second},
	} {
		if left, known := remaining(e); known {
			t.Errorf("%+v: %s left", e, left)
		}
	}
}

// TestLines: a log gets a line every few minutes, not one a page.
func TestLines(t *testing.T) {
	var b bytes.Buffer
	p := &lines{w: &b, lang: english, said: time.Now()}
	p.Event(crawler.Event{Done: 1})
	if b.Len() > 0 {
		t.Errorf("said %q at once", &b)
	}
	p.said = time.Now().Add(-sayEvery)
	p.Event(crawler.Event{Done: 2, Known: 3})
	p.Event(crawler.Event{Done: 3, Known: 3})
	if got := strings.Count(b.String(), "\n"); got != 1 || !strings.Contains(b.String(), "2/3") {
		t.Errorf("said %q", &b)
	}
}

// TestAlarms: a source that breaks is told once, and again only after it was well.
func TestAlarms(t *testing.T) {
	site := archive.SiteStatus{Site: "gd", Last: archive.VisitEnd{Visit: 3}}
	look := func(visit uint64, listing string, l archive.Look) archive.Observation {
		return archive.Observation{Visit: visit, Listing: listing, Look: l, Reason: archive.TimedOut}
	}
	for _, c := range []struct {
		name  string
		looks []archive.Observation // newest first
		want  []int                 // listings of each alarm
	}{
		{"well", []archive.Observation{look(3, "a", archive.SomeNew)}, nil},
		{"broke", []archive.Observation{look(3, "a", archive.Broken), look(2, "a", archive.NothingNew)}, []int{1}},
		{"broken before", []archive.Observation{look(3, "a", archive.Broken), look(2, "a", archive.Blocked)}, nil},
		{"broken at first", []archive.Observation{look(3, "a", archive.Broken)}, []int{1}},
		{"well, then broke again", []archive.Observation{look(3, "a", archive.Broken), look(2, "a", archive.SomeNew), look(1, "a", archive.Broken)}, []int{1}},
		{"paused is no alarm", []archive.Observation{look(3, "a", archive.LookPaused)}, nil},
		{"a later page broke", []archive.Observation{look(3, "a", archive.Broken), look(3, "a", archive.SomeNew), look(2, "a", archive.SomeNew)}, nil},
		{"two and one blocked", []archive.Observation{look(3, "c", archive.Blocked), look(3, "b", archive.Broken), look(3, "a", archive.Broken)}, []int{2, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			alarms := alarmsOf(site, c.looks)
			if len(alarms) != len(c.want) {
				t.Fatalf("got %+v", alarms)
			}
			for i, m := range alarms {
				if m.Listings != c.want[i] || m.Listing == "" {
					t.Errorf("got %+v, want %d listings", m, c.want[i])
				}
			}
		})
	}
}
