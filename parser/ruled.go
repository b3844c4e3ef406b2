package parser

import (
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// ruledListing reads the rows that the site's rules name. A selector that does not compile
// finds nothing; config refuses it before it comes here.
func (d *document) ruledListing() (*Listing, list) {
	item, err := cascadia.ParseGroup(d.from.Rules.Item)
	if err != nil || len(d.blocks) == 0 {
		return nil, list{}
	}
	var date cascadia.Matcher
	if s := d.from.Rules.ItemDate; s != "" {
		if date, err = cascadia.ParseGroup(s); err != nil {
			return nil, list{}
		}
	}
	out := &Listing{}
	for _, n := range cascadia.QueryAll(rootOf(d.blocks[0].node), item) {
		d.addRuled(out, n, date)
	}
	if len(out.Items) == 0 && out.Dead == 0 {
		return nil, list{}
	}
	out.Items = unique(out.Items)
	return out, scoreItems(out)
}

// addRuled reads one row as a page of its own.
func (d *document) addRuled(out *Listing, n *html.Node, date cascadia.Matcher) {
	from := d.from
	from.URL = d.address.base
	w := newWalker(from, 0)
	w.element(n, 1)
	part := w.finish()
	r := row{node: n, end: int32(len(part.lines)), to: int32(len(part.anchors))}
	if r.anchor = part.mainAnchor(r); r.anchor < 0 && len(part.anchors) > 0 {
		r.anchor = 0
	}
	if r.when = part.rowStamp(r); date != nil {
		r.when = rowDate{}
		if at := cascadia.Query(n, date); at != nil {
			r.when = listStamp(nodeText(at))
		}
	}
	part.addItem(out, r, map[string]bool{})
}
