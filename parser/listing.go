package parser

import (
	"strings"

	"golang.org/x/net/html"
)

// listing reads the page's list of articles: what the site's rules name, else the best
// block of rows with its twins, or what scripts would draw, if that is better. The list is
// that of which the items were made, without lines where those are not the page's own; nil
// when there is none.
func (d *document) listing(best list) (*Listing, list) {
	if d.from.Rules.Item != "" {
		return d.ruledListing()
	}
	if drawn, l := d.drawnListing(); drawn != nil && l.score > best.score {
		return drawn, l
	}
	if best.score == 0 {
		return nil, best
	}
	if all := d.pagedListing(best); all != nil {
		return all, scoreItems(all)
	}
	out := d.itemsOf(best)
	if len(out.Items) == 0 && out.Dead == 0 {
		return nil, best
	}
	return out, best
}

func (d *document) itemsOf(l list) *Listing {
	out := &Listing{}
	seen := map[string]bool{}
	for _, r := range l.rows {
		d.addItem(out, r, seen)
	}
	return out
}

// pagedListing reads a list whose later pages are in the page already, hidden until they
// are turned to (SiteServer); nil when there are none. What is hidden but begins anew with
// newer rows is another column.
func (d *document) pagedListing(best list) *Listing {
	hidden := 0
	for i := range d.anchors {
		hidden += btoi(d.anchors[i].hidden && d.anchors[i].url != "")
	}
	if _, pages, ok := d.pagerCount(); !ok || pages < 2 || hidden < pages-1 {
		return nil
	}
	from := d.from
	from.URL = d.address.base
	whole := walkHidden(rootOf(d.blocks[0].node), from, len(d.text))
	all := whole.bestList()
	if len(all.rows) <= len(best.rows) || all.beside > best.beside {
		return nil
	}
	return whole.itemsOf(all)
}

// bestList is the best list of the page, joined with the lists that are made like
// it: many templates begin a new <ul> after every fifth row.
func (d *document) bestList() list {
	var best list
	all := d.lists()
	for _, l := range all {
		if l.score > best.score {
			best = l
		}
	}
	best = d.abovePager(all, best)
	if best.score == 0 {
		return best
	}
	joined := list{block: best.block}
	for _, l := range all {
		if l.block == best.block || d.areTwins(l.block, best.block, 0) {
			joined.beside += btoi(len(joined.rows) == 0 || d.restarts(joined.rows, l.rows))
			joined.rows = append(joined.rows, l.rows...)
			joined.dated += l.dated
			joined.score += l.score
		} else {
			joined.beside += btoi(len(l.rows) >= 3 && l.score*4 > best.score)
		}
	}
	return joined
}

// restarts tells whether rows are newer than the last of those before them: then they are
// another column, for in a list the newest stands first.
func (d *document) restarts(before, rows []row) bool {
	last, first := before[len(before)-1].when, rows[0].when
	return last.ok && first.ok && last.year != 0 && first.year != 0 &&
		DayOf(first.time()).Compare(DayOf(last.time())) > 0
}

// abovePager is the list above the pager of the page, if it is nearly as good as the best.
func (d *document) abovePager(all []list, best list) list {
	rivals := false
	for _, l := range all {
		rivals = rivals || l.block != best.block && l.score*3 > best.score*2
	}
	if !rivals {
		return best
	}
	pager := d.pagerLine()
	stands := func(l list) bool { end := d.blocks[l.block].end; return pager >= end && pager < end+pagerReach }
	if pager < 0 || stands(best) {
		return best
	}
	above := list{}
	for _, l := range all {
		if l.score*3 > best.score*2 && l.score > above.score && stands(l) {
			above = l
		}
	}
	if above.score > 0 {
		return above
	}
	return best
}

// pagerReach is how many lines below its list a pager stands at most.
const pagerReach = 6

// areTwins tells blocks with the same tag and class in one parent, or in parents that
// are twins and hold nothing beside them but perhaps a heading without link.
func (d *document) areTwins(a, b int32, depth int) bool {
	x, y := &d.blocks[a], &d.blocks[b]
	if x.node.Data != y.node.Data || attr(x.node, "class") != attr(y.node, "class") {
		return false
	}
	if x.parent == y.parent {
		return true
	}
	return depth < 3 && x.parent >= 0 && y.parent >= 0 && d.isWrapper(x.parent, a) && d.isWrapper(y.parent, b) &&
		d.areTwins(x.parent, y.parent, depth+1)
}

// isWrapper tells whether a block holds nothing beside its child but a line.
func (d *document) isWrapper(outer, child int32) bool {
	o, c := &d.blocks[outer], &d.blocks[child]
	return (c.first-o.first)+(o.end-c.end) <= 1 && o.to-o.from == c.to-c.from
}

func (d *document) addItem(out *Listing, r row, seen map[string]bool) {
	address, pinned := "", false
	if r.anchor >= 0 {
		a := &d.anchors[r.anchor]
		address, pinned = a.url, strings.Contains(attr(a.node, "class"), "zhiding")
	} else {
		address = d.address.resolve(clickAddress(r.node))
	}
	if address == "" {
		out.Dead++
		return
	}
	if seen[address] {
		return
	}
	seen[address] = true
	out.Items = append(out.Items, Item{
		URL: address, Title: d.rowTitle(r), Date: r.when.date(address, d.from.Fetched), Pinned: pinned || d.isPinned(r),
	})
}

// drawnListing reads the list that scripts of the page would draw: with what they write put
// where they stand, or out of arrays.
func (d *document) drawnListing() (*Listing, list) {
	if whole := d.draw(); whole != nil {
		best := whole.bestList()
		if out := whole.itemsOf(best); len(out.Items) > 0 {
			l := scoreItems(out)
			l.beside = best.beside
			return out, l
		}
	}
	if l := d.arrayListing(); l != nil {
		return l, scoreItems(l)
	}
	return nil, list{}
}

// fragment reads markup that is not in the tree of the page as a listing. The rows of the
// list it returns have no lines.
func (d *document) fragment(markup string) (*Listing, list) {
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return nil, list{}
	}
	from := d.from
	from.Rules, from.URL = Rules{}, d.address.base
	part := walk(root, from, len(markup))
	best := part.bestList()
	if best.score == 0 {
		return nil, list{}
	}
	out := part.itemsOf(best)
	return out, scoreItems(out)
}

// scoreItems weighs items as listOf weighs rows.
func scoreItems(l *Listing) list {
	var s list
	for _, item := range l.Items {
		s.score += min(runes(item.Title), longTitle)
		if !item.Date.IsZero() {
			s.dated++
			s.score += dateWorth
		}
	}
	s.rows = make([]row, len(l.Items))
	return s
}
