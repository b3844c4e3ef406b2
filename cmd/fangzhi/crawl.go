package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/config"
)

var crawlHelp = help{
	use:   "crawl [SITE…]",
	group: groupCollect,
	short: words{"visit all sites of the configuration, or those named", "采集配置中的全部站点，或指定的站点"},
	long: words{`
Crawl visits the sites that are due: a site is due so long after its last visit began as its "every" says, within its "hours", or at once when its last visit did not finish; "fangzhi status SITE" says when and why. Sites that are named, --full, --region and --since do not wait for a turn; hours hold always. A visit looks at the first pages of the listings, at articles that are new, at those that are due to be looked at again, then at a share of the older pages, within the site's budget. What was received is written to the archive before it is read. Sites are visited side by side; a host is asked one thing at a time, and not more often than its robots.txt, its delay and its daily cap allow.

Run it again to go on: it resumes after Ctrl-C, kill and power failure, and asks only for what may have changed. Under cron use --quiet: it prints nothing unless something is wrong. At the end stands one line with what was new, edited, gone (an address that could be read and cannot now), blocked and broken.

An alarm begins when a source that could be read cannot be read any more, or not at the first attempt; when it lists nothing, or much less than it used to; when its dates or its articles are not found any more; when it shows only bot checks. When most hosts fail at once it is our own network, and one alarm. An alarm is told once when it begins, with exit code 3, and once when it is over; [alarm] in the configuration says who else is told.`, `
访问到期的站点：距上次访问开始已满 every 所写的时间，且在 hours 时段之内；上次没有完成的立即到期。fangzhi status 站点 会说明下次访问的时间和原因。写明站点名称，或用 --full、--region、--since 时不必等到期；时段始终遵守。每次访问先看列表页首页和新文章，再复查到期的文章，最后在限额内补采一部分较早的列表页。收到的字节先写入档案库，然后才解析。各站点同时进行；对同一主机一次只发一个请求，并遵守其 robots.txt、间隔和每日上限。

再次运行即可继续：Ctrl-C、kill、断电之后都能接着采，只请求可能有变化的网页。在 cron 中请加 --quiet：没有问题就不输出。结束时用一行说明新增、改动、失联（原来能读、现在无法访问的网址）、受阻和故障的数量。

原来能读的来源读不到了（或第一次就读不到）、列表为空或远少于平时、日期或正文不见了、只返回人机验证，即为警报；多数主机同时失败则是本机网络的问题，只报一个警报。警报开始时报告一次（退出码为 3），解除时再报告一次；配置中的 [alarm] 说明还通知谁。`},
	example: "fangzhi crawl\nfangzhi crawl zgw123 --max-duration 2h\nfangzhi crawl --region 江西 --since 2026-10-01\n*/30 * * * * fangzhi crawl --quiet --archive /srv/fangzhi",
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
	sites       []string
	region      string
	since       string
	log         string
	debug       bool
}

func (a *app) crawlCommand() *cobra.Command {
	var opt crawlOptions
	c := a.command(crawlHelp, cobra.ArbitraryArgs, func(ctx context.Context, args []string) error { return a.crawl(ctx, opt, args) })
	f := c.Flags()
	f.BoolVar(&opt.strict, "strict", false, a.lang.say("exit 3 if any link failed", "任一链接失败即以 3 退出"))
	f.BoolVar(&opt.full, "full", false, a.lang.say("walk every listing to its end now", "这一次就走完所有列表页"))
	f.StringArrayVar(&opt.sites, "site", nil, a.lang.say("visit the site of this `NAME` now; may be repeated", "立即访问这个`站点`；可重复"))
	f.StringVar(&opt.region, "region", "", a.lang.say("look only at listings of this `PLACE` and what is below it", "只看这个`地区`及其下级的列表页"))
	f.StringVar(&opt.since, "since", "", a.lang.say("pass over rows dated before this `DAY`", "略过这一`天`之前的条目"))
	f.StringVar(&opt.log, "log", "", a.lang.say("write a log to standard error, as `FORMAT` text or json", "向标准错误输出日志，`格式`为 text 或 json"))
	f.BoolVar(&opt.debug, "debug", false, a.lang.say("with --log: a line for every link", "配合 --log：每个链接一行"))
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
	logger, err := a.newLogger(opt)
	if err != nil {
		return err
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	job, err := opt.job(cfg, names)
	if err != nil {
		return err
	}
	job.log, job.service = logger, a.newService()
	defer job.service.stop()
	end, err := a.crawlSites(ctx, job)
	if end != nil {
		if end.print(ctx, a); err == nil {
			err = end.verdict(opt.strict)
		}
	}
	a.tell(ctx, cfg.Alarm, end, err)
	return err
}

// job is the crawl that was typed.
func (o crawlOptions) job(cfg *config.Config, names []string) (crawlJob, error) {
	names = append(o.sites, names...)
	job := crawlJob{cfg: cfg, full: o.full, duration: o.maxDuration, retries: o.retries, later: o.later}
	code, err := regionCode(o.region)
	if err != nil {
		return job, err
	}
	if o.since != "" {
		s, ok := parseSpan(o.since)
		if !ok {
			return job, badRange("--since", o.since, fmt.Sprintf("%q is no day", o.since), fmt.Sprintf("%q 不是日期", o.since))
		}
		job.since = s.first
	}
	if job.sites, err = sitesToCrawl(cfg, names); err != nil {
		return job, err
	}
	if code != "" {
		if job.sites = inRegion(job.sites, code); len(job.sites) == 0 {
			return job, usage(words{fmt.Sprintf("no site has listings of %s", o.region), fmt.Sprintf("没有站点有 %s 的列表页", o.region)},
				words{"`fangzhi config show` lists the regions of each site", "`fangzhi config show` 列出各站点的地区"})
		}
	}
	job.due = len(names) == 0 && !o.full && code == "" && o.since == ""
	return job, nil
}

// newLogger is where a log was asked for; nil where none was.
func (a *app) newLogger(opt crawlOptions) (*slog.Logger, error) {
	how := &slog.HandlerOptions{Level: slog.LevelInfo}
	if opt.debug {
		how.Level = slog.LevelDebug
	}
	switch opt.log {
	case "":
		if opt.debug {
			return nil, usage(words{"--debug needs --log", "--debug 需要 --log"}, words{})
		}
		return nil, nil
	case "text":
		return slog.New(slog.NewTextHandler(a.stderr, how)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.stderr, how)), nil
	}
	return nil, usage(words{fmt.Sprintf("--log %s: there are text and json", opt.log), fmt.Sprintf("--log %s：只有 text 和 json", opt.log)}, words{})
}

// print tells of alarms, then sums up.
func (e *crawlEnd) print(ctx context.Context, a *app) {
	for i, m := range e.alarms {
		m.advised = i == len(e.alarms)-1 && m.Ended.IsZero()
		a.out.Print(m)
	}
	a.out.Print(e.summary(ctx, a.global.archive))
}

// verdict is exit code 3 when an alarm began, or with strict when a link failed.
// What is wrong was printed already.
func (e *crawlEnd) verdict(strict bool) error {
	if began, _ := counts(e.alarms); began > 0 {
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
	Alarms  int                    `json:"alarms"`      // that began
	Over    int                    `json:"alarms_over"` // that ended
	Seconds float64                `json:"seconds"`
	Disk    int64                  `json:"disk_bytes"`              // of the archive
	Free    int64                  `json:"free_bytes"`              // on its file system, -1 if not known
	Clock   *float64               `json:"clock_seconds,omitempty"` // median of the Date headers minus our clock
	Waiting int                    `json:"waiting"`                 // links in the frontier
	Unread  int                    `json:"unread,omitempty"`
	Idle    bool                   `json:"idle,omitempty"` // no site was due
	Next    time.Time              `json:"next,omitzero"`  // when the first one is
}

func (e *crawlEnd) summary(ctx context.Context, dir string) crawlSummary {
	s := crawlSummary{
		Type: "summary", Command: "crawl", Interrupted: ctx.Err() != nil, Summary: e.sum,
		Failed: len(e.failed.last), Reasons: e.failed.byReason(), Seconds: e.took.Seconds(), Free: freeSpace(dir),
		Idle: e.idle, Next: e.next.At,
	}
	s.Alarms, s.Over = counts(e.alarms)
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
	if t.quiet && s.Alarms+s.Over == 0 {
		return
	}
	if s.Idle {
		s.idleText(t)
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
	if s.Alarms > 0 {
		parts = append(parts, t.mark(t.lang.count(s.Alarms, "alarm", "alarms", "个警报")))
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

func (s crawlSummary) idleText(t *textPrinter) {
	if s.Next.IsZero() {
		t.say("No site is due: all are paused.", "没有到期的站点：全部已暂停。")
		return
	}
	t.say("No site is due; the next one is at %s. `fangzhi crawl SITE` visits one now, `fangzhi plan` says what is to come.",
		"没有到期的站点；最近的一个在 %s。用 `fangzhi crawl 站点` 可立即访问，`fangzhi plan` 说明将采集什么。", moment(s.Next))
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
