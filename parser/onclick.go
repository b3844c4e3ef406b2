package parser

import (
	"strings"

	"golang.org/x/net/html"
)

// isScript tells an href that is no address: javascript:void(0).
func isScript(href string) bool {
	href = strings.TrimSpace(href)
	return len(href) >= 11 && strings.EqualFold(href[:11], "javascript:")
}

// addressKeys are attributes in which templates keep the address of a row whose href
// is dead.
var addressKeys = []string{"data-href", "data-url", "data-link", "url", "value"}

// hiddenAddress is what an anchor opens by script: onclick="openUrl('./t1.html')".
func hiddenAddress(n *html.Node) string {
	for _, key := range addressKeys {
		if v := attr(n, key); looksLikeAddress(v) {
			return v
		}
	}
	if v := quotedAddress(attr(n, "onclick")); v != "" {
		return v
	}
	if href := attr(n, "href"); isScript(href) {
		return quotedAddress(href)
	}
	return ""
}

// clickAddress is what an element that is no anchor opens when it is clicked, or the
// first element in it that opens something.
func clickAddress(n *html.Node) string {
	return clickWithin(n, 0)
}

func clickWithin(n *html.Node, depth int) string {
	if n.Type != html.ElementNode || depth > 4 {
		return ""
	}
	if v := attr(n, "onclick"); v != "" {
		if address := quotedAddress(v); address != "" {
			return address
		}
	}
	for _, key := range []string{"data-href", "data-url", "data-link"} {
		if v := attr(n, key); looksLikeAddress(v) {
			return v
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if address := clickWithin(c, depth+1); address != "" {
			return address
		}
	}
	return ""
}

// quotedAddress is the first address among the string literals of a script.
func quotedAddress(script string) string {
	for _, s := range literals(script) {
		if looksLikeAddress(s) {
			return s
		}
	}
	return ""
}

// literals lists the string literals of a script; escaped quotes are left alone.
func literals(script string) []string {
	var out []string
	for {
		i := strings.IndexAny(script, `'"`)
		if i < 0 {
			return out
		}
		quote := script[i]
		script = script[i+1:]
		end := closing(script, quote)
		if end < 0 {
			return out
		}
		out = append(out, script[:end])
		script = script[end+1:]
	}
}

// closing is where a string literal ends.
func closing(s string, quote byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return -1
}

// looksLikeAddress tells a path to a page from a word.
func looksLikeAddress(s string) bool {
	if len(s) < 3 || len(s) > 500 || strings.ContainsAny(s, " <>(){};") || s[0] == '#' {
		return false
	}
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || s[0] == '/' || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") {
		return true
	}
	path, _, query := strings.Cut(s, "?")
	for _, ending := range []string{".html", ".htm", ".shtml", ".jhtml", ".jsp", ".aspx", ".asp", ".php", ".do", ".pdf", ".action"} {
		if strings.HasSuffix(path, ending) {
			return true
		}
	}
	return query && strings.Contains(path, "/")
}
