package crawler_test

import (
	"context"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/crawler/portaltest"
	"fangzhi/parser"
)

// rows is a listing page of articles at the paths given, with a next page if
// next is not empty.
func rows(path, next string, articles ...string) string {
	var b strings.Builder
	b.WriteString("-- " + path + " --\n<html><body><h2>通知公告</h2><ul class=\"list\">\n")
	for _, a := range articles {
		b.WriteString(`<li><a href="` + a + `">关于印发` + a + `号工作方案的通知公告</a><span>2022-03-31</span></li>` + "\n")
	}
	b.WriteString("</ul>\n")
	if next != "" {
		b.WriteString(`<div class="page"><a href="` + next + `">下一页</a></div>` + "\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// inList runs a test on a site with one listing, /list/.
func inList(t *testing.T, portal string, test func(w *world)) {
	inWorld(t, portal, func(w *world) {
		w.site.Regions, w.site.Categories = nil, nil
		w.site.Listings = []crawler.Listing{{URL: w.portal.URL + "/list/", Region: "360000", Category: "公告"}}
		test(w)
	})
}

// onLoopback runs a test on such a site over real sockets and a real clock.
func onLoopback(t *testing.T, portal string, test func(w *world)) {
	w := &world{T: t, portal: portaltest.Serve(t, portal)}
	w.openMemory()
	w.site = crawler.Site{
		Name: "zgw", Home: w.portal.URL + "/", Delay: crawler.NoDelay, AllowPrivate: true,
		Listings: []crawler.Listing{{URL: w.portal.URL + "/list/", Region: "360000", Category: "公告"}},
	}
	w.opt = crawler.Options{
		Agent: "fangzhi/test (+mailto:archive@example.org)", Timeout: time.Minute,
		Backoff: []time.Duration{time.Millisecond, time.Millisecond},
	}
	test(w)
}

// A badPage is what may come instead of an article, and what becomes of it.
type badPage struct {
	name   string
	head   string // directives of the page
	body   string // of the page, or the next page of that name in the portal
	want   string // its end
	asked  int    // times
	detail string // part of the cause in words
}

var badPages = []badPage{
	{"403", "> 403", "", "failed http-4xx", 1, "403 Forbidden"},
	{"404", "> 404", "", "failed not-found", 1, "404 Not Found"},
	{"410", "> 410", "", "failed not-found", 1, "410 Gone"},
	{"500", "> 500", "", "retried http-5xx", 3, "500 Internal Server Error"},
	{"500 twice", "> 500 times=2", article("/a.html", "恢复"), "kept", 3, ""},
	{"reset", "> reset", "", "retried cut-short", 3, ""},
	{"reset once", "> reset", article("/a.html", "恢复"), "kept", 2, ""},
	{"cut", "> cut=60", "<html><body><h1>标题</h1><p>" + strings.Repeat("正文", 100), "retried cut-short", 3, "connection closed"},
	{"cut behind its end", "> cut=3000", "<html><body><h1>一篇不长的通知</h1><p>" + strings.Repeat("现将有关事项通知如下，", 9) + "</p></body></html>" + strings.Repeat("\n", 4000), "kept", 1, ""},
	{"hang", "> hang", "", "retried timeout", 3, ""},
	{"drip", "> drip=10s", strings.Repeat("x", 160), "retried timeout", 3, ""},
	{"100 MB", "> size=100MB", "<html>", "failed too-large", 1, "cut after"},
	{"gzip bomb", "> size=100MB gzip", "<html>", "failed encoding", 1, ""},
	{"broken gzip", "> Content-Encoding: gzip", "\x1f\x8b\x08\x00 and no more", "failed encoding", 1, ""},
	{"gzip that is none", "> Content-Encoding: gzip", page("明文"), "kept", 1, ""},
	{"not HTTP", "> raw", "hello world\r\n\r\n", "retried bad-response", 3, ""},
	{"304 nobody asked for", "> 304", "", "retried bad-response", 3, "304"},
	{"no bytes that decode", "", strings.Repeat("\x81\x20\xff\xc3\x28", 500), "failed charset", 1, ""},
	{"picture", "> Content-Type: image/png", "\x89PNG", "failed not-a-page", 1, "image/png"},
	{"challenge by status", "> 521", "<script>", "failed challenge", 1, "521"},
	{"challenge by content", "", "<script>document.cookie='__jsl_clearance_s=1';location.href=location.pathname</script>", "failed challenge", 1, ""},
	{"soft 404", "", "<html><head><title>页面不存在</title></head><body><h1>404</h1><p>您访问的页面不存在或已删除</p></body></html>", "failed soft-404", 1, ""},
	{"empty", "", "", "failed no-content", 1, ""},
	{"redirect to nowhere", "> 302", "", "retried bad-response", 3, "to nowhere"},
	{"redirect to itself", "> 302\n> Location: /a.html", "", "failed trap", 11, "more than 10 redirects"},
	{"redirect to ftp", "> 302\n> Location: ftp://portal.test/a", "", "failed bad-url", 1, ""},
}

// page is an article without the line that names it.
func page(title string) string { return strings.TrimPrefix(article("", title), "--  --\n") }

// portal has the bad page at /a.html and a good one at /b.html.
func (p badPage) portal() string {
	a := "-- /a.html --\n"
	if p.head != "" {
		a += p.head + "\n"
	}
	return rows("/list/", "", "/a.html", "/b.html") + a + p.body + "\n" + article("/b.html", "另一篇")
}

// check: the bad page ended as it should, and the good one was reached behind it.
func (p badPage) check(w *world) {
	w.crawl()
	w.wantEnds(map[string]string{"/a.html": p.want, "/b.html": "kept"})
	if got := w.times("/a.html"); got != p.asked {
		w.Errorf("asked for it %d times, want %d", got, p.asked)
	}
	if detail := w.detail("/a.html"); !strings.Contains(detail, p.detail) {
		w.Errorf("detail %q, want %q in it", detail, p.detail)
	}
	if !w.store.Visits[0].Complete {
		w.Errorf("visit ended %+v", w.store.Visits[0])
	}
}

func TestBadPages(t *testing.T) {
	for _, bad := range badPages {
		t.Run(bad.name, func(t *testing.T) { inList(t, bad.portal(), bad.check) })
	}
}

func TestBadPagesOnLoopback(t *testing.T) {
	for _, bad := range badPages {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			onLoopback(t, bad.portal(), func(w *world) {
				if strings.Contains(bad.want, "timeout") {
					w.opt.Timeout = 200 * time.Millisecond
				}
				bad.check(w)
			})
		})
	}
}

func TestCapturesOfBadPagesAreKept(t *testing.T) {
	inList(t, rows("/list/", "", "/a.html", "/b.html")+"-- /a.html --\n> size=100MB\nstart\n-- /b.html --\n> cut=7\nbegins and stops", func(w *world) {
		w.opt.MaxBody = 1 << 20
		w.crawl()
		got := map[string]archive.Truncation{}
		for _, c := range w.store.Captures {
			got[strings.TrimPrefix(c.URL, w.portal.URL)] = c.Truncated
			if len(c.Response) > 2<<20 {
				w.Errorf("%s: %d bytes kept", c.URL, len(c.Response))
			}
		}
		if got["/a.html"] != archive.TooLong || got["/b.html"] != archive.Disconnected {
			w.Errorf("kept %v", got)
		}
	})
}

func TestBadListings(t *testing.T) {
	tests := []struct {
		name, page string
		want, look string
	}{
		{"unreachable", "> reset\n", "failed cut-short", "broken cut-short 0/0"},
		{"403", "> 403\n", "failed http-4xx", "blocked http-4xx 0/0"},
		{"404", "> 404\n", "failed not-found", "broken not-found 0/0"},
		{"500", "> 500\n", "failed http-5xx", "broken http-5xx 0/0"},
		{"challenge", "> 412\n", "failed challenge", "blocked challenge 0/0"},
		{"empty", "<html><body><h2>通知公告</h2></body></html>\n", "listed no-items", "broken no-items 0/0"},
		{"an article", article("", "一篇文章", "")[len("--  --\n"):], "listed no-items", "broken no-items 0/0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inList(t, "-- /list/ --\n"+test.page, func(w *world) {
				w.crawl()
				w.wantEnds(map[string]string{"/list/": test.want})
				w.wantLooks(map[string]string{"/list/": test.look})
			})
		})
	}
}

func TestListingLoops(t *testing.T) {
	tests := []struct {
		name, portal, last string
		asked              int
	}{
		{"next page is the page before", rows("/list/", "/list/2", "/1.html") + rows("/list/2", "/list/", "/2.html"), "/list/2", 3},
		{"the same page for ever", rows("/list/", "/list/?p=2", "/1.html") + rows("/list/?p=2", "/list/?p=3", "/1.html") + rows("/list/?p=3", "", "/3.html"), "/list/?p=2", 3},
		{"its end shown again", rows("/list/", "/list/2", "/1.html") + rows("/list/2", "/list/3", "/2.html") + rows("/list/3", "/list/4", "/2.html"), "/list/3", 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inList(t, test.portal+article("/1.html", "一")+article("/2.html", "二"), func(w *world) {
				w.crawl()
				w.wantEnds(map[string]string{test.last: "listed listing-loop"})
				listings := 0
				for _, uri := range w.portal.Asked() {
					if !strings.HasSuffix(uri, ".html") {
						listings++ // and robots.txt
					}
				}
				if listings != test.asked {
					w.Errorf("asked for %q, want %d of them no articles", w.portal.Asked(), test.asked)
				}
			})
		})
	}
}

func TestPathTrapIsRefused(t *testing.T) {
	inList(t, rows("/list/", "", "/a/b/a/b/a/b/1.html", "/1.html")+article("/1.html", "一"), func(w *world) {
		w.crawl()
		w.wantEnds(map[string]string{"/a/b/a/b/a/b/1.html": "refused trap", "/1.html": "kept"})
	})
}

func TestPinnedRowsDoNotStopAWalk(t *testing.T) {
	old := rows("/list/", "/list/2", "/pin.html", "/1.html") + rows("/list/2", "/list/3", "/pin.html", "/2.html") + rows("/list/3", "", "/pin.html", "/3.html")
	pages := article("/pin.html", "置顶") + article("/1.html", "一") + article("/2.html", "二") + article("/3.html", "三")
	inList(t, old+pages, func(w *world) {
		if sum := w.crawl(); sum.New != 4 || sum.Listings != 3 {
			w.Errorf("first visit: %+v", sum)
		}
		w.portal.Forget()
		w.portal.Change(w, rows("/list/", "/list/2", "/pin.html", "/5.html")+rows("/list/2", "/list/3", "/pin.html", "/4.html", "/1.html")+rows("/list/3", "/list/4", "/pin.html", "/2.html")+
			article("/4.html", "四")+article("/5.html", "五"))
		if sum := w.crawl(); sum.New != 2 || sum.Listings != 3 || w.times("/list/4") != 0 {
			w.Errorf("second visit: %+v, asked for %q", sum, w.portal.Asked())
		}
	})
}

func TestRedirectsAreLinksOfTheirOwn(t *testing.T) {
	portal := rows("/list/", "", "/old/1.html", "/out.html", "/closed.html", "/chain/0") +
		"-- /robots.txt --\nUser-agent: *\nDisallow: /private/\n" +
		"-- /old/1.html --\n> 301\n> Location: ../new/1.html\n" + article("/new/1.html", "一") +
		"-- /out.html --\n> 302\n> Location: http://www.gov.cn/x.html\n" +
		"-- /closed.html --\n> 302\n> Location: /private/x.html\n"
	for i := range 12 {
		portal += "-- /chain/" + string(rune('0'+i)) + " --\n> 302\n> Location: /chain/" + string(rune('1'+i)) + "\n"
	}
	inList(t, portal, func(w *world) {
		w.crawl()
		w.wantEnds(map[string]string{
			"/old/1.html": "moved", "/new/1.html": "kept", "/out.html": "moved", "/closed.html": "moved", "/private/x.html": "refused robots",
			"/chain/9": "moved", "/chain/:": "moved", "/chain/;": "refused trap",
		})
		var off []string
		for _, f := range w.store.Follows {
			for _, l := range f.Items {
				off = append(off, l.URL)
			}
		}
		if len(off) != 1 || off[0] != "http://www.gov.cn/x.html" {
			w.Errorf("items %q", off)
		}
		log := w.portal.Log()
		for i, r := range log[1:] {
			if gap := r.Time.Sub(log[i].Time); gap < crawler.DefaultDelay {
				w.Errorf("%s came %v after %s: a hop must pass the gate", r.URI, gap, log[i].URI)
			}
		}
	})
}

func TestRedirectedListingIsOneLook(t *testing.T) {
	portal := "-- /list/ --\n> 301\n> Location: /new/list/\n" + rows("/new/list/", "", "/1.html") + article("/1.html", "一")
	inList(t, portal, func(w *world) {
		for range 2 {
			w.crawl()
		}
		if n := w.times("/new/list/"); n != 2 {
			w.Errorf("asked for the new address %d times in 2 visits", n)
		}
		seen := w.store.Seen()
		if len(seen) != 2 || seen[0].Region != "360000" || seen[1].Look != archive.NothingNew {
			w.Errorf("observations %+v", seen)
		}
	})
}

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

func TestUnreachableHome(t *testing.T) {
	inWorld(t, gazette, func(w *world) {
		w.opt.Dial = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		sum := w.crawl()
		w.wantLooks(map[string]string{"/": "broken unreachable 0/0"})
		if end := w.store.Visits[0]; end.Complete || !strings.Contains(end.Why, "connection refused") || sum.Broken != 1 {
			w.Errorf("visit ended %+v, summary %+v", end, sum)
		}
	})
}

func TestOwnOutageBlamesNobody(t *testing.T) {
	inWorld(t, gazette, func(w *world) {
		w.opt.Dial = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ENETUNREACH}
		}
		var sites []crawler.Site
		for _, host := range []string{"a.test", "b.test", "c.test", "d.test"} {
			sites = append(sites, crawler.Site{Name: host, Home: "http://" + host + "/"})
		}
		w.crawl(sites...)
		for _, o := range w.store.Seen() {
			if o.Look != archive.NotLooked {
				w.Errorf("%s: look %s, want not-looked", o.Listing, o.Look)
			}
		}
		if n := len(w.store.Seen()); n != 4 {
			w.Errorf("%d observations, want 4", n)
		}
		for _, h := range w.store.Hosts {
			if !h.NotBefore.IsZero() && h.Failures >= 5 {
				w.Errorf("breaker of %s opened", h.Host)
			}
		}
	})
}

func TestParserBugIsNoEnd(t *testing.T) {
	inList(t, rows("/list/", "", "/a.html", "/b.html")+article("/a.html", "甲")+article("/b.html", "乙"), func(w *world) {
		opt := w.opt
		opt.Store, opt.Sites = w.store, []crawler.Site{w.site}
		opt = crawler.WithParser(opt, func(html []byte, from parser.Origin) (*parser.Page, error) {
			if strings.HasSuffix(from.URL.Path, "/a.html") {
				panic("index out of range")
			}
			return parser.Parse(html, from)
		})
		if _, err := crawler.New(opt).Run(w.Context(), archive.Run{}); err != nil {
			w.Fatal(err)
		}
		w.wantEnds(map[string]string{"/a.html": "failed bug", "/b.html": "kept"})
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

func TestChallengesEndTheVisit(t *testing.T) {
	portal := rows("/list/", "", "/1.html", "/2.html", "/3.html", "/4.html", "/5.html", "/6.html", "/7.html")
	for _, n := range "1234567" {
		portal += "-- /" + string(n) + ".html --\n> 412\n<script>$_ts={}</script>\n"
	}
	inList(t, portal, func(w *world) {
		w.crawl()
		if n := len(w.portal.Asked()); n != 7 {
			w.Errorf("asked for %q, want five challenges and no more", w.portal.Asked())
		}
		if end := w.store.Visits[0]; !strings.Contains(end.Why, "challenge") {
			w.Errorf("visit ended %+v", end)
		}
	})
}

func TestBackfillIsASliceAVisit(t *testing.T) {
	portal := rows("/list/", "/list/2", "/1.html") + rows("/list/2", "/list/3", "/2.html") + rows("/list/3", "/list/4", "/3.html") + rows("/list/4", "", "/4.html")
	for _, n := range "1234" {
		portal += article("/"+string(n)+".html", "第"+string(n)+"篇")
	}
	inList(t, portal, func(w *world) {
		w.opt.Backfill = 2
		for visit, want := range []int{2, 3, 4} {
			w.crawl()
			if got := w.store.Kept(); got != want {
				w.Errorf("after visit %d: %d articles, want %d", visit+1, got, want)
			}
		}
		if end := w.store.Visits[0]; !end.Complete || !strings.Contains(end.Why, "backfill") {
			w.Errorf("first visit ended %+v", end)
		}
	})
}

func TestMissingLabelsAreReported(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		w.site.Regions = append(w.site.Regions, crawler.Label{Text: "台湾", Region: "710000"})
		w.crawl()
		if end := w.store.Visits[0]; end.Why != "not found on the home page: 台湾" || !end.Complete {
			w.Errorf("visit ended %+v", end)
		}
	})
}

func TestRegionPageLeadsToItsCategories(t *testing.T) {
	portal := "-- / --\n<a href='/jx/'>江西</a><a href='/xz/'>星座</a>\n" +
		"-- /jx/ --\n<a href='/xz/'>星座</a><a href='/jx/zh/'>展会</a><ul><li><a href='/1.html'>一篇江西的政企信息文章标题</a><span>2022-03-31</span></li></ul>\n" +
		rows("/jx/zh/", "", "/2.html") + rows("/xz/", "", "/3.html") + article("/1.html", "一") + article("/2.html", "二") + article("/3.html", "三")
	inWorld(t, portal, func(w *world) {
		w.site.Regions = w.site.Regions[:1]
		w.site.Categories = []crawler.Label{{Text: "星座"}, {Text: "展会"}}
		for range 2 {
			w.crawl()
			var seen []string
			for _, o := range w.store.Seen() {
				seen = append(seen, strings.TrimPrefix(o.Listing, w.portal.URL)+" "+o.Region+" "+o.Category)
			}
			if got, want := strings.Join(seen, ", "), "/jx/ 360000 , /xz/  星座, /jx/zh/ 360000 展会"; got != want {
				w.Errorf("looked at %s, want %s", got, want)
			}
			w.store.Follows = nil
		}
	})
}

func TestSave(t *testing.T) {
	portal := "-- /old.html --\n> 301\n> Location: /a.html\n" + article("/a.html", "甲") + rows("/list/", "", "/b.html")
	inList(t, portal, func(w *world) {
		save := func(url string) *archive.Follow {
			opt := w.opt
			opt.Store, opt.Sites = w.store, []crawler.Site{w.site}
			f, err := crawler.New(opt).Save(w.Context(), archive.Run{}, url)
			if err != nil {
				w.Fatalf("save %s: %v", url, err)
			}
			return f
		}
		f := save(w.portal.URL + "/old.html#top")
		if f.Outcome != archive.Kept || f.Link.URL != w.portal.URL+"/a.html" || f.Link.Site != "zgw" {
			w.Errorf("saved %+v", f)
		}
		if f := save(w.portal.URL + "/none.html"); f.Outcome != archive.Failed || f.Reason != archive.NotFound {
			w.Errorf("saved %+v", f)
		}
		if f := save("http://other.test/a.html"); f.Outcome != archive.Kept || f.Link.Site != "other.test" {
			w.Errorf("saved %+v", f)
		}
		if n := w.waiting("zgw"); n != 0 {
			w.Errorf("%d links are left in the frontier", n)
		}
		if len(w.store.Visits) != 3 || len(w.store.Ends) != 3 {
			w.Errorf("%d visits, %d run ends", len(w.store.Visits), len(w.store.Ends))
		}
	})
}
