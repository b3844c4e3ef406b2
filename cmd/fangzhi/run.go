package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/config"
	"fangzhi/crawler"
	"fangzhi/parser"
)

// A crawlJob is one crawl as crawl, demo and save make it.
type crawlJob struct {
	cfg      *config.Config
	sites    []crawler.Site
	full     bool
	duration time.Duration // at most, 0 for no limit
	retries  int           // of a link in this crawl
	later    time.Duration // ahead of the machine's clock, for demonstrations
}

// A crawlEnd is what a crawl did, with what the archive knows of it afterwards.
type crawlEnd struct {
	sum    archive.Summary
	failed *failures
	alarms []alarm
	status *archive.Status
	took   time.Duration
}

// crawl does the job and looks at what came of it. The error of an interrupted
// crawl comes with a crawlEnd all the same.
func (a *app) crawlSites(ctx context.Context, job crawlJob) (end *crawlEnd, err error) {
	now := laterBy(job.later)
	w, err := a.crawlArchive(ctx, job.cfg, now)
	if err != nil {
		return nil, err
	}
	defer closing(w, &err)
	began := time.Now()
	end = &crawlEnd{failed: &failures{last: map[string]archive.Reason{}}}
	bar := a.newProgress(len(job.sites))
	c := crawler.New(a.crawlerOptions(job, w.store, now, func(e crawler.Event) {
		end.failed.note(e)
		bar.Event(e)
	}))
	run := a.circumstances(ctx, job.cfg, now)
	w.OnSave(func(ctx context.Context, u string) (owner.Saved, error) { return saveWith(ctx, c, run, u) })
	end.sum, err = c.Run(ctx, run)
	bar.End()
	end.took = time.Since(began)
	return end, joinLook(err, end.lookBack(context.WithoutCancel(ctx), w, job.sites))
}

// joinLook leaves the error of looking back out where the crawl failed already.
func joinLook(err, look error) error {
	if err != nil {
		return err
	}
	return look
}

func (a *app) crawlerOptions(job crawlJob, store crawler.Store, now clock, progress func(crawler.Event)) crawler.Options {
	return crawler.Options{
		Store: store, Sites: job.sites, Known: configured(job.cfg), Agent: job.cfg.Agent(version().Version), From: job.cfg.From(),
		Full: job.full, Duration: job.duration, Backoff: backoff[:job.retries],
		Concurrency: job.cfg.Limits.Concurrency, MaxBody: int64(job.cfg.Limits.MaxBody), Timeout: job.cfg.Limits.Timeout.Duration,
		Platforms: job.cfg.Platforms,
		Now: now, Progress: progress, Dial: a.dial,
	}
}

// circumstances are what must be known of a run to judge what it found.
func (a *app) circumstances(ctx context.Context, cfg *config.Config, now clock) archive.Run {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown: " + err.Error()
	}
	return archive.Run{
		At: now.now().UTC(), Software: "fangzhi/" + version().Version, Binary: binaryDigest(), Parser: parser.Version,
		Host: host, Contact: cfg.Contact, Agent: cfg.Agent(version().Version), Config: cfg.TOML(),
		Clock: clockOffset(ctx, cfg.NTP), Args: a.args,
	}
}

// binaryDigest is the SHA-256 of this program.
var binaryDigest = sync.OnceValue(func() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
})

// failures are the links whose last attempt in this crawl failed, also of those that a
// later crawl tries again. Events come from several goroutines.
type failures struct {
	mu   sync.Mutex
	last map[string]archive.Reason // by URL
}

func (f *failures) note(e crawler.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Outcome == archive.Failed || e.Outcome == archive.Retried {
		f.last[e.URL] = e.Reason
		return
	}
	delete(f.last, e.URL)
}

func (f *failures) byReason() map[archive.Reason]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := map[archive.Reason]int{}
	for _, reason := range f.last {
		counts[reason]++
	}
	return counts
}

// An alarm is a source that could be read before and cannot now, or that could not
// be read at the first attempt. It is told once: the next crawl compares with this.
type alarm struct {
	Type     string         `json:"type"`
	Site     string         `json:"site"`
	Look     archive.Look   `json:"look"`
	Reason   archive.Reason `json:"reason,omitempty"`
	Listings int            `json:"listings"` // that began to be so
	Listing  string         `json:"listing"`  // the first of them
	last     bool           // of the alarms of a crawl
}

func (m alarm) text(t *textPrinter) {
	state := t.lang.say("cannot be read", "无法读取")
	if m.Look == archive.Blocked {
		state = t.lang.say("blocks us", "拒绝访问")
	}
	t.line(t.mark(t.lang.say("alarm: ", "警报：")), t.lang.say("%s %s (%s): %s", "%s %s（%s）：%s", m.Site, state, m.Reason, m.Listing),
		more(t.lang, m.Listings-1))
	if m.last {
		t.say("hint: `fangzhi status SITE` lists the looks at its listings; it is told once, and every crawl tries again",
			"提示：`fangzhi status 站点` 列出对其列表页的查看记录；警报只报一次，以后每次采集都会再试")
	}
}

func more(l lang, n int) string {
	if n <= 0 {
		return ""
	}
	return l.say(" and ", " 及另外 ") + l.count(n, "more listing", "more listings", "个列表页")
}

// lookedBack is how many observations of a site are compared.
const lookedBack = 2000

// lookBack asks the archive what the run changed.
func (e *crawlEnd) lookBack(ctx context.Context, r archive.Reader, sites []crawler.Site) (err error) {
	if e.status, err = r.Status(ctx); err != nil {
		return err
	}
	for _, s := range e.status.Sites {
		if !slices.ContainsFunc(sites, func(c crawler.Site) bool { return c.Name == s.Site }) {
			continue
		}
		looks, err := r.Observations(ctx, s.Site, lookedBack)
		if err != nil {
			return err
		}
		e.alarms = append(e.alarms, alarmsOf(s, looks)...)
	}
	return nil
}

// alarmsOf compares what the last visit saw of each listing with what was seen of
// it before. looks are newest first.
func alarmsOf(s archive.SiteStatus, looks []archive.Observation) []alarm {
	last, before := map[string]archive.Observation{}, map[string]archive.Look{}
	var order []string
	for _, o := range looks {
		if o.Visit != s.Last.Visit {
			if _, known := before[o.Listing]; !known {
				before[o.Listing] = o.Look
			}
			continue
		}
		seen, known := last[o.Listing]
		if !known {
			order = append(order, o.Listing)
		}
		if !known || isTrouble(seen.Look) && !isTrouble(o.Look) { // one page that was read will do
			last[o.Listing] = o
		}
	}
	slices.Reverse(order)
	return began(s.Site, order, last, before)
}

func began(site string, order []string, last map[string]archive.Observation, before map[string]archive.Look) []alarm {
	kinds := map[archive.Look]*alarm{}
	for _, listing := range order {
		o := last[listing]
		if !isTrouble(o.Look) || isTrouble(before[listing]) {
			continue
		}
		if kinds[o.Look] == nil {
			kinds[o.Look] = &alarm{Type: "alarm", Site: site, Look: o.Look, Reason: o.Reason, Listing: listing}
		}
		kinds[o.Look].Listings++
	}
	var alarms []alarm
	for _, look := range []archive.Look{archive.Broken, archive.Blocked, archive.NotLooked} {
		if m := kinds[look]; m != nil {
			alarms = append(alarms, *m)
		}
	}
	return alarms
}

// isTrouble tells whether a look saw nothing because something was wrong. A pause
// is the operator's own.
func isTrouble(l archive.Look) bool {
	return l == archive.Broken || l == archive.Blocked || l == archive.NotLooked
}
