package parser

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A lexicon finds words in short lines in one pass: a bit for each character that
// a word begins with, then the few words behind it, longest first.
type lexicon struct {
	begins [1 << 16 / 64]uint64
	slots  [1 << 16]uint16 // of characters that begin a word: where their words are
	lists  [][]lexeme
}

// A lexeme is a word and what it means.
type lexeme struct {
	word string
	kind kind
}

// A kind is what a word means to the lexicon it is in.
type kind uint16

func newLexicon(lists map[kind]string) *lexicon {
	l := &lexicon{}
	for k, list := range lists {
		for _, word := range strings.Fields(list) {
			l.add(strings.ReplaceAll(word, "_", " "), k)
		}
	}
	return l
}

func (l *lexicon) add(word string, k kind) {
	r, _ := utf8.DecodeRuneInString(word)
	if !l.mayBegin(r) {
		l.begins[uint16(r)>>6] |= 1 << (r & 63)
		l.slots[uint16(r)] = uint16(len(l.lists))
		l.lists = append(l.lists, nil)
	}
	list := &l.lists[l.slots[uint16(r)]]
	for i := range *list {
		if (*list)[i].word == word {
			(*list)[i].kind |= k
			return
		}
	}
	*list = append(*list, lexeme{word, k})
	slices.SortStableFunc(*list, func(a, b lexeme) int { return len(b.word) - len(a.word) })
}

// mayBegin tells whether a word begins with r.
func (l *lexicon) mayBegin(r rune) bool { return l.begins[uint16(r)>>6]>>(r&63)&1 != 0 }

// at is the longest word at the start of s.
func (l *lexicon) at(s string) (word string, k kind) {
	r, _ := utf8.DecodeRuneInString(s)
	return l.from(r, s, ^kind(0))
}

// from is the longest word of one of these kinds at the start of s, whose first
// character is r.
func (l *lexicon) from(r rune, s string, kinds kind) (word string, k kind) {
	if !l.mayBegin(r) {
		return "", 0
	}
	for _, e := range l.lists[l.slots[uint16(r)]] {
		if e.kind&kinds != 0 && strings.HasPrefix(s, e.word) {
			return e.word, e.kind
		}
	}
	return "", 0
}

// in is the first word anywhere in s that has one of these kinds, and where.
func (l *lexicon) in(s string, kinds kind) (word string, k kind, at int) {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		switch {
		case r < utf8.RuneSelf:
		case r&0xF0 == 0xE0 && i+2 < len(s): // as nearly all that is not ASCII here; s is valid
			r, n = r&0xF<<12|rune(s[i+1])&0x3F<<6|rune(s[i+2])&0x3F, 3
		default:
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if l.mayBegin(r) {
			if word, k = l.from(r, s[i:], kinds); k != 0 {
				return word, k, i
			}
		}
		i += n
	}
	return "", 0, -1
}

// has tells whether a word of one of these kinds is in s.
func (l *lexicon) has(s string, kinds kind) bool {
	_, k, _ := l.in(s, kinds)
	return k != 0
}
