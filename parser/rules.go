package parser

import (
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// ruled is the element that a selector of the site's rules names, nil when there is no
// such rule or it finds nothing. Config refuses what does not compile.
func (d *document) ruled(selector string) *html.Node {
	if selector == "" || len(d.blocks) == 0 {
		return nil
	}
	s, err := cascadia.ParseGroup(selector)
	if err != nil {
		return nil
	}
	return cascadia.Query(rootOf(d.blocks[0].node), s)
}

// ruledText is what the element says, or its attribute content or datetime.
func (d *document) ruledText(selector string) string {
	n := d.ruled(selector)
	if n == nil {
		return ""
	}
	if text := nodeText(n); text != "" {
		return text
	}
	for _, key := range []string{"content", "datetime", "value", "title"} {
		if v := collapse(attr(n, key)); v != "" {
			return v
		}
	}
	return ""
}

// ruledTitle is the title that the rules name, and the line it begins in.
func (d *document) ruledTitle() (heading, bool) {
	n := d.ruled(d.from.Rules.Title)
	if n == nil {
		return heading{}, false
	}
	text := nodeText(n)
	if text == "" {
		return heading{}, false
	}
	for i := range d.lines {
		if d.standsIn(d.lines[i].block, n) || bare(d.lineText(i)) == bare(text) {
			return heading{text, i}, true
		}
	}
	return heading{text, -1}, true
}

// ruledBody is all of the element that the rules name as the body.
func (d *document) ruledBody() (body, bool) {
	n := d.ruled(d.from.Rules.Body)
	if n == nil {
		return body{}, false
	}
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.node != n {
			continue
		}
		out := body{block: int32(i), first: b.first, end: b.end}
		for line := b.first; line < b.end; line++ {
			out.kept = append(out.kept, line)
		}
		return out, true
	}
	return body{}, false
}

// standsIn tells whether a block is an element or in it.
func (d *document) standsIn(b int32, n *html.Node) bool {
	for ; b >= 0; b = d.blocks[b].parent {
		if d.blocks[b].node == n {
			return true
		}
	}
	return false
}
