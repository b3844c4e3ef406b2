package parser

import (
	"fmt"
	"strings"
)

// What speaks for an article and what for a listing is measured in characters.
const (
	infoWorth   = 300 // a date beside the title says as much for an article as this many characters of prose
	metaWorth   = 150 // metas that name an article
	pagerWorth  = 300 // a pager says as much for a listing as this many characters of titles
	least       = 60  // less than this speaks for nothing
	homeLists   = 4   // so many lists that are nearly as good as the best make a home page
	besideWorth = 40  // what each of them says
)

// kind decides what the page is, and keeps of what was read that which a page of this
// kind has.
func (d *document) kind(p *Page) {
	if p.Kind, p.Why = d.challenge(); p.Kind != "" {
		return
	}
	if p.Redirect, p.Why = d.redirect(); p.Redirect != "" {
		p.Kind = KindRedirect
		return
	}
	a := d.article()
	prose := int(d.mass[len(d.lines)])
	if prose > 4*infoWorth && d.isMostlyProse(prose) && !a.Date.Time.IsZero() {
		p.Kind, p.Why, p.Article = KindArticle, fmt.Sprintf("%d characters of prose, few links", prose), a
		return
	}
	l, rows := d.listing()
	dated := d.isDated(a, rows, prose)
	if !dated && rows.dated < 3 {
		if p.Kind, p.Why = d.refusal(prose); p.Kind != "" {
			return
		}
	}
	d.weighKinds(p, a, l, rows, prose, dated)
}

// isMostlyProse tells a page whose links are few beside its prose, so that no list on it
// can outweigh that.
func (d *document) isMostlyProse(prose int) bool {
	return int(d.linked[len(d.lines)])*2 < prose
}

// weighKinds decides between listing, home page and article.
func (d *document) weighKinds(p *Page, a *Article, l *Listing, rows list, prose int, dated bool) {
	if shell := d.shell(l, rows); shell != nil {
		p.Kind, p.Why, p.Listing = KindListing, "its rows are delivered by an interface", shell
		return
	}
	listed, text := 0, prose
	if l != nil {
		listed = d.listWorth(rows, dated)
		if l.Next = d.nextPage(len(l.Items) + l.Dead); l.Next != nil {
			listed += pagerWorth
		}
	}
	if dated {
		text += infoWorth
	}
	if d.metaOf("articletitle") != "" && d.metaOf("pubdate") != "" {
		text += metaWorth
	}
	switch {
	case listed > text && l.Next == nil && d.isHome(rows):
		p.Kind, p.Why, p.Listing = KindHome, fmt.Sprintf("%d lists side by side", rows.beside), l
	case listed > text && listed >= least:
		p.Kind, p.Why, p.Listing = KindListing, fmt.Sprintf("%d rows, %d with a date", len(rows.rows), rows.dated), l
	case text >= least && (a.Text != "" || dated):
		p.Kind, p.Why, p.Article = KindArticle, articleReason(prose, dated), a
	default:
		p.Kind, p.Why, p.Listing = KindOther, "neither prose nor rows", l
	}
}

func articleReason(prose int, dated bool) string {
	if dated {
		return fmt.Sprintf("%d characters of prose, and a date beside the title", prose)
	}
	return fmt.Sprintf("%d characters of prose", prose)
}

// listWorth is what a list says for the page being a listing. Rows without dates say half;
// many lists on a page that has no date of its own say more.
func (d *document) listWorth(rows list, dated bool) int {
	worth := rows.score
	if rows.dated*2 < len(rows.rows) {
		worth /= 2
	}
	if !dated && rows.beside >= homeLists {
		worth += rows.beside * besideWorth
	}
	return worth
}

// isHome tells a page with many lists of which none stands out, and the front page of a
// host with several.
func (d *document) isHome(rows list) bool {
	return rows.beside >= 2*homeLists || rows.beside >= homeLists && rows.dated*2 >= len(rows.rows) || rows.beside > 1 && d.isRoot()
}

// isRoot tells the front page of a host by its address.
func (d *document) isRoot() bool {
	path := strings.ToLower(d.address.path)
	return path == "/" || strings.Count(path, "/") == 1 && (strings.HasPrefix(path, "/index.") || strings.HasPrefix(path, "/default.") || strings.HasPrefix(path, "/home."))
}

// isDated tells whether the article has a date which is not that of a row of the list, nor
// one that merely stands somewhere on a page without prose.
func (d *document) isDated(a *Article, rows list, prose int) bool {
	if a.Date.Precision == PrecisionNone || a.Date.Weak || a.Title == "" {
		return false
	}
	how, printed, _ := strings.Cut(a.Date.Evidence, ": ")
	if how == "place" && prose < least && !strings.Contains(printed, "来源") {
		return false
	}
	if len(rows.rows) < 3 || rows.dated*2 < len(rows.rows) {
		return true
	}
	printed = strings.TrimRight(leading(printed, 60), "…. ")
	for _, r := range rows.rows {
		for i := r.first; i < r.end; i++ {
			if l := &d.lines[i]; l.chars < longestRowLine && strings.Contains(d.lineText(int(i)), printed) {
				return false
			}
		}
	}
	return true
}

// shell is the listing of a page whose rows an interface delivers: it has none itself,
// only the request for the first. nil when the page shows dated rows.
func (d *document) shell(l *Listing, rows list) *Listing {
	if l != nil && rows.dated*2 >= len(rows.rows) {
		return nil
	}
	for _, way := range []func(int) (*Request, bool){d.jpaasNext, d.calledAPI, d.frameNext} {
		if next, ok := way(0); ok && next != nil {
			return &Listing{Next: next}
		}
	}
	return nil
}
