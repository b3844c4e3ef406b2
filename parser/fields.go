package parser

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// A field is a label and what stands behind it: 来源：新华社.
type field struct {
	kind  kind
	label string
	value string
	line  int32
	end   int32 // byte of document.text after the value
}

// longestInfo is the length in characters up to which a line can be one of fields.
const longestInfo = 200

// fieldsOf reads the fields of line i. A label begins a line, or follows a blank, a
// bracket, a bar or the border of an element; its value ends before the next label,
// at a wide gap, a bar or a closing bracket.
func (d *document) fieldsOf(i int32, out []field) []field {
	l := &d.lines[i]
	if l.chars > longestInfo {
		return out
	}
	s := d.lineText(int(i))
	from := len(out)
	for at := 0; at < len(s); {
		f, value, ok := d.labelAt(s, at, int(l.start))
		if !ok {
			at = d.nextStart(s, at, int(l.start))
			continue
		}
		f.line = i
		if n := len(out); n > from {
			out[n-1].close(s, at, int(l.start))
		}
		f.end = int32(value) // start of the value, until it is closed
		out = append(out, f)
		at = max(value, at+1)
	}
	if n := len(out); n > from {
		out[n-1].close(s, len(s), int(l.start))
	}
	for k := from; k < len(out); k++ {
		d.cutValue(&out[k], int(l.start))
	}
	return out
}

// close ends the value of a field before the byte at of its line.
func (f *field) close(s string, at, start int) {
	f.value = s[min(int(f.end), at):at]
	f.end = int32(start + at)
}

// labelAt reads a label at byte at of a line and returns where its value begins.
func (d *document) labelAt(s string, at, start int) (f field, value int, ok bool) {
	word, k, n := labels.loose(s[at:])
	if k == 0 {
		return f, 0, false
	}
	end := at + n
	next := skipBlanks(s, end)
	if closing := firstRune(s[next:]); strings.ContainsRune("]】)）", closing) && next < len(s) {
		next = skipBlanks(s, next+utf8.RuneLen(closing))
	}
	r := firstRune(s[next:])
	switch {
	case next >= len(s):
		return field{kind: k, label: word}, len(s), at == 0
	case isColon(r) || r == '丨' || r == '|' || r == '｜' || r == '︰':
		return field{kind: k, label: word}, next + utf8.RuneLen(r), true
	case next > end || d.isCut(start+end):
		// 来源 新华社: without a colon only plain labels are believed
		return field{kind: k, label: word}, next, k&(isNoise|isTitle|isAuthor) == 0 && n > len("时间")
	case k&(isPublished|isModified|isSigned) != 0 && (isDigitAt(s, next) || r == '('):
		return field{kind: k, label: word}, next, true
	}
	return f, 0, false
}

// nextStart is the next byte of a line at which a label may begin.
func (d *document) nextStart(s string, at, start int) int {
	next := len(s)
	for i := at; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r == ' ' || r == '\u3000' || r < utf8.RuneSelf && strings.ContainsRune("|[(/;,)]", r) || strings.ContainsRune("【（［｜丨／；）】］。，", r) && r >= utf8.RuneSelf {
			next = i
			break
		}
	}
	k := sort.Search(len(d.cuts), func(k int) bool { return int(d.cuts[k]) > start+at })
	if k < len(d.cuts) && int(d.cuts[k])-start < next {
		next = int(d.cuts[k]) - start
	}
	if glued := gluedLabel(s[at:next]); glued > 0 {
		return at + glued
	}
	return next
}

// gluedLabel is where a label begins that nothing parts from what stands before it:
// 来源：新华社作者：张三. 0 when there is none.
func gluedLabel(s string) int {
	colon := strings.IndexAny(s, ":：")
	if colon < 0 {
		return 0
	}
	at := colon
	for range 6 {
		_, n := utf8.DecodeLastRuneInString(s[:at])
		if at -= n; n == 0 || at == 0 {
			return 0
		}
		if word, k := labels.at(s[at:]); k != 0 && at+len(word) == colon && len(word) > 3 {
			return at
		}
	}
	return 0
}

// isCut tells whether the border of an element stands at byte at of the text.
func (d *document) isCut(at int) bool {
	k := sort.Search(len(d.cuts), func(k int) bool { return int(d.cuts[k]) >= at })
	return k < len(d.cuts) && int(d.cuts[k]) == at
}

// cutValue ends a value at what cannot be part of it.
func (d *document) cutValue(f *field, start int) {
	v := f.value
	base := int(f.end) - len(v) // in the text
	v = strings.TrimRight(v, " \u3000")
	lead := len(v) - len(strings.TrimLeft(v, " \u3000"))
	v = v[lead:]
	base += lead
	if f.kind&(isPublished|isModified|isSigned|isOtherDate) != 0 {
		f.value = v
		return
	}
	depth := 0
	for i, r := range v {
		if i > 0 && f.kind&isDocNumber == 0 && d.isCut(base+i) {
			v = v[:i]
			break
		}
		switch r {
		case '(', '（', '[', '【', '［', '〔', '《':
			depth++
		case ')', '）', ']', '】', '］', '〕', '》':
			if depth--; depth < 0 {
				v = v[:i]
			}
		case '|', '｜', '丨', ';', '；', '\t':
			v = v[:i]
		case ' ', '\u3000':
			if rest := strings.TrimLeft(v[i:], " \u3000"); f.kind&(isSource|isAuthor|isEditor) != 0 && depth == 0 && stopsName(rest) {
				v = v[:i]
			} else if strings.HasPrefix(v[i:], "  ") || strings.HasPrefix(v[i:], "\u3000\u3000") || strings.HasPrefix(v[i:], " \u3000") {
				v = v[:i]
			}
		}
		if i >= len(v) {
			break
		}
	}
	f.value = trim(strings.Trim(v, " \u3000[【(（\"“”'-—"))
}

// stopsName tells what cannot go on with a name: a tool, a label, a date.
func stopsName(s string) bool {
	if _, k := labels.at(s); k&(isNoise|isPublished) != 0 {
		return true
	}
	if _, k := around.at(s); k&(aside|after|anywhere) != 0 {
		return true
	}
	t, ok := firstStamp(s)
	return ok && t.start == 0
}

// loose is the longest word at the start of s; blanks may stand between its letters
// (来 源, 发　布　时　间). n is how many bytes it took.
func (l *lexicon) loose(s string) (word string, k kind, n int) {
	if word, k := l.at(s); k != 0 {
		return word, k, len(word)
	}
	r, size := utf8.DecodeRuneInString(s)
	if !l.mayBegin(r) || skipBlanks(s, size) == size {
		return "", 0, 0
	}
	for _, e := range l.lists[l.slots[uint16(r)]] {
		if n := spaced(s, e.word); n > 0 {
			return e.word, e.kind, n
		}
	}
	return "", 0, 0
}

// spaced is the length of w at the start of s, blanks between its letters allowed.
func spaced(s, w string) int {
	i := 0
	for _, r := range w {
		i = skipBlanks(s, i)
		c, n := utf8.DecodeRuneInString(s[i:])
		if c != r {
			return 0
		}
		i += n
	}
	return i
}

// fields are those of lines from and after, up to end; a label that is a cell of its
// own has the next cell for value.
func (d *document) fields(from, end int32, out []field) []field {
	for i := from; i < end; i++ {
		before := len(out)
		out = d.fieldsOf(i, out)
		if len(out) == before {
			continue
		}
		f := &out[len(out)-1]
		if f.value != "" || i+1 >= end || f.end != d.lines[i].end {
			continue
		}
		next := d.lineText(int(i + 1))
		if d.lines[i+1].chars > 60 || !d.isBeside(i, i+1) {
			continue
		}
		if _, _, isLabel := d.labelAt(next, 0, int(d.lines[i+1].start)); !isLabel {
			f.value, f.end = next, d.lines[i+1].end
			d.cutValue(f, int(d.lines[i+1].start))
		}
	}
	return out
}

// isBeside tells whether line b may hold the value of a label in line a: its cell in
// a row, or a sibling.
func (d *document) isBeside(a, b int32) bool {
	if d.lines[b].joined {
		return true
	}
	x, y := d.lines[a].block, d.lines[b].block
	for range 3 {
		if x < 0 {
			return false
		}
		if y >= x && y < d.blocks[x].next {
			return d.blocks[x].end-d.blocks[x].first <= 12
		}
		x = d.blocks[x].parent
	}
	return false
}
