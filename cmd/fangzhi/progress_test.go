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
