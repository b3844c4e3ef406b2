package corpus

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Mark is the score of one page.
type Mark struct {
	ID      string
	Listing bool
	Kind    bool // taken for what it is

	F1, P, R         float64 // text of an article, items of a listing
	Title            bool
	Dated, Date      bool // the gold has a date; it is equal
	Sourced, Source  bool // the gold says who; it is equal
	Invented         bool // a source where the page has none
	Items, Titles    int  // rows of a listing; with the right title
	DatedRows, Dates int
	Next             bool
}

// Score compares an output with the gold of its page.
func Score(p *Page, out Output) Mark {
	if p.Gold.Items != nil {
		return scoreListing(p, out)
	}
	g := p.Gold
	m := Mark{ID: p.ID, Kind: out.Kind == p.Kind}
	title, text, goldTitle := normal(out.Title), textOf(out.Text), normal(g.Title)
	want := g.Text
	switch {
	case !g.Body.Said && (title == "" || !strings.Contains(prefix(text, 200), title)):
		text = title + text
	case g.Body.Said:
		want = g.Body.Text
		if goldTitle != "" && strings.HasPrefix(text, goldTitle) && !strings.HasPrefix(textOf(want), goldTitle) {
			text = text[len(goldTitle):]
		}
	}
	m.F1, m.P, m.R = overlap(text, textOf(want))
	m.Title = title == goldTitle
	m.Dated = g.Date != ""
	m.Date = m.Dated && prefix(out.Date, 10) == g.Date
	if m.Sourced = g.Source.Said; m.Sourced {
		got, want := sourceOf(out.Source), sourceOf(g.Source.Text)
		m.Source = got == want
		m.Invented = want == "" && got != ""
	}
	return m
}

func scoreListing(p *Page, out Output) Mark {
	m := Mark{ID: p.ID, Listing: true, Kind: out.Kind == p.Kind}
	dead := byLink(p.Gold.Dead)
	want, got := byLink(p.Gold.Items), byLink(out.Items)
	maps.DeleteFunc(got, func(link string, _ Item) bool { _, gone := dead[link]; return gone })
	both := 0
	for link, w := range want {
		if w.Date != "" {
			m.DatedRows++
		}
		g, found := got[link]
		if !found {
			continue
		}
		both++
		attr := w.Attr
		if attr == "" {
			attr = "-"
		}
		if t := normal(g.Title); t == normal(w.Title) || t == normal(attr) {
			m.Titles++
		}
		if w.Date != "" && g.Date == w.Date {
			m.Dates++
		}
	}
	m.Items = len(want)
	m.F1, m.P, m.R = ratios(both, len(got), len(want))
	m.Next = resolve(out.Next) == resolve(p.Gold.Next)
	return m
}

func byLink(items []Item) map[string]Item {
	m := make(map[string]Item, len(items))
	for _, i := range items {
		m[resolve(i.Href)] = i
	}
	return m
}

// overlap is F1, precision and recall of the bigrams of characters, as multisets.
func overlap(out, gold string) (f1, p, r float64) {
	switch {
	case gold == "" && out == "":
		return 1, 1, 1
	case gold == "" || out == "":
		return 0, 0, 0
	}
	a, b := bigrams(out), bigrams(gold)
	return ratios(common(a, b), len(a), len(b))
}

// ratios are F1, precision and recall of n things in common.
func ratios(n, out, gold int) (f1, p, r float64) {
	if out+gold == 0 {
		return 1, 1, 1
	}
	return 2 * float64(n) / float64(out+gold), float64(n) / float64(max(out, 1)), float64(n) / float64(max(gold, 1))
}

// bigrams are the pairs of neighbours in s, sorted; s itself if it is one character.
func bigrams(s string) []uint64 {
	out := make([]uint64, 0, len(s)/3)
	last, n := rune(0), 0
	for _, r := range s {
		if n++; n > 1 {
			out = append(out, uint64(last)<<32|uint64(r))
		}
		last = r
	}
	if n == 1 {
		out = append(out, uint64(last))
	}
	slices.Sort(out)
	return out
}

// common counts what two sorted multisets share.
func common(a, b []uint64) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}

// normal is s in NFKC without blanks.
func normal(s string) string {
	return strings.Map(func(r rune) rune {
		if isBlank(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1C && r <= 0x1F || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF || r == 0xAD
}

// textOf is the normal text without the lines that count neither way.
func textOf(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		if line = normal(line); !isNeutral(line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Lines on which golds disagree: disclaimers, short ones with a date or a label of
// source, author or editor, and buttons.
var (
	disclaimer = regexp.MustCompile(`^[\[(【(]*(免责声明|免責聲明|声明[::]|本文仅代表|以上内容仅供|凡注明|凡本网|特别声明|版权声明|风险提示)`)
	labelled   = regexp.MustCompile(`^[\[(【(/|]*((?:作者|记者)[::].{0,12}|` +
		`(发布时间|发布日期|發布時間|时间|時間|日期|来源|來源|信息来源|文章来源|稿源|编辑|編輯|责任编辑|責任編輯|责编|校对|浏览次数|字号|字体|关键字|关键词|關鍵字|更新)[::].*|` +
		`.{0,30}(19|20)\p{Nd}\p{Nd}(-|/|\.|年)\p{Nd}{1,2}(-|/|\.|月)\p{Nd}{1,2}日?(\p{Nd}{1,2}[::]\p{Nd}\p{Nd}.*|.{0,12}))$`)
	button = regexp.MustCompile(`^[\[(【(]?(关闭|關閉|打印|分享|收藏|推荐|我要评论|返回顶部)[\])】)]?$`)
)

func isNeutral(line string) bool {
	return disclaimer.MatchString(line) || utf8.RuneCountInString(line) <= 60 && labelled.MatchString(line) || button.MatchString(line)
}

var sourceLabel = regexp.MustCompile(`^[\[(【(]*(信息来源|文章来源|稿件来源|本文来源于|来源于|来源)[::]?`)

// sourceOf is a source without label and brackets.
func sourceOf(s string) string {
	return strings.Trim(sourceLabel.ReplaceAllString(normal(s), ""), "[]()【】")
}

// prefix is the first n characters of s.
func prefix(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
