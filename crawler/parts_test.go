package crawler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler"
)

// withParts is an article with files, and the style sheets and images of its page.
func withParts(path, parts string) string {
	a := article(path, "关于印发工作方案的通知")
	a = strings.Replace(a, "</div></body>", parts+"</div></body>", 1)
	return strings.Replace(a, "<html><head>", `<html><head><link rel="stylesheet" href="/css/main.css"><link rel="canonical" href="`+path+`">`, 1)
}

const parts = `<p>附件：<a href="/files/1.pdf">工作方案.pdf</a> <a href="/files/2.doc">任务分工.doc</a> <a href="/files/3.exe">程序.exe</a></p><p><img src="/images/map.png" alt="示意图"></p>`

const partFiles = "-- /css/main.css --\n> Content-Type: text/css\n@import \"more.css\"; body{background:url(/images/bg.gif)}\n" +
	"-- /css/more.css --\n> Content-Type: text/css\np{background:url('../images/dot.gif')}\n" +
	"-- /images/bg.gif --\n> Content-Type: image/gif\nGIF89a\n-- /images/dot.gif --\n> Content-Type: image/gif\nGIF89a.\n-- /images/map.png --\n> Content-Type: image/png\nPNG\n" +
	"-- /files/1.pdf --\n> Content-Type: application/pdf\n%PDF-1.4\n-- /files/2.doc --\n> Content-Type: application/msword\n\xd0\xcf\x11\xe0\n"

func (w *world) keepParts() {
	w.site.Requisites, w.opt.Attachments = true, []string{"pdf", "doc"}
}

func TestPartsOfArticles(t *testing.T) {
	inList(t, rows("/list/", "", "/a.html", "/b.html")+withParts("/a.html", parts)+withParts("/b.html", "")+partFiles, func(w *world) {
		w.keepParts()
		sum := w.crawl()
		w.wantEnds(map[string]string{
			"/a.html": "kept", "/b.html": "kept", "/files/1.pdf": "saved", "/files/2.doc": "saved", "/images/map.png": "saved",
			"/css/main.css": "saved", "/css/more.css": "saved", "/images/bg.gif": "saved", "/images/dot.gif": "saved",
		})
		asked := w.portal.Asked()
		if want := len(asked); sum.New != 2 || want != 11 {
			w.Errorf("asked for %q", asked)
		}
		if slices.Index(asked, "/files/1.pdf") < slices.Index(asked, "/b.html") {
			w.Errorf("a file was asked for before an article: %q", asked)
		}
		for _, r := range w.portal.Log() {
			if r.URI == "/css/more.css" && r.Header.Get("Referer") != w.portal.URL+"/css/main.css" {
				w.Errorf("%s has Referer %q", r.URI, r.Header.Get("Referer"))
			}
		}
	})
}

// TestRequisitesOnceADay: what pages need is asked for again a day later, conditionally;
// files are not.
func TestRequisitesOnceADay(t *testing.T) {
	files := strings.ReplaceAll(partFiles, " --\n", " --\n> etag\n")
	inList(t, rows("/list/", "", "/a.html")+withParts("/a.html", parts)+files, func(w *world) {
		w.keepParts()
		w.crawl()
		for _, step := range []struct {
			wait time.Duration
			name string
			want int // requests for the style sheet
		}{{time.Hour, "b", 0}, {25 * time.Hour, "c", 1}} {
			w.portal.Forget()
			w.portal.Change(w, rows("/list/", "", "/"+step.name+".html", "/a.html")+withParts("/"+step.name+".html", parts))
			time.Sleep(step.wait)
			w.crawl()
			if n := w.times("/css/main.css"); n != step.want {
				w.Errorf("%v later the style sheet was asked for %d times, want %d", step.wait, n, step.want)
			}
			if n := w.times("/files/1.pdf"); n != 0 {
				w.Errorf("%v later a file was asked for %d times", step.wait, n)
			}
			for _, r := range w.portal.Log() {
				if r.URI == "/css/main.css" && r.Header.Get("If-None-Match") == "" {
					w.Errorf("%s was not asked for conditionally", r.URI)
				}
			}
		}
	})
}

func TestPartsAreBounded(t *testing.T) {
	many := `<p><a href="/files/big.pdf">大文件.pdf</a> <a href="/files/page.pdf">网页.pdf</a> <a href="/files/none.pdf">没有.pdf</a> <a href="http://files.elsewhere.test/x.pdf">别处.pdf</a></p><img src="http://img.elsewhere.test/x.png">`
	portal := rows("/list/", "", "/a.html") + withParts("/a.html", many) +
		"-- /css/main.css --\n> 500\n-- /files/big.pdf --\n> size=3MB\n> Content-Type: application/pdf\n%PDF\n-- /files/page.pdf --\n<html><body>请登录</body></html>\n"
	inList(t, portal, func(w *world) {
		w.keepParts()
		w.opt.MaxAttachment = 1 << 20
		w.crawl()
		w.wantEnds(map[string]string{
			"/a.html": "kept", "/files/big.pdf": "failed too-large", "/files/page.pdf": "failed soft-404", "/files/none.pdf": "failed not-found", "/css/main.css": "failed http-5xx",
		})
		for _, r := range w.portal.Log() {
			if r.Host != "portal.test" {
				w.Errorf("asked %s for %s", r.Host, r.URI)
			}
		}
		if end := w.store.Visits[0]; !end.Complete {
			w.Errorf("visit ended %+v", end)
		}
		w.opt.MaxAttachment, w.opt.MaxBody = 10<<20, 1<<20 // a file may be larger than a page
		w.portal.Change(w, rows("/list/", "", "/b.html", "/a.html")+withParts("/b.html", `<a href="/files/c.pdf">附件三.pdf</a>`)+"-- /files/c.pdf --\n> size=3MB\n> Content-Type: application/pdf\n%PDF\n")
		w.crawl()
		w.wantEnds(map[string]string{"/files/c.pdf": "saved"})
	})
}

func TestNoPartsUnlessWanted(t *testing.T) {
	inList(t, rows("/list/", "", "/a.html")+withParts("/a.html", parts)+partFiles, func(w *world) {
		w.crawl()
		if asked := w.portal.Asked(); len(asked) != 3 {
			w.Errorf("asked for %q", asked)
		}
	})
}

// TestSaveTakesParts: a page that is saved comes with what belongs to it.
func TestSaveTakesParts(t *testing.T) {
	inList(t, withParts("/a.html", parts)+partFiles, func(w *world) {
		w.keepParts()
		opt := w.opt
		opt.Store, opt.Sites = w.store, []crawler.Site{w.site}
		f, err := crawler.New(opt).Save(w.Context(), archive.Run{}, w.portal.URL+"/a.html")
		if err != nil || f.Outcome != archive.Kept {
			w.Fatalf("saved %+v, %v", f, err)
		}
		w.wantEnds(map[string]string{"/files/1.pdf": "saved", "/css/more.css": "saved", "/images/dot.gif": "saved", "/images/map.png": "saved"})
		if n := w.waiting("zgw"); n != 0 {
			w.Errorf("%d links wait", n)
		}
	})
}
