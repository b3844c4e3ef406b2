package crawler

import "fangzhi/parser"

// WithParser lets a test see what becomes of pages that the parser fails on.
func WithParser(o Options, parse func(html []byte, from parser.Origin) (*parser.Page, error)) Options {
	o.parse = parse
	return o
}
