package crawler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/warc"
	"fangzhi/crawler"
	"fangzhi/crawler/portaltest"
	"fangzhi/crawler/storetest"
)

// skewed are eight hosts of very different size, which answer after 20 ms and are asked
// every 50 ms: one of 1 listing, one of 2, … three of 32.
func skewed(header string) (portal string, sites []crawler.Site, floor time.Duration) {
	const spacing, latency = 50 * time.Millisecond, 20 * time.Millisecond
	head := "> delay=20ms\n" + header
	portal, most := "-- /robots.txt --\n"+head+"User-agent: *\n", 0
	for i := range 8 {
		host, pages := fmt.Sprintf("h%d.test", i), 1<<min(i, 5)
		site := crawler.Site{Name: host, Home: "http://" + host + "/", Delay: spacing}
		for n := range pages {
			path := fmt.Sprintf("/%d/", n)
			site.Listings = append(site.Listings, crawler.Listing{URL: "http://" + host + path})
			portal += "-- //" + host + path + " --\n" + head + "<html><body><ul><li>" + path + "</li></ul></body></html>\n"
		}
		sites, most = append(sites, site), max(most, pages+1)
	}
	return portal, sites, time.Duration(most-1)*spacing + latency
}

// wantFloor crawls the hosts and compares with what the largest of them must take. No
// two requests reach a host closer together than the spacing, to a millisecond.
func (w *world) wantFloor(name string, sites []crawler.Site, floor time.Duration, most float64) {
	w.Helper()
	start := time.Now()
	w.crawl(sites...)
	took := time.Since(start)
	last, least := map[string]time.Time{}, time.Hour
	for _, r := range w.portal.Log() {
		if before, ok := last[r.Host]; ok {
			least = min(least, r.Time.Sub(before))
		}
		last[r.Host] = r.Time
	}
	ratio := took.Seconds() / floor.Seconds()
	w.Logf("%s: %v for 8 hosts, the floor is %v, ratio %.3f; least gap %v", name, took.Round(time.Millisecond), floor, ratio, least)
	if ratio > most {
		w.Errorf("%s: ratio %.3f, at most %.2f is wanted", name, ratio, most)
	}
	if least < sites[0].Delay-time.Millisecond {
		w.Errorf("%s: requests %v apart", name, least)
	}
}

var floorKinds = []struct{ name, header string }{{"kept-alive connections", ""}, {"fresh connections", "> Connection: close\n"}}

// TestFiguresFloor: eight skewed hosts take as long as the largest of them must.
func TestFiguresFloor(t *testing.T) {
	for _, kind := range floorKinds {
		portal, sites, floor := skewed(kind.header)
		inWorld(t, portal, func(w *world) { w.wantFloor(kind.name, sites, floor, 1.03) })
	}
}

// TestFiguresFloorOnLoopback is the same with a clock and sockets that are real.
func TestFiguresFloorOnLoopback(t *testing.T) {
	long(t)
	for _, kind := range floorKinds {
		portal, sites, floor := skewed(kind.header)
		w := &world{T: t, portal: portaltest.Serve(t, portal)}
		w.openMemory()
		w.opt = crawler.Options{Agent: "fangzhi/test", Dial: w.portal.Dial}
		w.wantFloor(kind.name+", loopback", sites, floor, 1.03)
	}
}

// TestFiguresSecondRun: a portal that did not change is asked at most once for each
// listing, conditionally, and all that is written is a revisit record for each answer.
func TestFiguresSecondRun(t *testing.T) {
	opt := portaltest.SimOptions{Regions: 6, Categories: 4, Articles: 10, ETags: true}
	inSim(t, opt, func(w *simWorld) {
		dir := filepath.Join(t.TempDir(), "archive")
		a, err := archive.Create(dir, archive.Options{})
		if err != nil {
			w.Fatal(err)
		}
		w.store = storetest.Record(a)
		w.crawl()
		w.portal.Forget()
		since := len(w.store.Captures)
		w.crawl()
		if err := a.Close(); err != nil {
			w.Fatal(err)
		}
		unmodified := len(w.store.Captures) - since
		conditional := 0
		for _, r := range w.portal.Log() {
			if r.Header.Get("If-None-Match") != "" {
				conditional++
			}
		}
		first, all := w.portal.Articles()+w.portal.Listings()+1, recordsIn(t, dir) // and robots.txt
		w.Logf("second run: %d requests for %d listings, %d of them conditional; %d response records, %d revisit records",
			len(w.portal.Log()), w.portal.Listings(), conditional, all["response"]-first, all["revisit"])
		if conditional != w.portal.Listings() || len(w.portal.Log()) != conditional || all["response"] != first || all["revisit"] != unmodified || unmodified != conditional {
			w.Errorf("asked %d times; records %v", len(w.portal.Log()), all)
		}
	})
}

// recordsIn counts the records of an archive's captures by their type.
func recordsIn(t *testing.T, dir string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	names, err := filepath.Glob(filepath.Join(dir, archive.CapturesDir, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for r := warc.NewReader(f, 0); ; {
			record, _, err := r.Next()
			if err != nil {
				break
			}
			counts[record.Type()]++
		}
	}
	return counts
}
