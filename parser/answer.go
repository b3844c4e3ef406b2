package parser

import (
	"bytes"
	"strings"
)

// parseAnswer reads the answer of an interface that lists articles: JSON (bare, or as
// the argument of a call), the XML of jpage, a feed or a sitemap. nil when page is
// none of them.
func parseAnswer(page []byte, from Origin) *Page {
	page = bytes.TrimLeft(page, " \t\r\n\ufeff")
	d := &document{from: from, address: newResolver(from.URL), begins: -1, ends: -1}
	switch {
	case len(page) == 0:
		return nil
	case page[0] == '{', page[0] == '[':
		return d.jsonAnswer(string(page))
	case hasTag(page, "rss"), hasTag(page, "feed"), hasTag(page, "urlset"), hasTag(page, "sitemapindex"), hasTag(page, "rdf:RDF"):
		return d.feed(page)
	case hasTag(page, "datastore"), hasTag(page, "recordset"):
		return d.jpageAnswer(string(page))
	}
	if inner := jsonp(page); inner != "" {
		return d.jsonAnswer(inner)
	}
	return nil
}

// hasTag tells whether the first element of a document has that name.
func hasTag(page []byte, name string) bool {
	head := string(page[:min(len(page), 2048)])
	for strings.HasPrefix(head, "<?") || strings.HasPrefix(head, "<!") {
		_, rest, ok := strings.Cut(head, ">")
		if !ok {
			return false
		}
		head = strings.TrimLeft(rest, " \t\r\n")
	}
	rest, ok := strings.CutPrefix(head, "<"+name)
	return ok && rest != "" && strings.IndexByte(" \t\r\n>", rest[0]) >= 0
}

// jsonp is the argument of a call that is the whole of a page: callback({…});
func jsonp(page []byte) string {
	i := bytes.IndexByte(page, '(')
	if i <= 0 || i > 60 {
		return ""
	}
	for _, c := range page[:i] {
		if !isWordByte(c) && c != '.' && c != '$' {
			return ""
		}
	}
	inner := bytes.TrimRight(page[i+1:], " \t\r\n;")
	inner, ok := bytes.CutSuffix(inner, []byte(")"))
	inner = bytes.TrimSpace(inner)
	if !ok || len(inner) == 0 || inner[0] != '{' && inner[0] != '[' {
		return ""
	}
	return string(inner)
}

// jsonAnswer reads JSON. Rows are records, or markup in a string.
func (d *document) jsonAnswer(s string) *Page {
	v, ok := decodeJSON(s)
	if !ok {
		return nil
	}
	found := newAnswer()
	d.collect(v, found, 0)
	l := &Listing{Items: unique(found.items)}
	if found.markup != "" {
		if part, _ := d.fragment(found.markup); part != nil && len(part.Items) > len(l.Items) {
			l = part
		}
		noteAttributes(found.markup, found.totals)
	}
	if len(l.Items) > 0 || l.Dead > 0 {
		l.Next = d.request().after(len(l.Items)+l.Dead, found.totals)
		return d.answered(l, "an answer in JSON with rows")
	}
	return d.answered(l, "an answer in JSON without rows")
}

// answered is the page of an answer.
func (d *document) answered(l *Listing, why string) *Page {
	p := &Page{Kind: KindListing, Why: why, Listing: l}
	for _, item := range l.Items {
		p.Links = append(p.Links, Link{item.URL, item.Title})
	}
	return p
}

// request is how the page was asked for.
func (d *document) request() Request {
	if d.from.URL == nil {
		return Request{}
	}
	return Request{URL: d.from.URL.String(), Form: d.from.Form}
}

// noteAttributes reads the numbers that the markup of jpaas holds in attributes:
// rows="15" count="92".
func noteAttributes(markup string, totals map[string]int) {
	for _, name := range []string{"count", "rows"} {
		_, rest, ok := strings.Cut(markup, " "+name+"=")
		rest = strings.TrimLeft(rest, `"'`)
		if n := leadingDigits(rest); ok && n > 0 && n < 9 {
			totals[name] = atoi(rest[:n])
		}
	}
}

// jpageAnswer reads the XML of dataproxy.jsp, which is not always well-formed.
func (d *document) jpageAnswer(s string) *Page {
	l, _ := d.fragment(recordMarkup(s))
	if l == nil {
		return d.answered(&Listing{}, "an answer of jpage without rows")
	}
	totals := map[string]int{}
	for _, name := range []string{"totalrecord", "totalpage"} {
		_, rest, _ := strings.Cut(s, "<"+name+">")
		if n := leadingDigits(rest); n > 0 && n < 9 {
			totals[name] = atoi(rest[:n])
		}
	}
	if l.Next = d.request().after(len(l.Items)+l.Dead, totals); l.Next == nil {
		l.Next = d.nextGroup(s, totals)
	}
	return d.answered(l, "an answer of jpage with rows")
}
