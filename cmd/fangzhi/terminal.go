package main

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
	"golang.org/x/text/width"
)

// isTerminal tells whether a person reads what is written to w.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// widthOf is the width of the terminal in columns, 0 if w is none.
func widthOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	wide, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return wide
}

// columns is how many columns of a terminal s takes: Han take two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	if r >= 0x300 && r < 0x370 || r == 0x200B || r == 0xFEFF { // combining and zero width
		return 0
	}
	return 1
}

// clip cuts s to so many columns, with an ellipsis where something was cut.
func clip(s string, wide int) string {
	if columns(s) <= wide {
		return s
	}
	n := 0
	for i, r := range s {
		if n += columnsOf(r); n > wide-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// wrap breaks a paragraph into lines of so many columns, at blanks and between Han.
func wrap(paragraph string, wide int) string {
	var b strings.Builder
	at := 0
	for _, word := range pieces(paragraph) {
		n := columns(strings.TrimRight(word, " "))
		if at > 0 && at+n > wide {
			b.WriteByte('\n')
			at = 0
		}
		b.WriteString(word)
		at += columns(word)
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// noStart are signs that no line begins with.
const noStart = "，。；：、？！）》”’…—"

// pieces are what may not be broken: words with the blanks behind them, single Han
// with the signs behind them.
func pieces(s string) []string {
	var all []string
	for len(s) > 0 {
		n := pieceLen(s)
		all = append(all, s[:n])
		s = s[n:]
	}
	return all
}

func pieceLen(s string) int {
	last, n := utf8.DecodeRuneInString(s)
	for n < len(s) {
		next, size := utf8.DecodeRuneInString(s[n:])
		inWord := last != ' ' && columnsOf(last) == 1 && columnsOf(next) == 1
		if !inWord && next != ' ' && !strings.ContainsRune(noStart, next) {
			break
		}
		last, n = next, n+size
	}
	return n
}

// printable is s without control characters, so that no page can write to the
// terminal of who reads it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r >= 0x7F && r < 0xA0:
			return -1
		case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069: // direction overrides
			return -1
		}
		return r
	}, s)
}
