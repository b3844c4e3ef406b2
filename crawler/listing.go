package crawler

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/url"

	"fangzhi/archive"
	"fangzhi/archive/uri"
	"fangzhi/parser"
)

// A chain is the walk through the pages of one listing in one visit.
type chain struct {
	root  string          // address of the listing's first page, or of the page taken up again
	seen  map[uint64]bool // pages by what they list, and addresses asked for
	known int             // pages in a row on which everything was known
	again bool            // taken up again from an earlier visit
	first bool            // nobody ever looked at this listing before

	rows   int // addresses found
	shells int // pages before the first one that can have rows
}

var hashSeed = maphash.MakeSeed()

// chainOf is the walk that link belongs to.
func (v *visit) chainOf(link archive.Link) *chain {
	ch := v.chains[linkKey(link)]
	if ch == nil {
		ch = &chain{root: link.URL, seen: map[uint64]bool{}, again: link.Depth > 0}
		v.chains[linkKey(link)] = ch
	}
	ch.seen[maphash.String(hashSeed, linkKey(link))] = true
	return ch
}

func (v *visit) rootOf(link archive.Link) string {
	if ch := v.chains[linkKey(link)]; ch != nil {
		return ch.root
	}
	return link.URL
}

// rows are what a listing page shows, sorted by what is to be done with them.
type rows struct {
	links []archive.Link // articles of the site
	items []archive.Link // what leads off the site or to files
	fresh int            // of both, not known before
	dated int            // of both, with a date
	old   int            // passed over: before Options.Since
	ahead bool           // some were not known before this visit
}

// readListing files the rows of a listing page and finds its next page.
func (v *visit) readListing(ctx context.Context, f *archive.Follow, page *parser.Page, state archive.URLState) error {
	ch := v.chainOf(f.Link)
	ch.first = ch.first || f.Link.Depth == 0 && state.Fetched.IsZero()
	f.Outcome = archive.Listed
	below := v.readSubNavigation(f, page)
	if page.Listing == nil || len(page.Listing.Items) == 0 {
		v.readEmpty(f, page, below)
		return nil
	}
	r, err := v.rows(ctx, f.Link, page.Listing)
	if err != nil {
		return err
	}
	v.noteHub(f.Link, r)
	next, why := v.nextPage(f.Link, ch, page.Listing, r)
	f.Links, f.Items = append(below, r.links...), r.items
	if next != nil {
		f.Links = append(f.Links, *next)
		v.chains[linkKey(*next)] = ch
		v.tally.found(1)
	}
	f.Reason, f.Detail = why.reason, why.detail
	look := archive.NothingNew
	if r.fresh > 0 {
		look = archive.SomeNew
	}
	f.Seen = v.observation(f, look)
	f.Seen.Hub = v.hubOf(f.Link, r)
	f.Seen.Items, f.Seen.New, f.Seen.Dated = len(r.links)+len(r.items)+r.old, r.fresh, r.dated+r.old
	f.Seen.Pages = page.Listing.Pages
	return nil
}

// readEmpty files a listing without rows: its end when it is a later page, a hub
// when it leads to listings below it, a shell when something else delivers its rows,
// else something is wrong with it.
func (v *visit) readEmpty(f *archive.Follow, page *parser.Page, below []archive.Link) {
	f.Links = below
	if page.Listing != nil && page.Listing.Next != nil {
		v.readShell(f, page)
		return
	}
	look := archive.NothingNew
	if f.Link.Depth == 0 && len(below) == 0 {
		look = archive.Broken
		f.Reason, f.Detail = archive.EmptyListing, "a page of kind "+string(page.Kind)+": "+page.Why
	}
	f.Seen = v.observation(f, look)
}

// readShell walks on to what delivers the rows of a listing. Its reason stays with
// it, so that it is read again on every visit: that nothing changed in it says nothing.
func (v *visit) readShell(f *archive.Follow, page *parser.Page) {
	f.Seen = v.observation(f, archive.NothingNew)
	f.Reason, f.Detail = archive.EmptyListing, page.Why
	ch := v.chainOf(f.Link)
	ch.shells++
	next, err := v.nextLink(f.Link, page.Listing.Next, f.Link.Priority)
	if err != nil || ch.seen[maphash.String(hashSeed, linkKey(*next))] {
		return
	}
	f.Links = append(f.Links, *next)
	v.chains[linkKey(*next)] = ch
	v.tally.found(1)
}

// nextLink is the link that a page of a listing leads on to.
func (v *visit) nextLink(link archive.Link, to *parser.Request, p archive.Priority) (*archive.Link, error) {
	next := &archive.Link{
		Site: v.site.Name, URL: to.URL, Form: to.Form, Role: archive.RoleListing, Priority: p,
		Via: link.URL, Depth: link.Depth + 1, Region: link.Region, Category: link.Category,
	}
	normal, err := uri.Normalize(next.URL)
	if err != nil {
		return nil, fmt.Errorf("next page %q: %w", next.URL, err)
	}
	next.URL = normal
	return next, nil
}

// rows makes links of the items of a listing page, each address once.
func (v *visit) rows(ctx context.Context, via archive.Link, listing *parser.Listing) (rows, error) {
	var r rows
	seen := make(map[string]bool, len(listing.Items))
	for _, item := range listing.Items {
		normal, err := uri.Normalize(item.URL)
		if err != nil || seen[normal] {
			continue
		}
		seen[normal] = true
		if err := v.row(ctx, &r, via, item, normal); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (v *visit) row(ctx context.Context, r *rows, via archive.Link, item parser.Item, normal string) error {
	if !item.Date.IsZero() && item.Date.Compare(v.opt.Since) < 0 {
		r.old++
		return nil
	}
	link := archive.Link{
		Site: v.site.Name, URL: normal, Role: archive.RoleArticle, Priority: archive.Fresh, Via: via.URL,
		Region: via.Region, Category: via.Category, Title: item.Title, Date: item.Date,
	}
	if via.Priority == archive.Backfill { // old articles wait for new ones
		link.Priority = archive.Backfill
	}
	state, err := v.store.URL(ctx, normal)
	if err != nil {
		return fmt.Errorf("look up %s: %w", normal, err)
	}
	if !state.Known {
		r.fresh++
		v.found[maphash.String(hashSeed, normal)] = true
	}
	if !item.Date.IsZero() {
		r.dated++
	}
	r.ahead = r.ahead || v.found[maphash.String(hashSeed, normal)]
	if v.isOwnPage(normal) {
		r.links = append(r.links, link)
	} else {
		r.items = append(r.items, link)
	}
	return nil
}

// isOwnPage tells whether an address is a page of the site, not a file.
func (v *visit) isOwnPage(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && v.scope.contains(u) && !isFile(u)
}

// nextPage is the page of the listing to walk on to. It is nil at the end, when
// all of this page was known, and when the listing turns in circles.
func (v *visit) nextPage(link archive.Link, ch *chain, listing *parser.Listing, r rows) (*archive.Link, problem) {
	page := pageHash(r)
	if ch.seen[page] {
		return nil, problem{archive.ListingLoop, "lists what an earlier page of this listing listed"}
	}
	ch.seen[page] = true
	if ch.rows += len(r.links) + len(r.items); ch.rows > maxRows {
		return nil, problem{archive.Trapped, fmt.Sprintf("a listing of more than %d rows", int(maxRows))}
	}
	onlyOld := r.old > 0 && len(r.links)+len(r.items) == 0
	if !ch.walkOn(r) || listing.Next == nil || onlyOld {
		return nil, problem{}
	}
	next, err := v.nextLink(link, listing.Next, ch.priority())
	if err != nil {
		return nil, problem{archive.BadURL, err.Error()}
	}
	if ch.seen[maphash.String(hashSeed, linkKey(*next))] {
		return nil, problem{archive.ListingLoop, "its next page was read before: " + next.URL}
	}
	return next, problem{}
}

// walkOn tells whether the listing is to be walked further after a page with
// these rows. One page on which everything was known before this visit ends a
// walk; rows pinned to the top never do. The first walk goes to the end, whatever
// other listings have shown already, and a walk taken up again meets rows it
// knows, because new ones pushed them here from the page before.
func (ch *chain) walkOn(r rows) bool {
	if r.ahead || ch.first {
		ch.known = 0
		return true
	}
	ch.known++
	return ch.again && ch.known < maxKnown
}

// priority is that of the walk's next page. A walk from the head of a listing that
// was walked before looks for what is new; all else is backfill.
func (ch *chain) priority() archive.Priority {
	if ch.first || ch.again {
		return archive.Backfill
	}
	return archive.Heads
}

// pageHash stands for what a page lists, in order.
func pageHash(r rows) uint64 {
	var h maphash.Hash
	h.SetSeed(hashSeed)
	for _, list := range [][]archive.Link{r.links, r.items} {
		for _, link := range list {
			h.WriteString(link.URL)
			h.WriteByte('\n')
		}
	}
	return h.Sum64()
}
