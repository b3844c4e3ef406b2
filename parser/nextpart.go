package parser

import (
	"strconv"
	"strings"
)

// nextPart is the address of the next part of an article that stands on several pages:
// t20220331_12_1.html after t20220331_12.html, or ?page=2. "" when there is none.
func (d *document) nextPart(s scene, b body) string {
	if d.from.URL == nil {
		return ""
	}
	here := d.from.URL.Path
	first, end := d.reach(s, b)
	number, next := 0, ""
	for k := d.anchorFrom(first); k < len(d.anchors) && d.anchors[k].line <= end; k++ {
		a := &d.anchors[k]
		if a.url == "" || a.hidden || a.end-a.start > 30 {
			continue
		}
		text := strings.Trim(d.anchorText(a), "[]【】()（） ")
		page, ok := d.partOf(here, a.url)
		if !ok {
			continue
		}
		switch {
		case text == "下一页" || text == "下页" || text == "下一頁" || text == "下頁" || text == "后一页" || text == ">" || text == ">>":
			return a.url
		case isNumber(text) && (next == "" || page < number):
			number, next = page, a.url
		}
	}
	if next != "" {
		return next
	}
	if !d.hasPager(first, end) {
		return ""
	}
	if next, ok := d.calledNext(); ok && next != nil && next.Form == "" {
		if _, ok := d.partOf(here, next.URL); ok {
			return next.URL
		}
	}
	return ""
}

// hasPager tells whether a script right after the body draws the numbers of its parts.
func (d *document) hasPager(first, end int32) bool {
	for _, s := range d.scripts {
		if s.line >= first && s.line <= end && s.node.FirstChild != nil && strings.Contains(s.node.FirstChild.Data, "createPageHTML") {
			return true
		}
	}
	return false
}

// partOf tells whether an address is a later part of the page at path here, and how
// many parts later.
func (d *document) partOf(here, address string) (page int, ok bool) {
	rest, ok := strings.CutPrefix(address, d.address.origin)
	if !ok {
		return 0, false
	}
	path, query, _ := strings.Cut(rest, "?")
	if path == here {
		page = pageOf(query) - max(pageOf(d.from.URL.RawQuery), 1)
		return page, page > 0
	}
	stem, n := splitPart(path)
	if stem == here {
		return n, n > 0
	}
	first, number := splitPart(here)
	return n - number, stem == first && n > number
}

// pageOf is the number of a page in a query, 0 where there is none.
func pageOf(query string) int {
	for _, key := range []string{"page=", "p=", "pageNo=", "PAGENUM="} {
		if i := strings.Index("&"+query, "&"+key); i >= 0 {
			rest := query[i+len(key):]
			n, _ := strconv.Atoi(rest[:leadingDigits(rest)])
			return n
		}
	}
	return 0
}

// splitPart parts a path from the number of its part, 0 where there is none.
func splitPart(path string) (stem string, n int) {
	dot := strings.LastIndexByte(path, '.')
	if dot < strings.LastIndexByte(path, '/') || dot < 0 {
		return path, 0
	}
	stem = path[:dot]
	i := strings.LastIndexAny(stem, "_-")
	if i < 0 || len(stem)-i > 3 || !isNumber(stem[i+1:]) {
		return stem + path[dot:], 0
	}
	n, _ = strconv.Atoi(stem[i+1:])
	return stem[:i] + path[dot:], n
}
