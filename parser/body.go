package parser

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// Weights of the body's search, in characters.
const (
	stopWorth  = 8  // a punctuation mark says as much for prose as this many characters
	minLine    = 12 // shorter lines have no mass
	dominant   = 58 // percent of a block's mass that the child to step into must hold
	amongLinks = 45 // percent that is enough where the rest of the block is mostly links
	teaserRate = 30 // percent that counts of a line that looks like a teaser
	headRate   = 25 // percent that counts of what stands before the title
	linkRun    = 3  // lines of links that are a break between a body and what is not, and so is every fifth after
	firstProse = 12 // lines after the title within which its first prose is no teaser
	leastBody  = 40 // mass that makes the block around the title a body
	nearShare  = 45 // percent of the mass of the descent's end that it must hold
	footShare  = 12 // of the prose, one part in so many may stand in the foot
)

// weigh gives every line its mass, what it says for being prose of the body, and
// sums up.
func (d *document) weigh(title int) {
	n := len(d.lines)
	sums := append(d.sums[:0], make([]int32, 4*(n+1))...)
	d.sums = sums
	d.mass, d.chars, d.linked, d.links = sums[:n+1], sums[n+1:2*n+2], sums[2*n+2:3*n+3], sums[3*n+3:]
	foot := d.footLine()
	d.foot = foot
	d.markTeasers(title)
	far := distance{document: d, rate: 100}
	for i := range d.lines {
		l := &d.lines[i]
		m := l.mass()
		if m > 0 {
			m = d.discount(i, m, title, foot)
		}
		if title >= 0 && i > title {
			m = m * far.at(i, m) / 100
		}
		d.mass[i+1] = d.mass[i] + m
		d.chars[i+1] = d.chars[i] + l.chars
		d.linked[i+1] = d.linked[i] + l.linked
		d.links[i+1] = d.links[i] + int32(l.links)
	}
}

func (l *line) mass() int32 {
	if l.joined && l.linked == 0 && !l.tick && !l.teaser && l.chars >= 2 && l.punct == 0 {
		return l.chars // a cell of a table of data
	}
	if l.punct == 0 || l.chars < minLine || l.linked*2 > l.chars || l.tick || l.teaser {
		return 0
	}
	return l.chars - l.linked + stopWorth*l.punct
}

// discount lowers the mass of lines that are prose but hardly of the body.
func (d *document) discount(i int, m int32, title, foot int) int32 {
	if i >= foot {
		return 0
	}
	text := d.lineText(i)
	if d.lines[i].chars < shortLine && i > title && isInfo(text) {
		return 0
	}
	if i > title && d.lines[i].chars <= promise && isPromise(text) {
		m = m * teaserRate / 100
	}
	first := title >= 0 && i > title && i <= title+firstProse && d.mass[i] == d.mass[title+1]
	if endsCut(text) || !first && i > 0 && d.lines[i-1].links > 0 && d.lines[i-1].linked == d.lines[i-1].chars && d.lines[i-1].chars >= 6 {
		m = m * teaserRate / 100
	}
	if i < title {
		m = m * headRate / 100
	}
	return m
}

// markTeasers marks announcements of other pages that stand one after another: a line
// that is a link, and one of prose.
func (d *document) markTeasers(title int) {
	lead := title + 1 // the first prose after the title
	for lead < len(d.lines) && d.lines[lead].mass() == 0 {
		lead++
	}
	for i := 0; i+1 < len(d.lines); {
		end, pairs := i, 0
		for d.isAnnouncement(end) {
			pairs++
			if end += 2; end < len(d.lines) && d.lines[end].chars < minLine && d.isAnnouncement(end+1) {
				end++ // its date, or 详细
			}
		}
		first := i
		if i == lead-1 {
			first += 2 // a tool between title and body may be a link too
			pairs--
		}
		if pairs > 1 {
			for k := first; k < end; k++ {
				d.lines[k].teaser = true
			}
		}
		i = max(end, i+1)
	}
}

// isAnnouncement tells whether line i is a link and the next prose.
func (d *document) isAnnouncement(i int) bool {
	if i+1 >= len(d.lines) {
		return false
	}
	l, next := &d.lines[i], &d.lines[i+1]
	return l.links > 0 && l.linked*10 >= l.chars*7 && l.chars >= 5 && l.chars <= shortLine && next.mass() > 0 && next.linked*4 < next.chars
}

// A distance says how much a line's mass counts, which is the less the more breaks are
// between it and the first prose after the title: runs of links, and words that
// nothing of the body follows.
type distance struct {
	*document
	rate   int32 // percent
	begun  bool  // prose was met
	inLink int   // lines of links met without another between
}

// at is the percentage that counts of line i, whose mass is m.
func (t *distance) at(i int, m int32) int32 {
	l := &t.lines[i]
	if m >= leastBody {
		t.begun = true
	}
	if !t.begun {
		return 100
	}
	if l.links > 0 && l.linked*10 >= l.chars*7 {
		if t.inLink++; t.inLink%5 == linkRun {
			t.step()
		}
		return t.rate
	}
	t.inLink = 0
	if l.chars < 24 {
		if _, k := around.at(strings.TrimLeft(t.lineText(i), "【[［(（<>《·•■◆●▲★☆※|-—:： 　")); k&after != 0 {
			t.step()
		}
	}
	return t.rate
}

func (t *distance) step() { t.rate = max(t.rate/2, 10) }

// isInfo tells a line of date, source and author.
func isInfo(s string) bool {
	return !hasFullStop(s) && strings.ContainsAny(s, ":：") && labels.has(s, isPublished|isSource|isModified|isAuthor|isEditor)
}

// endsCut tells a text that was cut: a teaser.
func endsCut(s string) bool {
	return len(s) > 3 && (s[len(s)-3:] == "..." || s[len(s)-3:] == "…")
}

// footLine is where the foot of the page begins: the first of the lines with words
// of footers after which hardly any of the page's prose is left. The same words stand
// in navigation.
func (d *document) footLine() int {
	var whole, below int32
	for i := range d.lines {
		whole += d.lines[i].mass()
	}
	foot := len(d.lines)
	for i := foot - 1; i >= 0; i-- {
		l := &d.lines[i]
		if d.isFooter(i) {
			if i*3 > len(d.lines)*2 || l.linked*2 < l.chars {
				foot = i
			}
			continue
		}
		if m := l.mass(); m > 0 && !d.isContact(i) {
			below += m
		}
		if below*footShare > whole {
			break
		}
	}
	return d.growFoot(foot)
}

// growFoot takes the lines of addresses and telephones right above the foot into it
// that stand in the same block.
func (d *document) growFoot(foot int) int {
	if foot >= len(d.lines) {
		return foot
	}
	b := d.lines[foot].block
	if p := d.blocks[b].parent; p >= 0 && d.blocks[p].end-d.blocks[p].first < 20 {
		b = p
	}
	for foot > int(d.blocks[b].first) {
		if !d.isContact(foot - 1) {
			break
		}
		foot--
	}
	return foot
}

// isContact tells a line of addresses and telephone numbers.
func (d *document) isContact(i int) bool {
	text := d.lineText(i)
	return d.lines[i].chars <= 150 && !hasFullStop(text) && around.has(text, footer|contact)
}

func (d *document) isFooter(i int) bool {
	l := &d.lines[i]
	if l.chars > 100 {
		return false
	}
	text := d.lineText(i)
	return !hasFullStop(text) && around.has(text, footer)
}

// massOf, charsOf … are sums over the lines of a block.
func (d *document) massOf(b int32) int32 { return d.mass[d.blocks[b].end] - d.mass[d.blocks[b].first] }
func (d *document) charsOf(b int32) int32 {
	return d.chars[d.blocks[b].end] - d.chars[d.blocks[b].first]
}
func (d *document) linkedOf(b int32) int32 {
	return d.linked[d.blocks[b].end] - d.linked[d.blocks[b].first]
}
func (d *document) linksOf(b int32) int32 {
	return d.links[d.blocks[b].end] - d.links[d.blocks[b].first]
}

// choose finds the block of the body, -1 when nothing has mass: the end of the
// descent from the root, or the block around the title where that is as good, made
// narrower by what the family of the page says.
func (d *document) choose(title int) int32 {
	if len(d.blocks) == 0 {
		return -1
	}
	if d.mass[len(d.lines)]-d.mass[title+1] < leastBody && (title >= 0 || d.massOf(0) == 0) {
		return d.withoutProse(title)
	}
	at := d.descend(0)
	if near := d.besideTitle(title); near >= 0 && d.isNearer(near, at) {
		at = d.descend(near)
	}
	return d.narrow(at)
}

// descend steps from a block into the child that holds most of its mass, as long as
// there is one.
func (d *document) descend(at int32) int32 {
	for {
		child := d.heaviest(at)
		if child < 0 || !d.isDominant(child, at) || d.isPart(child, at) {
			return d.climb(at)
		}
		at = child
	}
}

// isDominant tells whether a child holds so much of a block's mass that the rest is
// around the body. Less is enough where the rest is mostly links.
func (d *document) isDominant(child, parent int32) bool {
	share := int32(dominant)
	if chars, linked := d.charsOf(parent)-d.charsOf(child), d.linkedOf(parent)-d.linkedOf(child); linked*2 > chars {
		share = amongLinks
	}
	return d.massOf(child)*100 >= d.massOf(parent)*share
}

func (d *document) heaviest(b int32) int32 {
	best, most := int32(-1), int32(0)
	for i := b + 1; i < d.blocks[b].next; i = d.blocks[i].next {
		if m := d.massOf(i); m > most {
			best, most = i, m
		}
	}
	return best
}

// isPart tells a child that is one paragraph among others, or one cell of a table of
// data, and so no container.
func (d *document) isPart(child, parent int32) bool {
	switch d.blocks[child].node.DataAtom {
	case atom.Tr, atom.Tbody, atom.Td:
		return d.massOf(child)*100 < d.massOf(parent)*85 || d.plainOf(child)*2 < d.plainOf(parent)
	}
	if !d.isLeaf(child) {
		return false
	}
	var beside int32
	for i := parent + 1; i < d.blocks[parent].next; i = d.blocks[i].next {
		if i != child && d.isLeaf(i) {
			beside += d.massOf(i)
		}
	}
	return beside*10 > d.massOf(child)
}

// isLeaf tells a block that holds no other of more than a line.
func (d *document) isLeaf(b int32) bool {
	for i := b + 1; i < d.blocks[b].next; i = d.blocks[i].next {
		if d.blocks[i].end-d.blocks[i].first > 1 {
			return false
		}
	}
	return true
}

// plainOf is the number of a block's characters outside links.
func (d *document) plainOf(b int32) int32 { return d.charsOf(b) - d.linkedOf(b) }

// climb leaves blocks that are never a body: parts of tables and lists, paragraphs.
func (d *document) climb(b int32) int32 {
	for d.blocks[b].parent >= 0 {
		switch d.blocks[b].node.DataAtom {
		case atom.Table, atom.Tbody, atom.Thead, atom.Tr, atom.Ul, atom.Ol, atom.P, atom.Span, atom.Font, atom.Strong, atom.B, atom.A, atom.Li:
			b = d.blocks[b].parent
			continue
		}
		break
	}
	return b
}

// besideTitle is the smallest block around the title that has mass after it, -1 if
// the title is in no line.
func (d *document) besideTitle(title int) int32 {
	if title < 0 {
		return -1
	}
	b := d.lines[title].block
	for b >= 0 && d.mass[d.blocks[b].end]-d.mass[title+1] < leastBody {
		b = d.blocks[b].parent
	}
	return b
}

// isNearer tells whether the block beside the title is to be believed more than the
// end of the descent: it is smaller, and holds enough of its mass.
func (d *document) isNearer(near, at int32) bool {
	x, y := &d.blocks[near], &d.blocks[at]
	if x.first <= y.first && x.end >= y.end {
		return false
	}
	return d.massOf(near)*100 >= d.massOf(at)*nearShare
}

// narrow follows the marks of a family inside the chosen block. They are never
// allowed to widen it.
func (d *document) narrow(at int32) int32 {
	for i := at + 1; i < d.blocks[at].next; i++ {
		if d.massOf(i)*2 < d.massOf(at) {
			if d.blocks[i].next > i+1 {
				i = d.blocks[i].next - 1
			}
			continue
		}
		if isContainer(d.blocks[i].node) {
			return i
		}
	}
	return at
}

// withoutProse is the block of a body that has no sentence: a list of attachments, a
// table. It is the smallest around the title that holds words after the lines of date
// and source, -1 where it would reach into the foot.
func (d *document) withoutProse(title int) int32 {
	if title < 0 {
		return -1
	}
	for b := d.lines[title].block; b >= 0; b = d.blocks[b].parent {
		end := int(d.blocks[b].end)
		if end > d.foot || end > title+100 {
			return -1
		}
		for i := title + 1; i < end; i++ {
			text := d.lineText(i)
			_, k := around.at(text)
			if k&after != 0 || i > title+firstProse {
				return -1
			}
			if k == 0 && d.lines[i].chars >= 4 && d.lines[i].linked == 0 && len(d.fieldsOf(int32(i), nil)) == 0 && !isSymbols(text) && !isStamp(text) {
				return b
			}
		}
	}
	return -1
}

// isStamp tells a line that is a date and hardly more.
func isStamp(s string) bool {
	t, ok := firstStamp(s)
	return ok && t.end-t.start > len(s)/3
}

// findBody chooses the body's block and trims it. Without any mass the body is empty
// and stands, for those who look around it, just after the title.
func (d *document) findBody(title int) body {
	if b, ok := d.ruledBody(); ok {
		return b
	}
	block := d.choose(title)
	if block < 0 {
		at := int32(min(title+8, len(d.lines)))
		return body{block: -1, first: at, end: at}
	}
	return d.trim(block, title)
}
