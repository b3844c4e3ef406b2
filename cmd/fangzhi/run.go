package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
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
	due      bool // only those whose turn has come
	full     bool
	since    parser.Day
	log      *slog.Logger  // nil for none
	service  *service      // nil for none
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
	idle   bool         // no site was due
	next   crawler.Turn // when the first one is
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
	if err := a.share(job.cfg); err != nil {
		return nil, err
	}
	if job.due {
		if err := end.leaveDue(ctx, w, &job, now.now()); err != nil || end.idle {
			return end, err
		}
	}
	bar := a.newProgress(len(job.sites), job.log != nil)
	c := crawler.New(a.crawlerOptions(job, w.store, now, func(e crawler.Event) {
		end.failed.note(e)
		bar.Event(e)
		job.service.status(describe(a.lang, e, len(job.sites)))
	}))
	run := a.circumstances(ctx, job.cfg, now)
	w.OnSave(func(ctx context.Context, u string) (owner.Saved, error) { return saveWith(ctx, c, run, u) })
	end.sum, err = c.Run(ctx, run)
	bar.End()
	end.took = time.Since(began)
	end.alarms = groupAlarms(c.Alarms())
	status, look := w.Status(context.WithoutCancel(ctx))
	end.status = status
	return end, errors.Join(joinLook(err, look), a.share(job.cfg))
}

// leaveDue leaves of the job's sites those that are due. When none is, the job is
// idle, and the next turn is known.
func (e *crawlEnd) leaveDue(ctx context.Context, r archive.Reader, job *crawlJob, now time.Time) (err error) {
	if e.status, err = r.Status(ctx); err != nil {
		return err
	}
	var due []crawler.Site
	for _, s := range job.sites {
		last := siteStatus(e.status, s.Name)
		if s.Due(last, now) {
			due = append(due, s)
			continue
		}
		if turn := s.Next(last, now); !turn.At.IsZero() && (e.next.At.IsZero() || turn.At.Before(e.next.At)) {
			e.next = turn
		}
	}
	job.sites, e.idle = due, len(due) == 0
	return nil
}

// siteStatus is what is known of a site, nothing if it was never visited.
func siteStatus(status *archive.Status, name string) archive.SiteStatus {
	for _, s := range status.Sites {
		if s.Site == name {
			return s
		}
	}
	return archive.SiteStatus{Site: name}
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
		Full: job.full, Since: job.since, Log: job.log, Duration: job.duration, Backoff: backoff[:job.retries],
		Concurrency: job.cfg.Limits.Concurrency, MaxBody: int64(job.cfg.Limits.MaxBody), Timeout: job.cfg.Limits.Timeout.Duration,
		Room:      a.roomFor(job.cfg),
		Platforms: job.cfg.Platforms, Attachments: job.cfg.Limits.Attachments, MaxAttachment: int64(job.cfg.Limits.MaxAttachment),
		Now: now, Progress: progress, Dial: a.dial,
	}
}

// roomFor tells before each request that the disk is nearly full: a crawl pauses while
// all that it knows can still be written.
func (a *app) roomFor(cfg *config.Config) func() error {
	reserve := int64(cfg.Limits.Reserve)
	return func() error {
		free := freeSpace(a.global.archive)
		if free < 0 || free >= reserve {
			return nil
		}
		return fmt.Errorf("%s free, less than limits.reserve = %q: %w", size(free), cfg.Limits.Reserve, syscall.ENOSPC)
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
	if e.Role == archive.RoleRequisite { // the page was read all the same
		return
	}
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
