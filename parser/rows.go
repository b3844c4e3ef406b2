package parser

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// A row is a unit of a list: a child of its block, or a bare line in it.
type row struct {
	first, end int32 // lines
	from, to   int32 // anchors
	anchor     int32 // the one that carries the title, -1 if none
	title      string
	when       rowDate
}

// A list is a block whose children repeat.
type list struct {
	block int32
	rows  []row
	dated int
	score int
}

// shortTitle is the least number of characters of a row's title.
const shortTitle = 4

// lists finds the blocks of the page that hold rows.
func (d *document) lists() []list {
	var out []list
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.to-b.from < 2 || b.next == int32(i)+1 && b.end-b.first < 2 {
			continue
		}
		if l := d.listOf(int32(i)); l.score > 0 {
			out = append(out, l)
		}
	}
	return out
}

// listOf reads a block as a list.
func (d *document) listOf(b int32) list {
	l := list{block: b}
	units := d.units(b)
	if len(units) < 2 {
		return l
	}
	chars, crowded := int32(0), 0
	for _, r := range units {
		r.anchor = d.mainAnchor(r)
		if r.anchor < 0 {
			continue
		}
		size := d.titleSize(r.anchor)
		if size < shortTitle {
			continue
		}
		if d.isCrowded(r) {
			crowded++
			continue
		}
		chars += min(size, 40)
		r.when = d.rowStamp(r)
		if r.when.ok {
			l.dated++
			chars += 40
		}
		l.rows = append(l.rows, r)
	}
	if len(l.rows) < 2 || crowded*2 > len(l.rows) {
		return list{block: b}
	}
	l.score = int(chars)
	if int(chars) < 8*len(l.rows) { // navigation
		l.score /= 4
	}
	return l
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
			out = append(out, row{first: c.first, end: c.end, from: c.from, to: c.to, anchor: -1})
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

// mainAnchor is the anchor of a row with the longest title.
func (d *document) mainAnchor(r row) int32 {
	best, most := int32(-1), int32(0)
	for k := r.from; k < r.to; k++ {
		if d.anchors[k].hidden {
			continue
		}
		if n := d.titleSize(k); n > most {
			best, most = k, n
		}
	}
	return best
}

// titleSize is the number of bytes of an anchor's words in characters of Chinese.
func (d *document) titleSize(k int32) int32 {
	a := &d.anchors[k]
	return (a.end - a.start + 2) / 3
}

// isCrowded tells a unit with several long titles: it is a column, not a row.
func (d *document) isCrowded(r row) bool {
	long := 0
	last := ""
	for k := r.from; k < r.to; k++ {
		if a := &d.anchors[k]; d.titleSize(k) >= 10 && a.url != last {
			long++
			last = a.url
		}
	}
	return long > 2
}

// rowTitle is the title of a row, in full where the page has it.
func (d *document) rowTitle(a *anchor) string {
	shown := cutBullet(d.shownTitle(a))
	full := collapse(untag(attr(a.node, "title")))
	if full == "" || full == shown {
		return shown
	}
	stem := bare(strings.TrimRight(shown, ".…·⋯ "))
	if stem == "" {
		return full
	}
	if len(bare(full)) > len(stem) && strings.HasPrefix(bare(full), stem) && (endsCut(shown) || !strings.ContainsAny(full, "\n")) {
		if endsCut(shown) {
			return full
		}
	}
	return shown
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
	return len(t) == 1 && trim(s[:t[0].start]) == "" && trim(s[t[0].end:]) == ""
}

// cutBullet cuts marks of lists and of pinned rows off the front of a title.
func cutBullet(s string) string {
	s = strings.TrimLeft(s, "•·●◆■▪◇□★☆►▶>»-—・∙ \u3000\uf06c\uf0b7")
	for _, mark := range pinMarks {
		s = trim(strings.TrimPrefix(s, mark))
	}
	return s
}

var pinMarks = []string{"[置顶]", "【置顶】", "［置顶］", "(置顶)", "（置顶）", "「置顶」", "[顶]", "【顶】"}

// isPinned tells whether a row says that it is held at the top.
func (d *document) isPinned(r row) bool {
	for i := r.first; i < r.end; i++ {
		if d.lines[i].chars < 200 && strings.Contains(d.lineText(int(i)), "置顶") {
			return true
		}
	}
	return false
}
