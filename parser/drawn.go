package parser

import (
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// draw is the page with the rows in it that its scripts would write: records in CDATA
// (Hanweb), strings that are written (document.writeln, var doctitle) or held in arrays
// (dataStore). nil when no script holds a row.
func (d *document) draw() *document {
	drawn := false
	for _, s := range d.scripts {
		if markup := scriptedMarkup(s.code()); markup != "" {
			drawn = insert(s.node, markup) || drawn
		}
	}
	if !drawn {
		return nil
	}
	from := d.from
	from.URL = d.address.base
	return walk(rootOf(d.scripts[0].node), from, len(d.text))
}

// insert puts markup before a script, or at the end of the body for one of the head.
func insert(script *html.Node, markup string) bool {
	parent, before := script.Parent, script
	if parent == nil || parent.Type != html.ElementNode {
		return false
	}
	if parent.DataAtom == atom.Head && parent.NextSibling != nil {
		parent, before = parent.NextSibling, nil
	}
	nodes, err := html.ParseFragment(strings.NewReader(markup), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return false
	}
	for _, n := range nodes {
		parent.InsertBefore(n, before)
	}
	return len(nodes) > 0
}

// scriptedMarkup is the markup of rows in a script, "" when it has none.
func scriptedMarkup(code string) string {
	if !strings.Contains(code, "href") || !strings.Contains(code, "<a") && !strings.Contains(code, "<A") {
		return ""
	}
	if strings.Contains(code, "<![CDATA[") {
		return recordMarkup(code)
	}
	var b strings.Builder
	whole := false
	for _, text := range literals(code) {
		if strings.IndexByte(text, '<') < 0 {
			continue
		}
		text = unescape(text)
		whole = whole || holdsLink(text)
		b.WriteString(text)
		b.WriteByte('\n')
	}
	if !whole {
		return ""
	}
	return wrapRows(b.String())
}

// holdsLink tells whether markup has a whole anchor, not the pieces around variables:
// '<a href="' + url + '">'.
func holdsLink(s string) bool {
	i := strings.Index(strings.ToLower(s), "<a")
	if i < 0 {
		return false
	}
	tag, _, closed := strings.Cut(s[i:], ">")
	_, ref, ok := strings.Cut(tag, "href=")
	return closed && ok && len(strings.Trim(ref, `'" `)) > 2
}

// recordMarkup joins the CDATA sections of an answer of jpage, whose XML is not always
// well-formed.
func recordMarkup(s string) string {
	var b strings.Builder
	if i := strings.Index(s, "<recordset"); i >= 0 { // what stands before is the address of the next group
		s = s[i:]
	}
	for {
		i := strings.Index(s, "<![CDATA[")
		if i < 0 {
			return wrapRows(b.String())
		}
		s = s[i+len("<![CDATA["):]
		end := strings.Index(s, "]]>")
		if end < 0 {
			return wrapRows(b.String())
		}
		b.WriteString(s[:end])
		b.WriteByte('\n')
		s = s[end:]
	}
}

// wrapRows gives rows the parent without which they would not be read as rows.
func wrapRows(rows string) string {
	head := strings.ToLower(strings.TrimLeft(rows, " \t\r\n"))
	switch {
	case strings.HasPrefix(head, "<tr"):
		return "<table>" + rows + "</table>"
	case strings.HasPrefix(head, "<li"):
		return "<ul>" + rows + "</ul>"
	}
	return rows
}

// arrayListing reads rows out of arrays in scripts: [{"title":…,"url":…}], or one
// array a field: urls[0]='…';headers[0]='…';year[0]='…'.
func (d *document) arrayListing() *Listing {
	found := newAnswer()
	for _, s := range d.scripts {
		code := s.code()
		if len(code) < 40 {
			continue
		}
		if strings.Contains(code, "title") || strings.Contains(code, "Title") || strings.Contains(code, "url") {
			d.objectArrays(code, found)
		}
		if strings.Contains(code, "urls[") {
			d.fieldArrays(code, found)
		}
	}
	if len(found.items) < 2 {
		return nil
	}
	return &Listing{Items: unique(found.items)}
}

// objectArrays reads literals of arrays of objects in a script, a few at most.
func (d *document) objectArrays(code string, out *answer) {
	const most = 12
	for range most {
		i := strings.IndexByte(code, '[')
		for i >= 0 && !strings.HasPrefix(strings.TrimLeft(code[i+1:], " \t\r\n"), "{") {
			next := strings.IndexByte(code[i+1:], '[')
			if next < 0 {
				return
			}
			i += next + 1
		}
		if i < 0 {
			return
		}
		v, end, ok := readLiteral(code[i:])
		if ok {
			d.collect(v, out, 0)
		}
		code = code[i+max(end, 1):]
	}
}

// fieldArrays reads assignments to the elements of arrays, one array a field.
func (d *document) fieldArrays(code string, out *answer) {
	rows := map[int]map[string]any{}
	for at := 0; ; {
		i := strings.IndexByte(code[at:], '[')
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		begin := i
		for begin > 0 && isWordByte(code[begin-1]) {
			begin--
		}
		n := leadingDigits(code[at:])
		if begin == i || n == 0 || n > 5 {
			continue
		}
		rest, ok := strings.CutPrefix(code[at+n:], "]")
		rest = strings.TrimLeft(rest, " ")
		if !ok || !strings.HasPrefix(rest, "=") {
			continue
		}
		v, _, ok := readLiteral(rest[1:])
		if s, isText := v.(string); ok && isText {
			k := atoi(code[at : at+n])
			if rows[k] == nil {
				rows[k] = map[string]any{}
			}
			rows[k][code[begin:i]] = s
		}
	}
	keys := make([]int, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	sort.Ints(keys)
	var list []any
	for _, k := range keys {
		list = append(list, rows[k])
	}
	d.collectList(list, out, 0)
}

// unique keeps the first of the items with the same address.
func unique(items []Item) []Item {
	seen := make(map[string]bool, len(items))
	out := items[:0:0]
	for _, item := range items {
		if !seen[item.URL] {
			seen[item.URL] = true
			out = append(out, item)
		}
	}
	return out
}
