package query

import (
	"strings"
	"unicode"
)

type kind int

const (
	end kind = iota
	word
	quoted
	key // a word and its colon
	open
	closing
	or
	and
	not
	near
)

// A token is a part of the text of a query.
type token struct {
	kind kind
	text string
	at   int // its first character, from 1
}

// A lexer divides a query into tokens.
type lexer struct {
	text  []rune
	at    int
	depth int // of parentheses that are open
}

func (l *lexer) next() token {
	for l.at < len(l.text) && isBlank(l.text[l.at]) {
		l.at++
	}
	t := token{kind: end, at: l.at + 1}
	if l.at == len(l.text) {
		return t
	}
	switch r := l.text[l.at]; {
	case isQuote(r):
		l.at++
		t.kind, t.text = quoted, l.until(isQuote)
		l.at = min(l.at+1, len(l.text)) // a quote that is not closed reaches to the end
		return t
	case r == '(' || r == '（':
		t.kind = open
		l.depth++
	case r == ')' || r == '）':
		t.kind = closing
		l.depth--
	case isOr(r):
		t.kind = or
	case isMinus(r):
		t.kind = not
	default:
		return l.word(t)
	}
	l.at++
	return t
}

func (l *lexer) until(f func(rune) bool) string {
	from := l.at
	for l.at < len(l.text) && !f(l.text[l.at]) {
		l.at++
	}
	return string(l.text[from:l.at])
}

// word reads up to a blank, a quote, an or, a colon after the name of a field, or a
// parenthesis that closes what the word did not open.
func (l *lexer) word(t token) token {
	from, opened := l.at, 0
	for ; l.at < len(l.text); l.at++ {
		r := l.text[l.at]
		if isBlank(r) || isQuote(r) || isOr(r) {
			break
		}
		if r == '(' || r == '（' {
			opened++
		}
		if r == ')' || r == '）' {
			if opened == 0 && l.depth > 0 {
				break
			}
			opened--
		}
		if r == ':' || r == '：' {
			if name := strings.ToLower(string(l.text[from:l.at])); isKey(name) {
				l.at++
				return token{key, name, t.at}
			}
		}
	}
	t.kind, t.text = word, string(l.text[from:l.at])
	switch head, _, _ := strings.Cut(t.text, "/"); {
	case t.text == "OR":
		t.kind = or
	case t.text == "AND":
		t.kind = and
	case t.text == "NOT":
		t.kind = not
	case head == "NEAR":
		t.kind = near
	}
	return t
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// isQuote: the quotes of every keyboard. Those of Chinese titles 「」《》 are text.
func isQuote(r rune) bool { return strings.ContainsRune("\"“”＂", r) }

func isOr(r rune) bool { return r == '|' || r == '｜' }

func isMinus(r rune) bool { return r == '-' || r == '－' || r == '−' }
