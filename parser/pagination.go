package parser

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// nextPage finds the next page of a listing that shows so many rows. The surest way comes
// first (PORTALS 1.13): what the site's rules name, the call that draws the pager, the
// anchor that says 下一页, the next number, the number of this page in its address, the
// interface that the page's scripts ask. nil on the last page.
func (d *document) nextPage(shown int) *Request {
	if next, ok := d.ruledNext(); ok {
		return next
	}
	for _, way := range []func(int) (*Request, bool){
		func(int) (*Request, bool) { return d.calledNext() },
		d.jpageNext,
		d.anchoredNext,
		d.jpaasNext,
		func(int) (*Request, bool) { next := d.countedNext(); return next, next != nil },
		d.fragmentNext,
		d.calledAPI,
		func(int) (*Request, bool) { next := d.templateNext(); return next, next != nil },
	} {
		if next, ok := way(shown); ok {
			return next
		}
	}
	return nil
}

// ruledNext follows the site's own rule.
func (d *document) ruledNext() (*Request, bool) {
	if d.from.Rules.Next == "" {
		return nil, false
	}
	sel, err := cascadia.Compile(d.from.Rules.Next)
	if err != nil || len(d.blocks) == 0 {
		return nil, true
	}
	n := sel.MatchFirst(rootOf(d.blocks[0].node))
	if n == nil {
		return nil, true
	}
	ref := attr(n, "href")
	if ref == "" || ref[0] == '#' || isScript(ref) {
		ref = hiddenAddress(n)
	}
	if u := d.address.resolve(ref); u != "" && !d.isHere(u) {
		return &Request{URL: u}, true
	}
	return nil, true
}

func rootOf(n *html.Node) *html.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

// nextWords are the texts of anchors that lead to the next page, brackets and arrows cut.
var nextWords = map[string]bool{"下一页": true, "下页": true, "下一頁": true, "下頁": true, "后一页": true, "后页": true, "向后": true, "next": true, "nextpage": true, "翻下页": true}

// nextArrows are anchors that are nothing but an arrow, the surest first.
var nextArrows = []string{">", "›", "＞", ">>", "»", "→"}

// turnWords are other texts of pagers.
var turnWords = map[string]bool{
	"上一页": true, "上页": true, "上一頁": true, "前一页": true, "首页": true, "尾页": true, "末页": true, "最后一页": true, "第一页": true, "最末页": true,
	"prev": true, "previous": true, "first": true, "last": true, "跳转": true, "go": true, "尾頁": true, "末頁": true, "上頁": true,
}

const brackets = "[]【】<>〈〉《》‹›«»＜＞()（）|→←."

// pagerWord is the text of an anchor as the words above write it.
func pagerWord(s string) string {
	if len(s) > 24 {
		return ""
	}
	return strings.Trim(strings.ToLower(bare(s)), brackets)
}

// isPagerText tells the text of an anchor that turns pages.
func isPagerText(s string) bool {
	if s == "" || s[0] >= utf8.RuneSelf && !strings.Contains(s, "页") && !strings.Contains(s, "頁") && len(s) > len("跳转") {
		return false
	}
	w := pagerWord(s)
	return nextWords[w] || turnWords[w]
}

// anchoredNext looks for the anchor that says 下一页, else for an arrow or the next number
// among numbers. ok tells that the page says which page follows or that none does.
func (d *document) anchoredNext(int) (next *Request, ok bool) {
	drawn, first := false, -1 // a pager that scripts work, a number in front of arrows
	for i := range d.anchors {
		a := &d.anchors[i]
		if a.end-a.start > 24 {
			continue
		}
		text := d.pagerText(i)
		if w := pagerWord(text); !nextWords[w] {
			if isNumber(text) && first < 0 {
				first = i
			}
			continue
		}
		address, byScript := d.turnedAddress(a)
		if address != "" && !d.isHere(address) {
			return &Request{URL: address}, true
		}
		if text[0] >= utf8.RuneSelf { // a dead next is of a slide show as often as of a pager
			drawn, ok = drawn || byScript, true
		}
	}
	if here, pages, said := d.pagerCount(); ok && said && here < pages {
		drawn = true
	}
	if ok && !drawn {
		return nil, true
	}
	if next := d.numberedNext(); next != nil {
		return next, true
	}
	return d.arrowNext(first)
}

// pagerText is what an anchor says, or what it is called when a picture says it.
func (d *document) pagerText(i int) string {
	a := &d.anchors[i]
	if text := d.anchorText(a); text != "" {
		return text
	}
	for _, key := range []string{"title", "aria-label"} {
		if text := collapse(attr(a.node, key)); text != "" {
			return text
		}
	}
	if d.isAmongNumbers(i) && slices.Contains(strings.Fields(attr(a.node, "class")), "next") {
		return "next"
	}
	return ""
}

// turnedAddress is where an anchor of a pager leads. What a script opens counts only if
// the numbers handed to the script are in the address: goTo(2, '/list') asks for more
// than /list. byScript tells an anchor that leads nowhere without its script.
func (d *document) turnedAddress(a *anchor) (address string, byScript bool) {
	ref := attr(a.node, "href")
	click := attr(a.node, "onclick")
	if ref != "" && ref[0] != '#' && !isScript(ref) {
		return a.url, false
	}
	if isScript(ref) {
		click += ref[len("javascript:"):]
	}
	if a.url == "" {
		return d.turn(click), strings.ContainsAny(click, "123456789")
	}
	if _, args, ok := strings.Cut(click, "("); ok {
		args = strings.TrimLeft(args, "'\" ")
		if n := leadingDigits(args); n > 0 && !hasNumber(a.url, args[:n]) {
			return d.turn(click), true
		}
	}
	return a.url, false
}

// hasNumber tells whether a number stands in s, not as part of another.
func hasNumber(s, number string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], number)
		if i < 0 {
			return false
		}
		i += at
		at = i + len(number)
		if (i == 0 || leadingDigits(s[i-1:i]) == 0) && leadingDigits(s[at:]) == 0 {
			return true
		}
	}
}

// isHere tells whether an address is the page's own.
func (d *document) isHere(address string) bool {
	if d.from.URL == nil {
		return false
	}
	here := *d.from.URL
	here.Fragment, here.RawFragment = "", ""
	return address == here.String()
}

// numberedNext takes the number after that of this page from a row of numbers.
func (d *document) numberedNext() *Request {
	want := d.numberHere() + 1
	for i := range d.anchors {
		a := &d.anchors[i]
		if a.end-a.start > 4 || d.anchorText(a) != strconv.Itoa(want) || !d.isAmongNumbers(i) {
			continue
		}
		if address, _ := d.turnedAddress(a); address != "" && !d.isHere(address) {
			return &Request{URL: address}
		}
	}
	return nil
}

// numberHere is the number of this page: that of the anchor which leads to it, that of
// the one which leads nowhere among those that do, or that which is missing.
func (d *document) numberHere() int {
	dead, before := 0, 0
	for i := range d.anchors {
		a := &d.anchors[i]
		if a.end-a.start > 4 || a.hidden {
			continue
		}
		text := d.anchorText(a)
		if !isNumber(text) || !d.isAmongNumbers(i) {
			continue
		}
		n := atoi(text)
		address, byScript := d.turnedAddress(a)
		switch {
		case address != "" && d.isHere(address):
			return n
		case address == "" && !byScript && dead == 0:
			dead = n
		case before > 0 && n == before+2: // <b>2</b> between the anchors 1 and 3
			return before + 1
		}
		before = n
	}
	return max(dead, 1)
}

// isAmongNumbers tells whether an anchor has another number or a word of pagers beside it.
func (d *document) isAmongNumbers(i int) bool {
	for _, k := range []int{i - 1, i + 1} {
		if k < 0 || k >= len(d.anchors) || d.anchors[k].end-d.anchors[k].start > 24 {
			continue
		}
		if text := d.anchorText(&d.anchors[k]); isNumber(text) || isPagerText(text) {
			return true
		}
	}
	return false
}

// arrowNext takes an arrow behind numbers; elsewhere arrows are decoration.
func (d *document) arrowNext(first int) (*Request, bool) {
	if first < 0 {
		return nil, false
	}
	for _, arrow := range nextArrows {
		for i := first + 1; i < len(d.anchors); i++ {
			if a := &d.anchors[i]; a.url != "" && a.end-a.start <= 6 && !d.isHere(a.url) && d.anchorText(a) == arrow {
				return &Request{URL: a.url}, true
			}
		}
	}
	return nil, false
}

// pagerLine is the first line that turns pages, or that behind which a script draws what
// does; -1 when the page has none.
func (d *document) pagerLine() int32 {
	for i := range d.anchors {
		a := &d.anchors[i]
		if a.end-a.start > 24 || a.hidden {
			continue
		}
		if w := pagerWord(d.anchorText(a)); nextWords[w] || w == "尾页" || w == "末页" {
			return a.line
		}
	}
	for _, s := range d.scripts {
		if strings.Contains(s.code(), "createPageHTML(") {
			return s.line
		}
	}
	for i := range d.lines {
		if l := &d.lines[i]; l.chars < 60 {
			if _, _, ok := readCount(d.lineText(i)); ok {
				return int32(i)
			}
		}
	}
	return -1
}

// pagerCount reads which page this is of how many, where a line says so.
func (d *document) pagerCount() (here, pages int, ok bool) {
	for i := len(d.lines) - 1; i >= 0; i-- {
		if l := &d.lines[i]; l.chars >= 3 && l.chars < 120 {
			if here, pages, ok := readCount(d.lineText(i)); ok {
				return here, pages, ok
			}
		}
	}
	return 0, 0, false
}

// readCount reads 1/144, 第1/24页, 第1页 共24页 or 共24页 … 当前第1页 in a short line. A line that
// is nothing but two numbers counts, a date does not.
func readCount(s string) (here, pages int, ok bool) {
	s = bare(s)
	if i := strings.IndexByte(s, '/'); i > 0 && strings.Count(s, "/") == 1 {
		before := strings.TrimSuffix(s[:i], "页")
		k := len(before)
		for k > 0 && before[k-1] >= '0' && before[k-1] <= '9' {
			k--
		}
		after := strings.TrimPrefix(s[i+1:], "共")
		n := leadingDigits(after)
		says := strings.Contains(s, "页") || strings.HasSuffix(before[:k], "条") || k == 0 && n == len(after)
		if k < len(before) && n > 0 && n < 6 && len(before)-k < 6 && says {
			here, pages = atoi(before[k:]), atoi(after[:n])
			return here, pages, here >= 1 && here <= pages
		}
	}
	here, okHere := numberBetween(s, "第", "页")
	pages, okPages := numberBetween(s, "共", "页")
	return here, pages, okHere && okPages && here >= 1 && here <= pages
}

// numberBetween is the number that stands between two words.
func numberBetween(s, before, after string) (int, bool) {
	for rest := s; ; {
		_, tail, ok := strings.Cut(rest, before)
		if !ok {
			return 0, false
		}
		tail = strings.TrimLeft(tail, "：:")
		if n := leadingDigits(tail); n > 0 && n < 6 && strings.HasPrefix(tail[n:], after) {
			return atoi(tail[:n]), true
		}
		rest = tail
	}
}

// fragmentNext is the request after the one that this page answers, where that was to an
// interface which delivers pieces of markup.
func (d *document) fragmentNext(shown int) (*Request, bool) {
	q := d.request()
	for _, piece := range apis {
		if !strings.Contains(q.URL, piece) || !hasCounter(q) {
			continue
		}
		totals := map[string]int{}
		if _, pages, ok := d.pagerCount(); ok {
			totals["totalpages"] = pages
		}
		return q.after(shown, totals), true
	}
	return nil, false
}

func isNumber(s string) bool { return s != "" && leadingDigits(s) == len(s) && len(s) < 7 }
