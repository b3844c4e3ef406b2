package parser

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A heading is where the title of an article was found.
type heading struct {
	text string
	line int // -1 when it was in no line
}

// What a line shows of being the title, in points.
const (
	namesPage   = 45 // it is a part of <title> between two breaks, or all of ArticleTitle
	insidePage  = 30 // it stands in <title>, and the more the longer it is
	firstInPage = 20 // <title> begins with it
	likePage    = 25 // most of its pairs of characters are in <title>
	isHeading   = 40 // h1; less for the deeper
	classTitle  = 30 // its own block is called title
	overInfo    = 35 // a line of date and source follows
	overCrumbs  = 10 // stands after the breadcrumb
	nearProse   = 15 // prose begins in the next lines
	sure        = 50 // less makes no title by itself
	likely      = 30 // less makes none where nothing else does
)

// findTitle finds the title among the lines by what they show, or makes it out of
// <title> and ArticleTitle.
func (d *document) findTitle() heading {
	if h, ok := d.ruledTitle(); ok {
		return h
	}
	t := titleSearch{document: d, head: bare(d.title), named: bare(d.meta("articletitle")), site: bare(d.meta("sitename"))}
	t.parts = titleParts(d.title)
	best, most := -1, 0
	half := d.halfProse()
	for i := range d.lines {
		l := &d.lines[i]
		if i > half && most >= 2*sure {
			break // half of what later ones score is not more
		}
		if l.chars < 4 || l.chars > 150 || l.linked*2 > l.chars && l.heading == 0 {
			continue
		}
		score := t.score(i)
		if i > half {
			score /= 2
		}
		if score > most {
			best, most = i, score
		}
	}
	if best >= 0 && most >= sure {
		return heading{d.wholeTitle(best, t.head), best}
	}
	if i := t.byPlace(half); i >= 0 {
		return heading{d.lineText(i), i}
	}
	if t.named != "" {
		return heading{d.meta("articletitle"), -1}
	}
	if best >= 0 && most >= likely {
		return heading{d.lineText(best), best}
	}
	if isSiteName(t.head) {
		if i := t.overProse(); i >= 0 {
			return heading{d.lineText(i), i}
		}
	}
	return heading{cutTitle(d.title), -1}
}

// byPlace is the line over the first line of date and source, -1 for none. It is asked
// where no line looks like a title.
func (t *titleSearch) byPlace(half int) int {
	for i := range min(half, len(t.lines)) {
		l := &t.lines[i]
		if l.chars < 6 || l.chars > 60 || l.links > 0 || !t.isOverInfo(i) || strings.Count(t.lineText(i), "：")+strings.Count(t.lineText(i), ":") > 1 {
			continue
		}
		text := t.lineText(i)
		if _, k := around.at(text); k == 0 && !isSymbols(text) && !isCrumbs(text) && len(t.fieldsOf(int32(i), nil)) == 0 {
			return i
		}
	}
	return -1
}

// isSiteName tells a <title> that every page of a site may have.
func isSiteName(s string) bool {
	if runes(s) < 6 {
		return true
	}
	for _, end := range []string{"网", "網", "网站", "網站", "政府", "局", "厅", "委", "中心", "频道", "頻道", "首页", "首頁", "在线", "報", "报", "台", "平台", "资讯", "資訊"} {
		if strings.HasSuffix(s, end) {
			return !strings.ContainsAny(s, "-_|—，。：")
		}
	}
	return false
}

// overProse is the short line right over the first of several paragraphs, -1 for none.
func (t *titleSearch) overProse() int {
	for i := 1; i+1 < len(t.lines); i++ {
		if t.lines[i].mass() < leastBody || t.lines[i+1].mass() == 0 && (i+2 >= len(t.lines) || t.lines[i+2].mass() == 0) {
			continue
		}
		for k := i - 1; k >= max(0, i-2); k-- {
			l, text := &t.lines[k], t.lineText(k)
			_, noise := around.at(text)
			if l.links == 0 && l.punct == 0 && l.chars >= 6 && l.chars <= 40 && noise == 0 && !isStamp(text) && !isCrumbs(text) && len(t.fieldsOf(int32(k), nil)) == 0 {
				return k
			}
		}
		return -1
	}
	return -1
}

// halfProse is the line up to which half of the page's prose stands. What comes later
// is hardly its title.
func (d *document) halfProse() int {
	var whole, above int32
	for i := range d.lines {
		whole += d.lines[i].mass()
	}
	for i := range d.lines {
		if above += d.lines[i].mass(); above*2 > whole {
			return i
		}
	}
	return len(d.lines)
}

type titleSearch struct {
	*document
	head  string   // <title> without blanks
	named string   // ArticleTitle without blanks
	site  string   // SiteName, likewise
	parts []string // of <title> between its breaks, without blanks
}

// score weighs line i.
func (t *titleSearch) score(i int) int {
	l := &t.lines[i]
	score := t.likeness(i)
	if l.heading > 0 && l.heading <= 4 {
		points := isHeading - 8*(int(l.heading)-1)
		if l.linked*2 > l.chars {
			points /= 4 // the name of the site, a link to its front
		}
		score += points
	}
	if score == 0 && !t.isCalledTitle(l.block) {
		return 0
	}
	if t.isCalledTitle(l.block) {
		score += classTitle
	}
	if t.isOverInfo(i) {
		score += overInfo
	}
	if t.isAfterCrumbs(i) {
		score += overCrumbs
	}
	if t.isNearProse(i) {
		score += nearProse
	}
	text := t.lineText(i)
	if _, k := around.at(text); k != 0 {
		return 0
	}
	if isSymbols(text) || t.site != "" && bare(text) == t.site {
		return 0
	}
	if l.heading == 0 && !t.isCalledTitle(l.block) && t.likeness(i) == 0 && strings.Count(text, "：")+strings.Count(text, ":") > 1 {
		return 0 // telephone numbers and the like
	}
	if l.heading == 0 && strings.HasSuffix(text, "。") {
		score /= 2
	}
	return score
}

// likeness weighs what a line has of the page's own name.
func (t *titleSearch) likeness(i int) int {
	text := bare(t.lineText(i))
	score := 0
	switch {
	case t.named != "" && text == t.named:
		score = namesPage + insidePage + firstInPage
	case t.head == "" || len(text) > len(t.head)+60:
	case strings.Contains(t.head, text):
		score = insidePage * min(int(t.lines[i].chars), 20) / 20
		if strings.HasPrefix(t.head, text) && t.lines[i].chars >= 5 {
			score += firstInPage
		}
		for k, part := range t.parts {
			if part == text && (k == 0 || t.lines[i].chars > 8) {
				score += namesPage * min(int(t.lines[i].chars), 12) / 12
			}
		}
	case t.lines[i].heading > 0 || t.isCalledTitle(t.lines[i].block):
		if shared := sharedPairs(text, t.head); shared*10 >= utf8.RuneCountInString(text)*6 {
			score = likePage
		}
	}
	return score
}

// isCalledTitle tells whether the class or id of a block, or of the one around it,
// says that it is a title.
func (d *document) isCalledTitle(b int32) bool {
	for range 2 {
		if b < 0 {
			return false
		}
		if d.blocks[b].end-d.blocks[b].first > 6 {
			return false
		}
		if isTitleName(d.blocks[b].node) {
			return true
		}
		b = d.blocks[b].parent
	}
	return false
}

func isTitleName(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" || len(a.Val) < 3 {
			continue
		}
		if strings.Contains(a.Val, "title") || strings.Contains(a.Val, "Title") || strings.Contains(a.Val, "biaoti") || strings.Contains(a.Val, "headline") {
			return true
		}
	}
	return false
}

// isOverInfo tells whether one of the next two lines is one of date and source.
func (d *document) isOverInfo(i int) bool {
	for k := i + 1; k <= i+2 && k < len(d.lines); k++ {
		l := &d.lines[k]
		if l.chars > 120 {
			return false
		}
		text := d.lineText(k)
		if hasFullStop(text) {
			return false
		}
		if t, ok := firstStamp(text); ok && (t.start < 60 || t.precision != PrecisionDay) {
			return true
		}
		if _, k := labels.at(strings.TrimLeft(text, "【[（( ")); k&(isPublished|isSource) != 0 && strings.ContainsAny(text, ":：") {
			return true
		}
	}
	return false
}

// isNearProse tells whether one of the next six lines is a paragraph.
func (d *document) isNearProse(i int) bool {
	for k := i + 1; k < min(i+7, len(d.lines)); k++ {
		if d.lines[k].mass() >= leastBody {
			return true
		}
	}
	return false
}

// isAfterCrumbs tells whether a breadcrumb stands in the three lines before.
func (d *document) isAfterCrumbs(i int) bool {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		if isCrumbs(d.lineText(k)) {
			return true
		}
	}
	return false
}

// isCrumbs tells a line that says where in the site we are.
func isCrumbs(s string) bool {
	if len(s) > 300 {
		return false
	}
	_, k := around.at(strings.TrimLeft(s, "【[（( >·"))
	return k&crumbs != 0 || len(s) < 200 && strings.Count(s, ">")+strings.Count(s, "»")+strings.Count(s, "＞") >= 2
}

// wholeTitle is the text of line i, with the line that goes on with it where the
// page's own name has both.
func (d *document) wholeTitle(i int, head string) string {
	text := d.lineText(i)
	if whole := d.wholeHeading(i); whole != text {
		return whole
	}
	if i+1 >= len(d.lines) || d.lines[i+1].block != d.lines[i].block && d.blocks[d.lines[i+1].block].parent != d.lines[i].block {
		return text
	}
	next := d.lineText(i + 1)
	if d.lines[i+1].chars >= 3 && len(head) > 0 && strings.Contains(head, bare(text)+bare(next)) {
		return text + " " + next
	}
	return text
}

// wholeHeading joins the lines of the heading that line i is in, but those of date and
// source.
func (d *document) wholeHeading(i int) string {
	b := &d.blocks[d.lines[i].block]
	if d.lines[i].heading == 0 || b.node.Data[0] != 'h' || b.end-b.first > 3 || b.end-b.first < 2 {
		return d.lineText(i)
	}
	var parts []string
	for k := b.first; k < b.end; k++ {
		if text := d.lineText(int(k)); int(k) == i || !isStamp(text) && len(d.fieldsOf(k, nil)) == 0 && !isSymbols(text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// sharedPairs counts the characters of s that stand in t beside the same neighbour.
func sharedPairs(s, t string) int {
	n := 0
	last := -1
	for i := range s {
		if last >= 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			if strings.Contains(t, s[last:i+size]) {
				n++
			}
		}
		last = i
	}
	return n + btoi(n > 0)
}

// titleParts are the parts of <title> between strong breaks, without blanks, and the
// whole up to each of them.
func titleParts(s string) []string {
	var out []string
	for i, r := range s {
		if strings.ContainsRune("-_|—–－＿｜", r) {
			out = append(out, bare(s[:i]))
		}
	}
	out = append(out, bare(s))
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-_|—–－＿｜", r) }) {
		out = append(out, bare(part))
	}
	return out
}

// metaOf is the content of the first meta with this name (lower case), blanks
// collapsed.
func (d *document) metaOf(names ...string) string {
	for _, name := range names {
		if v := d.meta(name); v != "" {
			return v
		}
	}
	return ""
}

func (d *document) meta(name string) string {
	for _, m := range d.metas {
		if m.name == name {
			if v := collapse(untag(m.content)); v != "" && v != "null" {
				return v
			}
		}
	}
	return ""
}

// cutTitle is <title> without the names of site and column around it: the longest
// part between separators, the first of equals.
func cutTitle(s string) string {
	best := ""
	for _, breaks := range []string{"_|＿｜", "-—–－"} {
		parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(breaks, r) })
		if len(parts) < 2 {
			continue
		}
		for _, part := range parts {
			if part = trim(part); runes(part) > runes(best) {
				best = part
			}
		}
		return best
	}
	return trim(s)
}
