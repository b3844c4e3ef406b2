package parser

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A row is a unit of a list: a child of its block, or a bare line in it.
type row struct {
	node       *html.Node // of the child, nil for a bare line
	first, end int32      // lines
	from, to   int32      // anchors
	anchor     int32      // the one that leads to the article, -1 if none does
	size       int32      // of its title, in characters
	when       rowDate
}

// A list is a block whose children repeat.
type list struct {
	block  int32
	rows   []row
	dated  int
	score  int
	beside int // lists of the page that are nearly as good, itself and its other columns included
}

const (
	shortTitle = 4  // characters that the title of a row has at least
	datedTitle = 2  // and that of a row with a date
	longTitle  = 40 // characters more say nothing more for a list
	dateWorth  = 40 // a date says as much for a list as this many characters
	menuTitle  = 8  // rows shorter than this on average are navigation
)

// lists finds the blocks of the page that hold rows.
func (d *document) lists() []list {
	var out []list
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.to-b.from < 2 && b.next-int32(i) < 3 || b.next == int32(i)+1 && b.end-b.first < 2 || d.isFrame(int32(i)) {
			continue
		}
		if l := d.listOf(int32(i)); l.score > 0 {
			out = append(out, l)
		}
	}
	return out
}

// isRanking tells rows that are numbered: 1 … 2 … 3 …, as the most read are.
func (d *document) isRanking(rows []row) bool {
	for i, r := range rows[:min(3, len(rows))] {
		s := d.lineText(int(r.first))
		if n := leadingDigits(s); n == 0 || n > 2 || atoi(s[:n]) != i+1 {
			return false
		}
	}
	return len(rows) >= 3
}

// isFrame tells a block of which one child holds nearly all links: the list is in there.
func (d *document) isFrame(b int32) bool {
	links := d.blocks[b].to - d.blocks[b].from
	if links < 8 {
		return false
	}
	for i := b + 1; i < d.blocks[b].next; i = d.blocks[i].next {
		if (d.blocks[i].to-d.blocks[i].from)*4 > links*3 {
			return true
		}
	}
	return false
}

// listOf reads a block as a list.
func (d *document) listOf(b int32) list {
	l := list{block: b}
	crowded, chars := 0, int32(0)
	units := d.units(b)
	for k, r := range units {
		r.anchor = d.mainAnchor(r)
		size := d.rowSize(r)
		if size < datedTitle {
			continue
		}
		if d.isCrowded(r) {
			crowded++
			continue
		}
		if r.when = d.rowStamp(r); !r.when.ok {
			r.when = d.lentStamp(units, k)
		}
		if size < shortTitle && !r.when.ok {
			continue
		}
		r.size = size
		l.rows = append(l.rows, r)
	}
	l.rows = unlikeDropped(l.rows)
	for _, r := range l.rows {
		if chars += min(r.size, longTitle); r.when.ok {
			l.dated++
			chars += dateWorth
		}
	}
	n := len(l.rows)
	if n == 0 || n < 2 && l.dated == 0 || crowded*2 > n {
		return list{block: b}
	}
	l.score = int(chars)
	if int(chars) < menuTitle*n {
		l.score /= 4
	} else if l.dated*4 < n && d.isRanking(l.rows) {
		l.score /= 2
	}
	if n < 2 {
		l.score = 1 // better than nothing, worse than any other
	}
	return l
}

// unlikeDropped leaves out rows that stand among others but are not made like them: a bar of
// navigation beside them, short, without date and of another tag or class than the most.
func unlikeDropped(rows []row) []row {
	if len(rows) < 4 {
		return rows
	}
	count := map[string]int{}
	made := func(r row) string {
		if r.node == nil {
			return ""
		}
		return r.node.Data + " " + attr(r.node, "class")
	}
	most := ""
	for _, r := range rows {
		m := made(r)
		if count[m]++; count[m] > count[most] {
			most = m
		}
	}
	if count[most]*3 < len(rows)*2 || count[most] == len(rows) {
		return rows
	}
	return slices.DeleteFunc(rows, func(r row) bool { return !r.when.ok && r.size < menuTitle && made(r) != most })
}

// units are the children of a block that could be rows.
func (d *document) units(b int32) []row {
	var out []row
	at := d.blocks[b].first
	anchor := d.blocks[b].from
	for i := b + 1; i < d.blocks[b].next; i = d.blocks[i].next {
		c := &d.blocks[i]
		out = d.bareUnits(out, at, c.first, anchor, c.from)
		if c.end > c.first && c.node.DataAtom != atom.Head {
			out = append(out, row{node: c.node, first: c.first, end: c.end, from: c.from, to: c.to, anchor: -1})
		}
		at, anchor = max(at, c.end), c.to
	}
	return d.bareUnits(out, at, d.blocks[b].end, anchor, d.blocks[b].to)
}

// bareUnits makes rows of lines that are in no child.
func (d *document) bareUnits(out []row, first, end, from, to int32) []row {
	for i := first; i < end; i++ {
		r := row{first: i, end: i + 1, from: from, anchor: -1}
		for from < to && d.anchors[from].line <= i {
			from++
		}
		r.to = from
		out = append(out, r)
	}
	return out
}

// mainAnchor is the anchor of a row that leads to the article: of those that lead
// where the longest leads, a heading or else the first that could be a title, for a
// summary is often a link too.
func (d *document) mainAnchor(r row) int32 {
	best, most := int32(-1), int32(0)
	for k := r.from; k < r.to; k++ {
		if n := d.titleSize(k); n > most && !d.anchors[k].hidden && !d.isPagerWord(k) {
			best, most = k, n
		}
	}
	if best < 0 || r.to-r.from < 2 {
		return best
	}
	first := int32(-1)
	for k := r.from; k < r.to; k++ {
		a := &d.anchors[k]
		if a.hidden || a.url != d.anchors[best].url || d.titleSize(k) < shortTitle {
			continue
		}
		if l := d.lineOf(a); l != nil && l.heading > 0 {
			return k
		}
		if first < 0 && !isGeneric(d.anchorText(a)) {
			first = k
		}
	}
	if first >= 0 {
		return first
	}
	return best
}

// lineOf is the line in which an anchor's text begins.
func (d *document) lineOf(a *anchor) *line {
	if int(a.line) >= len(d.lines) {
		return nil
	}
	return &d.lines[a.line]
}

// titleSize is the number of bytes of an anchor's words in characters of Chinese.
func (d *document) titleSize(k int32) int32 {
	a := &d.anchors[k]
	return (a.end - a.start + 2) / 3
}

// rowSize is the size of the title of a row, 0 for a row that leads nowhere.
func (d *document) rowSize(r row) int32 {
	if r.anchor >= 0 {
		return d.titleSize(r.anchor)
	}
	if r.node != nil && r.from == r.to && r.end-r.first < 8 && clickAddress(r.node) != "" {
		return int32(len(d.longestLine(r))+2) / 3
	}
	return 0
}

// isPagerWord tells an anchor that turns pages.
func (d *document) isPagerWord(k int32) bool {
	a := &d.anchors[k]
	return a.end-a.start <= 24 && isPagerText(d.anchorText(a))
}

// isCrowded tells a unit with several long titles, or two with a date each: it is a
// column, not a row.
func (d *document) isCrowded(r row) bool {
	long := 0
	last := ""
	for k := r.from; k < r.to; k++ {
		if a := &d.anchors[k]; d.titleSize(k) >= 10 && a.url != last {
			long++
			last = a.url
		}
	}
	if long != 2 || r.end-r.first < 2 {
		return long > 2
	}
	dates := 0
	for i := r.first; i < r.end; i++ {
		if l := &d.lines[i]; l.chars < longestRowLine {
			dates += btoi(listStamp(d.lineText(int(i))).ok)
		}
	}
	return dates > 1
}

// generic are words of links that are no titles.
var generic = map[string]bool{
	"查看": true, "详情": true, "查看详情": true, "详细": true, "阅读全文": true, "查看全文": true, "全文": true, "更多": true, "下载": true, "点击下载": true,
	"点击查看": true, "详细内容": true, "查看更多": true, "了解更多": true, "阅读更多": true, "立即查看": true, "预览": true, "附件": true, "链接": true, "more": true,
}

func isGeneric(s string) bool {
	if len(s) > 40 {
		return false
	}
	return generic[strings.ToLower(strings.Trim(bare(s), "[]【】()（）<>»+…."))]
}

// rowTitle is the title of a row, in full where the page has it.
func (d *document) rowTitle(r row) string {
	if r.anchor < 0 {
		return cutBullet(cutStamps(d.longestLine(r)))
	}
	a := &d.anchors[r.anchor]
	shown := cutBullet(d.shownTitle(a))
	full := fullTitle(attr(a.node, "title"))
	if isGeneric(shown) {
		if full != "" && !isGeneric(full) {
			return full
		}
		if beside := d.longestLine(r); beside != "" {
			return cutBullet(cutStamps(beside))
		}
	}
	if full == "" || full == shown {
		return shown
	}
	stem := bare(strings.TrimRight(shown, ".…·⋯ "))
	if stem == "" || endsCut(shown) && len(bare(full)) > len(stem) && strings.HasPrefix(bare(full), stem) {
		return full
	}
	return shown
}

// fullTitle reads the title attribute of a row, which may name what else it says:
// 标题：…&#10;发布时间：….
func fullTitle(s string) string {
	if rest, ok := strings.CutPrefix(trim(s), "标题"); ok {
		if rest = strings.TrimLeft(rest, "：: "); rest != "" {
			s, _, _ = strings.Cut(rest, "\n")
		}
	}
	return collapse(untag(s))
}

// longestLine is the longest line of a row that is no date.
func (d *document) longestLine(r row) string {
	best := ""
	for i := r.first; i < r.end; i++ {
		if text := d.lineText(int(i)); len(text) > len(best) && !isOnlyDate(text) && !isGeneric(text) {
			best = text
		}
	}
	return best
}

// shownTitle is the words of an anchor without dates beside them: of several lines
// the heading, else the first that is long enough.
func (d *document) shownTitle(a *anchor) string {
	first := int(a.line)
	last := first
	for last+1 < len(d.lines) && d.lines[last+1].start < a.end {
		last++
	}
	if last == first {
		if w, start, end := d.partedDate(a); w.ok {
			return d.span(start, end)
		}
		return cutStamps(d.anchorText(a))
	}
	best := -1
	for i := first; i <= last; i++ {
		switch {
		case d.lines[i].heading > 0:
			return cutStamps(d.lineText(i))
		case best < 0 && d.lines[i].chars >= 6 && !isOnlyDate(d.lineText(i)):
			best = i
		}
	}
	if best >= 0 {
		return cutStamps(d.lineText(best))
	}
	return cutStamps(d.anchorText(a))
}

// cutStamps cuts a date in front of or behind a title, with its brackets.
func cutStamps(s string) string {
	for _, t := range stamps(s) {
		if t.day == 0 || t.compact {
			continue
		}
		head, tail := strings.TrimRight(s[:t.start], "[(【（［ \u3000"), strings.TrimLeft(s[t.end:], "])】）］ \u3000")
		if head == "" && len(tail) > 12 && t.year != 0 && strings.ContainsAny(s[t.end:min(len(s), t.end+3)], " ])\u3000】）") {
			return trim(tail)
		}
		if tail == "" && len(head) > 12 && (t.year != 0 || len(head) < t.start) && len(head) < t.start {
			return trim(head)
		}
	}
	return s
}

func isOnlyDate(s string) bool {
	t := stamps(s)
	return len(t) == 1 && strings.Trim(s[:t[0].start], " [(【（［") == "" && strings.Trim(s[t[0].end:], " ])】）］") == ""
}

// cutBullet cuts marks of lists and of pinned rows off the front of a title.
func cutBullet(s string) string {
	s = strings.TrimLeft(s, "•·●◆■▪◇□★☆►▶>»-—・∙ \u3000\uf06c\uf0b7")
	for _, mark := range pinMarks {
		s = trim(strings.TrimPrefix(s, mark))
	}
	return s
}

var pinMarks = []string{"[置顶]", "【置顶】", "［置顶］", "(置顶)", "（置顶）", "「置顶」", "[顶]", "【顶】", "置顶 "}

// isPinned tells whether a row says, in words or by the name of an element or
// picture, that it is held at the top.
func (d *document) isPinned(r row) bool {
	for i := r.first; i < r.end; i++ {
		if d.lines[i].chars < 200 && strings.Contains(d.lineText(int(i)), "置顶") {
			return true
		}
	}
	return r.node != nil && saysPinned(r.node, 0)
}

func saysPinned(n *html.Node, depth int) bool {
	if depth > 6 || n.Type != html.ElementNode {
		return false
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "alt", "src", "title":
			if len(a.Val) < 200 && (strings.Contains(a.Val, "zhiding") || strings.Contains(a.Val, "置顶")) {
				return true
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if saysPinned(c, depth+1) {
			return true
		}
	}
	return false
}
