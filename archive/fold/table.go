package fold

import (
	"strings"
	"sync/atomic"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// blocks holds what characters fold to, 256 at a time, made when a text first
// has one of them: the whole table would take 100 ms and 20 MB.
var blocks [(unicode.MaxRune + 1) / 256]atomic.Pointer[block]

// A block says what 256 characters fold to: "" for nothing at all, " " for a blank.
type block [256]string

// expand is what r folds to by itself.
func expand(r rune) string {
	b := blocks[r>>8].Load()
	if b == nil {
		b = newBlock(r &^ 0xFF)
		blocks[r>>8].Store(b)
	}
	return b[r&0xFF]
}

func newBlock(first rune) *block {
	b := new(block)
	for i := range b {
		b[i] = compute(first + rune(i))
	}
	return b
}

// compute folds r, and what it became, until nothing changes: an accented capital
// may have a compatibility form that has a lower case.
func compute(r rune) string {
	s := string(r)
	for range 4 {
		next := step(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func step(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			b.WriteByte(' ')
		case isInvisible(r):
		default:
			b.WriteString(strings.Map(lower, norm.NFKC.String(string(r))))
		}
	}
	return b.String()
}

// lower goes by way of the capital, so that ς and σ are one letter.
func lower(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

// isInvisible: format characters (soft hyphen, zero width, direction marks, byte
// order mark, tags) and variation selectors.
func isInvisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0
}
