package crawler

import (
	"context"
	"fmt"
	"hash/crc32"
	"hash/maphash"
	"slices"

	"fangzhi/archive"
	"fangzhi/parser"
)

// A region's page often shows the newest of all its categories. When it was seen to
// show all of a listing that is as new as its own last row, and reaches back to an
// article that was known before, then whatever is new in that listing stands on it:
// the listing need not be asked for. Each is looked at itself, all the same, once in
// ownLook visits.
const (
	ownLook   = 16
	ownSpread = 4 // visits over which the looks of listings that began together spread
	maxPinned = 3 // rows above the newest, out of order
)

// A hub is the page of a region as this visit saw it.
type hub struct {
	url   string
	shows map[uint64]bool // rows, by hash of their addresses
	last  parser.Day      // date of its last row
	back  bool            // it reaches back to what was known before
}

// noteHub remembers the page of a region whose rows are in order of their dates.
func (v *visit) noteHub(link archive.Link, r rows) {
	if !v.isRegionPage(link) || !newestFirst(r.links) {
		return
	}
	h := hub{url: link.URL, shows: map[uint64]bool{}, last: r.links[len(r.links)-1].Date, back: true}
	for _, row := range r.links {
		hash := maphash.String(hashSeed, row.URL)
		h.shows[hash] = true
		// What was known must stand below all that is new, and what is new be newer
		// than the last row: else more of it may have been cut off.
		if isNew := v.found[hash]; isNew && row.Date.Compare(h.last) <= 0 {
			h.back = false
		}
	}
	h.back = h.back && !v.found[maphash.String(hashSeed, r.links[len(r.links)-1].URL)]
	v.hubs = append(v.hubs, h)
}

// newestFirst tells whether rows, but for some pinned to the top, have dates that
// never rise.
func newestFirst(rows []archive.Link) bool {
	for pinned := 0; pinned <= maxPinned && len(rows) > 1; pinned++ {
		dated := !slices.ContainsFunc(rows, func(l archive.Link) bool { return l.Date.IsZero() })
		if dated && slices.IsSortedFunc(rows, func(a, b archive.Link) int { return b.Date.Compare(a.Date) }) {
			return true
		}
		rows = rows[1:]
	}
	return false
}

// hubOf is the address of the hub that shows all of a listing's rows that are newer
// than its own last one, "" if none does. A listing too quiet to tell has none.
func (v *visit) hubOf(link archive.Link, r rows) string {
	for _, h := range v.hubs {
		if h.url != link.URL && h.covers(r.links) {
			return h.url
		}
	}
	return ""
}

func (h hub) covers(rows []archive.Link) bool {
	newer := 0
	for _, row := range rows {
		if row.Date.Compare(h.last) <= 0 { // it may have been cut off; also when it has no date
			continue
		}
		if !h.shows[maphash.String(hashSeed, row.URL)] {
			return false
		}
		newer++
	}
	return newer > 0
}

// inferred is what a look at a listing would see as a hub lets us infer, nil when the
// listing is to be looked at itself.
func (v *visit) inferred(ctx context.Context, f *archive.Follow) (*archive.Observation, error) {
	if f.Link.Role != archive.RoleListing || f.Link.Depth > 0 || len(v.hubs) == 0 {
		return nil, nil
	}
	state, err := v.listingState(ctx, f.Link.URL)
	if err != nil || state.Hub == "" || !isRead(state.Look) || state.Inferred >= mostInferred(state.URL) {
		return nil, err
	}
	for _, h := range v.hubs {
		if h.url == state.Hub && h.back {
			o := v.observation(f, archive.Inferred)
			o.Hub = h.url
			return o, nil
		}
	}
	return nil, nil
}

// mostInferred is how many visits in a row may leave a listing to its hub: not the
// same for all, so that not all are looked at again in one visit.
func mostInferred(listing string) int {
	return ownLook - 1 - int(crc32.ChecksumIEEE([]byte(listing))%ownSpread)
}

// listingState is what was remembered of a listing before this visit.
func (v *visit) listingState(ctx context.Context, url string) (archive.ListingState, error) {
	if v.listings == nil {
		source, err := v.store.Source(ctx, v.site.Name)
		if err != nil {
			return archive.ListingState{}, fmt.Errorf("looks at the listings of %s: %w", v.site.Name, err)
		}
		v.listings = map[string]archive.ListingState{}
		for _, l := range source.Listings {
			v.listings[l.URL] = l
		}
	}
	return v.listings[url], nil
}
