package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/config"
	"fangzhi/crawler"
)

var statusHelp = help{
	use:   "status [SITE]",
	group: groupCare,
	short: words{"what the archive holds, and how the last crawl went", "档案库的内容，以及最近一次采集的情况"},
	long: words{`
Status counts what the archive holds and tells of each site when it was last visited, what that visit found, what waits in the frontier, when the next visit is and why then, how much of the older pages is done and when all will be, and which alarms last. It answers while a crawl is running, and says so.

With the name of a site it also lists the newest looks at its listings: also those that saw nothing new, were blocked or did not take place.`, `
统计档案库的内容，并逐站说明最近一次访问的时间和结果、还有多少链接等待采集、下次访问的时间和原因、较早内容完成的比例和预计完成日期，以及持续中的警报。采集进行中也能查看，并会注明。

写上站点名称，还会列出对其列表页的最近查看记录：包括没有新内容、受阻、未能查看的。`},
	example: "fangzhi status\nfangzhi status zgw123 --json",
	exits:   archiveExits(),
}

type statusOptions struct {
	limit int
}

func (a *app) statusCommand() *cobra.Command {
	var opt statusOptions
	c := a.command(statusHelp, cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		return a.status(ctx, opt, strings.Join(args, ""))
	})
	c.Flags().IntVar(&opt.limit, "limit", 20, a.lang.say("list at most `N` looks", "最多列出 `N` 条查看记录"))
	return c
}

func (a *app) status(ctx context.Context, opt statusOptions, site string) (err error) {
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	if err := a.knownSite(ctx, r, site); err != nil {
		return err
	}
	status, err := r.Status(ctx)
	if err != nil {
		return err
	}
	cfg, err := a.loadConfig()
	if err != nil { // status tells of the archive, whatever is wrong with that
		cfg = config.Default()
	}
	for _, s := range withNew(status.Sites, cfg) {
		if site == "" || s.Site == site {
			a.out.Print(newSiteStatusRow(cfg, s, status.Alarms, a.now()))
		}
	}
	for _, m := range groupAlarms(status.Alarms) {
		if m.Site == "" {
			a.out.Print(m)
		}
	}
	if site != "" {
		looks, err := r.Observations(ctx, site, opt.limit)
		if err != nil {
			return err
		}
		for _, o := range looks {
			a.out.Print(lookRow{"observation", o})
		}
	}
	a.out.Print(statusRow{"summary", "status", status})
	return nil
}

// withNew adds the sites of the configuration that were not visited yet.
func withNew(sites []archive.SiteStatus, cfg *config.Config) []archive.SiteStatus {
	for _, name := range siteNames(cfg) {
		if !slices.ContainsFunc(sites, func(s archive.SiteStatus) bool { return s.Site == name }) {
			sites = append(sites[:len(sites):len(sites)], archive.SiteStatus{Site: name, Backfill: archive.Backlog{Known: true}})
		}
	}
	return sites
}

type siteStatusRow struct {
	Type string `json:"type"`
	archive.SiteStatus
	Due      bool        `json:"due"`
	Next     time.Time   `json:"next,omitzero"` // visit; zero when nothing is known or it is paused
	Why      crawler.Why `json:"why,omitempty"` // it is then
	Share    float64     `json:"backfill_share"`
	Filled   time.Time   `json:"backfill_ends,omitzero"` // at the earliest while the listings do not say how long they are
	Alarms   []alarm     `json:"alarms,omitempty"`
	every    time.Duration
	hasTurn  bool
	backfill int
}

// newSiteStatusRow adds to what the archive knows when the site is visited next; a
// site that is no more in the configuration has no turn.
func newSiteStatusRow(cfg *config.Config, s archive.SiteStatus, alarms []archive.Alarm, now time.Time) siteStatusRow {
	r := siteStatusRow{Type: "site", SiteStatus: s, Share: s.Backfill.Share()}
	for _, m := range groupAlarms(alarms) {
		if m.Site == s.Site {
			r.Alarms = append(r.Alarms, m)
		}
	}
	configured := cfg.Site(s.Site)
	if configured == nil {
		return r
	}
	s.Paused = s.Paused || configured.Paused
	site := crawlerSite(configured)
	turn := site.Next(s, now)
	r.hasTurn, r.Next, r.Why, r.every = true, turn.At, turn.Why, site.Every
	r.Due = site.Due(s, now)
	r.backfill = max(site.Budget.Backfill, 0)
	if left := s.Backfill.Left; left > 0 && r.backfill > 0 && !turn.At.IsZero() {
		visits := (left - 1) / r.backfill // after the next
		r.Filled = turn.At.Add(time.Duration(visits) * max(site.Every, 0))
	}
	return r
}

func (r siteStatusRow) text(t *textPrinter) {
	state := ""
	switch {
	case r.Paused:
		state = t.warn(t.lang.say("  paused", "  已暂停"))
	case r.Last.Visit == 0:
		state = t.lang.say("  not visited yet", "  尚未访问")
	case !r.Last.Complete:
		state = t.warn(t.lang.say("  not finished", "  未完成"))
	}
	t.line(t.bold(printable(r.Site)), "  ", t.lang.count(r.Documents, "document", "documents", "篇文献"), "  ",
		t.lang.say("%d waiting", "%d 个待采", r.Frontier), state)
	if r.Last.Visit != 0 {
		t.line("  ", t.lang.say("last visit %s: ", "最近访问 %s：", moment(r.Last.At)), visitText(t.lang, r.Last.Summary))
	}
	if r.Last.Why != "" {
		t.line("  ", printable(r.Last.Why))
	}
	r.turn(t)
	if b := r.Backfill; b.Left > 0 {
		t.line("  ", r.backfillText(t.lang))
	}
	for _, m := range r.Alarms {
		t.line("  ", t.mark(m.label(t.lang)), m.sentence(t.lang), t.lang.say(", since %s", "，自 %s 起", moment(m.Began)))
	}
}

// turn says when the next visit is, and why then.
func (r siteStatusRow) turn(t *textPrinter) {
	switch {
	case !r.hasTurn || r.Why == crawler.IsPaused:
	case r.Due:
		t.line("  ", t.lang.say("next visit: due now ", "下次访问：现在到期 "), turnText(t.lang, r.Why, r.every))
	default:
		t.line("  ", t.lang.say("next visit: %s ", "下次访问：%s ", moment(r.Next)), turnText(t.lang, r.Why, r.every))
	}
}

// backfillText says how much of the older pages is done, and when all will be.
func (r siteStatusRow) backfillText(l lang) string {
	b := r.Backfill
	percent := int(100 * r.Share)
	text := l.say("older pages: %d %% done, %d requests left", "较早内容：已完成 %d %%，剩余 %d 次请求", percent, b.Left)
	if !b.Known {
		text = l.say("older pages: %d requests done, at least %d left", "较早内容：已完成 %d 次请求，至少还剩 %d 次", b.Done, b.Left)
	}
	switch {
	case r.backfill == 0 && r.hasTurn:
		text += l.say("; the configuration asks for none (backfill = 0)", "；配置中 backfill = 0，不补采")
	case r.Filled.IsZero():
	case b.Known:
		text += l.say("; done about %s, with %d a visit", "；约 %s 完成，每次 %d", moment(r.Filled)[:10], r.backfill)
	default:
		text += l.say("; done on %s at the earliest, with %d a visit", "；最早 %s 完成，每次 %d", moment(r.Filled)[:10], r.backfill)
	}
	return text
}

func visitText(l lang, s archive.Summary) string {
	return l.say("%d requests, new %d, edited %d, gone %d, blocked %d, broken %d", "请求 %d，新增 %d，改动 %d，失联 %d，受阻 %d，故障 %d",
		s.Requests, s.New, s.Edited, s.Gone, s.Blocked, s.Broken)
}

type lookRow struct {
	Type string `json:"type"`
	archive.Observation
}

// lookNames are the looks in words.
var lookNames = map[archive.Look]words{
	archive.NothingNew: {"nothing new", "没有新内容"},
	archive.SomeNew:    {"new", "有新内容"},
	archive.Blocked:    {"blocked", "受阻"},
	archive.Broken:     {"broken", "故障"},
	archive.LookPaused: {"paused", "暂停"},
	archive.NotLooked:  {"not looked", "未查看"},
	archive.Inferred:   {"inferred from a hub page", "由汇总页推知"},
}

func (r lookRow) text(t *textPrinter) {
	what := t.lang.of(lookNames[r.Look])
	if what == "" {
		what = string(r.Look)
	}
	switch {
	case isTrouble(r.Look):
		what = t.warn(what + " " + string(r.Reason))
	case r.Look == archive.NothingNew && r.Items == 0: // 304, or equal bytes
		what += t.lang.say(" (the page is unchanged)", "（页面未变）")
	case r.Look != archive.LookPaused && r.Look != archive.Inferred:
		what += t.lang.say(" (%d of %d rows)", "（%d/%d 行）", r.New, r.Items)
	}
	t.line("  ", moment(r.At), "  ", what, "  ", t.dim(printable(r.Listing)))
}

type statusRow struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	*archive.Status
}

func (r statusRow) text(t *textPrinter) {
	t.field("archive", "档案库", r.Dir)
	t.field("documents", "文献", fmt.Sprintf("%d", r.Documents)+t.lang.say(" in %d versions, and %d known from listings only", "（%d 个版本），另有 %d 条只见于列表页", r.Versions, r.Items))
	t.field("captures", "抓取记录", t.lang.say("%d of %d addresses, %s", "%d 条，%d 个网址，%s", r.Captures, r.URLs, size(r.Bytes)))
	t.field("database", "数据库", size(r.Database))
	t.field("waiting", "待采", t.lang.count(r.Frontier, "link", "links", "个链接"))
	if r.Unread > 0 {
		t.field("unread", "待读", t.lang.say("%d captures; the next crawl reads them", "%d 条抓取记录，下次采集时读取", r.Unread))
	}
	if n := len(r.Alarms); n > 0 {
		t.field("alarms", "警报", t.mark(t.lang.count(n, "lasts", "last", "个持续中")))
	}
	if r.Crawling {
		t.line(t.good(t.lang.say("A crawl is running now.", "采集正在进行。")))
		return
	}
	if r.LastRun == nil {
		t.say("Nothing was crawled yet.", "还没有采集过。")
		return
	}
	run := r.LastRun
	if run.Ended.IsZero() {
		t.line(t.warn(t.lang.say("The last crawl, begun %s, did not end by itself.", "最近一次采集始于 %s，没有正常结束。", moment(run.Run.At))))
		return
	}
	t.field("last crawl", "最近采集", moment(run.Ended)+"  "+visitText(t.lang, run.Summary))
}
