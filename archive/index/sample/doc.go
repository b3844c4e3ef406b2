// Package sample makes articles as regional portals publish them, as many as are
// wanted and always the same, so that a search engine can be measured: some 1,200
// characters, words as unevenly frequent as in real texts, a topic whose words come
// again, names of places and people, dates, sums and numbers of documents; three of a
// hundred are reposts.
//
// No word of it means anything: it is made of hand-written words of official texts, of
// the names of package region, and of 60,000 words drawn from characters.
package sample
