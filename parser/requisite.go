package parser

import (
	"bytes"
	"html"
	"net/url"
	"strings"
)

// maxRequisites are the addresses taken from one page or style sheet.
const maxRequisites = 200

// Requisites are the absolute http(s) addresses of what a page needs to look as it
// does: style sheets, icons and images, each once, in their order. page is UTF-8.
// Scripts are left out: a replay that runs them would ask for more.
//
// It looks at tags only, without making a document: pages are parsed once, by Parse.
func Requisites(page []byte, base *url.URL) []string {
	r := requisites{base: base, seen: map[string]bool{}}
	for len(page) > 0 && len(r.found) < maxRequisites {
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			break
		}
		page = r.tag(page[i+1:])
	}
	return r.found
}

// StyleRequisites are those of a style sheet: others that it imports, and images.
func StyleRequisites(css []byte, base *url.URL) []string {
	r := requisites{base: base, seen: map[string]bool{}}
	r.style(string(css))
	return r.found
}

type requisites struct {
	base  *url.URL
	seen  map[string]bool
	found []string
}

// add notes an address as a page writes it.
func (r *requisites) add(address string) {
	address = strings.TrimSpace(html.UnescapeString(address))
	if address == "" || strings.HasPrefix(address, "data:") || len(r.found) >= maxRequisites {
		return
	}
	u, err := r.base.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return
	}
	u.Fragment = ""
	if full := u.String(); !r.seen[full] {
		r.seen[full] = true
		r.found = append(r.found, full)
	}
}

// tag reads what follows a "<" and returns what is behind it.
func (r *requisites) tag(page []byte) []byte {
	if bytes.HasPrefix(page, []byte("!--")) {
		return behind(page, "-->")
	}
	name := tagName(page)
	switch name {
	case "script", "textarea", "template":
		return behindElement(page, name)
	case "style":
		rest := behindElement(page, name)
		r.style(string(page[:len(page)-len(rest)]))
		return rest
	case "":
		return page
	}
	end := tagEnd(page)
	if attributes := page[len(name):end]; len(attributes) > 0 {
		r.attributes(name, attributes)
	}
	return page[end:]
}

// attributes of tags that may name something; of others, backgrounds.
func (r *requisites) attributes(name string, text []byte) {
	switch name {
	case "link":
		for _, kind := range strings.Fields(strings.ToLower(attribute(text, "rel"))) {
			if kind == "stylesheet" || kind == "icon" || kind == "apple-touch-icon" {
				r.add(attribute(text, "href"))
			}
		}
	case "base":
		if u, err := r.base.Parse(strings.TrimSpace(html.UnescapeString(attribute(text, "href")))); err == nil && u.Host != "" {
			r.base = u
		}
	case "img", "input":
		if name == "input" && !strings.EqualFold(attribute(text, "type"), "image") {
			return
		}
		for _, key := range []string{"src", "data-src", "data-original"} {
			r.add(attribute(text, key))
		}
	}
	if bytes.Contains(text, []byte("url(")) {
		r.style(attribute(text, "style"))
	}
	if bytes.Contains(text, []byte("background=")) {
		r.add(attribute(text, "background"))
	}
}

// style reads url(…) and @import "…".
func (r *requisites) style(css string) {
	for rest := css; len(r.found) < maxRequisites; {
		_, after, ok := strings.Cut(rest, "url(")
		if !ok {
			break
		}
		address, behind, ok := strings.Cut(after, ")")
		if !ok {
			break
		}
		r.add(strings.Trim(html.UnescapeString(address), " \t\r\n'\""))
		rest = behind
	}
	for rest := css; len(r.found) < maxRequisites; {
		_, after, ok := strings.Cut(rest, "@import")
		if !ok {
			break
		}
		rest = after
		if quoted := strings.TrimLeft(after, " \t\r\n"); len(quoted) > 1 && (quoted[0] == '"' || quoted[0] == '\'') {
			if end := strings.IndexByte(quoted[1:], quoted[0]); end > 0 {
				r.add(quoted[1 : 1+end])
			}
		}
	}
}

// tagName is the name at the beginning of a start tag, in lower case.
func tagName(page []byte) string {
	n := 0
	for n < len(page) && n < 12 && (page[n]|0x20 >= 'a' && page[n]|0x20 <= 'z' || n > 0 && page[n] >= '0' && page[n] <= '9') {
		n++
	}
	return strings.ToLower(string(page[:n]))
}

// tagEnd is where a tag ends: at the first ">" outside of quotes.
func tagEnd(page []byte) int {
	quote := byte(0)
	for i, c := range page {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && i > 0 && page[i-1] == '=':
			quote = c
		case c == '>':
			return i
		}
	}
	return len(page)
}

// attribute is the value of an attribute as written, "" if it is not there.
func attribute(tag []byte, name string) string {
	for rest := tag; ; {
		i := indexFold(rest, name)
		if i < 0 {
			return ""
		}
		alone := i > 0 && strings.IndexByte(" \t\r\n\"'/", rest[i-1]) >= 0
		rest = rest[i+len(name):]
		value, ok := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("="))
		if !alone || !ok {
			continue
		}
		value = bytes.TrimLeft(value, " \t\r\n")
		if len(value) > 0 && (value[0] == '"' || value[0] == '\'') {
			if end := bytes.IndexByte(value[1:], value[0]); end >= 0 {
				return string(value[1 : 1+end])
			}
			return ""
		}
		if end := bytes.IndexAny(value, " \t\r\n>"); end >= 0 {
			value = value[:end]
		}
		return string(value)
	}
}

// indexFold is bytes.Index for a name in lower case, whatever the case of b.
func indexFold(b []byte, name string) int {
	for i := 0; i+len(name) <= len(b); i++ {
		if b[i]|0x20 == name[0] && strings.EqualFold(string(b[i:i+len(name)]), name) {
			return i
		}
	}
	return -1
}

func behind(page []byte, mark string) []byte {
	if i := bytes.Index(page, []byte(mark)); i >= 0 {
		return page[i+len(mark):]
	}
	return nil
}

// behindElement is what follows the end tag of an element whose content is text.
func behindElement(page []byte, name string) []byte {
	for rest := page; ; {
		i := bytes.Index(rest, []byte("</"))
		if i < 0 {
			return nil
		}
		rest = rest[i+2:]
		if len(rest) >= len(name) && strings.EqualFold(string(rest[:len(name)]), name) {
			return rest
		}
	}
}
