package corpus

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Retag is the page of a listing with the elements of its lists replaced by div and dl,
// as other templates have them. p.Raw must be UTF-8.
func Retag(p Page) (Page, bool) {
	root, err := html.Parse(bytes.NewReader(p.Raw))
	if err != nil || p.Kind != "listing" {
		return p, false
	}
	other := map[atom.Atom]atom.Atom{atom.Ul: atom.Dl, atom.Ol: atom.Dl, atom.Li: atom.Dd}
	if pick(p.ID, 2) == 1 {
		other = map[atom.Atom]atom.Atom{atom.Ul: atom.Div, atom.Ol: atom.Div, atom.Li: atom.Div, atom.Span: atom.I}
	}
	for n := range root.Descendants() {
		if to, ok := other[n.DataAtom]; ok {
			n.DataAtom, n.Data = to, to.String()
		}
	}
	return rendered(p, root), true
}

// forms are ways to print a day; # leaves out a zero, | parts it into two elements.
var forms = []string{"Y年M月D日", "Y/M/D", "Y.M.D", "[Y-M-D]", "（Y-M-D）", "Y-M-D 09:30", "发布日期：Y-M-D", "Y-#M-#D", "D|Y-M", "M-D|Y"}

var fullDate = regexp.MustCompile(`[\[(（【]?(20[0-2]\d)[-/.年](\d\d)[-/.月](\d\d)日?[\])）】]?`)

// Redate is the page of a listing with the days in short texts printed in another way, one
// for each page.
func Redate(p Page) (Page, bool) {
	root, err := html.Parse(bytes.NewReader(p.Raw))
	if err != nil || p.Kind != "listing" {
		return p, false
	}
	form, changed := forms[pick(p.ID, len(forms))], false
	for n := range root.Descendants() {
		if n.Type != html.TextNode || isCode(n.Parent) {
			continue
		}
		if m := fullDate.FindStringSubmatch(strings.TrimSpace(n.Data)); m != nil && len(m[0]) == len(strings.TrimSpace(n.Data)) {
			n.Data, changed = printed(form, m[1], m[2], m[3]), true
			part(n)
		}
	}
	return rendered(p, root), changed
}

// part makes elements of what stands before and behind a bar in a text.
func part(n *html.Node) {
	before, after, parted := strings.Cut(n.Data, "|")
	if !parted {
		return
	}
	n.Parent.InsertBefore(add(element(atom.Span), text(before)), n)
	n.Parent.InsertBefore(add(element(atom.Em), text(after)), n)
	n.Data = ""
}

func printed(form, y, m, d string) string {
	bare := func(s string) string { return strings.TrimPrefix(s, "0") }
	return strings.NewReplacer("#M", bare(m), "#D", bare(d), "Y", y, "M", m, "D", d).Replace(form)
}
