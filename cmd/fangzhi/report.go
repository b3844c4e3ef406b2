package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fangzhi/archive"
)

var reportHelp = help{
	use:   "report [URL]",
	group: groupCare,
	short: words{"why an address was not kept; every request made to a host", "某个网址为何没有保存；对某主机发过的全部请求"},
	long: words{`
Report lists the addresses that did not become an article, each with what became of it and why. With an address it tells about that one, whatever became of it. --why selects one reason, --site one site.

--host lists every request that was made to a host, when and with what answer: what to send to the operator of a portal who asks. --from and --to bound it in time.

The reasons are: ` + strings.Join(reasonNames(), ", ") + ".", `
列出没有成为文章的网址，以及各自的结果和原因。写上网址则只说明这一个，不论结果如何。--why 只看一种原因，--site 只看一个站点。

--host 列出对某主机发出的每一次请求、时间和应答：网站管理员来询问时，可以据此答复。--from 和 --to 限定时间。

原因有：` + strings.Join(reasonNames(), "、") + "。"},
	example: "fangzhi report --why challenge\nfangzhi report https://www.jiangxi.gov.cn/art/1.html\nfangzhi report --host www.jiangxi.gov.cn --from 2026-10-01 --to 2026-10-31",
	exits:   archiveExits(),
}

type reportOptions struct {
	why, site, host string
	from, to        string
	limit           int
}

func (a *app) reportCommand() *cobra.Command {
	var opt reportOptions
	c := a.command(reportHelp, cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		return a.report(ctx, opt, strings.Join(args, ""))
	})
	f := c.Flags()
	f.StringVar(&opt.why, "why", "", a.lang.say("only this `REASON`", "只看这种`原因`"))
	f.StringVar(&opt.site, "site", "", a.lang.say("only the site of this `NAME`", "只看这个`站点`"))
	f.StringVar(&opt.host, "host", "", a.lang.say("every request made to this `HOST`", "对这个`主机`的全部请求"))
	f.StringVar(&opt.from, "from", "", a.lang.say("not before this `DAY` or time", "不早于这一`天`或时刻"))
	f.StringVar(&opt.to, "to", "", a.lang.say("not after this `DAY` or time", "不晚于这一`天`或时刻"))
	f.IntVar(&opt.limit, "limit", 1000, a.lang.say("at most `N` rows; 0 for all", "最多 `N` 行，0 为全部"))
	return c
}

// reportPage is how many rows are asked for at a time.
const reportPage = 1000

func (a *app) report(ctx context.Context, opt reportOptions, url string) (err error) {
	if err := opt.check(url); err != nil {
		return err
	}
	var span archive.TimeRange
	if opt.from+opt.to != "" {
		if span, err = timeRange("--from, --to", opt.from+".."+opt.to); err != nil {
			return err
		}
	}
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	if err := a.knownSite(ctx, r, opt.site); err != nil {
		return err
	}
	q := archive.ReportQuery{URL: url, Why: archive.Reason(opt.why), Site: opt.site, Host: opt.host, Time: span}
	sum := reportSummary{Type: "summary", Command: "report", Reasons: map[archive.Reason]int{}, Outcomes: map[archive.Outcome]int{}, requests: opt.host != ""}
	for {
		q.Limit = reportPage
		if opt.limit > 0 {
			q.Limit = min(reportPage, opt.limit-sum.Rows)
		}
		page, err := r.Report(ctx, q)
		if err != nil {
			return err
		}
		for _, row := range page {
			a.out.Print(reportRow{rowType(opt.host), row})
			sum.count(row)
		}
		if len(page) < q.Limit || url != "" {
			break
		}
		q.After = page[len(page)-1].Key
		if opt.limit > 0 && sum.Rows >= opt.limit {
			sum.More = true
			break
		}
	}
	if url != "" && sum.Rows == 0 {
		return &problem{code: exitFailed, err: archive.ErrNotFound, what: words{fmt.Sprintf("%s was never seen: no listing showed it, and it was never asked for", url), fmt.Sprintf("从未见过 %s：没有列表页出现过它，也没有请求过", url)},
			hint: words{"`fangzhi save " + url + "` keeps it now", "用 `fangzhi save " + url + "` 立即保存"}}
	}
	a.out.Print(sum)
	return nil
}

func (o reportOptions) check(url string) error {
	for _, other := range []given{{"URL", url != ""}, {"--why", o.why != ""}, {"--site", o.site != ""}} {
		if err := onlyOne(given{"--host", o.host != ""}, other); err != nil {
			return err
		}
	}
	if o.limit < 0 {
		return usage(words{"--limit must be 0 or more", "--limit 不能是负数"}, words{})
	}
	if o.why == "" || slices.Contains(reasonNames(), o.why) {
		return nil
	}
	hint := words{"the reasons are " + strings.Join(reasonNames(), ", "), "原因有 " + strings.Join(reasonNames(), "、")}
	if near := nearestName(o.why, reasonNames()); near != "" {
		hint = words{"did you mean " + near + "?", "是不是 " + near + "？"}
	}
	return usage(words{fmt.Sprintf("there is no reason %q", o.why), fmt.Sprintf("没有原因 %q", o.why)}, hint)
}

func rowType(host string) string {
	if host != "" {
		return "request"
	}
	return "url"
}

// reasonWords say what each stored reason means.
var reasonWords = map[archive.Reason]words{
	archive.RobotsDenied:  {"robots.txt forbids it", "robots.txt 不允许"},
	archive.OffSite:       {"leads to another site: listed, not followed", "指向其他网站：只列出，不跟随"},
	archive.NotAPage:      {"a file, not a page", "是文件，不是网页"},
	archive.BadURL:        {"cannot be requested", "无法请求的网址"},
	archive.PrivateHost:   {"a private address, which the configuration does not allow", "内网地址，配置未允许"},
	archive.OverBudget:    {"the daily cap was used up", "当日请求数已用完"},
	archive.PausedSite:    {"the site was paused", "站点已暂停"},
	archive.Trapped:       {"repeats without end", "无限重复"},
	archive.NoConnection:  {"no connection", "无法连接"},
	archive.TimedOut:      {"no answer in time", "超时"},
	archive.ClientError:   {"refused by the server", "服务器拒绝"},
	archive.NotFound:      {"not there (404 or 410)", "不存在（404 或 410）"},
	archive.ServerError:   {"error of the server", "服务器出错"},
	archive.Throttled:     {"the server wants fewer requests", "服务器要求减少请求"},
	archive.BadResponse:   {"not HTTP", "不是 HTTP 应答"},
	archive.TooLarge:      {"cut at the limit of size", "超出大小上限，已截断"},
	archive.CutShort:      {"broke off before the end", "中途断开"},
	archive.BadEncoding:   {"cannot be unpacked", "无法解压"},
	archive.Challenged:    {"a bot check instead of the page", "返回的是人机验证，不是网页"},
	archive.SoftNotFound:  {"an error page that says 200", "状态为 200 的错误页"},
	archive.BadCharset:    {"no decoding gives text", "无法解码为文字"},
	archive.NoArticle:     {"nothing on it to keep", "没有可保存的内容"},
	archive.EmptyListing:  {"a listing without rows", "列表页没有条目"},
	archive.ListingLoop:   {"its next page was seen before", "下一页重复出现"},
	archive.BugInParser:   {"a bug of ours; the bytes are kept", "本程序的错误；字节已保存"},
	archive.OutOfHours:    {"outside of the hours it may be asked in", "不在允许的时段内"},
	archive.HeldByBreaker: {"the host failed too often in a row", "主机连续失败过多"},
}

func reasonNames() []string {
	var names []string
	for r := range maps.Keys(reasonWords) {
		names = append(names, string(r))
	}
	slices.Sort(names)
	return names
}

type reportRow struct {
	Type string `json:"type"`
	archive.URLReport
}

func (r reportRow) text(t *textPrinter) {
	what := string(r.Outcome)
	if r.Reason != "" {
		what += " " + string(r.Reason)
	}
	if r.Status != 0 {
		what += fmt.Sprintf(" %d", r.Status)
	}
	when := moment(r.At)
	if when == "" {
		when = t.lang.say("never asked", "未曾请求")
	}
	t.line(when, "  ", t.warn(strings.TrimSpace(what)), "  ", printable(r.URL))
	meaning := t.lang.of(reasonWords[r.Reason])
	if r.Outcome == archive.Listed && r.Status == 0 {
		meaning = t.lang.say("a row of a listing: kept with its title and date, not asked for", "列表页中的一行：保存了标题和日期，没有请求")
	}
	if meaning != "" {
		if r.Detail != "" {
			meaning += t.lang.say(": ", "：") + oneLine(r.Detail)
		}
		t.line("  ", meaning)
	}
	if r.Via != "" {
		t.line("  ", t.dim(t.lang.say("via ", "来自 ")+printable(r.Via)))
	}
}

type reportSummary struct {
	Type     string                  `json:"type"`
	Command  string                  `json:"command"`
	Rows     int                     `json:"rows"`
	More     bool                    `json:"more,omitempty"`
	Reasons  map[archive.Reason]int  `json:"reasons"`
	Outcomes map[archive.Outcome]int `json:"outcomes"`
	requests bool
}

func (s *reportSummary) count(row archive.URLReport) {
	s.Rows++
	s.Outcomes[row.Outcome]++
	if row.Reason != "" {
		s.Reasons[row.Reason]++
	}
}

func (s reportSummary) text(t *textPrinter) {
	what := t.lang.count(s.Rows, "address", "addresses", "个网址")
	if s.requests {
		what = t.lang.count(s.Rows, "request", "requests", "次请求")
		if s.Rows == 0 {
			what += t.lang.say("; a port belongs to the name of a host: example.gov.cn:8080", "；主机名要写上端口，如 example.gov.cn:8080")
		}
	}
	if len(s.Reasons) > 0 {
		what += t.lang.say(": ", "：") + reasons(s.Reasons)
	}
	if s.More {
		what += t.lang.say("; --limit 0 lists all", "；用 --limit 0 列出全部")
	}
	t.line(what)
}
