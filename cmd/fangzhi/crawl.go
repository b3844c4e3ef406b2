package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
)

var crawlHelp = help{
	use:   "crawl [SITE…]",
	group: groupCollect,
	short: words{"visit all sites of the configuration, or those named", "采集配置中的全部站点，或指定的站点"},
	long: words{`
Crawl visits each site once: the first pages of its listings, articles that are new, articles that are due to be looked at again, then a share of the older pages. What was received is written to the archive before it is read. Sites are visited side by side; a host is asked one thing at a time, and not more often than its robots.txt, its delay and its daily cap allow.

Run it again to go on: it resumes after Ctrl-C, kill and power failure, and asks only for what may have changed. Under cron use --quiet: it prints nothing unless something is wrong. At the end stands one line with what was new, edited, gone (an address that could be read and cannot now), blocked and broken.

An alarm begins when a listing that could be read before cannot be read any more, or not at the first attempt; it is told once, with exit code 3.`, `
逐一访问各站点：先看列表页首页和新文章，再复查到期的文章，最后补采一部分较早的列表页。收到的字节先写入档案库，然后才解析。各站点同时进行；对同一主机一次只发一个请求，并遵守其 robots.txt、间隔和每日上限。

再次运行即可继续：Ctrl-C、kill、断电之后都能接着采，只请求可能有变化的网页。在 cron 中请加 --quiet：没有问题就不输出。结束时用一行说明新增、改动、失联（原来能读、现在无法访问的网址）、受阻和故障的数量。

原来能读的列表页读不到了，或第一次就读不到，即为新的警报；只报告一次，退出码为 3。`},
	example: "fangzhi crawl\nfangzhi crawl zgw123 --max-duration 2h\n*/30 * * * * fangzhi crawl --quiet --archive /srv/fangzhi",
	exits:   archiveExits(exitAlarm, exitBusy, exitDiskFull),
}

// backoff is before the second and the third attempt at a link.
var backoff = []time.Duration{10 * time.Second, time.Minute}

type crawlOptions struct {
	strict      bool
	full        bool
	maxDuration time.Duration
	retries     int
	later       time.Duration
}

func (a *app) crawlCommand() *cobra.Command {
	var opt crawlOptions
	c := a.command(crawlHelp, cobra.ArbitraryArgs, func(ctx context.Context, args []string) error { return a.crawl(ctx, opt, args) })
	f := c.Flags()
	f.BoolVar(&opt.strict, "strict", false, a.lang.say("exit 3 if any link failed", "任一链接失败即以 3 退出"))
	f.BoolVar(&opt.full, "full", false, a.lang.say("walk every listing to its end now", "这一次就走完所有列表页"))
	f.DurationVar(&opt.maxDuration, "max-duration", 0, a.lang.say("stop after this `TIME`, such as 2h30m; the next crawl goes on", "最长运行`时间`，如 2h30m；下次接着采"))
	f.IntVar(&opt.retries, "retries", len(backoff), a.lang.say("try a link again at most `N` times before it counts as failed, 0 to 2", "链接失败前最多重试 `N` 次，0 到 2"))
	f.DurationVar(&opt.later, "later", 0, a.lang.say("pretend to run this much later, for demonstrations", "假装晚这么久运行，供演示用"))
	_ = f.MarkHidden("later") // it is there
	return c
}

func (a *app) crawl(ctx context.Context, opt crawlOptions, names []string) error {
	if opt.maxDuration < 0 || opt.retries < 0 || opt.retries > len(backoff) {
		return usage(words{"--max-duration must not be negative, --retries 0 to 2", "--max-duration 不能是负数，--retries 为 0 到 2"}, words{})
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	sites, err := sitesToCrawl(cfg, names)
	if err != nil {
		return err
	}
	end, err := a.crawlSites(ctx, crawlJob{cfg: cfg, sites: sites, full: opt.full, duration: opt.maxDuration, retries: opt.retries, later: opt.later})
	if end == nil {
		return err
	}
	for i, m := range end.alarms {
		m.last = i == len(end.alarms)-1
		a.out.Print(m)
	}
	a.out.Print(end.summary(ctx, a.global.archive))
	if err == nil {
		err = end.verdict(opt.strict)
	}
	return err
}

// verdict is exit code 3 when an alarm began, or with strict when a link failed.
// What is wrong was printed already.
func (e *crawlEnd) verdict(strict bool) error {
	if len(e.alarms) > 0 {
		return &problem{code: exitAlarm}
	}
	if failed := len(e.failed.last); strict && failed > 0 {
		return &problem{code: exitAlarm,
			what: words{english.count(failed, "link", "links", "") + " failed, and --strict was given", fmt.Sprintf("有 %d 个链接失败（--strict）", failed)},
			hint: words{"`fangzhi report` says which and why", "`fangzhi report` 列出链接和原因"}}
	}
	return nil
}

// A crawlSummary is the last object of a crawl.
type crawlSummary struct {
	Type        string `json:"type"`
	Command     string `json:"command"`
	Interrupted bool   `json:"interrupted,omitempty"`
	archive.Summary
	Failed  int                    `json:"failed"`
	Reasons map[archive.Reason]int `json:"failed_by_reason,omitempty"`
	Alarms  int                    `json:"alarms"`
	Seconds float64                `json:"seconds"`
	Disk    int64                  `json:"disk_bytes"`              // of the archive
	Free    int64                  `json:"free_bytes"`              // on its file system, -1 if not known
	Clock   *float64               `json:"clock_seconds,omitempty"` // median of the Date headers minus our clock
	Waiting int                    `json:"waiting"`                 // links in the frontier
	Unread  int                    `json:"unread,omitempty"`
}

func (e *crawlEnd) summary(ctx context.Context, dir string) crawlSummary {
	s := crawlSummary{
		Type: "summary", Command: "crawl", Interrupted: ctx.Err() != nil, Summary: e.sum,
		Failed: len(e.failed.last), Reasons: e.failed.byReason(), Alarms: len(e.alarms), Seconds: e.took.Seconds(), Free: freeSpace(dir),
	}
	if e.status == nil {
		return s
	}
	s.Disk, s.Waiting, s.Unread = e.status.Bytes+e.status.Database, e.status.Frontier, e.status.Unread
	s.Clock = clockOf(e.status)
	return s
}

// clockOf is the offset in seconds that most of the last visits agree on.
func clockOf(status *archive.Status) *float64 {
	var offsets []time.Duration
	for _, s := range status.Sites {
		if s.Last.Summary.Requests > 0 {
			offsets = append(offsets, s.Last.ClockOffset)
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	seconds := middle(offsets).Seconds()
	return &seconds
}

func (s crawlSummary) text(t *textPrinter) {
	if t.quiet && s.Alarms == 0 {
		return
	}
	parts := []string{
		t.lang.count(s.Sites, "site", "sites", "个站点"), t.lang.count(s.Requests, "request", "requests", "次请求"),
		t.good(t.lang.say("new %d", "新增 %d", s.New)), t.lang.say("edited %d", "改动 %d", s.Edited), t.lang.say("gone %d", "失联 %d", s.Gone),
		t.lang.say("blocked %d", "受阻 %d", s.Blocked), t.lang.say("broken %d", "故障 %d", s.Broken),
	}
	if s.Items > 0 {
		parts = append(parts, t.lang.say("listed only %d", "仅列出 %d", s.Items))
	}
	if s.Failed > 0 {
		parts = append(parts, t.warn(t.lang.say("failed %d (%s)", "失败 %d（%s）", s.Failed, reasons(s.Reasons))))
	}
	parts = append(parts, s.diskText(t.lang))
	if s.Clock != nil {
		parts = append(parts, clockText(t.lang, *s.Clock))
	}
	began := t.lang.say("done in %s: ", "完成，用时 %s：", t.lang.duration(s.Seconds))
	if s.Interrupted {
		began = t.lang.say("interrupted after %s: ", "%s 后被中断：", t.lang.duration(s.Seconds))
	}
	t.flow(began, parts)
}

func (s crawlSummary) diskText(l lang) string {
	if s.Free < 0 {
		return l.say("disk %s", "磁盘 %s", size(s.Disk))
	}
	return l.say("disk %s (%s free)", "磁盘 %s（剩余 %s）", size(s.Disk), size(s.Free))
}

// clockRight is how far off a clock may seem that is right, in seconds: a Date header
// leaves fractions out, and answers take time.
const clockRight = 2

// clockText tells how our clock stands to those of the portals, given how many seconds
// theirs are ahead.
func clockText(l lang, ahead float64) string {
	switch {
	case ahead > clockRight:
		return l.say("clock %s slow", "时钟慢 %s", l.duration(ahead))
	case ahead < -clockRight:
		return l.say("clock %s fast", "时钟快 %s", l.duration(-ahead))
	}
	return l.say("clock right", "时钟准确")
}
