package charset

import (
	"encoding/binary"
	"unicode/utf8"
)

// readBig5 reads Big5 with the Hong Kong supplement.
func readBig5(body []byte) ([]byte, int) {
	t := big5()
	out := make([]byte, 0, len(body)+high(body)+64) // a trail may be ASCII: two bytes become three
	bad := 0
	for len(body) > 0 {
		if body[0] < utf8.RuneSelf {
			n := plain(body)
			out = append(out, body[:n]...)
			body = body[n:]
			continue
		}
		if body[0] == mark[0] && isMark(body) {
			body = body[len(mark):]
			continue
		}
		r, size := big5At(t, body)
		if r >= 0x800 && r < 0xD800 {
			out = append(out, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF)
			body = body[2:]
			continue
		}
		if r == utf8.RuneError {
			bad++
		}
		if r == 0 {
			out = append(out, pairs[binary.BigEndian.Uint16(body)]...)
		} else {
			out = utf8.AppendRune(out, Fold(r))
		}
		body = body[size:]
	}
	return out, bad
}

// big5At reads the pair at the start of s; 0 stands for a cell of two code points.
func big5At(t *[leads * big5Trails]rune, s []byte) (rune, int) {
	if len(s) < 2 || s[0] == 0x80 || s[0] == 0xFF || s[1] < 0x40 || s[1] == 0x7F || s[1] == 0xFF || s[1] > 0x7F && s[1] < 0xA1 {
		return utf8.RuneError, 1
	}
	r := t[big5Cell(s[0], s[1])]
	if r == utf8.RuneError && s[1] < utf8.RuneSelf {
		return r, 1 // the trail may be a character of its own
	}
	return r, 2
}
