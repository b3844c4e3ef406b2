package fold

import "unicode/utf8"

// String is s as search sees it.
func String(s string) string {
	return string(Append(make([]byte, 0, len(s)), s))
}

// Append appends the folded s to dst. It allocates only to grow dst. Bytes that
// are not UTF-8 count as U+FFFD.
func Append[T string | []byte](dst []byte, s T) []byte {
	f := folder{dst: dst, start: len(dst)}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < utf8.RuneSelf:
			f.ascii(c)
			i++
		case isHanLead(c):
			j := hanRun(s, i)
			if j == i {
				i += f.other(string(s[i:min(i+utf8.UTFMax, len(s))]))
				continue
			}
			f.before(true)
			f.dst = append(f.dst, s[i:j]...)
			i = j
		default:
			i += f.other(string(s[i:min(i+utf8.UTFMax, len(s))]))
		}
	}
	return f.dst
}

// isHanLead: U+4000 to U+9FFF, nearly all Chinese text, begin with these bytes
// and fold to themselves.
func isHanLead(c byte) bool { return 0xE4 <= c && c <= 0xE9 }

// hanRun is the end of the run of such characters that begins at i.
func hanRun[T string | []byte](s T, i int) int {
	for i+2 < len(s) && isHanLead(s[i]) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 {
		i += 3
	}
	return i
}

// A folder is the state of folding one text: what was written, and whether
// blanks wait for the next character to decide about them.
type folder struct {
	dst   []byte
	start int  // of this text in dst
	wide  bool // the last character written needs no blank beside it
	blank bool // blanks were read since
}

// before decides about waiting blanks when a character comes.
func (f *folder) before(wide bool) {
	if f.blank && len(f.dst) > f.start && !f.wide && !wide {
		f.dst = append(f.dst, ' ')
	}
	f.blank, f.wide = false, wide
}

func (f *folder) ascii(c byte) {
	if c <= ' ' || c == 0x7F { // control characters are blanks
		f.blank = true
		return
	}
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	if f.blank || f.wide {
		f.before(false)
	}
	f.dst = append(f.dst, c)
}

// other writes the first character of s, whatever it is, and tells how many
// bytes of s it had.
func (f *folder) other(s string) (size int) {
	r, size := utf8.DecodeRuneInString(s)
	for _, r := range expand(r) {
		if r == ' ' {
			f.blank = true
			continue
		}
		f.before(isWide(r))
		f.dst = utf8.AppendRune(f.dst, r)
	}
	return size
}

// isWide tells whether a blank beside r says nothing: Chinese and Japanese
// characters and their punctuation. Korean divides words by blanks.
func isWide(r rune) bool {
	return 0x2E80 <= r && r <= 0x9FFF || 0xF900 <= r && r <= 0xFAFF || 0x20000 <= r && r <= 0x3FFFF
}

// Span is the part of s that folded to bytes from to to of String(s). It counts
// whole characters: a part of what one character became is that character.
func Span(s string, from, to int) (start, end int) {
	var room [64]byte // one character and a blank, at most; see TestExpansionsAreShort
	f := folder{dst: room[:0]}
	start, end = len(s), len(s)
	n := 0
	for i := 0; i < len(s); {
		size := f.other(s[i:])
		n += len(f.dst)
		if len(f.dst) > 0 {
			f.dst, f.start = room[:0], -1 // no longer the beginning of the text
		}
		if n > from && start == len(s) {
			start = i
		}
		i += size
		if n >= to {
			return min(start, i), i
		}
	}
	return start, end
}
