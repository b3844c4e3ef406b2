package parser

import "golang.org/x/net/html/atom"

// Weights of the body's search, in characters.
const (
	stopWorth  = 8  // a punctuation mark says as much for prose as this many characters
	minLine    = 12 // shorter lines have no mass
	dominant   = 58 // percent of a block's mass that the child to step into must hold
	teaserRate = 30 // percent that counts of a line that looks like a teaser
	headRate   = 25 // percent that counts of what stands before the title
)

// weigh gives every line its mass, what it says for being prose of the body, and
// sums up.
func (d *document) weigh(title int) {
	n := len(d.lines)
	sums := make([]int32, 4*(n+1))
	d.mass, d.chars, d.linked, d.links = sums[:n+1], sums[n+1:2*n+2], sums[2*n+2:3*n+3], sums[3*n+3:]
	foot := d.footLine()
	for i := range d.lines {
		l := &d.lines[i]
		m := l.mass()
		if m > 0 {
			m = d.discount(i, m, title, foot)
		}
		d.mass[i+1] = d.mass[i] + m
		d.chars[i+1] = d.chars[i] + l.chars
		d.linked[i+1] = d.linked[i] + l.linked
		d.links[i+1] = d.links[i] + int32(l.links)
	}
}

func (l *line) mass() int32 {
	if l.punct == 0 || l.chars < minLine || l.linked*2 > l.chars {
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
	if endsCut(text) || i > 0 && d.lines[i-1].links > 0 && d.lines[i-1].linked == d.lines[i-1].chars && d.lines[i-1].chars >= 6 {
		m = m * teaserRate / 100
	}
	if i < title {
		m = m * headRate / 100
	}
	return m
}

// endsCut tells a text that was cut: a teaser.
func endsCut(s string) bool {
	return len(s) > 3 && (s[len(s)-3:] == "..." || s[len(s)-3:] == "…")
}

// footLine is where the foot of the page begins. Words of footers also stand in
// navigation, so they count only in the second half, or after much of the text.
func (d *document) footLine() int {
	n := len(d.lines)
	var whole, below int32
	for i := range d.lines {
		whole += d.lines[i].mass()
	}
	foot := n
	for i := n - 1; i >= 0 && i > n-60; i-- {
		below += d.lines[i].mass()
		if i*2 < n && (whole-below)*3 < whole {
			break
		}
		if d.isFooter(i) {
			foot = i
		}
	}
	return foot
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

// choose steps from the root into the child that holds most of the mass, as long as
// there is one, and returns the block where that ends; -1 when nothing has mass.
func (d *document) choose() int32 {
	if len(d.blocks) == 0 || d.massOf(0) == 0 {
		return -1
	}
	at := int32(0)
	for {
		child := d.heaviest(at)
		if child < 0 || d.massOf(child)*100 < d.massOf(at)*dominant {
			return d.climb(at)
		}
		at = child
	}
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

// findBody chooses the body's block and trims it. Without any mass the body is empty
// and stands, for those who look around it, just after the title.
func (d *document) findBody(title int) body {
	block := d.choose()
	if block < 0 {
		at := int32(min(title+8, len(d.lines)))
		return body{block: -1, first: at, end: at}
	}
	return d.trim(block, title)
}
