package archive

import (
	"strings"
	"unicode/utf8"

	"fangzhi/archive/fold"
)

// A snippet shows this many characters before its match, and this many from there.
const (
	snippetBefore = 24
	snippetAfter  = 72
)

// snippet is the part of text around the first match of the first term that it
// holds, on one line, and where in it the match is; the beginning of the text when
// it holds none.
func snippet(text string, terms []string) (part string, match [2]int) {
	folded := fold.String(text)
	from, to := 0, 0
	for _, t := range terms {
		if at := strings.Index(folded, t); at >= 0 {
			from, to = fold.Span(text, at, at+len(t))
			break
		}
	}
	start, end := back(text, from, snippetBefore), ahead(text, from, snippetAfter)
	end = max(end, to)
	head, tail := ellipsis(start > 0), ellipsis(end < len(text))
	part = head + oneLine(text[start:end]) + tail
	if from == to {
		return part, match
	}
	shift := len(head) - start
	return part, [2]int{from + shift, to + shift}
}

func ellipsis(cut bool) string {
	if cut {
		return "…"
	}
	return ""
}

// oneLine makes line breaks blanks, byte for byte.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
}

// back is the offset n characters before at, ahead that n characters behind it.
func back(s string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return at
}

func ahead(s string, at, n int) int {
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at
}
