package parser

// kind decides what the page is, and keeps of what was read that which a page of this
// kind has.
func (d *document) kind(p *Page) {
	p.Article = d.article()
	p.Kind = KindArticle
	if l, _ := d.listing(); l != nil {
		p.Listing = l
		l.Next = d.nextPage(len(l.Items) + l.Dead)
	}
}
