package corpus

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Shorten is the page of an article with its body cut to the first lines, chars characters
// about, and everything around it left as it is: short bodies are where extractors fail,
// and there are few in the corpus. It is not ok for a page whose body cannot be found in
// its text or is short already, or if what stays has no sentence. p.Raw must be UTF-8.
func Shorten(p Page, chars int) (Page, bool) {
	if p.Kind != "article" || p.Gold == nil {
		return p, false
	}
	title, kept, rest := divide(p.Gold, chars)
	if utf8.RuneCountInString(normal(rest)) < chars || !isProse(textOf(kept)) {
		return p, false
	}
	root, err := html.Parse(bytes.NewReader(p.Raw))
	if err != nil {
		return p, false
	}
	if !remove(root, normal(rest), normal(p.Gold.Title+"\n"+kept)) {
		return p, false
	}
	gold := *p.Gold
	gold.Text = title + kept
	if gold.Body.Said {
		gold.Body.Text = kept
	}
	p.Gold = &gold
	return rendered(p, root), true
}

// divide parts the gold text into the title (news), the lines that stay, and the rest.
func divide(g *Gold, chars int) (title, kept, rest string) {
	rest = g.Body.Text
	if !g.Body.Said {
		title, rest, _ = strings.Cut(g.Text, "\n")
		title += "\n"
	}
	for rest != "" && utf8.RuneCountInString(kept) < chars {
		line, more, _ := strings.Cut(rest, "\n")
		if isProse(textOf(kept)) && utf8.RuneCountInString(kept+line) > chars {
			break
		}
		kept, rest = kept+line+"\n", more
	}
	return title, kept, rest
}

// isProse tells whether there is a sentence in a text, and as much as makes one.
func isProse(s string) bool {
	return utf8.RuneCountInString(s) > 40 && strings.Contains(s, "。")
}

// certain is the length of a text that is surely not found in a body by accident.
const certain = 12

// remove takes the texts that are in rest, and not in kept, off the tree, those from the
// first to the last that is long. It tells whether that was as good as all
// of rest.
func remove(root *html.Node, rest, kept string) bool {
	var found []*html.Node
	first, last := -1, -1
	for n := range root.Descendants() {
		if n.Type != html.TextNode || isCode(n.Parent) {
			continue
		}
		text := normal(n.Data)
		if text == "" || !strings.Contains(rest, text) || strings.Contains(kept, text) {
			continue
		}
		if utf8.RuneCountInString(text) >= certain {
			if last = len(found); first < 0 {
				first = last
			}
		}
		found = append(found, n)
	}
	if first < 0 {
		return false
	}
	removed := 0
	for _, n := range found[first : last+1] {
		removed += len(normal(n.Data))
		prune(n)
	}
	return removed*50 >= len(rest)*49
}

// prune removes a node, and its parents as long as nothing is left in them.
func prune(n *html.Node) {
	for n.Parent != nil && n.FirstChild == nil {
		parent := n.Parent
		for near := n.NextSibling; near != nil && isGap(near); near = n.NextSibling {
			parent.RemoveChild(near)
		}
		parent.RemoveChild(n)
		n = parent
	}
}

// isGap tells what only parted a text from the next.
func isGap(n *html.Node) bool {
	return n.Type == html.TextNode && normal(n.Data) == "" || n.Type == html.ElementNode && n.Data == "br"
}
