// Package fold makes text comparable for search, so that what a person types
// finds what a portal printed.
//
// String folds: letters to lower case; full-width, circled, squared and other
// compatibility forms to the plain ones (NFKC of single characters: Ａ１ is a1,
// ① is 1, ㎡ is m2, 、 stays); invisible characters away; blanks and line breaks
// beside a Chinese character or its punctuation away (张　三 is 张三, 23 号 is 23号);
// any other run of blanks to one.
//
// Two properties hold and are fuzzed, because the index relies on them: folding
// twice is folding once, and what folds out of a part of a text (cut between
// characters) is a part of what folds out of the whole.
//
// Span leads back from bytes of the folded text to bytes of the original, for
// snippets.
//
// It never looks at words: no dictionary, no traditional to simplified.
package fold
