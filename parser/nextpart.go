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
	for k := range d.anchors {
		a := &d.anchors[k]
		if a.line < first || a.line > end || a.url == "" || a.hidden || a.end-a.start > 30 {
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
		case isNumber(text) && page > partNumber(here) && (next == "" || page < number):
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

// partOf tells whether an address is another part of the page at path here, and the
// number in its name, 0 for the first.
func (d *document) partOf(here, address string) (page int, ok bool) {
	rest, ok := strings.CutPrefix(address, d.address.origin)
	if !ok {
		return 0, false
	}
	path, query, _ := strings.Cut(rest, "?")
	if path == here && query != "" {
		for _, key := range []string{"page=", "p=", "pageNo=", "PAGENUM="} {
			if i := strings.Index("&"+query, "&"+key); i >= 0 {
				n := leadingDigits(query[i+len(key):])
				page, _ = strconv.Atoi(query[i+len(key) : i+len(key)+n])
				return page - 1, n > 0
			}
		}
		return 0, false
	}
	if path == here {
		return 0, false
	}
	return partNumber(path), partStem(path) == partStem(here)
}

// partStem is a path without its ending and the number of its part.
func partStem(path string) string {
	stem, _ := splitPart(path)
	return stem
}

// partNumber is the number of a part in its path, 0 where there is none.
func partNumber(path string) int {
	_, n := splitPart(path)
	return n
}

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
