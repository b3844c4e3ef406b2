package parser

import (
	"strings"
)

// A heading is where the title of an article was found.
type heading struct {
	text string
	line int // -1 when it was in no line
}

// titleBreaks are what <title> puts between the name of a page and that of its site.
const titleBreaks = "-_|—–－·>»<《"

// findTitle finds the title among the lines: the one that <title> and ArticleTitle
// repeat, or the one that looks like it.
func (d *document) findTitle() heading {
	head := bare(d.title)
	named := bare(untag(d.metaOf("articletitle")))
	best, score := -1, 0
	for i := range d.lines {
		l := &d.lines[i]
		if l.chars < 4 || l.chars > 150 {
			continue
		}
		s := d.titleScore(i, head, named)
		if s > score {
			best, score = i, s
		}
	}
	if best >= 0 {
		return heading{d.lineText(best), best}
	}
	return heading{"", -1}
}

// titleScore weighs a line that the page's own name contains, 0 for none.
func (d *document) titleScore(i int, head, named string) int {
	l := &d.lines[i]
	text := bare(d.lineText(i))
	score := 0
	switch {
	case named != "" && text == named:
		score = 400
	case head != "" && len(text) <= len(head) && strings.Contains(head, text):
		score = int(l.chars) * 4
		if strings.HasPrefix(head, text) {
			score += 20
		}
	default:
		return 0
	}
	if l.heading > 0 {
		score += 60 - 10*int(l.heading)
	}
	if l.linked*2 > l.chars {
		score /= 4
	}
	return score
}

// metaOf is the content of the first meta with this name (lower case), blanks
// collapsed.
func (d *document) metaOf(names ...string) string {
	for _, name := range names {
		for _, m := range d.metas {
			if m.name == name {
				if v := collapse(m.content); v != "" && v != "null" {
					return v
				}
			}
		}
	}
	return ""
}

// cutTitle is <title> without the names of site and column around it: the longest
// part between separators.
func cutTitle(s string) string {
	best := ""
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("_|", r) }) {
		if part = trim(part); runes(part) > runes(best) {
			best = part
		}
	}
	return best
}
