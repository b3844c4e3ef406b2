package parser

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// addText appends the words of a text node to the line: runs of blanks become
// one, those with a line end none between Chinese characters, marks that nobody
// sees go.
func (w *walker) addText(s string) {
	from := 0 // of what is still to be copied
	for i := 0; i < len(s); {
		c := s[i]
		if c > ' ' && c < utf8.RuneSelf {
			if w.blank != 0 {
				w.buf = append(w.buf, s[from:i]...)
				from = i
				w.space(c)
			}
			w.count(1)
			i++
			continue
		}
		if c <= ' ' {
			w.buf = append(w.buf, s[from:i]...)
			w.white(c)
			i++
			from = i
			continue
		}
		size := wide(s, i)
		if kind := special(s, i, size); kind != 0 {
			w.buf = append(w.buf, s[from:i]...)
			w.specialBlank(kind)
			i += size
			from = i
			continue
		}
		if w.blank != 0 {
			w.buf = append(w.buf, s[from:i]...)
			from = i
			w.space(c)
		}
		if size == 3 && (c == 0xEF || c == 0xE3) && isStop(s[i:i+3]) {
			w.cur.punct++
		}
		w.count(1)
		i += size
	}
	w.buf = append(w.buf, s[from:]...)
}

// count enters characters into what is known of the line.
func (w *walker) count(n int32) {
	w.cur.chars += n
	if w.inLink > 0 {
		w.cur.linked += n
	}
	if w.bold > 0 {
		w.cur.strong += n
	}
	w.cur.heading = max(w.cur.heading, w.level)
}

// white notes a blank of ASCII.
func (w *walker) white(c byte) {
	if c == '\n' && w.pre > 0 {
		w.br()
		return
	}
	if w.cur.chars == 0 {
		return
	}
	if c == '\n' || c == '\r' {
		w.blank = '\n'
	} else if w.blank == 0 {
		w.blank = ' '
	}
}

// space writes the blanks seen since the last character, before c.
func (w *walker) space(c byte) {
	last := byte(' ')
	if len(w.buf) > int(w.cur.start) {
		last = w.buf[len(w.buf)-1]
	}
	if last != ' ' && (w.blank == ' ' || last < utf8.RuneSelf || c < utf8.RuneSelf) {
		w.buf = append(w.buf, ' ')
	}
	w.blank = 0
}

// The kinds of blanks outside ASCII.
const (
	noBreak   = 1 // U+00A0, kept as many as there are: they stand between fields
	wideBlank = 2 // U+3000, kept inside a line: 张　三
	invisible = 3
)

func (w *walker) specialBlank(kind int) {
	if kind == invisible || w.cur.chars == 0 {
		return
	}
	if kind == noBreak {
		w.buf = append(w.buf, ' ')
	} else {
		w.buf = append(w.buf, "\u3000"...)
	}
}

// special tells what blank the character at i is, 0 for none.
func special(s string, i, size int) int {
	switch s[i] {
	case 0xC2:
		if size == 2 && s[i+1] == 0xA0 {
			return noBreak
		}
		if size == 2 && s[i+1] == 0xAD {
			return invisible
		}
	case 0xE3:
		if size == 3 && s[i+1] == 0x80 && s[i+2] == 0x80 {
			return wideBlank
		}
	case 0xE2:
		if size != 3 {
			return 0
		}
		if s[i+1] == 0x80 && (s[i+2] >= 0x8B && s[i+2] <= 0x8F || s[i+2] >= 0xAA && s[i+2] <= 0xAE) || s[i+1] == 0x81 && s[i+2] == 0xA0 {
			return invisible
		}
		if s[i+1] == 0x80 && s[i+2] >= 0x80 && s[i+2] <= 0x8A { // U+2000 to U+200A
			return noBreak
		}
	case 0xEF:
		if size == 3 && s[i+1] == 0xBB && s[i+2] == 0xBF {
			return invisible
		}
	}
	return 0
}

// wide is the size of the character at i, which is not ASCII. Broken ones count
// a byte.
func wide(s string, i int) int {
	c := s[i]
	switch {
	case c >= 0xE0 && c < 0xF0 && i+3 <= len(s):
		return 3
	case c >= 0xC0 && c < 0xE0 && i+2 <= len(s):
		return 2
	case c >= 0xF0 && i+4 <= len(s):
		return 4
	}
	return 1
}

// isStop tells whether a character of three bytes is punctuation of sentences:
// 。、，；：！？ but not quotes, which titles have as well.
func isStop(c string) bool {
	if c[0] == 0xE3 {
		return c[1] == 0x80 && (c[2] == 0x81 || c[2] == 0x82)
	}
	return c[1] == 0xBC && (c[2] == 0x8C || c[2] == 0x9B || c[2] == 0x9A || c[2] == 0x81 || c[2] == 0x9F)
}

// lineText is the text of line i.
func (d *document) lineText(i int) string {
	return d.text[d.lines[i].start:d.lines[i].end]
}

// anchorText is the visible text of an anchor on one line.
func (d *document) anchorText(a *anchor) string {
	if a.hidden {
		return nodeText(a.node)
	}
	return d.span(a.start, a.end)
}

// span is the text between two places, lines joined with a blank.
func (d *document) span(start, end int32) string {
	if start >= end || int(end) > len(d.text) {
		return ""
	}
	return trim(d.text[start:end])
}

// nodeText is all text under a node, blanks collapsed.
func nodeText(n *html.Node) string {
	var b strings.Builder
	var add func(n *html.Node, depth int)
	add = func(n *html.Node, depth int) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			return
		}
		if depth > maxDepth || n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style") {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			add(c, depth+1)
		}
	}
	add(n, 0)
	return collapse(b.String())
}

// collapse makes every run of blanks one and cuts those at the ends.
func collapse(s string) string {
	if !strings.ContainsFunc(s, isOddBlank) && !strings.Contains(s, "  ") && s == trim(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, isBlank), " ")
}

func isOddBlank(r rune) bool { return r != ' ' && isBlank(r) }

func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u200c' || r == '\u200d' || r == '\u00ad' || r == '\u2060'
}

func trim(s string) string { return strings.TrimFunc(s, isBlank) }

// mayHaveBlank tells quickly of most texts that they have none.
func mayHaveBlank(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c <= ' ', c == 0xC2, c == 0xE1, c == 0xE2, c == 0xEF && i+1 < len(s) && s[i+1] == 0xBB:
			return true
		case c == 0xE3 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2] == 0x80:
			return true
		}
	}
	return false
}

// bare is s without blanks.
func bare(s string) string {
	if !mayHaveBlank(s) || strings.IndexFunc(s, isBlank) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isBlank(r) {
			return -1
		}
		return r
	}, s)
}

// untag drops markup that stands as text where none should: in <title> and metas.
func untag(s string) string {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) || s[i+1] != '/' && (s[i+1]|0x20 < 'a' || s[i+1]|0x20 > 'z') {
			return s
		}
		end := strings.IndexByte(s[i:], '>')
		if end < 0 {
			return s
		}
		s = s[:i] + " " + s[i+end+1:]
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// count of the characters of s.
func runes(s string) int { return utf8.RuneCountInString(s) }
