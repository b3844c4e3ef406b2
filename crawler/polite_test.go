package crawler_test

import (
	"strings"
	"testing"
	"time"

	"fangzhi/crawler"
)

func TestRobots(t *testing.T) {
	const page = "<html>\nUser-agent: *\nDisallow: /\n</html>\n"
	tests := []struct {
		name, robots string
		list         string // its end, "" if it was never asked for
		why          string // of the visit's end
	}{
		{"none", "> 404\n", "listed", ""},
		{"forbidden", "> 403\n", "listed", ""},
		{"HTML", page, "listed", ""},
		{"denies all", "User-agent: *\nDisallow: /\n", "refused robots", ""},
		{"denies others", "User-agent: other\nDisallow: /\n", "listed", ""},
		{"names us", "User-agent: Fangzhi\nDisallow: /list\n", "refused robots", ""},
		{"500", "> 500\n", "refused http-5xx", "robots.txt of portal.test: 500"},
		{"503 once", "> 503\n-- /robots.txt --\n> 404\n", "listed", ""},
		{"no answer", "> hang\n", "refused timeout", "robots.txt of portal.test: "},
		{"redirected", "> 301\n> Location: /r2\n-- /r2 --\nUser-agent: *\nDisallow: /list\n", "refused robots", ""},
		{"redirected for ever", "> 301\n> Location: /robots.txt\n", "listed", ""},
		{"gzip", "> gzip\nUser-agent: *\nDisallow: /list\n", "refused robots", ""},
		{"100 MB", "> size=100MB\nUser-agent: *\nDisallow: /list\n", "refused robots", ""},
		{"byte order mark", "\xef\xbb\xbfUser-agent: *\nDisallow: /list\n", "refused robots", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inList(t, "-- /robots.txt --\n"+test.robots+rows("/list/", "", "/1.html")+article("/1.html", "一"), func(w *world) {
				w.crawl()
				w.wantEnds(map[string]string{"/list/": test.list})
				asked := test.list == "listed"
				if n := w.times("/list/"); n > 0 != asked {
					w.Errorf("listing was asked for %d times", n)
				}
				if end := w.store.Visits[0]; !strings.Contains(end.Why, test.why) || end.Complete != (test.why == "") {
					w.Errorf("visit ended %+v", end)
				}
			})
		})
	}
}

func TestRobotsIsKeptForADay(t *testing.T) {
	inList(t, "-- /robots.txt --\nUser-agent: *\nCrawl-delay: 10\n"+rows("/list/", "", "/1.html")+article("/1.html", "一"), func(w *world) {
		w.crawl()
		w.crawl()
		if n := w.times("/robots.txt"); n != 1 {
			w.Errorf("asked for robots.txt %d times in an hour", n)
		}
		log := w.portal.Log()
		for i, r := range log[2:] {
			if gap := r.Time.Sub(log[i+1].Time); gap < 10*time.Second {
				w.Errorf("%s came %v after %s, want Crawl-delay", r.URI, gap, log[i+1].URI)
			}
		}
		time.Sleep(24 * time.Hour)
		w.portal.Change(w, "-- /robots.txt --\n> 500\n")
		w.crawl()
		if n := w.times("/robots.txt"); n != 4 {
			w.Errorf("asked for robots.txt %d times the next day, want 3", n-1)
		}
		if n := w.times("/list/"); n != 3 {
			w.Errorf("listing asked for %d times: an old robots.txt holds while no new one can be had", n)
		}
	})
}

// TestLongCrawlDelayIsCut: a minute is waited at most, and a visit that does not
// reach its end says that this is why.
func TestLongCrawlDelayIsCut(t *testing.T) {
	portal := "-- /robots.txt --\nUser-agent: *\nCrawl-delay: 300\n" + rows("/list/", "", "/a.html", "/b.html") + article("/a.html", "甲") + article("/b.html", "乙")
	inList(t, portal, func(w *world) {
		w.site.Budget.Time = 150 * time.Second
		w.crawl()
		log := w.portal.Log()
		for i, r := range log[1:] {
			if gap := r.Time.Sub(log[i].Time); i > 0 && gap != time.Minute {
				w.Errorf("%s came after %v", r.URI, gap)
			}
		}
		end := w.store.Visits[0]
		if end.Complete || !strings.Contains(end.Why, "partial: portal.test asks for 5m0s between requests, of which 1m0s are kept") {
			w.Errorf("visit ended %+v", end)
		}
		w.site.Budget.Time = 0
		w.crawl()
		if end := w.store.Visits[1]; !end.Complete || end.Why != "" || w.store.Kept() != 2 {
			w.Errorf("second visit ended %+v with %d articles", end, w.store.Kept())
		}
	})
}

// retryForms are the two forms of Retry-After, both 90 seconds from the third
// request on: a bubble begins at midnight.
var retryForms = []string{"90", "Sat, 01 Jan 2000 00:01:36 GMT"}

func TestRetryAfterIsKept(t *testing.T) {
	for _, form := range retryForms {
		portal := rows("/list/", "", "/a.html", "/b.html") + "-- /a.html --\n> 503\n> Retry-After: " + form + "\n" + article("/a.html", "甲") + article("/b.html", "乙")
		inList(t, portal, func(w *world) {
			w.crawl()
			w.wantEnds(map[string]string{"/a.html": "kept", "/b.html": "kept"})
			log := w.portal.Log()
			if gap := log[3].Time.Sub(log[2].Time); log[2].URI != "/a.html" || gap != 90*time.Second {
				w.Errorf("Retry-After: %s: %s came %v after %s", form, log[3].URI, gap, log[2].URI)
			}
		})
	}
}

func TestRetryAfterIsKeptAcrossRuns(t *testing.T) {
	for _, form := range retryForms {
		portal := rows("/list/", "", "/a.html", "/b.html") + "-- /a.html --\n> 503\n> Retry-After: " + form + "\n" + article("/a.html", "甲") + article("/b.html", "乙")
		inList(t, portal, func(w *world) {
			w.opt.Patience = time.Minute // shorter than the host's wish: the visit ends
			w.crawl()
			if asked := w.portal.Asked(); len(asked) != 3 {
				w.Errorf("asked for %q in the first run", asked)
			}
			w.opt.Patience = time.Hour
			w.crawl()
			log := w.portal.Log()
			if gap := log[3].Time.Sub(log[2].Time); gap != 90*time.Second {
				w.Errorf("Retry-After: %s: the next run asked after %v", form, gap)
			}
		})
	}
}

func TestRetriesWaitLonger(t *testing.T) {
	portal := rows("/list/", "", "/a.html") + "-- /a.html --\n> 500 times=4\n" + article("/a.html", "甲")
	inList(t, portal, func(w *world) {
		w.crawl()
		w.wantEnds(map[string]string{"/a.html": "retried http-5xx"})
		time.Sleep(2 * time.Hour) // a later visit tries again
		w.crawl()
		time.Sleep(24 * time.Hour)
		w.crawl()
		w.wantEnds(map[string]string{"/a.html": "kept"})
		var gaps []time.Duration
		last := time.Time{}
		for _, r := range w.portal.Log() {
			if r.URI == "/a.html" {
				if !last.IsZero() {
					gaps = append(gaps, r.Time.Sub(last).Round(time.Second))
				}
				last = r.Time
			}
		}
		if len(gaps) != 4 || gaps[0] != 10*time.Second || gaps[1] != time.Minute || gaps[2] < time.Hour || gaps[3] < 20*time.Hour {
			w.Errorf("attempts came %v after each other", gaps)
		}
	})
}

func TestLongRetryAfterEndsTheVisit(t *testing.T) {
	portal := rows("/list/", "", "/a.html", "/b.html") + "-- /a.html --\n> 429\n> Retry-After: 7200\n" + article("/a.html", "甲") + article("/b.html", "乙")
	inList(t, portal, func(w *world) {
		start := time.Now()
		w.crawl()
		if took := time.Since(start); took > time.Minute {
			w.Errorf("waited %v", took)
		}
		if end := w.store.Visits[0]; end.Complete || !strings.Contains(end.Why, "held until") {
			w.Errorf("visit ended %+v", end)
		}
		if n := w.waiting("zgw"); n != 2 {
			w.Errorf("%d links in the frontier, want 2", n)
		}
		w.crawl()
		if n := len(w.portal.Asked()); n != 3 {
			w.Errorf("asked for %q, want nothing more before the time", w.portal.Asked())
		}
		time.Sleep(2 * time.Hour)
		w.crawl()
		w.wantEnds(map[string]string{"/a.html": "kept", "/b.html": "kept"})
	})
}

func TestBreakerEndsTheVisit(t *testing.T) {
	inList(t, rows("/list/", "", "/1.html", "/2.html", "/3.html", "/4.html", "/5.html", "/6.html", "/7.html")+
		"-- /1.html --\n> reset\n-- /2.html --\n> reset\n-- /3.html --\n> reset\n-- /4.html --\n> reset\n-- /5.html --\n> reset\n", func(w *world) {
		w.crawl()
		if n := len(w.portal.Asked()); n != 7 {
			w.Errorf("asked for %q, want five failures and no more", w.portal.Asked())
		}
		if end := w.store.Visits[0]; !strings.Contains(end.Why, "breaker") || end.Complete {
			w.Errorf("visit ended %+v", end)
		}
		if n := w.waiting("zgw"); n != 7 {
			w.Errorf("%d links in the frontier, want all 7", n)
		}
	})
}

func TestPausedSiteIsObserved(t *testing.T) {
	inList(t, rows("/list/", "", "/a.html")+article("/a.html", "甲"), func(w *world) {
		w.pause(true)
		w.crawl()
		w.wantLooks(map[string]string{"/list/": "paused paused 0/0"})
		if len(w.portal.Asked()) != 0 {
			w.Errorf("asked for %q", w.portal.Asked())
		}
		w.pause(false)
		w.opt.Progress = func(crawler.Event) { w.pause(true) }
		w.crawl()
		if n := len(w.portal.Asked()); n != 1 {
			w.Errorf("asked for %q: a pause counts before every request", w.portal.Asked())
		}
	})
}

func TestDailyCapEndsTheVisit(t *testing.T) {
	inList(t, rows("/list/", "", "/a.html", "/b.html", "/c.html")+article("/a.html", "甲")+article("/b.html", "乙")+article("/c.html", "丙"), func(w *world) {
		w.site.DailyCap = 4
		w.crawl()
		w.crawl()
		if n := len(w.portal.Asked()); n != 4 {
			w.Errorf("asked for %q, want 4", w.portal.Asked())
		}
		time.Sleep(24 * time.Hour)
		w.crawl()
		if n := w.store.Kept(); n != 3 {
			w.Errorf("%d articles the next day, want all 3", n)
		}
	})
}
