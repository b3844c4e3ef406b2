package charset

import (
	"encoding/binary"
	"unicode/utf8"
)

// readGB reads GB 18030 and with it GBK and GB 2312. A lead byte without its trail is
// replaced alone, so that the `<` after half a character stays a `<`.
func readGB(body []byte) ([]byte, int) {
	t := gb()
	out := make([]byte, 0, len(body)+high(body)/2+64)
	bad := 0
	for len(body) > 0 {
		c := body[0]
		if c < utf8.RuneSelf {
			n := plain(body)
			out = append(out, body[:n]...)
			body = body[n:]
			continue
		}
		if len(body) >= 2 && c != 0x80 && c != 0xFF && body[1] >= 0x40 && body[1] != 0x7F && body[1] != 0xFF {
			if c == 0xEF && isMark(body) { // a UTF-8 file was included in a GBK page
				body = body[len(mark):]
				continue
			}
			r := rune(t.two[gbCell(c, body[1])])
			if r < 0x800 || r >= 0xE000 && r < 0xF900 {
				out = utf8.AppendRune(out, Fold(r))
			} else {
				out = append(out, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF)
			}
			body = body[2:]
			continue
		}
		r, size := t.odd(body)
		if r == utf8.RuneError {
			bad++
		}
		if r != '\uFEFF' {
			out = utf8.AppendRune(out, Fold(r))
		}
		body = body[size:]
	}
	return out, bad
}

// odd reads what is not a pair: four bytes, the euro sign of code page 936, or what
// cannot be read.
func (t *gbTable) odd(s []byte) (rune, int) {
	if s[0] == 0x80 {
		return '€', 1
	}
	if len(s) < 4 || s[0] == 0xFF || !isDigit(s[1]) || s[2] < 0x81 || s[2] > 0xFE || !isDigit(s[3]) {
		return utf8.RuneError, 1
	}
	n := ((int(s[0]-0x81)*10+int(s[1]-'0'))*126+int(s[2]-0x81))*10 + int(s[3]-'0')
	const beyond = 189000 // 90308130, U+10000
	switch {
	case n < len(t.four):
		return rune(t.four[n]), 4
	case n >= beyond && n-beyond <= utf8.MaxRune-0x10000:
		return rune(0x10000 + n - beyond), 4
	}
	return utf8.RuneError, 1
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isMark tells whether s begins with U+FEFF in UTF-8. In GBK its first two bytes are
// 锘, nobelium, which no notice mentions.
func isMark(s []byte) bool {
	return len(s) >= 3 && s[0] == 0xEF && s[1] == 0xBB && s[2] == 0xBF
}

// high counts the bytes of s that are not ASCII: eight counters in a word, added up
// before any of them can run over.
func high(s []byte) int {
	const ones, pairs = 0x0101010101010101, 0x00FF00FF00FF00FF
	n := 0
	for len(s) >= 8 {
		block := s[:min(len(s)&^7, 255*8)]
		s = s[len(block):]
		var sum uint64
		for ; len(block) >= 8; block = block[8:] {
			sum += binary.LittleEndian.Uint64(block) >> 7 & ones
		}
		n += int((sum&pairs + sum>>8&pairs) * 0x0001000100010001 >> 48)
	}
	for _, c := range s {
		n += int(c >> 7)
	}
	return n
}
