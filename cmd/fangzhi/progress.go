package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"fangzhi/crawler"
)

// A progress tells on standard error how far a crawl is. Its methods may be called
// from several goroutines.
type progress interface {
	Event(crawler.Event)
	End()
}

// newProgress chooses: a bar on a terminal, a line every few minutes elsewhere,
// nothing for cron, for programs, and where a log is written.
func (a *app) newProgress(sites int, logged bool) progress {
	switch {
	case a.global.quiet || a.global.json || logged:
		return silence{}
	case isTerminal(a.stderr):
		return &bar{w: a.stderr, lang: a.lang, sites: sites, color: a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"}
	}
	return &lines{w: a.stderr, lang: a.lang, sites: sites, said: time.Now()}
}

type silence struct{}

func (silence) Event(crawler.Event) {}
func (silence) End()                {}

// redraw is the time between two drawings of the bar at least.
const redraw = 100 * time.Millisecond

// A bar is one line of a terminal that is drawn again and again.
type bar struct {
	w     io.Writer
	lang  lang
	sites int
	color bool

	mu    sync.Mutex
	drawn time.Time
}

func (b *bar) Event(e crawler.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.drawn) < redraw {
		return
	}
	b.drawn = time.Now()
	wide := widthOf(b.w)
	if wide == 0 {
		wide = 80
	}
	// A terminal that is gone is no reason to stop.
	_, _ = fmt.Fprint(b.w, "\r"+b.draw(e, wide-1)+"\x1b[K")
}

// End leaves the line to what is printed next.
func (b *bar) End() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.drawn.IsZero() {
		_, _ = fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// barWidth is the width of the bar itself, in columns.
const barWidth = 20

func (b *bar) draw(e crawler.Event, wide int) string {
	full := 0
	if e.Known > 0 {
		full = min(e.Done*barWidth/e.Known, barWidth)
	}
	gauge := strings.Repeat("━", full) + strings.Repeat("─", barWidth-full)
	words := " " + describe(b.lang, e, b.sites)
	line := clip(gauge+words, wide)
	if !b.color || len(line) < len(gauge) {
		return line
	}
	return "\x1b[32m" + strings.Repeat("━", full) + "\x1b[0m\x1b[2m" + strings.Repeat("─", barWidth-full) + "\x1b[0m" + line[len(gauge):]
}

// describe says where a crawl stands: links, rate, what is left, what was found.
func describe(l lang, e crawler.Event, sites int) string {
	parts := []string{fmt.Sprintf("%d/%d", e.Done, e.Known)}
	if e.Done > 0 && e.Elapsed >= time.Second {
		parts = append(parts, l.say("%.1f/s", "%.1f/秒", e.Rate))
	}
	if left, known := remaining(e); known {
		parts = append(parts, l.say("%s left", "剩余 %s", l.duration(left.Seconds())))
	}
	s := e.Summary
	parts = append(parts, l.say("new %d", "新增 %d", s.New))
	for _, count := range []struct {
		n      int
		en, zh string
	}{
		{s.Edited, "edited %d", "改动 %d"}, {s.Gone, "gone %d", "失联 %d"},
		{s.Blocked, "blocked %d", "受阻 %d"}, {s.Broken, "broken %d", "故障 %d"},
	} {
		if count.n > 0 {
			parts = append(parts, l.say(count.en, count.zh, count.n))
		}
	}
	if sites > 1 {
		parts = append(parts, l.say("sites %d/%d", "站点 %d/%d", e.Sites, sites))
	}
	return strings.Join(append(parts, e.Site), "  ")
}

// rateKnown is how many links a rate needs before it says anything.
const rateKnown = 20

func remaining(e crawler.Event) (time.Duration, bool) {
	if e.Done < rateKnown || e.Rate <= 0 || e.Known <= e.Done || e.Elapsed < 5*time.Second {
		return 0, false
	}
	left := time.Duration(float64(e.Known-e.Done) / e.Rate * float64(time.Second))
	return left.Round(time.Second), true
}

// sayEvery is the time between two lines of a long crawl.
const sayEvery = 5 * time.Minute

// lines are for log files: one every few minutes.
type lines struct {
	w     io.Writer
	lang  lang
	sites int

	mu   sync.Mutex
	said time.Time
}

func (p *lines) Event(e crawler.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.said) < sayEvery {
		return
	}
	p.said = time.Now()
	_, _ = fmt.Fprintf(p.w, "fangzhi: %s %s\n", p.said.Format("15:04"), describe(p.lang, e, p.sites))
}

func (p *lines) End() {}
