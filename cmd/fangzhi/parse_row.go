package main

import (
	"fmt"
	"strings"

	"fangzhi/parser"
	"fangzhi/parser/charset"
	"fangzhi/parser/region"
)

// A parsedRow is what was read out of one page. Fields that the page does not have are
// left out.
type parsedRow struct {
	Type     string      `json:"type"`
	Name     string      `json:"name"` // as it was asked for
	URL      string      `json:"url"`
	Kind     parser.Kind `json:"kind"`
	Why      string      `json:"why"`
	Charset  string      `json:"charset"`
	Redirect string      `json:"redirect,omitempty"`
	Title    string      `json:"title"`
	*parsedArticle
	*parsedListing
	Explain *explained `json:"explain,omitempty"`
}

type parsedArticle struct {
	Date         string         `json:"date"`
	DateTime     string         `json:"datetime,omitempty"` // where a time of day is printed
	DateEvidence string         `json:"date_evidence,omitempty"`
	DateWeak     bool           `json:"date_weak,omitempty"`
	SignedOn     string         `json:"signed_on,omitempty"`
	Source       string         `json:"source"`
	Author       string         `json:"author,omitempty"`
	Editor       string         `json:"editor,omitempty"`
	Issuer       string         `json:"issuer,omitempty"`
	DocNumber    string         `json:"doc_number,omitempty"`
	IndexNumber  string         `json:"index_number,omitempty"`
	RegionCode   string         `json:"region_code,omitempty"`
	Category     string         `json:"category,omitempty"`
	Breadcrumb   []string       `json:"breadcrumb,omitempty"`
	Text         string         `json:"text"`
	HTML         string         `json:"html,omitempty"`
	Amounts      []parsedAmount `json:"amounts,omitempty"`
	Attachments  []parsedLink   `json:"attachments,omitempty"`
	Images       []parsedLink   `json:"images,omitempty"`
	NextPart     string         `json:"next_part,omitempty"`
}

type parsedAmount struct {
	Text     string  `json:"text"`
	Value    float64 `json:"value"`
	Currency string  `json:"currency"`
}

type parsedLink struct {
	URL  string `json:"url"`
	Text string `json:"text"`
}

func parsedLinks(links []parser.Link) (out []parsedLink) {
	for _, l := range links {
		out = append(out, parsedLink(l))
	}
	return out
}

type parsedListing struct {
	Items []parsedItem `json:"items"`
	Dead  int          `json:"dead,omitempty"`
	Next  string       `json:"next"`
	Form  string       `json:"form,omitempty"` // to be posted to Next
}

type parsedItem struct {
	Href   string `json:"href"`
	Title  string `json:"title"`
	Date   string `json:"date"`
	Pinned bool   `json:"pinned,omitempty"`
}

// explained is parser.Explanation, and what decided the charset.
type explained struct {
	Charset   charsetChoice `json:"charset"`
	Family    string        `json:"family,omitempty"`
	TitleFrom string        `json:"title_from,omitempty"` // this and what follows: of an article
	Container string        `json:"container,omitempty"`
	Score     int           `json:"score,omitempty"`
	Whole     int           `json:"whole,omitempty"`
	Dates     []dateChoice  `json:"dates,omitempty"`
}

type charsetChoice struct {
	Label    string `json:"label"`
	Method   string `json:"method"`
	Declared string `json:"declared,omitempty"`
	Replaced int    `json:"replaced"`
}

type dateChoice struct {
	Date     string `json:"date"`
	Evidence string `json:"evidence"`
	Refused  string `json:"refused,omitempty"`
}

func newParsedRow(in *pageBytes, p *parser.Page, c charset.Evidence, why *parser.Explanation) *parsedRow {
	r := &parsedRow{Type: "page", Name: in.name, URL: in.from.URL.String(), Kind: p.Kind, Why: p.Why, Charset: c.Label + " (" + c.Method + ")", Redirect: p.Redirect, Title: p.Title}
	if a := p.Article; a != nil {
		r.Title = a.Title
		r.parsedArticle = newParsedArticle(a)
	}
	if l := p.Listing; l != nil {
		r.parsedListing = newParsedListing(l)
	}
	if why != nil {
		r.Explain = newExplained(c, why, p.Kind)
	}
	return r
}

func newParsedArticle(a *parser.Article) *parsedArticle {
	return &parsedArticle{
		Date: a.Date.Day().String(), DateTime: timeOfDay(a.Date), DateEvidence: a.Date.Evidence, DateWeak: a.Date.Weak, SignedOn: a.SignedOn.String(),
		Source: a.Source, Author: a.Author, Editor: a.Editor, Issuer: a.Issuer, DocNumber: a.DocNumber, IndexNumber: a.IndexNumber,
		RegionCode: a.Region, Category: a.Category, Breadcrumb: a.Breadcrumb, Text: a.Text, HTML: a.HTML, Amounts: parsedAmounts(a.Amounts),
		Attachments: parsedLinks(a.Attachments), Images: parsedLinks(a.Images), NextPart: a.Next,
	}
}

func parsedAmounts(sums []parser.Amount) (out []parsedAmount) {
	for _, s := range sums {
		out = append(out, parsedAmount(s))
	}
	return out
}

// timeOfDay is a date with the time that was printed, "" where only the day was.
func timeOfDay(d parser.Date) string {
	switch d.Precision {
	case parser.PrecisionMinute:
		return d.Time.Format("2006-01-02T15:04")
	case parser.PrecisionSecond:
		return d.Time.Format("2006-01-02T15:04:05")
	}
	return ""
}

func newParsedListing(l *parser.Listing) *parsedListing {
	out := &parsedListing{Items: make([]parsedItem, len(l.Items)), Dead: l.Dead}
	for i, item := range l.Items {
		out.Items[i] = parsedItem{item.URL, item.Title, item.Date.String(), item.Pinned}
	}
	if l.Next != nil {
		out.Next, out.Form = l.Next.URL, l.Next.Form
	}
	return out
}

func newExplained(c charset.Evidence, why *parser.Explanation, kind parser.Kind) *explained {
	e := &explained{Charset: charsetChoice(c), Family: why.Family}
	if kind != parser.KindArticle {
		return e // what it would be as an article is nobody's question
	}
	e.TitleFrom, e.Container, e.Score, e.Whole = why.TitleFrom, why.Container, why.Score, why.Whole
	for _, d := range why.Dates {
		date := timeOfDay(d.Date)
		if date == "" {
			date = d.Date.Day().String()
		}
		e.Dates = append(e.Dates, dateChoice{date, d.Date.Evidence, d.Refused})
	}
	return e
}

func (r *parsedRow) text(t *textPrinter) {
	if r.Title != "" {
		t.line(t.bold(printable(r.Title)))
		t.line()
	}
	t.field("kind", "类型", string(r.Kind)+" ("+r.Why+")")
	t.field("leads to", "转向", r.Redirect)
	if r.parsedArticle != nil {
		r.parsedArticle.fields(t)
	}
	t.field("charset", "编码", r.Charset)
	if r.Explain != nil {
		r.Explain.text(t)
	}
	if a := r.parsedArticle; a != nil && a.Text != "" {
		t.line()
		t.line(printable(a.Text))
	}
	if r.parsedListing != nil {
		r.parsedListing.text(t)
	}
}

func (a *parsedArticle) fields(t *textPrinter) {
	date := strings.Replace(a.DateTime, "T", " ", 1)
	if date == "" {
		date = a.Date
	}
	if a.DateWeak {
		date += t.lang.say(" (doubtful)", "（日期存疑）")
	}
	if a.DateEvidence != "" {
		date += t.lang.say("  from ", "  依据 ") + a.DateEvidence
	}
	place := a.RegionCode
	if path := region.String(a.RegionCode); path != "" {
		place = path + " " + a.RegionCode
	}
	for _, f := range []struct{ en, zh, value string }{
		{"date", "日期", date}, {"signed", "成文日期", a.SignedOn}, {"source", "来源", a.Source}, {"author", "作者", a.Author}, {"editor", "编辑", a.Editor},
		{"issuer", "发文机关", a.Issuer}, {"number", "发文字号", a.DocNumber}, {"index", "索引号", a.IndexNumber},
		{"region", "地区", place}, {"category", "栏目", a.Category}, {"breadcrumb", "位置", strings.Join(a.Breadcrumb, " > ")},
	} {
		t.field(f.en, f.zh, f.value)
	}
	for _, sum := range a.Amounts {
		t.field("amount", "金额", sum.Text)
	}
	for _, l := range a.Attachments {
		t.field("attachment", "附件", l.Text+" "+l.URL)
	}
	for _, l := range a.Images {
		t.field("image", "图片", strings.TrimSpace(l.Text+" "+l.URL))
	}
	t.field("next part", "下一部分", a.NextPart)
}

func (l *parsedListing) text(t *textPrinter) {
	t.line()
	for _, item := range l.Items {
		pin := ""
		if item.Pinned {
			pin = t.lang.say(" (pinned)", "（置顶）")
		}
		t.line(fmt.Sprintf("%-10s  ", item.Date), printable(item.Title), pin, "  ", t.dim(printable(item.Href)))
	}
	if l.Dead > 0 {
		t.say("%d rows lead nowhere", "%d 条没有可用的链接", l.Dead)
	}
	t.field("next page", "下一页", strings.TrimSpace(l.Next+" "+l.Form))
}

func (e *explained) text(t *textPrinter) {
	t.line()
	decided := e.Charset.Method
	if e.Charset.Declared != "" {
		decided += t.lang.say("; declared ", "；声明为 ") + e.Charset.Declared
	}
	if e.Charset.Replaced > 0 {
		decided += t.lang.say("; %d characters could not be read", "；有 %d 个字符无法识别", e.Charset.Replaced)
	}
	t.field("charset by", "编码依据", decided)
	t.field("family", "网站软件", e.Family)
	t.field("title from", "标题出自", e.TitleFrom)
	if e.Container != "" {
		t.field("body in", "正文在", e.Container+t.lang.say("  score %d of %d", "  得分 %d，全页 %d", e.Score, e.Whole))
	}
	for _, d := range e.Dates {
		verdict := t.lang.say("taken", "采用")
		if d.Refused != "" {
			verdict = t.lang.say("refused, ", "不采用，") + d.Refused
		}
		t.field("date", "日期", d.Date+"  "+verdict+"  ("+d.Evidence+")")
	}
}
