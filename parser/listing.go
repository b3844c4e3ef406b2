package parser

import (
	"strings"

	"golang.org/x/net/html"
)

// listing reads the page's list of articles: what the site's rules name, else the
// block with the best rows and its twins, or what scripts would draw, if that is
// better. The list is that of which the items were made; nil when there is none.
func (d *document) listing() (*Listing, list) {
	if d.from.Rules.Item != "" {
		return d.ruledListing()
	}
	best := d.bestList()
	if drawn, l := d.drawnListing(); drawn != nil && l.score > best.score {
		return drawn, l
	}
	if best.score == 0 {
		return nil, best
	}
	out := &Listing{}
	seen := map[string]bool{}
	for _, r := range best.rows {
		d.addItem(out, r, seen)
	}
	if len(out.Items) == 0 && out.Dead == 0 {
		return nil, best
	}
	return out, best
}

// bestList is the best list of the page, joined with the lists that are made like
// it: many templates begin a new <ul> after every fifth row.
func (d *document) bestList() list {
	var best list
	all := d.lists()
	pager := d.pagerLine()
	top := 0
	for _, l := range all {
		score := l.score
		if end := d.blocks[l.block].end; pager >= end && pager < end+pagerReach {
			score += score / 2
		}
		if score > top {
			best, top = l, score
		}
	}
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

// drawnListing reads the list that scripts of the page would draw. Its rows stand in
// string literals, CDATA or arrays.
func (d *document) drawnListing() (*Listing, list) {
	if markup := d.scriptedMarkup(); markup != "" {
		if l, rows := d.fragment(markup); l != nil {
			return l, rows
		}
	}
	if l := d.arrayListing(); l != nil {
		return l, scoreItems(l)
	}
	return nil, list{}
}

// fragment reads markup that is not in the tree of the page as a listing.
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
		return nil, best
	}
	out := &Listing{}
	seen := map[string]bool{}
	for _, r := range best.rows {
		part.addItem(out, r, seen)
	}
	return out, best
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
