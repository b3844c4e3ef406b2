// Peers measures the index beside bleve and SQLite's FTS5 (modernc.org/sqlite), on the
// articles and queries of the figures and in one run:
//
//	cd archive/index/peers && go run . -n 100000
//
// It prints a table in Markdown: documents per CPU second, size beside the text, and
// the time of a query by relevance with exact total, three facets and 20 snippets,
// the fastest of three. "found" is the share of the queries whose total is that of a
// scan of all texts. Bleve has its cjk analyzer and match phrases; FTS5 has no tokenizer
// for Chinese, so its texts are split beforehand into pairs of characters, written as
// hexadecimal words. It is a module of its own so that the peers never enter go.mod.
package main
