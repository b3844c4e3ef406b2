package parser

import (
	"sort"
	"strings"
)

// A body is the part of a document that is an article's text.
type body struct {
	block      int32 // -1 when there is none
	first, end int32 // lines of the block after the title
	kept       []int32
}

// A trimmer cuts away what stands in a body's block and is not the body.
type trimmer struct {
	*document
	block      int32
	first, end int32
	gone       []bool // by line, from first
	whole      int32  // mass
}

// Lengths in characters of lines around a body.
const (
	shortLine = 60  // looked at for single words
	promise   = 220 // longest sentence that invites to follow or forbids to copy
	echo      = 80  // least of a line that may say the whole body once more
	lineEnds  = 12  // lines from either end of the body in which such a sentence may stand
)

// trim reads the body out of its block.
func (d *document) trim(block int32, title int) body {
	b := d.blocks[block]
	t := &trimmer{document: d, block: block, first: b.first, end: b.end}
	if title >= int(b.first) && title < int(b.end) {
		t.first = int32(title) + 1
	}
	if d.begins >= t.first && d.ends > d.begins && d.ends <= t.end && (d.mass[d.ends]-d.mass[d.begins])*2 >= d.mass[t.end]-d.mass[t.first] {
		t.first, t.end = d.begins, d.ends // the page says itself where its content stands
	}
	t.gone = make([]bool, t.end-t.first)
	t.whole = t.mass[t.end] - t.mass[t.first]
	lead := t.abstract(title)
	t.dropBlocks()
	t.dropForms()
	t.dropTeasers()
	t.dropRuns()
	t.head()
	t.tail()
	t.asides()
	t.dropCopy()
	return body{block, t.first, t.end, t.left(lead)}
}

// abstract is the line of the abstract (核心提示) between title and block, -1 for none.
func (t *trimmer) abstract(title int) int32 {
	if title < 0 || int(t.first) <= title+1 || int(t.first) > title+12 {
		return -1
	}
	for i := int32(title) + 1; i < t.first; i++ {
		text := t.lineText(int(i))
		for _, word := range []string{"核心提示", "摘要", "内容提要", "提要", "导读", "內容提要", "導讀"} {
			if t.lines[i].chars > 20 && strings.HasPrefix(strings.TrimLeft(text, "【[ "), word) {
				return i
			}
		}
	}
	return -1
}

// left lists the lines that were not cut away, behind the abstract if there is one.
func (t *trimmer) left(abstract int32) []int32 {
	kept := make([]int32, 0, len(t.gone)+1)
	if abstract >= 0 {
		kept = append(kept, abstract)
	}
	for i := t.first; i < t.end; i++ {
		if !t.gone[i-t.first] {
			kept = append(kept, i)
		}
	}
	return kept
}

func (t *trimmer) isGone(i int32) bool { return t.gone[i-t.first] }

func (t *trimmer) drop(from, to int32) {
	for i := max(from, t.first); i < min(to, t.end); i++ {
		t.gone[i-t.first] = true
	}
}

// dropBlocks cuts away blocks that are mostly links, and those whose class says that
// they are no text.
func (t *trimmer) dropBlocks() {
	for i := t.block + 1; i < t.blocks[t.block].next; {
		b := &t.blocks[i]
		if b.end > t.first && b.end > b.first && (t.isLinkList(i) || t.isHinted(i)) {
			t.drop(b.first, b.end)
			i = b.next
			continue
		}
		i++
	}
}

// isLinkList tells a block of links. Attachments are none, nor is what holds half
// of everything.
func (t *trimmer) isLinkList(i int32) bool {
	chars, linked, links := t.charsOf(i), t.linkedOf(i), t.linksOf(i)
	b := &t.blocks[i]
	if links == 0 || linked*2 < chars || linked < 2 || b.first < t.first {
		return false
	}
	if links == 1 && b.end-b.first == 1 && linked < chars {
		return false
	}
	if t.massOf(i)*2 > t.whole && t.whole > 0 || t.isAttached(b.first, b.end) {
		return false
	}
	return chars*2 < t.chars[t.end]-t.chars[t.first] || t.whole > 0
}

// isAttached tells whether lines are the names of attachments: links to files, or a
// list that 附件 begins.
func (t *trimmer) isAttached(first, end int32) bool {
	files, links := 0, 0
	for k := t.anchorFrom(first); k < len(t.anchors) && t.anchors[k].line < end; k++ {
		a := &t.anchors[k]
		links++
		if isAttachment(a.url, t.anchorText(a)) {
			files++
		}
	}
	if files > 0 && files*2 >= links {
		return true
	}
	for i := first; i >= t.first && i > first-30; i-- {
		text := t.lineText(int(i))
		if isAttachmentHead(text) {
			return true
		}
		if i < first && (t.lines[i].linked*2 < t.lines[i].chars || !isNumbered(text)) && t.lines[i].chars > 0 {
			return false
		}
	}
	return false
}

// anchorFrom is the first anchor in line i or after.
func (d *document) anchorFrom(i int32) int {
	return sort.Search(len(d.anchors), func(k int) bool { return d.anchors[k].line >= i })
}

// isAttachmentHead tells a line that begins a list of attachments.
func isAttachmentHead(s string) bool {
	s = strings.TrimLeft(s, "【[（(★●· \u3000")
	for _, word := range []string{"附件", "附：", "附:", "附表", "附　件", "附 件", "相关附件", "附錄", "附录"} {
		if strings.HasPrefix(s, word) {
			return true
		}
	}
	return strings.HasSuffix(s, "附件：") || strings.HasSuffix(s, "附件:") || strings.HasSuffix(s, "附：")
}

// isNumbered tells a line that begins with a number or a bracket: 2.《…》.
func isNumbered(s string) bool {
	r := firstRune(s)
	return r >= '0' && r <= '9' || r == '《' || r == '（' || r == '(' || r >= '①' && r <= '⑳' || strings.HasPrefix(s, "附")
}

// dropForms cuts away polls: blocks with things to tick.
func (t *trimmer) dropForms() {
	first, last := int32(-1), int32(-1)
	for _, line := range t.ticks {
		if line >= t.first && line <= t.end {
			if first < 0 {
				first = line
			}
			last = line
		}
	}
	if last < 0 {
		return
	}
	b := t.block
	for {
		inner := t.childAround(b, first, last)
		if inner < 0 {
			break
		}
		b = inner
	}
	if b != t.block && (t.massOf(b)*3 < t.whole || t.isPoll(b)) {
		first, last = t.blocks[b].first, t.blocks[b].end-1
	} else if (t.mass[min(last+1, t.end)]-t.mass[first])*3 >= t.whole {
		return
	}
	for first > t.first && t.lines[first-1].chars < 40 && isQuestion(t.lineText(int(first-1))) {
		first--
	}
	t.drop(first, last+1)
}

// isPoll tells a block without a sentence that is no question.
func (t *trimmer) isPoll(b int32) bool {
	for i := t.blocks[b].first; i < t.blocks[b].end; i++ {
		if t.lines[i].mass() > 0 && !isQuestion(t.lineText(int(i))) {
			return false
		}
	}
	return true
}

// isQuestion tells what may stand over things to tick.
func isQuestion(s string) bool {
	return strings.HasSuffix(s, "？") || strings.HasSuffix(s, "?") || !hasFullStop(s)
}

// childAround is the child of a block that holds both lines, -1 if none does.
func (t *trimmer) childAround(b, first, last int32) int32 {
	for i := b + 1; i < t.blocks[b].next; i = t.blocks[i].next {
		if t.blocks[i].first <= first && t.blocks[i].end > last {
			return i
		}
	}
	return -1
}

func (t *trimmer) dropTeasers() {
	for i := t.first; i < t.end; i++ {
		if t.lines[i].teaser {
			t.drop(i, i+1)
		}
	}
}

// dropRuns cuts away lines beside one another that are links alone.
func (t *trimmer) dropRuns() {
	for i := t.first; i < t.end; {
		end := i
		for end < t.end && t.isLinkLine(end) {
			end++
		}
		plain := t.chars[t.end] - t.chars[t.first] - t.linked[t.end] + t.linked[t.first]
		if end-i >= 2 && !t.isAttached(i, end) && t.linked[end]-t.linked[i] < plain*2 {
			t.drop(i, end)
		}
		i = max(end, i+1)
	}
}

func (t *trimmer) isLinkLine(i int32) bool {
	l := &t.lines[i]
	return l.links > 0 && l.linked*10 >= l.chars*8 && l.linked >= 4
}

// head cuts off what stands between title and body: dates, sources, tools, crumbs.
func (t *trimmer) head() {
	for i := t.first; i < t.end && i < t.first+25; i++ {
		if t.isGone(i) {
			continue
		}
		l := &t.lines[i]
		text := t.lineText(int(i))
		if l.chars > 120 || hasFullStop(text) && l.chars > shortLine {
			return
		}
		if t.isHeadLine(i, text) {
			t.drop(t.first, i+1)
			continue
		}
		if l.mass() > 0 {
			return
		}
	}
}

func (t *trimmer) isHeadLine(i int32, text string) bool {
	l := &t.lines[i]
	if strings.HasPrefix(text, "附件") || hasFullStop(text) && l.chars > 30 {
		return false
	}
	if _, k := around.at(text); k&(crumbs|aside) != 0 {
		return true
	}
	for _, f := range t.fieldsOf(i, nil) {
		if f.kind&(isPublished|isModified|isSource|isAuthor|isEditor) != 0 || f.kind&isNoise != 0 && l.chars < shortLine && f.label != "摘要" && f.label != "导读" {
			return true
		}
	}
	if s, ok := firstStamp(text); ok && l.chars <= 60 && (s.start < 30 || s.precision != PrecisionDay) && !hasFullStop(text) {
		return l.punct == 0 || s.end-s.start > len(text)/3
	}
	return false
}

// tail cuts off what follows the body. A word may cut only after 40 % of the mass;
// earlier its line alone goes.
func (t *trimmer) tail() {
	for i := t.first; i < t.end; i++ {
		if t.isGone(i) {
			continue
		}
		l := &t.lines[i]
		if l.chars > 100 {
			continue
		}
		text := t.lineText(int(i))
		word, k := around.at(strings.TrimLeft(text, "【[［(（<>《·•■◆●▲★☆※|-—:： 　"))
		if l.chars > 24 && l.linked == 0 && k&after != 0 && len(word) < 12 {
			continue
		}
		if k&after == 0 && !(k&footer != 0 && !hasFullStop(text)) {
			continue
		}
		if (t.mass[i]-t.mass[t.first])*5 >= t.whole*2 {
			t.drop(i, t.end)
			return
		}
		t.drop(i, i+1)
	}
}

// asides drops single lines that are not the body.
func (t *trimmer) asides() {
	edge := t.edges()
	for i := t.first; i < t.end; i++ {
		l := &t.lines[i]
		if t.isGone(i) || l.chars > promise {
			continue
		}
		text := t.lineText(int(i))
		if l.chars <= 100 && t.isAside(l, text) || (i < edge[0] || i >= edge[1]) && (t.mass[i+1]-t.mass[i])*2 <= t.whole && isPromise(text) {
			t.drop(i, i+1)
		}
	}
}

// edges are the lines between which the inner part of the body stands.
func (t *trimmer) edges() (edge [2]int32) {
	edge[0], edge[1] = t.first, t.end
	for n := 0; edge[0] < t.end && n < lineEnds/4; edge[0]++ {
		n += btoi(!t.isGone(edge[0]))
	}
	for n := 0; edge[1] > t.first && n < lineEnds; edge[1]-- {
		n += btoi(!t.isGone(edge[1] - 1))
	}
	return edge
}

func (t *trimmer) isAside(l *line, text string) bool {
	if isSymbols(text) || isCredit(text) {
		return true
	}
	word, k := around.at(text)
	if k&aside != 0 && (l.chars < 40 && !hasFullStop(text) || len(word) > 12) {
		return true
	}
	if l.chars <= 40 && !hasFullStop(text) {
		if word, k, n := labels.loose(strings.TrimLeft(text, "【[（( ")); k&(isAuthor|isEditor|isNoise|isSource) != 0 && n < len(text) && strings.ContainsAny(text[n:min(len(text), n+12)], ":：") && word != "摘要" {
			return true
		}
	}
	return l.chars < shortLine && !hasFullStop(text) && around.has(text, anywhere|footer)
}

// isCredit tells a line that only says who wrote or edited the article, （曹文明 編輯）, and
// a bare address.
func isCredit(s string) bool {
	if strings.HasPrefix(s, "http") && strings.IndexFunc(s, isHan) < 0 {
		return true
	}
	if runes(s) > 24 || hasFullStop(s) {
		return false
	}
	if r := firstRune(s); (r == '【' || r == '〔') && (strings.HasSuffix(s, "報導】") || strings.HasSuffix(s, "報導〕") || strings.HasSuffix(s, "报道】")) {
		return true
	}
	s = strings.TrimRight(s, "）)】] ")
	for _, word := range []string{"編輯", "编辑", "攝影", "摄影", "/摄", "／攝", "/攝"} {
		if strings.HasSuffix(s, word) {
			return true
		}
	}
	return false
}

// isPromise tells a sentence of the site instead of the article: it invites to follow
// or to load something, or forbids to copy.
func isPromise(s string) bool {
	var seen kind
	for rest := s; rest != ""; {
		word, k, at := promises.in(rest, isNetwork|isInvitation|isAddress|isBan|isMatter|isReader)
		if k == 0 {
			break
		}
		seen |= k
		rest = rest[at+len(word):]
	}
	return seen&isBan != 0 || seen&isNetwork != 0 && seen&isInvitation != 0 && seen&isAddress != 0 || seen&isMatter != 0 && seen&(isAddress|isReader) != 0
}

// dropCopy cuts away a second copy of the whole body, made for phones or for reading
// aloud.
func (t *trimmer) dropCopy() {
	if !t.repeats() {
		t.dropEcho()
		return
	}
	seen := map[string]int32{}
	var long, again, first int32
	for i := t.first; i < t.end; i++ {
		if t.isGone(i) || t.lines[i].chars < 20 {
			continue
		}
		long++
		text := bare(t.lineText(int(i)))
		if _, ok := seen[text]; !ok {
			seen[text] = i
			continue
		}
		if again++; again == 1 {
			first = i
		}
	}
	if again > 1 && again*2 == long {
		t.drop(first, t.end)
		return
	}
	t.dropEcho()
}

// repeats tells whether the first long line stands again after itself.
func (t *trimmer) repeats() bool {
	for i := t.first; i < t.end; i++ {
		if l := &t.lines[i]; !t.isGone(i) && l.chars >= 20 {
			return holds(t.text[l.end:t.lines[t.end-1].end], t.text[l.start:l.end])
		}
	}
	return false
}

// holds tells whether part is in text. The standard library is slow at parts that fit
// into no vector; the beginning of a line does, and is rarely anywhere else.
func holds(text, part string) bool {
	const vector = 60 // bytes
	head := part[:min(len(part), vector)]
	for {
		i := strings.Index(text, head)
		if i < 0 {
			return false
		}
		if text = text[i:]; strings.HasPrefix(text, part) {
			return true
		}
		text = text[1:]
	}
}

// dropEcho cuts away a line that says all the others once more, made to be read aloud.
func (t *trimmer) dropEcho() {
	longest, all := int32(-1), int32(0)
	for i := t.first; i < t.end; i++ {
		if t.isGone(i) {
			continue
		}
		all += t.lines[i].chars
		if longest < 0 || t.lines[i].chars > t.lines[longest].chars {
			longest = i
		}
	}
	if longest < 0 || t.lines[longest].chars < echo || t.lines[longest].chars*5 < all*2 {
		return
	}
	text, said := bare(t.lineText(int(longest))), int32(0)
	for i := t.first; i < t.end; i++ {
		if i != longest && !t.isGone(i) && t.lines[i].chars >= 20 && holds(text, bare(t.lineText(int(i)))) {
			said += t.lines[i].chars
		}
	}
	if said*10 > t.lines[longest].chars*7 {
		t.drop(longest, longest+1)
	}
}

// isSymbols tells a line without any letter or digit.
func isSymbols(s string) bool {
	for _, r := range s {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= 0x370 && !(r >= 0x2000 && r < 0x2E80) && !(r >= 0x3000 && r < 0x3040) && !(r >= 0xFE10 && r < 0xFF10) {
			return false
		}
	}
	return true
}

// hasFullStop tells a sentence.
func hasFullStop(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '!', '?':
			return true
		case 0xE3:
			if strings.HasPrefix(s[i:], "。") {
				return true
			}
		case 0xEF:
			if strings.HasPrefix(s[i:], "！") || strings.HasPrefix(s[i:], "？") {
				return true
			}
		}
	}
	return false
}

// render joins kept lines, cells of a row with a tab.
func (d *document) render(kept []int32) string {
	n := 0
	for _, i := range kept {
		n += int(d.lines[i].end-d.lines[i].start) + 1
	}
	var b strings.Builder
	b.Grow(n)
	for k, i := range kept {
		if k > 0 {
			if d.lines[i].joined && kept[k-1] == i-1 {
				b.WriteByte('\t')
			} else {
				b.WriteByte('\n')
			}
		}
		b.WriteString(d.lineText(int(i)))
	}
	return b.String()
}
