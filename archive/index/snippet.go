package index

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fangzhi/archive/fold"
)

// A snippet shows this many characters before its first match, and this many from there.
const (
	snippetBefore = 24
	snippetAfter  = 72
)

// Snippet is the part of text around a match of the first of the folded terms that it
// holds, on one line, and where in it the terms stand, in order; the beginning of the
// text and no marks when it holds none.
func Snippet(text string, terms []string) (part string, marks [][2]int) {
	from, to := match(text, terms)
	start, end := back(text, from, snippetBefore), max(ahead(text, from, snippetAfter), to)
	body := text[start:end]
	if from < to {
		marks = mark(body, terms)
		if len(marks) == 0 { // its blanks are folded by what stands before it
			marks = [][2]int{{from - start, to - start}}
		}
	}
	if start > 0 {
		part = ellipsis
		for i := range marks {
			marks[i][0] += len(ellipsis)
			marks[i][1] += len(ellipsis)
		}
	}
	part += oneLine(body)
	if end < len(text) {
		part += ellipsis
	}
	return part, marks
}

const ellipsis = "…"

// match is where the first of the terms stands that the text holds. One that stands
// there as it is, is found without folding the text.
func match(text string, terms []string) (from, to int) {
	folded := ""
	for _, t := range terms {
		if at := strings.Index(text, t); at >= 0 {
			return at, at + len(t)
		}
		if folded == "" {
			folded = fold.String(text)
		}
		if at := strings.Index(folded, t); at >= 0 {
			return fold.Span(text, at, at+len(t))
		}
	}
	return 0, 0
}

// mark is where the terms stand in a part; matches that overlap are one.
func mark(part string, terms []string) (marks [][2]int) {
	folded := fold.String(part)
	for _, t := range terms {
		for at := 0; ; at++ {
			i := strings.Index(folded[at:], t)
			if i < 0 {
				break
			}
			at += i
			from, to := fold.Span(part, at, at+len(t))
			marks = append(marks, [2]int{from, to})
		}
	}
	slices.SortFunc(marks, func(a, b [2]int) int { return a[0] - b[0] })
	n := 0
	for _, m := range marks {
		if n > 0 && m[0] < marks[n-1][1] {
			marks[n-1][1] = max(marks[n-1][1], m[1])
			continue
		}
		marks[n] = m
		n++
	}
	return marks[:n]
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
