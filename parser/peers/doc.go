// Peers measures the best extractors there are beside the parser, on the evaluation
// corpus and in one run:
//
//	cd parser/peers && go run .
//
// It prints a table in Markdown: how well text, titles and dates are read, and what a page
// costs beside goquery.NewDocumentFromReader on the same bytes (one processor, rounds in
// turns, collector included), then the difference to go-readability with the bound that
// 95 % of the draws of a paired bootstrap are above. It is a module of its own so that the
// peers never enter go.mod.
package main
