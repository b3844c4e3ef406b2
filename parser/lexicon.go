package parser

import (
	"strings"
	"unicode/utf8"
)

// A lexicon finds words in short lines in one pass: a bit for each character that
// a word begins with, then the few words behind it, longest first.
type lexicon struct {
	begins [1 << 16 / 64]uint64
	words  map[rune][]string
	kinds  map[string]kind
}

// A kind is what a word means to the lexicon it is in.
type kind uint16

func newLexicon(lists map[kind]string) *lexicon {
	l := &lexicon{words: map[rune][]string{}, kinds: map[string]kind{}}
	for k, list := range lists {
		for _, word := range strings.Fields(list) {
			l.add(word, k)
		}
	}
	return l
}

func (l *lexicon) add(word string, k kind) {
	word = strings.ReplaceAll(word, "_", " ")
	l.kinds[word] |= k
	if l.kinds[word] != k {
		return
	}
	r, _ := utf8.DecodeRuneInString(word)
	l.begins[uint16(r)>>6] |= 1 << (r & 63)
	list := append(l.words[r], word)
	for i := len(list) - 1; i > 0 && len(list[i]) > len(list[i-1]); i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	l.words[r] = list
}

// at is the longest word at the start of s.
func (l *lexicon) at(s string) (word string, k kind) {
	r, _ := utf8.DecodeRuneInString(s)
	if l.begins[uint16(r)>>6]>>(r&63)&1 == 0 {
		return "", 0
	}
	for _, w := range l.words[r] {
		if strings.HasPrefix(s, w) {
			return w, l.kinds[w]
		}
	}
	return "", 0
}

// in is the first word anywhere in s that has one of these kinds, and where.
func (l *lexicon) in(s string, kinds kind) (word string, k kind, at int) {
	for i, r := range s {
		if l.begins[uint16(r)>>6]>>(r&63)&1 == 0 {
			continue
		}
		for _, w := range l.words[r] {
			if strings.HasPrefix(s[i:], w) && l.kinds[w]&kinds != 0 {
				return w, l.kinds[w], i
			}
		}
	}
	return "", 0, -1
}

// has tells whether a word of one of these kinds is in s.
func (l *lexicon) has(s string, kinds kind) bool {
	_, k, _ := l.in(s, kinds)
	return k != 0
}
