package corpus

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Teasers are articles as other pages announce them: a linked title and the first lines.
type Teasers []struct{ title, lead string }

// TeasersOf makes teasers of the gold of pages.
func TeasersOf(pages []Page) (list Teasers) {
	for _, p := range pages {
		if p.Gold == nil || p.Kind != "article" {
			continue
		}
		_, lead, _ := divide(p.Gold, 60)
		lead = strings.TrimSpace(prefix(strings.ReplaceAll(lead, "\n", ""), 90))
		if isProse(lead) {
			list = append(list, struct{ title, lead string }{p.Gold.Title, lead})
		}
	}
	return list
}

// Surround is the page with teasers of other pages put around it, whole sentences in
// each: three before all that the body element holds, and five behind the element that
// holds the text and little else. p.Raw must be UTF-8.
func Surround(p Page, all Teasers) Page {
	root, err := html.Parse(bytes.NewReader(p.Raw))
	if err != nil || len(all) < 8 || p.Kind != "article" {
		return p
	}
	body := find(root, atom.Body)
	if body == nil {
		return p
	}
	first := pick(p.ID, len(all))
	at := func(i int) *html.Node { return all.block(first+i*7, p.Gold.Title, first%3) }
	if main := mainOf(lastOf(root, p.Gold), p.Gold); main != nil && main != body {
		for i := range 5 {
			main.Parent.InsertBefore(at(3+i), main.NextSibling)
		}
	}
	for i := range 3 {
		body.InsertBefore(at(i), body.FirstChild)
	}
	return rendered(p, root)
}

// mainOf is the outermost element around a text that holds hardly more than the gold.
func mainOf(n *html.Node, g *Gold) *html.Node {
	if n == nil {
		return nil
	}
	most := len(normal(g.Text+g.Body.Text))*3/2 + 300
	main := n.Parent
	for main.Parent != nil && main.Parent.DataAtom != atom.Body && textLength(main.Parent) <= most {
		main = main.Parent
	}
	return main
}

// textLength is the number of bytes of text under a node.
func textLength(root *html.Node) (n int) {
	for d := range root.Descendants() {
		if d.Type == html.TextNode && !isCode(d.Parent) {
			n += len(normal(d.Data))
		}
	}
	return n
}

// block is a teaser as an element, in one of three shapes: div and p; dl with a link to
// more; a heading, bare text and a date.
func (all Teasers) block(i int, not string, shape int) *html.Node {
	t := all[i%len(all)]
	if t.title == not {
		t = all[(i+1)%len(all)]
	}
	title := element(atom.A, html.Attribute{Key: "href", Val: fmt.Sprintf("/a/2022/%d.html", 1000+i)})
	add(title, text(t.title))
	switch shape {
	case 0:
		return add(element(atom.Div), title, add(element(atom.P), text(t.lead)))
	case 1:
		more := add(element(atom.A, title.Attr...), text("[详细]"))
		return add(element(atom.Dl), add(element(atom.Dt), title), add(element(atom.Dd), text(t.lead), more))
	}
	date := add(element(atom.Span), text(fmt.Sprintf("2012-01-%02d 10:22", 20-i%9)))
	return add(element(atom.Div), add(element(atom.H4), title), text(t.lead), date)
}

func add(n *html.Node, children ...*html.Node) *html.Node {
	for _, c := range children {
		n.AppendChild(c)
	}
	return n
}

func text(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// Untitle is the page with the name of a site as its <title>, and without metas that say
// what the page is: some portals have every page so.
func Untitle(p Page) Page {
	root, err := html.Parse(bytes.NewReader(p.Raw))
	if err != nil {
		return p
	}
	var metas []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.DataAtom == atom.Title && n.FirstChild != nil:
			n.FirstChild.Data = "某某市人民政府门户网站"
		case n.DataAtom == atom.Meta && !hasAttr(n, "http-equiv") && !hasAttr(n, "charset"):
			metas = append(metas, n)
		}
	}
	for _, n := range metas {
		n.Parent.RemoveChild(n)
	}
	return rendered(p, root)
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// promises are what sites say under their articles, in words of their own.
var promises = []string{
	"本页面所载信息仅供参考之用，据此操作，风险自担，与本平台无关。",
	"如您发现文中有事实性错误或涉及侵权，请在七个工作日内来信告知，我们核实后将尽快处理。",
	"本站部分内容整理自公开渠道，目的在于传递更多信息，并不代表本站赞同其观点，也不对其真实性负责。",
	"欢迎各界朋友踊跃投稿，稿件一经采用即付稿酬，来稿请注明作者的联系方式。",
	"下载手机客户端，第一时间了解身边大事，还有精美礼品等你来拿。",
	"凡注有本社电头的稿件，均为本社独家所有，其他媒体使用时须经书面许可，违者将依法追究其责任。",
	"為維護您的權益，本網站保留修改或刪除不當留言的權利，請勿張貼廣告。",
	"本報所有文字與圖片均受著作權法保護，未獲同意請勿任意引用。",
	"更多精彩内容请关注我们的官方微博，也可以编辑短信发送到特服号参与互动。",
	"咨询电话工作日九点到十七点有人接听，节假日请拨打值班电话。",
}

// Promise is the page with one promise of a site as the last paragraph of the element that
// holds the last long line of the body. It is not ok where that line is not found.
func Promise(p Page) (Page, bool) {
	root, err := html.Parse(bytes.NewReader(p.Raw))
	if err != nil || p.Kind != "article" {
		return p, false
	}
	last := lastOf(root, p.Gold)
	if last == nil {
		return p, false
	}
	block := last.Parent
	for block.Parent != nil && block.DataAtom != atom.P && block.DataAtom != atom.Div && block.DataAtom != atom.Td {
		block = block.Parent
	}
	if block.Parent == nil {
		return p, false
	}
	promise := text(promises[pick(p.ID, len(promises))])
	if block.DataAtom == atom.P {
		add(block.Parent, add(element(atom.P), promise))
	} else {
		add(block, element(atom.Br), element(atom.Br), promise)
	}
	return rendered(p, root), true
}

// lastOf is the last text of the tree that is a long part of the gold's last long line.
func lastOf(root *html.Node, g *Gold) (last *html.Node) {
	whole := g.Body.Text
	if !g.Body.Said {
		whole = g.Text
	}
	lines := strings.Split(strings.TrimSpace(whole), "\n")
	for i := len(lines) - 1; i >= 0 && last == nil; i-- {
		line := normal(lines[i])
		if utf8.RuneCountInString(line) < 2*certain {
			continue
		}
		for n := range root.Descendants() {
			if n.Type != html.TextNode || isCode(n.Parent) {
				continue
			}
			if t := normal(n.Data); utf8.RuneCountInString(t) >= certain && strings.Contains(line, t) {
				last = n
			}
		}
	}
	return last
}

func isCode(n *html.Node) bool {
	return n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Title
}

func find(root *html.Node, a atom.Atom) *html.Node {
	for n := range root.Descendants() {
		if n.DataAtom == a {
			return n
		}
	}
	return nil
}

func element(a atom.Atom, attr ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String(), Attr: attr}
}

// pick is a number under n that is always the same for an id.
func pick(id string, n int) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % uint32(n))
}

// rendered is the page with the tree as its source.
func rendered(p Page, root *html.Node) Page {
	var out bytes.Buffer
	if html.Render(&out, root) == nil {
		p.Raw = out.Bytes()
	}
	return p
}
