package parser

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// A writer makes the small clean HTML of a body.
type writer struct {
	*document
	strings.Builder
	kept     []int32
	at       int // next of kept
	pictures []picture
	anchor   int            // the next anchor that can be in a line
	data     map[int32]bool // what isData said of tables
}

// markup is the body as HTML: p, h1 to h6, table, tr, th, td, a and img, without any
// attribute but href, src, alt, colspan and rowspan.
func (d *document) markup(b body, pictures []picture) string {
	w := &writer{document: d, kept: b.kept, pictures: pictures}
	n := 0
	for _, i := range b.kept {
		n += int(d.lines[i].end-d.lines[i].start) + 8
	}
	w.Grow(n + 100*len(pictures))
	for w.at < len(w.kept) {
		i := w.kept[w.at]
		w.picturesBefore(i)
		if table := w.tableOf(i, b.block); table >= 0 {
			w.table(table)
			continue
		}
		w.paragraph(i)
		w.at++
	}
	w.picturesBefore(int32(len(d.lines)) + 1)
	return w.String()
}

// picturesBefore writes the images that stand before line i.
func (w *writer) picturesBefore(i int32) {
	for len(w.pictures) > 0 && w.pictures[0].line <= i {
		p := w.pictures[0]
		w.pictures = w.pictures[1:]
		w.WriteString(`<img src="`)
		w.escape(p.URL)
		w.WriteString(`" alt="`)
		w.escape(p.Text)
		w.WriteString("\">\n")
	}
}

func (w *writer) paragraph(i int32) {
	tag := "p"
	if h := w.lines[i].heading; h > 0 {
		tag = "h" + strconv.Itoa(int(h))
	}
	w.WriteString("<" + tag + ">")
	w.inline(i)
	w.WriteString("</" + tag + ">\n")
}

// inline writes the words of a line with its links.
func (w *writer) inline(i int32) {
	l := &w.lines[i]
	at := l.start
	if l.links == 0 && l.linked == 0 {
		w.escape(w.text[at:l.end])
		return
	}
	for w.anchor < len(w.anchors) && w.anchors[w.anchor].end <= l.start {
		w.anchor++
	}
	for k := w.anchor; k < len(w.anchors) && w.anchors[k].start < l.end; k++ {
		a := &w.anchors[k]
		start, end := max(a.start, at), min(a.end, l.end)
		if a.url == "" || a.hidden || start >= end {
			continue
		}
		w.escape(w.text[at:start])
		w.WriteString(`<a href="`)
		w.escape(a.url)
		w.WriteString(`">`)
		w.escape(w.text[start:end])
		w.WriteString("</a>")
		at = end
	}
	w.escape(w.text[at:l.end])
}

// tableOf is the innermost table of data around line i and inside the body's block,
// -1 for none. A table of one column is layout.
func (w *writer) tableOf(i, outer int32) int32 {
	for b := w.lines[i].block; b > outer; b = w.blocks[b].parent {
		if w.blocks[b].node.DataAtom == atom.Table && i < w.blocks[b].end && w.isData(b) {
			return b
		}
	}
	return -1
}

// isData remembers hasColumns.
func (w *writer) isData(table int32) bool {
	data, known := w.data[table]
	if !known {
		data = w.hasColumns(table)
		if w.data == nil {
			w.data = map[int32]bool{}
		}
		w.data[table] = data
	}
	return data
}

// hasColumns tells a table with two rows of two cells at least and no other in it.
func (w *writer) hasColumns(table int32) bool {
	rows := 0
	for i := table + 1; i < w.blocks[table].next; i++ {
		b := &w.blocks[i]
		switch b.node.DataAtom {
		case atom.Table:
			return false
		case atom.Tr:
			rows += btoi(len(w.cells(i)) > 1)
		}
	}
	return rows > 1
}

// cells are the blocks of a row's cells.
func (w *writer) cells(tr int32) []int32 {
	var out []int32
	for i := tr + 1; i < w.blocks[tr].next; i = w.blocks[i].next {
		if a := w.blocks[i].node.DataAtom; a == atom.Td || a == atom.Th {
			out = append(out, i)
		}
	}
	return out
}

// table writes a table, and goes on after it. Of its lines only those that were kept
// are written; rows without any are left out.
func (w *writer) table(table int32) {
	w.WriteString("<table>\n")
	for i := table + 1; i < w.blocks[table].next; i++ {
		if w.blocks[i].node.DataAtom == atom.Tr && w.isKept(i) {
			w.row(i)
		}
	}
	w.WriteString("</table>\n")
	for w.at < len(w.kept) && w.kept[w.at] < w.blocks[table].end { // of a caption behind the rows
		w.paragraph(w.kept[w.at])
		w.at++
	}
}

// isKept tells whether a line of a block is still to be written.
func (w *writer) isKept(b int32) bool {
	return w.at < len(w.kept) && w.kept[w.at] < w.blocks[b].end && w.blocks[b].end > w.blocks[b].first
}

func (w *writer) row(tr int32) {
	w.WriteString("<tr>")
	for _, c := range w.cells(tr) {
		cell := &w.blocks[c]
		tag := cell.node.Data
		w.WriteString("<" + tag)
		for _, key := range []string{"colspan", "rowspan"} {
			if v := attr(cell.node, key); v != "1" && isNumber(v) {
				w.WriteString(" " + key + `="` + v + `"`)
			}
		}
		w.WriteString(">")
		first := w.at
		for w.at < len(w.kept) && w.kept[w.at] < cell.end {
			if w.at > first {
				w.WriteString(" ")
			}
			w.inline(w.kept[w.at])
			w.at++
		}
		w.WriteString("</" + tag + ">")
	}
	w.WriteString("</tr>\n")
}

// escape writes text with the characters of markup as entities.
func (w *writer) escape(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		var e string
		switch s[i] {
		case '&':
			e = "&amp;"
		case '<':
			e = "&lt;"
		case '>':
			e = "&gt;"
		case '"':
			e = "&#34;"
		default:
			continue
		}
		w.WriteString(s[from:i])
		w.WriteString(e)
		from = i + 1
	}
	w.WriteString(s[from:])
}
