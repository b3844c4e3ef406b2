package main

import (
	"cmp"
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/archive/uri"
	"fangzhi/config"
	"fangzhi/crawler"
	"fangzhi/crawler/robots"
	"fangzhi/parser"
)

var planHelp = help{
	use:   "plan [SITE…]",
	group: groupCollect,
	short: words{"what the next crawl will fetch, and how long that takes", "下次采集将抓取什么、需要多久"},
	long: words{`
Plan says of each site when it is due and why, and of each of its hosts what the next visit finds to fetch: first pages of listings, new articles, rechecks that are due, a share of the older pages; and how long that takes at the spacing that holds for the host. It asks no portal for anything.

It names what will be late: a visit that does not fit into the site's hours, its daily cap, its budget or the time until the next one, and rechecks that are overdue. At the end it tells when the disk will be full, from the growth of the archive over the last 30 days.`, `
逐站说明何时到期及原因，并逐主机列出下次访问将抓取的内容：列表页首页、新文章、到期复查、较早内容的一部分，以及按该主机的间隔需要多长时间。不向任何网站发出请求。

同时指出哪些会延误：时段、每日上限、单次限额或到下次访问之前的时间不够用，以及已经逾期的复查。最后根据近 30 天的增长估计磁盘何时写满。`},
	example: "fangzhi plan\nfangzhi plan zgw123 --json",
	exits:   archiveExits(),
}

type planOptions struct{}

func (a *app) planCommand() *cobra.Command {
	var opt planOptions
	return a.command(planHelp, cobra.ArbitraryArgs, func(ctx context.Context, args []string) error { return a.plan(ctx, opt, args) })
}

func (a *app) plan(ctx context.Context, _ planOptions, names []string) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	sites, err := sitesToCrawl(cfg, names)
	if err != nil {
		return err
	}
	status, pending := &archive.Status{}, &archive.Pending{At: a.now()}
	r, err := a.reader(ctx)
	switch {
	case err == nil:
		defer closing(r, &err)
		if status, err = r.Status(ctx); err != nil {
			return err
		}
		if pending, err = r.Pending(ctx); err != nil {
			return err
		}
	case !errors.Is(err, archive.ErrNoArchive) || !config.Exists(a.configFile()):
		return err
	}
	sum := planSummary{Type: "summary", Command: "plan", Growth: status.Growth, Free: freeSpace(a.global.archive)}
	for _, s := range sites {
		p := planOf(s, siteStatus(status, s.Name), pendingOf(pending, s.Name), a.now(), cfg.Agent(version().Version))
		sum.add(p)
		a.out.Print(p)
	}
	sum.fill(a.now())
	a.out.Print(sum)
	return nil
}

func pendingOf(p *archive.Pending, name string) archive.PendingSite {
	for _, s := range p.Sites {
		if s.Site == name {
			return s
		}
	}
	return archive.PendingSite{Site: name}
}

// A sitePlan is what the next visit of a site will do.
type sitePlan struct {
	Type     string      `json:"type"`
	Site     string      `json:"site"`
	Due      bool        `json:"due"`
	Next     time.Time   `json:"next,omitzero"`
	Why      crawler.Why `json:"why"`
	Hosts    []hostPlan  `json:"hosts"`
	Requests int         `json:"requests"`
	Seconds  float64     `json:"seconds"` // that its slowest host takes
	Late     []lateness  `json:"late,omitempty"`
	every    time.Duration
}

// A hostPlan is what is to be fetched of one host.
type hostPlan struct {
	Host     string    `json:"host"`
	Heads    int       `json:"heads"`
	Fresh    int       `json:"fresh"`
	Rechecks int       `json:"rechecks"`
	Files    int       `json:"files"`
	Backfill int       `json:"backfill"`
	Waiting  int       `json:"waiting,omitempty"` // that may not be fetched yet
	Requests int       `json:"requests"`
	Spacing  float64   `json:"spacing_seconds"`
	Seconds  float64   `json:"seconds"`
	Held     time.Time `json:"held_until,omitzero"`
}

// A lateness is why something is done later than it should be. Causes are promised to
// programs: add, never rename.
type lateness struct {
	Cause string `json:"cause"` // hours, daily-cap, budget, every, held, overdue
	Count int    `json:"count,omitempty"`
}

// planOf is what a visit that begins when the site is due finds to do.
func planOf(s crawler.Site, last archive.SiteStatus, pending archive.PendingSite, now time.Time, agent string) sitePlan {
	turn := s.Next(last, now)
	p := sitePlan{Type: "site", Site: s.Name, Due: s.Due(last, now), Next: turn.At, Why: turn.Why, every: s.Every}
	backfill := cmp.Or(s.Budget.Backfill, crawler.DefaultBackfill)
	if pending.Listings == 0 { // nobody knows what its listings show
		pending.Hosts = []archive.PendingHost{{Host: uri.Host(s.Home), Heads: max(len(s.Regions)+len(s.Categories)+len(s.Listings), 1)}}
	}
	left, rechecks := max(backfill, 0), crawler.DefaultRechecks
	for _, h := range pending.Hosts {
		hp := hostPlan{Host: h.Host, Heads: h.Heads, Fresh: h.Fresh, Rechecks: min(h.Due, rechecks), Files: h.Files, Backfill: min(h.Backfill, left), Waiting: h.Waiting}
		rechecks -= hp.Rechecks
		left -= hp.Backfill
		hp.Requests = hp.Heads + hp.Fresh + hp.Rechecks + hp.Files + hp.Backfill
		spacing := spacingOf(s, h.Robots, agent)
		hp.Spacing = spacing.Seconds()
		hp.Seconds = (time.Duration(hp.Requests) * spacing).Seconds()
		p.judge(s, h, hp, now)
		if h.NotBefore.After(now) {
			hp.Held = h.NotBefore
		}
		p.Hosts = append(p.Hosts, hp)
		p.Requests += hp.Requests
		p.Seconds += hp.Seconds // one thing at a time
	}
	p.whole(s, pending)
	return p
}

// spacingOf is the time between two requests that holds for a host.
func spacingOf(s crawler.Site, rules []byte, agent string) time.Duration {
	delay := cmp.Or(s.Delay, crawler.DefaultDelay)
	return max(delay, min(robots.Parse(rules).For(agent).Delay, time.Minute), 0)
}

// judge says what of a host will be late.
func (p *sitePlan) judge(s crawler.Site, h archive.PendingHost, hp hostPlan, now time.Time) {
	if s.DailyCap > 0 {
		left := s.DailyCap
		if h.Day == parser.DayOf(now).String() {
			left = max(left-h.Requests, 0)
		}
		if hp.Requests > left {
			p.Late = append(p.Late, lateness{"daily-cap", hp.Requests - left})
		}
	}
	if h.NotBefore.After(now.Add(time.Minute)) {
		p.Late = append(p.Late, lateness{"held", hp.Requests})
	}
}

func (p *sitePlan) whole(s crawler.Site, pending archive.PendingSite) {
	takes := time.Duration(p.Seconds * float64(time.Second))
	over := func(limit time.Duration) int {
		const roundingError = 1e-6
		return p.Requests - int(float64(p.Requests)*limit.Seconds()/takes.Seconds()+roundingError)
	}
	if length := s.Hours.Length(); s.Hours != (crawler.Hours{}) && takes > length {
		p.Late = append(p.Late, lateness{"hours", over(length)})
	}
	if s.Budget.Time > 0 && takes > s.Budget.Time {
		p.Late = append(p.Late, lateness{"budget", over(s.Budget.Time)})
	}
	if s.Budget.Requests > 0 && p.Requests > s.Budget.Requests {
		p.Late = append(p.Late, lateness{"budget", p.Requests - s.Budget.Requests})
	}
	if s.Every > 0 && takes > s.Every {
		p.Late = append(p.Late, lateness{"every", over(s.Every)})
	}
	if pending.Overdue > 0 {
		p.Late = append(p.Late, lateness{"overdue", pending.Overdue})
	}
}

// lateWords say what a lateness means, given a count.
var lateWords = map[string]words{
	"hours":     {"%d requests do not fit into its hours", "%d 次请求超出允许时段"},
	"daily-cap": {"%d requests are beyond its daily cap", "%d 次请求超出每日上限"},
	"budget":    {"%d requests are beyond the budget of a visit", "%d 次请求超出单次限额"},
	"every":     {"%d requests will not be done when it is due again", "到下次访问时仍有 %d 次请求未完成"},
	"held":      {"%d requests wait for a host that is held", "%d 次请求须等待被暂缓的主机"},
	"overdue":   {"%d rechecks are overdue for more than a day", "%d 次复查已逾期超过一天"},
}

func (p sitePlan) text(t *textPrinter) {
	when := t.lang.say("due now", "现在到期")
	if !p.Due {
		when = moment(p.Next)
	}
	t.line(t.bold(printable(p.Site)), "  ", when, " ", turnText(t.lang, p.Why, p.every), "  ",
		t.lang.count(p.Requests, "request", "requests", "次请求"), t.lang.say(", about %s", "，约需 %s", t.lang.duration(math.Ceil(p.Seconds))))
	for _, h := range p.Hosts {
		parts := []string{t.lang.say("first pages %d", "列表首页 %d", h.Heads)}
		for _, x := range []struct {
			n      int
			en, zh string
		}{{h.Fresh, "new articles %d", "新文章 %d"}, {h.Rechecks, "rechecks %d", "复查 %d"}, {h.Files, "files %d", "附件等 %d"}, {h.Backfill, "older pages %d", "较早内容 %d"}, {h.Waiting, "not yet %d", "稍后 %d"}} {
			if x.n > 0 {
				parts = append(parts, t.lang.say(x.en, x.zh, x.n))
			}
		}
		held := ""
		if !h.Held.IsZero() {
			held = t.warn(t.lang.say("  held until %s", "  暂缓至 %s", moment(h.Held)))
		}
		t.line("  ", printable(h.Host), "  ", strings.Join(parts, t.lang.say(", ", "，")), t.lang.say("; one every %s", "；每 %s 一次", t.lang.duration(h.Spacing)), held)
	}
	for _, l := range p.Late {
		t.line("  ", t.warn(t.lang.say("late: ", "延误："))+t.lang.say(lateWords[l.Cause].en, lateWords[l.Cause].zh, l.Count))
	}
}

// turnText says in brackets why a visit is when it is.
func turnText(l lang, why crawler.Why, every time.Duration) string {
	switch why {
	case crawler.NeverVisited:
		return l.say("(not visited yet)", "（尚未访问）")
	case crawler.AlwaysDue:
		return l.say("(always due)", "（随时到期）")
	case crawler.EveryElapsed:
		return l.say("(every %s)", "（每 %s 一次）", l.duration(every.Seconds()))
	case crawler.GoesOn:
		return l.say("(the last visit was interrupted)", "（上次访问被中断）")
	case crawler.HostHeld:
		return l.say("(its host was held)", "（主机曾被暂缓）")
	case crawler.WaitsHours:
		return l.say("(its hours begin)", "（允许时段开始）")
	case crawler.IsPaused:
		return l.say("(paused)", "（已暂停）")
	}
	return ""
}

// planSummary is the last object of a plan.
type planSummary struct {
	Type     string    `json:"type"`
	Command  string    `json:"command"`
	Sites    int       `json:"sites"`
	Due      int       `json:"due"`
	Requests int       `json:"requests"` // of the sites that are due
	Seconds  float64   `json:"seconds"`  // that the slowest of them takes
	Late     int       `json:"late"`     // sites of which something will be
	Free     int64     `json:"free_bytes"`
	Growth   int64     `json:"bytes_per_day"` // 0 when it is not known yet
	Full     time.Time `json:"disk_full,omitzero"`
}

func (s *planSummary) add(p sitePlan) {
	s.Sites++
	if len(p.Late) > 0 {
		s.Late++
	}
	if p.Due {
		s.Due++
		s.Requests += p.Requests
		s.Seconds = max(s.Seconds, p.Seconds)
	}
}

// farAway bounds the dates that are foretold.
const farAway = 100 * 365

func (s *planSummary) fill(now time.Time) {
	if s.Growth <= 0 || s.Free < 0 {
		return
	}
	if days := s.Free / s.Growth; days < farAway {
		s.Full = now.AddDate(0, 0, int(days))
	}
}

func (s planSummary) text(t *textPrinter) {
	t.say("%d of %s due: %d requests, about %s.", "%d/%s到期：%d 次请求，约需 %s。", s.Due, t.lang.count(s.Sites, "site", "sites", "个站点"), s.Requests, t.lang.duration(math.Ceil(s.Seconds)))
	switch {
	case s.Growth <= 0:
		t.say("Disk: %s free; how fast the archive grows is not known yet.", "磁盘剩余 %s；增长速度尚不可知。", size(max(s.Free, 0)))
	case s.Full.IsZero():
		t.say("Disk: %s free, %s a day: enough for a hundred years.", "磁盘剩余 %s，每天增长 %s：可用一百年。", size(max(s.Free, 0)), size(s.Growth))
	default:
		t.say("Disk: %s free, %s a day: full about %s.", "磁盘剩余 %s，每天增长 %s：约 %s 写满。", size(max(s.Free, 0)), size(s.Growth), s.Full.In(parser.Beijing).Format(time.DateOnly))
	}
}
