package crawler_test

import (
	"slices"
	"strings"
	"testing"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/crawler/portaltest"
)

// A name in the public DNS may lead into the network of whoever crawls: addresses
// are looked at after DNS, right before connecting.
func TestPrivateAddressesAreNotAsked(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		onLoopback(t, rows("/list/", "", "/a.html")+article("/a.html", "一篇"), func(w *world) {
			w.site.AllowPrivate = allowed
			sum := w.crawl()
			if asked := len(w.portal.Asked()) > 0; asked != allowed || sum.New > 0 != allowed {
				w.Errorf("allowed %v: asked for %q, %+v", allowed, w.portal.Asked(), sum)
			}
			if allowed {
				return
			}
			w.wantEnds(map[string]string{"/list/": "refused private"})
			if end := w.store.Visits[0]; end.Complete || !strings.Contains(end.Why, "127.0.0.1 is a loopback address") {
				w.Errorf("visit ended %+v", end)
			}
		})
	}
}

// What a portal links to besides http(s) is none of ours, whatever the scheme.
func TestOnlyHTTPIsAsked(t *testing.T) {
	list := rows("/list/", "", "/a.html", "ftp://portal.test/b", "file:///etc/passwd", "gopher://portal.test/", "//portal.test/c.html", "javascript:open()")
	inList(t, list+article("/a.html", "甲")+article("/c.html", "丙"), func(w *world) {
		w.crawl()
		if got, want := w.portal.Asked(), []string{"/robots.txt", "/list/", "/a.html", "/c.html"}; !slices.Equal(got, want) {
			w.Errorf("asked for %q, want %q", got, want)
		}
		opt := w.opt
		opt.Store, opt.Sites = w.store, []crawler.Site{w.site}
		if f, err := crawler.New(opt).Save(w.Context(), archive.Run{}, "ftp://portal.test/b"); err == nil && f.Reason != archive.BadURL {
			w.Errorf("save ftp: %+v", f)
		}
	})
}

// One page has many addresses: with a session, a tracking parameter, a fragment,
// the default port, the name of the index page, for printing. It is asked for once.
func TestTwinAddressesAreAskedOnce(t *testing.T) {
	list := rows("/list/index.html", "", "/a.html", "/a.html?utm_source=wechat", "/a.html#top", "/a.html;jsessionid=AB12", "http://PORTAL.test:80/x/../a.html",
		"//portal.test//a.html", "https://portal.test/a.html", "/a.html?print=1", "http://www.portal.test/a.html?spm=1.2")
	inList(t, strings.ReplaceAll(list, "/list/index.html", "/list/")+article("/a.html", "甲"), func(w *world) {
		w.site.Listings = []crawler.Listing{{URL: w.portal.URL + "/list/index.html"}, {URL: w.portal.URL + "/list/"}}
		w.crawl()
		if n := w.times("/a.html"); n != 2 { // www is another host, and may show another page
			w.Errorf("asked for %q", w.portal.Asked())
		}
		if n := w.times("/list/"); n != 1 {
			w.Errorf("the listing was asked for %d times", n)
		}
	})
}

// Every capture can be traced to the page that led to it and to the connection it
// came over.
func TestCapturesAreTraced(t *testing.T) {
	portal := rows("/list/", "", "/a.html", "/old.html") + article("/a.html", "甲") +
		"-- /old.html --\n> 301\n> Location: /b.html\n" + article("/b.html", "乙")
	onLoopback(t, portal, func(w *world) {
		w.crawl()
		via := map[string]string{}
		for _, c := range w.store.Captures {
			via[c.URL[len(w.portal.URL):]] = strings.TrimPrefix(c.Via, w.portal.URL)
			known := slices.ContainsFunc(w.store.Conns, func(conn archive.Connection) bool {
				return conn.Key == c.Conn && conn.Addr == w.portal.URL[len("http://"):]
			})
			if c.Conn == "" || !known || c.IP != "127.0.0.1" {
				w.Errorf("%s came over %q from %q; connections are %+v", c.URL, c.Conn, c.IP, w.store.Conns)
			}
		}
		want := map[string]string{"/robots.txt": "/", "/list/": "", "/a.html": "/list/", "/old.html": "/list/", "/b.html": "/old.html"}
		for path, page := range want {
			if via[path] != page {
				w.Errorf("%s was found on %q, want %q", path, via[path], page)
			}
		}
		if len(w.store.Captures) != len(want) {
			w.Errorf("%d captures, want %d", len(w.store.Captures), len(want))
		}
	})
}

// A mode that does not exist is no reason to fall back to another.
func TestUnknownTLSModeEndsTheRun(t *testing.T) {
	w := &world{T: t, portal: portaltest.Serve(t, gazette)}
	w.openMemory()
	w.site = crawler.Site{Name: "zgw", Home: w.portal.URL, TLS: "lenient"}
	w.opt.Agent = "fangzhi/test"
	if _, err := w.run(t.Context()); err == nil || !strings.Contains(err.Error(), `zgw: unknown tls mode "lenient"`) {
		t.Errorf("error %v", err)
	}
}
