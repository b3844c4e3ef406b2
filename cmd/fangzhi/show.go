package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/parser/charset"
)

var showHelp = help{
	use:   "show ID",
	group: groupFind,
	short: words{"show a document: its text, its page, its bytes, its record", "查看文献：正文、网页、原始字节、WARC 记录"},
	long: words{`
Show prints one document with where everything in it came from: the date with its evidence, the place, the source, when the page was fetched, the digest of its bytes and the WARC record that holds them.

ID is what search prints, or any beginning of it that stands for one document only; ID@2 is its second version; the address works too. --html prints the page cleaned of scripts and of everything that loads from elsewhere; --raw its payload, byte for byte, so that "fangzhi show --raw ID | sha256sum" gives the digest; --warc the record as it lies in the archive, a gzip member that WARC tools read.`, `
显示一篇文献，并说明每一项的出处：日期及其依据、地区、来源、抓取时间、字节的校验值，以及保存它的 WARC 记录。

ID 是 search 输出的编号，或足以区分的开头几位；ID@2 是第二个版本；也可以直接写网址。--html 输出清理过的网页（去掉脚本和一切外部加载的内容）；--raw 逐字节输出网页内容，因此 “fangzhi show --raw ID | sha256sum” 与校验值一致；--warc 原样输出档案中的记录（gzip），可用其他 WARC 工具读取。`},
	example: "fangzhi show k3x7q2ma\nfangzhi show k3x7q2ma@1 --html > page.html\nfangzhi show --warc https://www.jiangxi.gov.cn/art/1.html > one.warc.gz",
	exits:   archiveExits(exitFixity),
}

type showOptions struct {
	html, raw, warc bool
}

func (a *app) showCommand() *cobra.Command {
	var opt showOptions
	c := a.command(showHelp, cobra.ExactArgs(1), func(ctx context.Context, args []string) error { return a.show(ctx, opt, args[0]) })
	f := c.Flags()
	f.BoolVar(&opt.html, "html", false, a.lang.say("the page, cleaned", "清理过的网页"))
	f.BoolVar(&opt.raw, "raw", false, a.lang.say("the payload, byte for byte", "网页内容，逐字节"))
	f.BoolVar(&opt.warc, "warc", false, a.lang.say("the WARC record, as it lies in the archive", "档案中的 WARC 记录，原样"))
	return c
}

func (a *app) show(ctx context.Context, opt showOptions, ref string) (err error) {
	if err := onlyOne(given{"--html", opt.html}, given{"--raw", opt.raw}, given{"--warc", opt.warc}); err != nil {
		return err
	}
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	article, err := r.Article(ctx, ref)
	if err != nil {
		return err
	}
	if !opt.html && !opt.raw && !opt.warc {
		a.out.Print(articleRow{*article})
		a.out.Print(showSummary{"summary", "show", 1})
		return nil
	}
	if article.Location.IsZero() {
		return &problem{code: exitFailed, err: archive.ErrNotFound,
			what: words{fmt.Sprintf("%s is known from a listing only: its page was never fetched", article.ID), fmt.Sprintf("%s 只在列表页中出现过，网页本身从未抓取", article.ID)},
			hint: words{"`fangzhi save " + article.URL + "` fetches it", "用 `fangzhi save " + article.URL + "` 抓取"}}
	}
	if opt.warc {
		return a.showRecord(article.Location)
	}
	c, err := archive.ReadCapture(a.global.archive, article.Location)
	if err != nil {
		return err
	}
	if opt.raw {
		_, err = a.stdout.Write(c.Payload())
		return err
	}
	return a.showPage(article, c)
}

// showRecord copies the member that holds the record.
func (a *app) showRecord(loc archive.Location) error {
	if loc.Segment != filepath.Base(loc.Segment) || !filepath.IsLocal(loc.Segment) {
		return fmt.Errorf("show record: segment name %q", loc.Segment)
	}
	f, err := os.Open(filepath.Join(a.global.archive, archive.CapturesDir, loc.Segment))
	if err != nil {
		return fmt.Errorf("show record: %w", err)
	}
	defer f.Close()
	n, err := io.Copy(a.stdout, io.NewSectionReader(f, loc.Offset, loc.Length))
	if err == nil && n < loc.Length {
		err = fmt.Errorf("show record %s:%d: %w", loc.Segment, loc.Offset, io.ErrUnexpectedEOF)
	}
	return err
}

// maxShown bounds what is unpacked to be shown, in bytes.
const maxShown = 64 << 20

// showPage prints the page as UTF-8 without anything that runs or loads.
func (a *app) showPage(article *archive.Article, c *archive.Capture) error {
	body, err := c.Body(maxShown)
	if err != nil {
		return err
	}
	text, _ := charset.Decode(body, c.Header.Get("Content-Type"))
	_, err = io.WriteString(a.stdout, pageHead(article)+cleaner().Sanitize(string(text))+"\n</body>\n</html>\n")
	return err
}

// cleaner lets words, their order and links through, and nothing that is loaded,
// runs or sends.
func cleaner() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowStandardURLs()
	p.AllowRelativeURLs(true)
	p.AllowAttrs("href").OnElements("a")
	p.AllowLists()
	p.AllowTables()
	p.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "br", "hr", "b", "i", "em", "strong", "u", "s",
		"sub", "sup", "blockquote", "pre", "code", "article", "section", "header", "footer", "nav", "main", "figure", "figcaption", "center", "address")
	p.SkipElementsContent("select", "button", "noscript", "iframe", "object", "svg", "title")
	return p
}

func pageHead(article *archive.Article) string {
	e := html.EscapeString
	return `<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="referrer" content="no-referrer">
<base href="` + e(article.URL) + `">
<title>` + e(article.Title) + `</title>
</head>
<body>
<!-- ` + e(strings.ReplaceAll(article.URL, "--", "%2D%2D")) + ` ` + e(article.Digest) + ` -->
`
}

// An articleRow is a document in full.
type articleRow struct {
	archive.Article
}

func (r articleRow) text(t *textPrinter) {
	t.line(t.bold(printable(r.Title)))
	t.line()
	t.field("date", "日期", r.dateWithEvidence(t))
	t.field("region", "地区", strings.TrimSpace(r.Region+" "+r.RegionCode))
	t.field("category", "栏目", r.Category)
	for _, f := range []struct{ en, zh, value string }{
		{"source", "来源", r.Source}, {"author", "作者", r.Author}, {"issuer", "发文机关", r.Issuer},
		{"number", "发文字号", r.DocNumber}, {"index", "索引号", r.IndexNumber}, {"signed", "成文日期", r.SignedOn},
	} {
		t.field(f.en, f.zh, f.value)
	}
	t.field("address", "网址", r.URL)
	for _, other := range r.Addresses {
		t.field("also at", "另见", other)
	}
	if u := r.Unreachable; u != nil {
		t.field("unreachable", "无法访问", t.lang.say("since %s (HTTP %d, seen %d times); no claim that it was withdrawn", "自 %s 起（HTTP %d，共 %d 次）；不表示已被撤回", moment(u.Since), u.Status, u.Times))
	}
	r.provenance(t)
	if r.Text != "" {
		t.line()
		t.line(printable(r.Text))
	}
	r.links(t)
}

func (r articleRow) dateWithEvidence(t *textPrinter) string {
	date := r.Date
	if r.DateTime != "" {
		date = strings.Replace(r.DateTime, "T", " ", 1)
	}
	if date == "" {
		return t.lang.say("none on the page", "页面上没有")
	}
	if r.DateWeak {
		date += t.lang.say(" (doubtful)", "（日期存疑）")
	}
	if r.DateEvidence != "" {
		date += t.lang.say("  from ", "  依据 ") + r.DateEvidence
	}
	return date
}

func (r articleRow) provenance(t *textPrinter) {
	t.field("id", "编号", r.ID+r.versionText(t))
	t.field("captured", "抓取时间", moment(r.Captured))
	t.field("seen", "见到", spanText(r.FirstSeen, r.LastSeen))
	t.field("digest", "校验值", r.Digest)
	if !r.Location.IsZero() {
		t.field("record", "记录", fmt.Sprintf("%s:%d", r.Location.Segment, r.Location.Offset))
	}
	t.field("charset", "编码", r.Charset)
	for _, l := range r.Listings {
		t.field("listed on", "列于", l.Listing)
	}
}

func (r articleRow) versionText(t *textPrinter) string {
	if r.Versions < 2 {
		return ""
	}
	return t.lang.say("  version %d of %d; %s@1 is the first", "  第 %d 版，共 %d 版；%s@1 为第一版", r.Version, r.Versions, r.ID)
}

func (r articleRow) links(t *textPrinter) {
	if len(r.Attachments)+len(r.Images) > 0 {
		t.line()
	}
	for _, l := range r.Attachments {
		t.field("attachment", "附件", strings.TrimSpace(l.Text+" "+l.URL))
	}
	for _, l := range r.Images {
		t.field("image", "图片", strings.TrimSpace(l.Text+" "+l.URL))
	}
}

type showSummary struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	Shown   int    `json:"shown"`
}

func (showSummary) text(*textPrinter) {}
