package parser

import (
	"fmt"
	"strings"
)

// What speaks for an article and what for a listing is measured in characters.
const (
	besideTitle = 600 // a date beside the title and prose say as much for an article as this many characters
	besideEmpty = 300 // the same without prose: pictures, attachments
	metaWorth   = 250 // a date in a meta of a page without prose: listings have such metas too
	placeWorth  = 150 // an address with the day of publication in it
	pagerWorth  = 300 // a pager says as much for a listing as this many characters of titles
	least       = 60  // less than this speaks for nothing
	homeLists   = 4   // so many lists that are nearly as good as the best make a home page
	besideWorth = 80  // what they say together
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
	if d.isPlain(a) {
		p.Kind, p.Why, p.Article = KindArticle, evidence{Article: a, prose: least, dated: true}.reason(), a
		return
	}
	best := d.bestList()
	e := evidence{Article: a, prose: proseOf(a.Text, d.linesOfLists(best))}
	e.dated = d.isDated(a, best, e.prose)
	e.worth = e.prose + d.infoWorth(e)
	if e.isArticle() && d.from.Rules.Item == "" && d.listWorth(best, e)+pagerWorth <= e.worth {
		p.Kind, p.Why, p.Article = KindArticle, e.reason(), a
		return
	}
	l, rows := d.listing(best)
	if !e.dated && rows.dated < 3 {
		if p.Kind, p.Why = d.refusal(e.prose); p.Kind != "" {
			return
		}
	}
	d.weighKinds(p, e, l, rows)
}

// evidence is what speaks for an article.
type evidence struct {
	*Article
	prose int  // see proseOf
	dated bool // it has a date of its own
	worth int  // of all, in characters
}

// isArticle tells prose with a date of its own.
func (e evidence) isArticle() bool { return e.dated && e.prose >= least }

func (e evidence) reason() string {
	switch {
	case e.isArticle():
		return "prose and a date of its own"
	case e.dated:
		return "a date of its own"
	}
	return "prose"
}

// isPlain tells an article that no list of the page could outweigh, were every line with a
// date a row of one, so that none has to be looked for. Pages with teasers are not plain:
// what looks like a body may be the summaries of rows.
func (d *document) isPlain(a *Article) bool {
	if d.from.Rules.Item != "" || a.Date.Precision == PrecisionNone || a.Date.Weak {
		return false
	}
	prose := proseOf(a.Text, nil)
	if prose < besideEmpty/2 {
		return false
	}
	const row = longTitle + dateWorth
	enough := max((prose+besideTitle-pagerWorth)/row, fewDated)
	return d.datedLines(enough) < enough && d.teasers() < fewDated && !d.isInRow(a.Date.Evidence)
}

// isInRow tells whether a date stands in a line of links, or beside a line that is nothing
// but a link, as those of rows do.
func (d *document) isInRow(evidence string) bool {
	how, printed, _ := strings.Cut(evidence, ": ")
	if how != "place" && how != "label" {
		return false
	}
	printed = strings.TrimRight(leading(printed, 60), "…. ")
	for i := range d.lines {
		if d.lines[i].chars > longestRowLine/2 || d.trace(int32(i))&aDate == 0 || !strings.Contains(d.lineText(i), printed) {
			continue
		}
		return d.lines[i].linked*2 > d.lines[i].chars || d.isLink(i-1) || d.isLink(i+1)
	}
	return false
}

// isLink tells a line that is a link and could be a title.
func (d *document) isLink(i int) bool {
	return i >= 0 && i < len(d.lines) && d.lines[i].linked == d.lines[i].chars && d.lines[i].chars >= 6
}

// fewDated are as many lines with a date as an article may have itself, and one more.
const fewDated = 3

// teasers counts lines of prose below a line that is nothing but a link.
func (d *document) teasers() int {
	n := 0
	for i := 1; i < len(d.lines); i++ {
		n += btoi(d.isLink(i-1) && d.lines[i].mass() > 0)
	}
	return n
}

// proseOf is how many characters a body has in lines of sentences, each mark of punctuation
// counted as several. Lines that are not the body's own are left out.
func proseOf(text string, others map[string]bool) int {
	sum := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		stops := 0
		for i := 0; i+3 <= len(line); i++ {
			if c := line[i]; c == 0xE3 || c == 0xEF {
				stops += btoi(isStop(line[i : i+3]))
			}
		}
		if n := runes(line); stops > 0 && n >= minLine && !others[line] {
			sum += n + stops*stopWorth
		}
	}
	return sum
}

// hasTeasers tells a list of titles that stand by themselves, most with prose below.
func (d *document) hasTeasers(l list) bool {
	alone, prose := 0, 0
	for _, r := range l.rows {
		if r.end == 0 {
			return false // not of this page
		}
		if r.anchor >= 0 {
			if at := d.lineOf(&d.anchors[r.anchor]); at != nil {
				alone += btoi(at.linked == at.chars)
			}
		}
		for i := r.first; i < r.end; i++ {
			if l := &d.lines[i]; l.linked == 0 && l.chars >= 2*minLine {
				prose++
				break
			}
		}
	}
	n := len(l.rows)
	return n >= homeLists && alone*4 >= n*3 && prose*2 >= n
}

// linesOfLists are the lines that are links, and the summaries in the rows of a list with
// dates or teasers. A row with more than a summary is the article itself, which layouts put among
// others.
func (d *document) linesOfLists(l list) map[string]bool {
	lines := map[string]bool{}
	for i := range d.lines {
		if l := &d.lines[i]; l.linked*2 > l.chars && l.chars >= minLine {
			lines[d.lineText(i)] = true
		}
	}
	if !(l.dated >= homeLists && l.dated*2 >= len(l.rows)) && !d.hasTeasers(l) {
		return lines
	}
	for _, r := range l.rows {
		sum := int32(0)
		for i := r.first; i < r.end; i++ {
			sum += d.lines[i].mass()
		}
		for i := r.first; i < r.end && sum < besideEmpty; i++ {
			lines[d.lineText(int(i))] = true
		}
	}
	return lines
}

// weighKinds decides between listing, home page and article.
func (d *document) weighKinds(p *Page, e evidence, l *Listing, rows list) {
	if shell, why := d.shell(l, rows); shell != nil && e.prose < besideEmpty && !e.isArticle() {
		p.Kind, p.Why, p.Listing = KindListing, why, shell
		return
	}
	listed := 0
	if l != nil {
		listed = d.listWorth(rows, e)
		if l.Next = d.nextPage(len(l.Items) + l.Dead); l.Next != nil {
			listed += pagerWorth
		}
	}
	switch {
	case listed > e.worth && l.Next == nil && d.isHome(rows):
		p.Kind, p.Why, p.Listing = KindHome, fmt.Sprintf("%d lists side by side", rows.beside), l
	case listed > e.worth && (rows.score >= least || l.Next != nil):
		p.Kind, p.Why, p.Listing = KindListing, fmt.Sprintf("%d rows, %d with a date", len(rows.rows), rows.dated), l
	case e.worth >= least && (e.Text != "" || e.dated):
		p.Kind, p.Why, p.Article = KindArticle, e.reason(), e.Article
	case e.Title != "" && runes(e.Text) >= 2*least:
		p.Kind, p.Why, p.Article = KindArticle, "text under a title", e.Article
	default:
		p.Kind, p.Why, p.Listing = KindOther, "neither prose nor rows", l
	}
}

// listWorth is what a list says for the page being a listing. Rows without dates say half;
// many lists on a page that has no date of its own say more.
func (d *document) listWorth(rows list, e evidence) int {
	worth := rows.score
	if rows.dated*2 < len(rows.rows) {
		worth /= 2
	}
	if !e.dated && rows.beside >= homeLists {
		worth += besideWorth
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
	if (how == "place" || how == "script") && wordIn(printed, infoWords) == "" &&
		(prose < least || prose < besideEmpty && d.isInRow(a.Date.Evidence)) {
		return false
	}
	if how == "meta" || len(rows.rows) < 3 || rows.dated*2 < len(rows.rows) {
		return true
	}
	printed = strings.TrimRight(leading(printed, 60), "…. ")
	for _, r := range rows.rows {
		if r.size >= menuTitle && d.hasLine(r, printed) && !d.hasLine(r, a.Title) {
			return false
		}
	}
	return true
}

// hasLine tells whether a text stands in a line of a row that is no paragraph.
func (d *document) hasLine(r row, text string) bool {
	for i := r.first; i < r.end; i++ {
		if d.lines[i].chars < longestRowLine && strings.Contains(d.lineText(int(i)), text) {
			return true
		}
	}
	return false
}

// infoWords stand beside the date of an article, not of a row.
var infoWords = []string{"来源", "來源", "稿源", "作者", "出处"}

// infoWorth is what date and address say for the page being an article.
func (d *document) infoWorth(e evidence) int {
	worth := 0
	switch {
	case e.dated && e.prose < least && strings.HasPrefix(e.Date.Evidence, "meta: "):
		worth = metaWorth
	case e.dated && e.prose < least:
		worth = besideEmpty
	case e.dated:
		worth = besideTitle
	}
	if t, ok := stampOfURL(d.address.path); ok && t.day != 0 {
		worth += placeWorth
	}
	return worth
}

// shell is the listing of a page whose rows an interface or a frame delivers: it has none
// itself, only the request for the first. nil when the page shows dated rows.
func (d *document) shell(l *Listing, rows list) (*Listing, string) {
	if l != nil && rows.dated*2 >= len(rows.rows) {
		return nil, ""
	}
	for _, way := range []struct {
		next func(int) (*Request, bool)
		why  string
	}{{d.jpaasNext, "an interface delivers its rows"}, {d.calledAPI, "an interface delivers its rows"}, {d.frameNext, "its rows are in a frame"}} {
		if next, ok := way.next(0); ok && next != nil {
			return &Listing{Next: next}, way.why
		}
	}
	return nil, ""
}
