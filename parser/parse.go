package parser

import (
	"bytes"
	"fmt"

	"golang.org/x/net/html"

	"fangzhi/parser/charset"
)

// Decode reads the bytes of a page as text; see charset.Decode.
func Decode(body []byte, contentType string) ([]byte, charset.Evidence) {
	return charset.Decode(body, contentType)
}

// Parse reads a page. page is valid UTF-8, as Decode returns it. The error is
// non-nil only when no document could be made of it at all.
func Parse(page []byte, from Origin) (*Page, error) { return parse(page, from, nil) }

func parse(page []byte, from Origin, why *Explanation) (*Page, error) {
	if p := parseAnswer(page, from); p != nil {
		return p, nil
	}
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", from.URL, err)
	}
	d := walk(root, from, len(page))
	defer d.release()
	d.why = why
	p := &Page{Title: d.title, Links: d.allLinks()}
	d.kind(p)
	if p.Listing != nil && p.Listing.Next != nil {
		p.Listing.Pages = d.pageCount()
	}
	return p, nil
}

// allLinks are the page's anchors in document order.
func (d *document) allLinks() []Link {
	links := make([]Link, 0, len(d.anchors))
	for i := range d.anchors {
		if a := &d.anchors[i]; a.url != "" {
			links = append(links, Link{a.url, d.anchorText(a)})
		}
	}
	return links
}
