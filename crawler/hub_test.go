package crawler_test

import (
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler/portaltest"
)

// hubs is a portal of four regions with three categories each, whose regions' pages
// show the newest of them.
var hubs = portaltest.SimOptions{Regions: 4, Categories: 3, Articles: 12, Rows: 20, Hub: 18, ETags: true}

// looks counts the requests for the first page of each listing since the last call.
func (w *simWorld) looks() map[string]int {
	looks := map[string]int{}
	for _, r := range w.portal.Log() {
		if strings.Contains(r.URI, "/c") && strings.HasSuffix(r.URI, "/") {
			looks[r.URI]++
		}
	}
	w.portal.Forget()
	return looks
}

// TestHubsStandIn: listings are left to the page of their region, each for fifteen
// visits in a row at most, and are observed so.
func TestHubsStandIn(t *testing.T) {
	inSim(t, hubs, func(w *simWorld) {
		w.crawl()
		if n := len(w.looks()); n != w.portal.Listings() {
			w.Errorf("first visit looked at %d of %d listings", n, w.portal.Listings())
		}
		w.opt.Rechecks = 1
		const visits = 40
		unseen, total := map[string]int{}, 0
		for range visits {
			time.Sleep(6 * time.Hour)
			w.portal.Publish(4, time.Now())
			if sum := w.crawl(); sum.New != 4 {
				w.Errorf("%d of 4 new articles found", sum.New)
			}
			looks := w.looks()
			total += len(looks)
			for i := range w.portal.Listings() {
				listing := w.portal.Listing(i)
				if unseen[listing]++; looks[listing] > 0 {
					unseen[listing] = 0
				}
				if unseen[listing] > 15 {
					w.Errorf("%s was not looked at itself in %d visits", listing, unseen[listing])
				}
			}
		}
		if most := visits * w.portal.Listings() / 5; total > most {
			w.Errorf("listings were looked at %d times, want %d at most", total, most)
		}
		inferred := 0
		for _, o := range w.store.Seen() {
			if o.Look == archive.Inferred {
				inferred++
				if o.Hub == "" || !strings.HasPrefix(o.Listing, o.Hub) || o.Category == "" {
					w.Errorf("inferred look %+v", o)
				}
			}
		}
		if inferred == 0 || inferred+total != visits*w.portal.Listings() {
			w.Errorf("%d looks inferred and %d made, want one or the other for each of %d listings and %d visits", inferred, total, w.portal.Listings(), visits)
		}
	})
}

// TestHubThatDoesNotReachBack: when more is new than the page of a region shows, its
// listings are looked at themselves.
func TestHubThatDoesNotReachBack(t *testing.T) {
	inSim(t, hubs, func(w *simWorld) {
		w.crawl()
		w.opt.Rechecks = 1
		for range 3 {
			time.Sleep(6 * time.Hour)
			const fresh = 120 // thirty for each page of eighteen rows
			w.portal.Publish(fresh, time.Now())
			w.looks()
			if sum := w.crawl(); sum.New != fresh || len(w.looks()) < w.portal.Listings() {
				w.Errorf("%d of %d new articles found", sum.New, fresh)
			}
		}
	})
}

// TestHubThatLacksACategory: a category that is not on the page of its region is looked
// at in every visit.
func TestHubThatLacksACategory(t *testing.T) {
	lacking := hubs
	lacking.HubLacks = true
	inSim(t, lacking, func(w *simWorld) {
		w.crawl()
		w.opt.Rechecks = 1
		spared := 0
		for range 10 {
			time.Sleep(6 * time.Hour)
			w.portal.Publish(4, time.Now())
			w.looks()
			if sum := w.crawl(); sum.New != 4 {
				w.Errorf("%d of 4 new articles found", sum.New)
			}
			looks := w.looks()
			for i := range w.portal.Listings() {
				listing := w.portal.Listing(i)
				if looks[listing] > 0 {
					continue
				}
				if spared++; strings.HasSuffix(listing, "/c2/") {
					w.Errorf("%s was left to a page that does not show it", listing)
				}
			}
		}
		if spared == 0 {
			w.Error("no listing was left to the page of its region")
		}
	})
}
