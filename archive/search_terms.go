package archive

import (
	"slices"
	"strings"
	"unicode"

	"fangzhi/archive/fold"
)

// Terms are the folded strings that a query asks for: its words, which blanks
// divide, and what stands in quotes, which may have blanks and is sought as it
// stands. A quote that is not closed reaches to the end.
func Terms(text string) []string {
	var terms []string
	add := func(s string) {
		if s = fold.String(s); s != "" && !slices.Contains(terms, s) {
			terms = append(terms, s)
		}
	}
	for text != "" {
		at := strings.IndexFunc(text, func(r rune) bool { return isQuote(r) || unicode.IsSpace(r) })
		if at < 0 {
			add(text)
			break
		}
		add(text[:at])
		r, size := first(text[at:])
		text = text[at+size:]
		if !isQuote(r) {
			continue
		}
		end := strings.IndexFunc(text, isQuote)
		if end < 0 {
			end = len(text)
		}
		add(text[:end])
		text = text[end:]
		_, size = first(text)
		text = text[size:]
	}
	return terms
}

func first(s string) (r rune, size int) {
	for i, c := range s {
		if i > 0 {
			return r, i
		}
		r = c
	}
	return r, len(s)
}

// isQuote: the quotes of every keyboard. Those of Chinese titles 「」《》 are text.
func isQuote(r rune) bool { return strings.ContainsRune("\"“”＂", r) }
