package crawler_test

import (
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/crawler/portaltest"
	"fangzhi/crawler/storetest"
)

// The simulated portal of the figures, from the command line:
//
//	FANGZHI_LONG=1 go test ./crawler -run Figures -v -sim.seed 7 -sim.rate 0.1 -sim.faults reset,drip
var (
	simSeed   = flag.Uint64("sim.seed", 1, "seed of the simulated portal")
	simRate   = flag.Float64("sim.rate", 0.05, "share of its answers that are faults, where faults are tested")
	simFaults = flag.String("sim.faults", strings.Join(portaltest.FaultKinds, ","), "kinds of its faults")
)

// A simWorld is a simulated portal and what is kept of it, in a synctest bubble.
type simWorld struct {
	*testing.T
	portal *portaltest.Sim
	store  *storetest.Recorder
	site   crawler.Site
	opt    crawler.Options
}

// inSim runs a test on a simulated portal whose listings are known, or found by
// navigation where regions' pages are hubs.
func inSim(t *testing.T, opt portaltest.SimOptions, test func(w *simWorld)) {
	t.Helper()
	opt.Seed = *simSeed
	synctest.Test(t, func(t *testing.T) {
		w := &simWorld{T: t, portal: portaltest.NewSim(opt)}
		w.store = storetest.Record(storetest.NewMemory(nil))
		w.site = crawler.Site{Name: "sim", Home: w.portal.URL + "/", Delay: crawler.NoDelay}
		if opt.Hub > 0 {
			w.find(opt)
		} else {
			for i := range w.portal.Listings() {
				w.site.Listings = append(w.site.Listings, crawler.Listing{URL: w.portal.URL + w.portal.Listing(i), Region: "360000", Category: "公告"})
			}
		}
		w.opt = crawler.Options{Agent: "fangzhi/test (+mailto:archive@example.org)", Dial: w.portal.Pipe(t), Backfill: 1 << 30, Rechecks: 1 << 30}
		test(w)
	})
}

func (w *simWorld) find(opt portaltest.SimOptions) {
	for i := range opt.Regions {
		w.site.Regions = append(w.site.Regions, crawler.Label{Text: w.portal.Region(i), Region: fmt.Sprintf("%02d0000", 11+i)})
	}
	for i := range opt.Categories {
		w.site.Categories = append(w.site.Categories, crawler.Label{Text: w.portal.Category(i)})
	}
}

func (w *simWorld) crawl() archive.Summary {
	w.Helper()
	opt := w.opt
	opt.Store, opt.Sites = w.store, []crawler.Site{w.site}
	sum, err := crawler.New(opt).Run(w.Context(), archive.Run{})
	if err != nil {
		w.Fatal(err)
	}
	return sum
}

// got counts the articles of the portal that are kept, by their own addresses.
func (w *simWorld) got() int {
	own := map[string]bool{}
	for _, f := range w.store.Follows {
		if f.Outcome == archive.Kept && strings.Contains(f.Link.URL, "/a/") {
			own[f.Link.URL] = true
		}
	}
	return len(own)
}

// ended counts ends of links by outcome and reason.
func (w *simWorld) ended() map[string]int {
	ends := map[string]string{}
	for _, f := range w.store.Follows {
		ends[f.Link.URL+f.Link.Form] = strings.TrimSpace(string(f.Outcome) + " " + string(f.Reason))
	}
	counts := map[string]int{}
	for _, end := range ends {
		counts[end]++
	}
	return counts
}

// TestFiguresFamilies: every article is obtained through every way of turning pages.
func TestFiguresFamilies(t *testing.T) {
	for _, family := range portaltest.SimFamilies {
		inSim(t, portaltest.SimOptions{Regions: 1, Categories: 1, Articles: 47, Rows: 10, Families: []string{family}}, func(w *simWorld) {
			sum := w.crawl()
			w.Logf("%-10s %d of %d articles, %d requests", family, w.got(), w.portal.Articles(), sum.Requests)
			if w.got() != w.portal.Articles() {
				w.Errorf("%s: %d of %d articles; %v", family, w.got(), w.portal.Articles(), w.ended())
			}
		})
	}
}

// TestFiguresTraps: with traps on, a crawl ends by itself, has every article, asks at
// most 1.2 times for each, and never for what robots.txt forbids. What was refused has
// a stored reason.
func TestFiguresTraps(t *testing.T) {
	inSim(t, portaltest.SimOptions{Regions: 2, Categories: 2, Articles: 150, Rows: 15, Traps: true, Families: []string{"anchor", "trs", "query", "vsb"}}, func(w *simWorld) {
		sum := w.crawl()
		all, ratio := w.portal.Articles(), float64(sum.Requests)/float64(w.portal.Articles())
		violations := 0
		for _, r := range w.portal.Log() {
			if strings.HasPrefix(r.URI, "/admin/") {
				violations++
			}
		}
		w.Logf("traps: %d of %d articles, %.2f requests an article, %d robots violations; ended %v", w.got(), all, ratio, violations, w.ended())
		if w.got() != all || ratio > 1.2 || violations > 0 || !w.store.Visits[0].Complete {
			w.Errorf("visit ended %+v", w.store.Visits[0])
		}
		ends := w.ended()
		if ends["refused trap"] == 0 || ends["refused robots"] == 0 {
			w.Errorf("ended %v, want traps and what robots.txt forbids refused", ends)
		}
	})
}

// TestFiguresFaults: every article is obtained, whatever goes wrong with one answer in
// twenty.
func TestFiguresFaults(t *testing.T) {
	opt := portaltest.SimOptions{Regions: 2, Categories: 2, Articles: 100, Rows: 20, Faults: *simRate, Kinds: strings.Split(*simFaults, ","), Charsets: []string{"utf-8", "gbk", "utf-8 as gb2312", "gbk as utf-8", "gbk unsaid"}}
	inSim(t, opt, func(w *simWorld) {
		visits, faults := 0, 0
		for w.got() < w.portal.Articles() && visits < 4 {
			w.crawl()
			visits++
			time.Sleep(25 * time.Hour)
		}
		for _, f := range w.store.Follows {
			if f.Outcome == archive.Retried {
				faults++
			}
		}
		w.Logf("faults %s at %.0f %%: %d of %d articles in %d visits, %d attempts failed", *simFaults, *simRate*100, w.got(), w.portal.Articles(), visits, faults)
		if w.got() != w.portal.Articles() || faults == 0 {
			w.Errorf("ended %v", w.ended())
		}
	})
}

// asked are the requests of the log that are not for a recheck.
func (w *simWorld) asked(since int) (requests, rechecks int) {
	due := map[string]bool{}
	for _, f := range w.store.Follows[since:] {
		if f.Link.Priority == archive.Due {
			due[strings.TrimPrefix(f.Link.URL, w.portal.URL)] = true
		}
	}
	for _, r := range w.portal.Log() {
		if due[r.URI] {
			rechecks++
		} else {
			requests++
		}
	}
	return requests, rechecks
}

// TestFiguresUpdate: what a small update of 124 listings costs, with pages of regions
// that show the newest of their categories and without. All that is new is found at
// once; what was edited, when its recheck is due.
func TestFiguresUpdate(t *testing.T) {
	for _, test := range []struct {
		name  string
		hub   int
		fresh func(update int) int
		most  float64 // requests per new article, robots.txt counted, rechecks not
	}{
		{"by heads, 6 new", 0, func(int) int { return 6 }, 22},
		{"with hubs, 3 to 6 new", 20, func(update int) int { return 3 + update%4 }, 10},
	} {
		opt := portaltest.SimOptions{Regions: 31, Categories: 3, Articles: 12, Rows: 20, Hub: test.hub, ETags: true}
		if test.hub == 0 {
			opt.Categories = 4 // and no pages of regions: 124 listings as well
		}
		inSim(t, opt, func(w *simWorld) {
			w.crawl()
			w.opt.Rechecks = 1
			requests, found, published := 0, 0, 0
			const updates = 32
			for update := range updates {
				fresh := test.fresh(update)
				published += fresh
				time.Sleep(6 * time.Hour)
				w.portal.Publish(fresh, time.Now())
				w.portal.Forget()
				since := len(w.store.Follows)
				sum := w.crawl()
				n, _ := w.asked(since)
				requests, found = requests+n, found+sum.New
				if sum.New != fresh {
					w.Errorf("%s: %d of %d new articles found", test.name, sum.New, fresh)
				}
			}
			each := float64(requests) / float64(found)
			w.Logf("update, %s: %.1f requests per new article (%d of %d found in %d visits)", test.name, each, found, published, updates)
			if each > test.most {
				w.Errorf("%s: %.1f requests per new article, at most %.0f are wanted", test.name, each, test.most)
			}
		})
	}
}

// TestFiguresEdits: all edits are found on the day when their recheck is due.
func TestFiguresEdits(t *testing.T) {
	inSim(t, portaltest.SimOptions{Regions: 2, Categories: 2, Articles: 25, ETags: true}, func(w *simWorld) {
		w.crawl()
		w.portal.Edit(9)
		time.Sleep(25 * time.Hour)
		w.portal.Forget()
		sum := w.crawl()
		revisits := 0
		for _, c := range w.store.Captures {
			if c.Status == http.StatusNotModified {
				revisits++
			}
		}
		w.Logf("rechecks: %d of 9 edits found, %d requests, %d of them answered 304", sum.Edited, len(w.portal.Log()), revisits)
		if sum.Edited != 9 || sum.Unchanged != w.portal.Articles()-9 && sum.Unchanged != w.portal.Articles()-9+w.portal.Listings() {
			w.Errorf("%+v", sum)
		}
	})
}
