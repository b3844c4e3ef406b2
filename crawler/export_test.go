package crawler

import (
	"context"

	"fangzhi/archive"
	"fangzhi/parser"
)

// WithParser lets a test see what becomes of pages that the parser fails on.
func WithParser(o Options, parse func(html []byte, from parser.Origin) (*parser.Page, error)) Options {
	o.parse = parse
	return o
}

// Judge lets alarms begin and end after one visit of a site.
func Judge(ctx context.Context, store Store, site Site, visit uint64) ([]archive.Alarm, error) {
	c := New(Options{Store: store, Agent: "fangzhi/test"})
	c.visited = []visited{{site, visit}}
	err := c.judge(ctx)
	return c.Alarms(), err
}
