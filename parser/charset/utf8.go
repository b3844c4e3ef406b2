package charset

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	mark        = []byte("\xEF\xBB\xBF") // U+FEFF
	replacement = []byte("\uFFFD")
)

// readUTF8 returns body itself if it is valid and holds nothing to fold, else a
// mended copy.
func readUTF8(body []byte) ([]byte, int) {
	if utf8.Valid(body) && !foldable(body) {
		return body, 0
	}
	out := make([]byte, 0, len(body)+64)
	bad := 0
	for len(body) > 0 {
		n := plain(body)
		out = append(out, body[:n]...)
		if body = body[n:]; len(body) == 0 {
			break
		}
		r, size := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && size == 1:
			size = torn(body)
			out = append(out, replacement...)
			bad++
		case r == '\uFEFF':
		default:
			out = utf8.AppendRune(out, Fold(r))
		}
		body = body[size:]
	}
	return out, bad
}

// foldable tells whether valid UTF-8 holds a byte order mark or a code point that
// Fold moves.
func foldable(s []byte) bool {
	if bytes.Contains(s, mark) {
		return true
	}
	for { // U+E000 to U+EFFF begin with EE, which never continues a sequence
		i := bytes.IndexByte(s, 0xEE)
		if i < 0 {
			return false
		}
		r, size := utf8.DecodeRune(s[i:])
		if Fold(r) != r {
			return true
		}
		s = s[i+size:]
	}
}

// plain is the length of the ASCII at the start of s, looked at eight bytes a time.
func plain(s []byte) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if w := binary.LittleEndian.Uint64(s[i:]) & 0x8080808080808080; w != 0 {
			return i + bits.TrailingZeros64(w)>>3
		}
	}
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// torn is the length of the invalid sequence at the start of s: a lead byte with
// those of its continuation bytes that are there, so that half a character is
// replaced once.
func torn(s []byte) int {
	want := 1
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		want = 2
	case c >= 0xE0 && c <= 0xEF:
		want = 3
	case c >= 0xF0 && c <= 0xF4:
		want = 4
	}
	n := 1
	for n < want && n < len(s) && s[n]&0xC0 == 0x80 {
		n++
	}
	if n == want { // complete, so a surrogate, too long a form or beyond Unicode
		return 1
	}
	return n
}

// readUTF16 reads two bytes a unit; half a unit and half a pair are replaced.
func readUTF16(body []byte, big bool) ([]byte, int) {
	order := binary.ByteOrder(binary.LittleEndian)
	if big {
		order = binary.BigEndian
	}
	out := make([]byte, 0, len(body)+len(body)/2)
	bad := 0
	for len(body) >= 2 {
		r, size := rune(order.Uint16(body)), 2
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if len(body) >= 4 {
				low = rune(order.Uint16(body[2:]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				size = 4
			} else {
				bad++
			}
		}
		if r != '\uFEFF' {
			out = utf8.AppendRune(out, Fold(r))
		}
		body = body[size:]
	}
	if len(body) > 0 {
		out = append(out, replacement...)
		bad++
	}
	return out, bad
}
