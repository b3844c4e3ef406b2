package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/parser"
	"fangzhi/parser/region"
)

var searchHelp = help{
	use:   "search [QUERY]",
	group: groupFind,
	short: words{"find documents by words, place, category, site and date", "按词语、地区、栏目、站点和日期查找文献"},
	long: words{`
Search finds every document whose title or text has all the words of the query, each exactly as a piece of text: two-character names, numbers and document numbers such as 国发〔2015〕23号 too. Blanks between Chinese characters, width and case make no difference. Words in "double quotes" stay together. Without a query it lists, newest first.

--published is about the day that the page shows, --captured about the time at which we fetched it; the two are never mixed. A place means it and all below it. Documents with equal text are shown once, with the number of their other addresses.

An answer of nothing says what was looked at, and when, so that an absence can be judged.`, `
查找标题或正文中含有全部检索词的文献，每个词都按原文逐字匹配：两个字的人名、数字、国发〔2015〕23号 这样的文号都能找到。汉字之间的空格、全角半角和大小写不影响结果。“引号”内的词语不拆开。不写检索词则按时间列出。

--published 指页面所印的发布日期，--captured 指我们抓取的时间，两者互不混用。地区包含其全部下级。正文相同的文献只显示一次，并注明其他网址的数量。

没有结果时，会说明查看了哪些内容、最近一次是什么时候，以便判断“没有”意味着什么。`},
	example: "fangzhi search 陶瓷 --region 江西\nfangzhi search '\"国家试验区\" 会议' --published 2022-03..2022-04\nfangzhi search --site zgw123 --captured 2026-11-01.. --json",
	exits:   archiveExits(),
}

type searchOptions struct {
	selection
	limit  int
	offset int
}

func (a *app) searchCommand() *cobra.Command {
	var opt searchOptions
	c := a.command(searchHelp, cobra.ArbitraryArgs, func(ctx context.Context, args []string) error { return a.search(ctx, opt, args) })
	opt.flags(c.Flags(), a)
	c.Flags().IntVar(&opt.limit, "limit", 20, a.lang.say("show at most `N` hits", "最多显示 `N` 条"))
	c.Flags().IntVar(&opt.offset, "offset", 0, a.lang.say("pass over `N` hits first", "先跳过 `N` 条"))
	return c
}

func (a *app) search(ctx context.Context, opt searchOptions, args []string) (err error) {
	q, err := opt.query(strings.Join(args, " "))
	if err != nil {
		return err
	}
	if opt.limit < 1 || opt.offset < 0 {
		return usage(words{"--limit must be 1 or more, --offset 0 or more", "--limit 至少为 1，--offset 至少为 0"}, words{})
	}
	q.Limit, q.Offset = opt.limit, opt.offset
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	if err := a.knownSite(ctx, r, q.Site); err != nil {
		return err
	}
	found, err := r.Search(ctx, q)
	if err != nil {
		return err
	}
	for _, hit := range found.Hits {
		a.out.Print(hitRow{hit})
	}
	sum := searchSummary{Type: "summary", Command: "search", Total: found.Total, Shown: len(found.Hits), Offset: q.Offset,
		Partial: found.Partial, Missing: found.Missing, Left: found.Unindexed, Trouble: found.Trouble}
	if found.Total == 0 {
		if sum.Coverage, err = coverageOf(ctx, r, q); err != nil {
			return err
		}
	}
	a.out.Print(sum)
	return nil
}

// knownSite refuses a site that neither the archive nor the configuration knows:
// an answer of nothing would be no answer.
func (a *app) knownSite(ctx context.Context, r archive.Reader, name string) error {
	if name == "" {
		return nil
	}
	status, err := r.Status(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, s := range status.Sites {
		if s.Site == name {
			return nil
		}
		names = append(names, s.Site)
	}
	if cfg, err := a.loadConfig(); err == nil {
		if cfg.Site(name) != nil {
			return nil
		}
		names = append(names, siteNames(cfg)...)
	}
	hint := words{"`fangzhi site list` names the sites", "`fangzhi site list` 列出站点"}
	if near := nearestName(name, names); near != "" {
		hint = words{"did you mean " + near + "?", "是不是 " + near + "？"}
	}
	return usage(words{fmt.Sprintf("there is no site %q", name), fmt.Sprintf("没有站点 %q", name)}, hint)
}

// A hitRow is a document found.
type hitRow struct {
	archive.Hit
}

func (r hitRow) text(t *textPrinter) {
	head := []string{t.good(r.ID), dateText(t, &r.Article)}
	for _, part := range []string{place(r.RegionCode, r.Region), r.Category, r.Source} {
		if part != "" {
			head = append(head, t.dim(printable(part)))
		}
	}
	if r.Unreachable != nil {
		head = append(head, t.warn(t.lang.say("unreachable since %s", "原址自 %s 起无法访问", moment(r.Unreachable.Since)[:10])))
	}
	if r.Versions > 1 {
		head = append(head, t.warn(t.lang.say("edited (%d versions)", "有改动（%d 个版本）", r.Versions)))
	}
	t.line(strings.Join(head, "  "))
	t.line("  ", t.bold(printable(r.Title)))
	if r.Snippet != "" {
		t.line("  ", snippetText(t, r.Snippet, r.Match))
	}
	t.line("  ", t.dim(printable(r.URL)), alsoText(t, r.Also))
	t.line()
}

// dateText is the day on the page, with a doubt where there is one.
func dateText(t *textPrinter, a *archive.Article) string {
	switch {
	case a.Date == "":
		return t.lang.say("undated   ", "无日期    ")
	case a.DateWeak:
		return a.Date + t.warn(t.lang.say(" (date doubtful)", "（日期存疑）"))
	}
	return a.Date
}

// place is a region without what everybody knows: 江西 > 景德镇 > 浮梁.
func place(code, path string) string {
	if p := region.String(code); path == "" && p != "" {
		return p
	}
	return path
}

func snippetText(t *textPrinter, s string, match [2]int) string {
	from, to := match[0], match[1]
	if from < 0 || to > len(s) || from >= to {
		return oneLine(s)
	}
	return oneLine(s[:from]) + t.mark(oneLine(s[from:to])) + oneLine(s[to:])
}

// oneLine keeps the layout where a text has line breaks.
func oneLine(s string) string { return strings.ReplaceAll(printable(s), "\n", " ") }

func alsoText(t *textPrinter, n int) string {
	if n == 0 {
		return ""
	}
	return "  " + t.lang.say("(the same text at %s)", "（相同正文另见 %s）", t.lang.count(n, "other address", "other addresses", "个网址"))
}

// searchSummary is the last object of a search.
type searchSummary struct {
	Type     string    `json:"type"`
	Command  string    `json:"command"`
	Total    int       `json:"total"`
	Shown    int       `json:"shown"`
	Offset   int       `json:"offset,omitempty"`
	Partial  bool      `json:"partial,omitempty"`
	Missing  []string  `json:"missing,omitempty"`   // damaged files of the index
	Left     int       `json:"unindexed,omitempty"` // versions that were not searched
	Trouble  string    `json:"trouble,omitempty"`   // why not
	Coverage *coverage `json:"coverage,omitempty"`  // when nothing was found
}

func (s searchSummary) text(t *textPrinter) {
	if s.Partial {
		t.say("Time was up: there may be more.", "时间已到：可能还有更多。")
	}
	if s.Left > 0 {
		t.line(t.warn(t.lang.say("not searched: %s; %s", "未被检索：%s；%s", t.lang.count(s.Left, "version", "versions", "个版本"), s.Trouble)))
	}
	if len(s.Missing) > 0 {
		t.line(t.warn(t.lang.say("Not searched, because damaged: %s; `fangzhi rebuild` mends it.", "因损坏未被检索：%s；可用 `fangzhi rebuild` 修复。", strings.Join(s.Missing, ", "))))
	}
	switch {
	case s.Coverage != nil:
		s.Coverage.text(t)
	case s.Shown < s.Total:
		t.say("%d found, %d shown; --limit and --offset show more.", "共 %d 条，显示 %d 条；用 --limit 和 --offset 查看更多。", s.Total, s.Shown)
	default:
		t.say("%d found.", "共 %d 条。", s.Total)
	}
}

// A coverage says what an answer of nothing is worth.
type coverage struct {
	Documents int       `json:"documents"`          // searched
	Looks     int       `json:"looks"`              // at listings of what was asked for
	Listings  int       `json:"listings"`           //
	Last      time.Time `json:"last_look,omitzero"` // the newest that could be read
	Trouble   int       `json:"trouble"`            // listings whose newest look saw nothing
	Unread    int       `json:"unread,omitempty"`   // captures that nobody has read yet
}

// coverageOf is the coverage of what a query asked for. What was published on a day is
// seen on that day or later.
func coverageOf(ctx context.Context, r archive.Reader, q archive.Query) (*coverage, error) {
	status, err := r.Status(ctx)
	if err != nil {
		return nil, err
	}
	of := archive.CoverageQuery{Site: q.Site, Region: q.Region, Category: q.Category}
	of.Days.From = q.Published.From
	if q.Captured.From != (time.Time{}) {
		of.Days.From = parser.DayOf(q.Captured.From)
	}
	if q.Captured.To != (time.Time{}) {
		of.Days.To = parser.DayOf(q.Captured.To.Add(-1))
	}
	c, err := r.Coverage(ctx, of)
	if err != nil {
		return nil, err
	}
	return &coverage{status.Documents + status.Items, c.Looks, c.Listings, c.Last, c.Trouble, status.Unread}, nil
}

func (c *coverage) text(t *textPrinter) {
	t.say("Nothing found among %s.", "在 %s中没有找到。", t.lang.count(c.Documents, "document", "documents", "篇文献"))
	switch {
	case c.Looks == 0:
		t.say("No listing of what you asked for was ever looked at: this says nothing about whether it was published.", "所问范围的列表页从未查看过：不能说明是否发布过。")
	case c.Last.IsZero():
		t.say("None of the %s of what you asked for could ever be read.", "所问范围的 %s都从未读到。", t.lang.count(c.Listings, "listing", "listings", "个列表页"))
	default:
		t.say("Looked at: %s of what you asked for, last on %s.", "所问范围查看过 %s，最近一次是 %s。", t.lang.count(c.Listings, "listing", "listings", "个列表页"), moment(c.Last))
	}
	if c.Trouble > 0 && !c.Last.IsZero() {
		t.say("%d of them could not be read the last time.", "其中 %d 个最近一次没有读到。", c.Trouble)
	}
	if c.Looks > 0 {
		t.say("`fangzhi coverage` shows it day by day.", "`fangzhi coverage` 可逐日查看。")
	}
	if c.Unread > 0 {
		t.say("%s of a crawl that did not end are not searched; the next crawl reads them.", "有 %s属于没有正常结束的采集，未被检索，将由下次采集读取。",
			t.lang.count(c.Unread, "capture", "captures", "条抓取记录"))
	}
}
