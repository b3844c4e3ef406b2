package parser

import (
	"strings"

	"golang.org/x/net/html"
)

// embedded reads the article that a page without a body holds as an object of a script:
// window._CONFIG = {…, DETAIL: {title, content, …}} of the disclosure catalogue of
// Guangdong. nil when there is none.
func (d *document) embedded() *Article {
	for _, s := range d.scripts {
		code := s.code()
		i := strings.Index(code, "DETAIL")
		if i < 0 {
			continue
		}
		code = code[i+len("DETAIL"):]
		open := strings.IndexByte(code, '{')
		if open < 0 || strings.Trim(code[:open], " \t\r\n:=\"'") != "" {
			continue
		}
		r := recordOf(objectAt(code[open:]))
		if content, _ := r["content"].(string); content != "" && r.title() != "" {
			return d.articleOf(r, content)
		}
	}
	return nil
}

// articleOf makes an article of a record and its content, which is markup.
func (d *document) articleOf(r record, content string) *Article {
	root, err := html.Parse(strings.NewReader(content))
	if err != nil {
		return nil
	}
	from := d.from
	from.URL = d.address.base
	part := walk(root, from, len(content))
	defer part.release()
	part.weigh(-1)
	b := body{block: 0, end: int32(len(part.lines))}
	for i := range b.end {
		b.kept = append(b.kept, i)
	}
	s := scene{title: -1, last: b.end}
	pictures := part.pictures(s, b)
	a := &Article{
		Title: r.title(), Source: r.text("publisher"), DocNumber: r.text("documentnumber"), IndexNumber: r.text("identifier"),
		Category: r.text("classifymainname"), Text: part.render(b.kept), HTML: part.markup(b, pictures), Attachments: part.attachments(s, b),
	}
	for _, p := range pictures {
		a.Images = append(a.Images, p.Link)
	}
	a.Amounts = amounts(a.Text)
	if day := r.day(d.from.Fetched); !day.IsZero() {
		a.Date = Date{Time: day.midnight(), Precision: PrecisionDay, Evidence: "record: DETAIL"}
	}
	if a.SignedOn = part.signature(s); a.Author == "" {
		a.Author = byline(a.Text)
	}
	a.Region = d.place(a)
	return a
}

// revealed is the article as it reads with what display:none hides, for pages that show
// their body by script: nil when nothing much is hidden, or the pictures are the body.
func (d *document) revealed(a *Article) *Article {
	if d.hidden < hiddenBody || len(a.Images) > 0 || len(d.blocks) == 0 || a.Title == "" {
		return nil
	}
	whole := walkHidden(rootOf(d.blocks[0].node), d.from, len(d.text)+4*d.hidden)
	defer whole.release()
	whole.title = d.title
	found := whole.article()
	if found.Title != a.Title || runes(found.Text) < hiddenBody {
		return nil
	}
	return found
}

// hiddenBody is how many characters a hidden body has at least.
const hiddenBody = 80
