package parser

import "strings"

// listing reads the page's list of articles: the block with the best rows, and its
// twins beside it. nil when the page has none.
func (d *document) listing() (*Listing, list) {
	best := d.bestList()
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

// bestList is the best list of the page, joined with the lists beside it that are
// made like it: many templates begin a new <ul> after every fifth row.
func (d *document) bestList() list {
	var best list
	all := d.lists()
	for _, l := range all {
		if l.score > best.score {
			best = l
		}
	}
	if best.score == 0 {
		return best
	}
	joined := list{block: best.block}
	for _, l := range all {
		if l.block == best.block || d.areTwins(l.block, best.block) {
			joined.rows = append(joined.rows, l.rows...)
			joined.dated += l.dated
			joined.score += l.score
		}
	}
	return joined
}

// areTwins tells blocks of one parent with the same tag and class.
func (d *document) areTwins(a, b int32) bool {
	x, y := &d.blocks[a], &d.blocks[b]
	return x.parent == y.parent && x.node.Data == y.node.Data && attr(x.node, "class") == attr(y.node, "class")
}

func (d *document) addItem(out *Listing, r row, seen map[string]bool) {
	a := &d.anchors[r.anchor]
	if a.url == "" {
		out.Dead++
		return
	}
	if seen[a.url] {
		return
	}
	seen[a.url] = true
	out.Items = append(out.Items, Item{
		URL: a.url, Title: d.rowTitle(a), Date: r.when.date(a.url, d.from.Fetched),
		Pinned: d.isPinned(r) || strings.Contains(attr(a.node, "class"), "zhiding"),
	})
}
