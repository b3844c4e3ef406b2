package parser

import (
	"strings"

	"golang.org/x/net/html/atom"
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

// Lines longer than this are looked at for single words no more.
const shortLine = 60

// trim reads the body out of its block.
func (d *document) trim(block int32, title int) body {
	b := d.blocks[block]
	t := &trimmer{document: d, block: block, first: b.first, end: b.end}
	if title >= int(b.first) && title < int(b.end) {
		t.first = int32(title) + 1
	}
	t.gone = make([]bool, t.end-t.first)
	t.whole = t.mass[t.end] - t.mass[t.first]
	t.dropBlocks()
	t.head()
	t.tail()
	t.asides()
	return body{block, t.first, t.end, t.left()}
}

func (t *trimmer) left() []int32 {
	var kept []int32
	for i := t.first; i < t.end; i++ {
		if !t.gone[i-t.first] {
			kept = append(kept, i)
		}
	}
	return kept
}

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
	if links == 0 || linked*2 < chars || linked < 2 {
		return false
	}
	if t.blocks[i].node.DataAtom == atom.P && links == 1 && linked < chars {
		return false
	}
	if t.massOf(i)*2 > t.whole && t.whole > 0 || t.hasAttachment(i) {
		return false
	}
	return chars*2 < t.chars[t.end]-t.chars[t.first] || t.whole > 0
}

// hasAttachment tells whether a file hangs on one of the block's links.
func (t *trimmer) hasAttachment(i int32) bool {
	b := &t.blocks[i]
	files, links := 0, 0
	for k := range t.anchors {
		a := &t.anchors[k]
		if a.line < b.first || a.line >= b.end {
			continue
		}
		links++
		if isAttachment(a.url, t.anchorText(a)) {
			files++
		}
	}
	return files > 0 && files*2 >= links
}

// head cuts off what stands between title and body: dates, sources, tools, crumbs.
func (t *trimmer) head() {
	for i := t.first; i < t.end && i < t.first+25; i++ {
		if t.gone[i-t.first] {
			continue
		}
		l := &t.lines[i]
		text := t.lineText(int(i))
		if l.chars > 120 || hasFullStop(text) && l.chars > shortLine {
			return
		}
		if t.isHeadLine(l, text) {
			t.drop(t.first, i+1)
			continue
		}
		if l.mass() > 0 {
			return
		}
	}
}

func (t *trimmer) isHeadLine(l *line, text string) bool {
	if strings.HasPrefix(text, "附件") {
		return false
	}
	if _, k := around.at(text); k&(crumbs|aside) != 0 {
		return true
	}
	if l.chars < shortLine && labels.has(text, isPublished|isSource|isModified) && strings.ContainsAny(text, ":：") {
		return true
	}
	if s, ok := firstStamp(text); ok && l.chars <= 60 && (s.start < 30 || s.precision != PrecisionDay) && !hasFullStop(text) {
		return true
	}
	return false
}

// tail cuts off what follows the body. A word may cut only after 40 % of the mass;
// earlier its line alone goes.
func (t *trimmer) tail() {
	for i := t.first; i < t.end; i++ {
		if t.gone[i-t.first] {
			continue
		}
		l := &t.lines[i]
		if l.chars > 100 {
			continue
		}
		text := t.lineText(int(i))
		word, k := around.at(strings.TrimLeft(text, "【[［(（<>《·•■◆●▲★☆※|-—: "))
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
	for i := t.first; i < t.end; i++ {
		l := &t.lines[i]
		if t.gone[i-t.first] || l.chars > 100 {
			continue
		}
		if t.isAside(l, t.lineText(int(i))) {
			t.drop(i, i+1)
		}
	}
}

func (t *trimmer) isAside(l *line, text string) bool {
	if isSymbols(text) {
		return true
	}
	word, k := around.at(text)
	if k&aside != 0 && (l.chars < 40 && !hasFullStop(text) || len(word) > 12) {
		return true
	}
	if l.chars < shortLine && !hasFullStop(text) && around.has(text, anywhere|footer) {
		return true
	}
	return false
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
	return strings.Contains(s, "。") || strings.ContainsAny(s, "！？!?")
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
