package crawler_test

import (
	"context"
	"errors"
	"fmt"
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

// everywhere runs a test on such a site in bubbles and on loopback.
func everywhere(t *testing.T, portal string, test func(w *world)) {
	t.Helper()
	inList(t, portal, test)
	t.Run("loopback", func(t *testing.T) { onLoopback(t, portal, test) })
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
					w.opt.Timeout = time.Second
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
			everywhere(t, "-- /list/ --\n"+test.page, func(w *world) {
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
			everywhere(t, test.portal+article("/1.html", "一")+article("/2.html", "二"), func(w *world) {
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
	for i := range 30 {
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

func TestNobodyListensAtHome(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	onLoopback(t, rows("/list/", "", "/a.html"), func(w *world) {
		w.site.Home, w.site.Listings = "http://"+l.Addr().String()+"/", nil
		sum := w.crawl()
		if end := w.store.Visits[0]; end.Complete || !strings.Contains(end.Why, "connection refused") || sum.Broken != 1 || len(w.portal.Asked()) > 0 {
			w.Errorf("visit ended %+v, summary %+v", end, sum)
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

// TestDiskThatFills: a run stops before its disk is full, says so, and leaves nothing
// half done; with room the next one goes on.
func TestDiskThatFills(t *testing.T) {
	everywhere(t, rows("/list/", "", "/a.html", "/b.html", "/c.html")+article("/a.html", "甲")+article("/b.html", "乙")+article("/c.html", "丙"), func(w *world) {
		left := 4 // requests until it is nearly full
		w.opt.Room = func() error {
			if len(w.portal.Log()) >= left {
				return fmt.Errorf("nearly full: %w", syscall.ENOSPC)
			}
			return nil
		}
		if _, err := w.run(w.Context()); !errors.Is(err, syscall.ENOSPC) {
			w.Errorf("got %v, want that the disk is full", err)
		}
		if end := w.store.Visits[0]; end.Complete || !strings.Contains(end.Why, "nearly full") || len(w.portal.Log()) != left || w.store.Kept() != 2 {
			w.Errorf("visit ended %+v after %q", end, w.portal.Asked())
		}
		if _, err := w.run(w.Context()); !errors.Is(err, syscall.ENOSPC) || len(w.portal.Log()) != left || len(w.store.Visits) != 1 {
			w.Errorf("a run without room: %v, asked for %q", err, w.portal.Asked())
		}
		left = 1000
		w.crawl()
		if end := w.store.Visits[1]; !end.Complete || w.store.Kept() != 3 {
			w.Errorf("visit ended %+v with %d articles", end, w.store.Kept())
		}
	})
}

// TestClockThatJumps: a machine whose clock was years ahead in one run, and is right in
// the next, asks for what is due, keeps its spacing, and finds what is new.
func TestClockThatJumps(t *testing.T) {
	inList(t, rows("/list/", "", "/a.html")+article("/a.html", "甲"), func(w *world) {
		ahead := 5 * 365 * 24 * time.Hour
		w.opt.Now = func() time.Time { return time.Now().Add(ahead) }
		w.crawl()
		ahead = 0
		w.portal.Change(w, rows("/list/", "", "/b.html", "/a.html")+article("/b.html", "乙"))
		time.Sleep(time.Hour)
		if sum := w.crawl(); sum.New != 1 || !w.store.Visits[1].Complete {
			w.Errorf("after the clock was set right: %+v, %+v", sum, w.store.Visits[1])
		}
		ahead = -5 * 365 * 24 * time.Hour
		w.portal.Change(w, rows("/list/", "", "/c.html", "/b.html", "/a.html")+article("/c.html", "丙"))
		time.Sleep(time.Hour)
		if sum := w.crawl(); sum.New != 1 || !w.store.Visits[2].Complete {
			w.Errorf("after it was set back: %+v, %+v", sum, w.store.Visits[2])
		}
		log := w.portal.Log()
		for i, r := range log[1:] {
			if gap := r.Time.Sub(log[i].Time); gap < crawler.DefaultDelay {
				w.Errorf("%s came %v after %s", r.URI, gap, log[i].URI)
			}
		}
	})
}
