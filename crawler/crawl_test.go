package crawler_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/crawler/portaltest"
	"fangzhi/crawler/storetest"
)

// gazette is a little portal in the image of 政公网: two regions and a category
// found by their labels, pages of listings, a file and a page of another site.
const gazette = `
-- /robots.txt --
User-agent: *
Disallow: /admin/
-- / --
<html><head><title>政公网</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/jiangxi/">江西</a> <a href="/hubei/">湖北省</a> <a href="/zhanhui/">展会</a></div>
</body></html>
-- /jiangxi/ --
<html><body><h2>江西政企信息</h2><ul class="list">
<li><a href="/jiangxi/1.html">景德镇市浮梁县召开第一次全体会议</a><span>2022-03-31</span></li>
<li><a href="/jiangxi/2.html">江西省人民政府办公厅关于印发若干措施的通知</a><span>2022-03-30</span></li>
<li><a href="/files/plan.pdf">江西省重大项目计划表及其附件目录</a><span>2022-03-29</span></li>
<li><a href="http://mp.weixin.qq.com/s/abc">江西省政府公众号文章一篇请点击阅读</a><span>2022-03-28</span></li>
</ul><div class="page"><a href="/jiangxi/list_2.html">下一页</a></div></body></html>
-- /jiangxi/list_2.html --
<html><body><h2>江西政企信息</h2><ul class="list">
<li><a href="/jiangxi/3.html">南昌市召开春季农业生产工作会议部署</a><span>2022-03-27</span></li>
<li><a href="/jiangxi/4.html">九江市推进重点项目建设现场会召开</a><span>2022-03-26</span></li>
<li><a href="/admin/5.html">内部通知公告不应当被抓取的一篇</a><span>2022-03-25</span></li>
</ul></body></html>
-- /hubei/ --
<html><body><h2>湖北政企信息</h2><ul class="list">
<li><a href="/hubei/6.html">武汉市举办春季人才招聘大会公告</a><span>2022-03-31</span></li>
<li><a href="/hubei/7.html">襄阳市出台支持中小企业发展若干措施</a><span>2022-03-24</span></li>
<li><a href="/hubei/9.html">宜昌市开展安全生产大检查专项行动</a><span>2022-03-23</span></li>
</ul></body></html>
-- /zhanhui/ --
<html><body><h2>展会</h2><ul class="list">
<li><a href="/hubei/6.html">武汉市举办春季人才招聘大会公告</a><span>2022-03-31</span></li>
<li><a href="/zhanhui/8.html">第十届中部国际博览会筹备工作启动</a><span>2022-03-22</span></li>
<li><a href="/jiangxi/4.html">九江市推进重点项目建设现场会召开</a><span>2022-03-26</span></li>
</ul></body></html>
`

// article is a page with enough text to be one.
func article(path, title string, head ...string) string {
	body := strings.Repeat("<p>会议强调，要深入学习贯彻全国两会精神，认真落实省委省政府决策部署，扎实推进各项工作。</p>\n", 6)
	return fmt.Sprintf("-- %s --\n%s<html><head><title>%s_政公网</title></head><body>\n"+
		"<div class=\"pos\">当前位置：<a href=\"/\">首页</a> &gt; 正文</div><h1>%s</h1>\n"+
		"<div class=\"info\">发布时间：2022-03-31 来源：省政府办公厅</div><div class=\"content\">\n%s</div></body></html>\n",
		path, strings.Join(append(head, ""), "\n"), title, title, body)
}

// articles are those that the listings of gazette show.
var articles = article("/jiangxi/1.html", "景德镇市浮梁县召开第一次全体会议", "> etag") +
	article("/jiangxi/2.html", "江西省人民政府办公厅关于印发若干措施的通知", "> etag") +
	article("/jiangxi/3.html", "南昌市召开春季农业生产工作会议部署") +
	article("/jiangxi/4.html", "九江市推进重点项目建设现场会召开") +
	article("/hubei/6.html", "武汉市举办春季人才招聘大会公告") +
	article("/hubei/7.html", "襄阳市出台支持中小企业发展若干措施") +
	article("/hubei/9.html", "宜昌市开展安全生产大检查专项行动") +
	article("/zhanhui/8.html", "第十届中部国际博览会筹备工作启动")

// A world is a portal, a store and what a crawl is told of them.
type world struct {
	*testing.T
	portal  *portaltest.Portal
	store   *storetest.Recorder
	waiting func(site string) int // links in its frontier
	site    crawler.Site
	opt     crawler.Options
}

// inWorld runs a test in a synctest bubble: its clock stands still while anything
// runs, and waiting takes no time. It runs once with a store in memory and once
// with an archive.
func inWorld(t *testing.T, portal string, test func(w *world)) {
	t.Helper()
	warm.Do(func() { keepOnePage(t) })
	for _, store := range []struct {
		name string
		open func(w *world)
	}{{"memory", (*world).openMemory}, {"archive", (*world).openArchive}} {
		t.Run(store.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{T: t, portal: portaltest.Pipe(t, portal)}
				store.open(w)
				w.site = crawler.Site{
					Name: "zgw", Home: w.portal.URL + "/",
					Regions:    []crawler.Label{{Text: "江西", Region: "360000"}, {Text: "湖北", Region: "420000"}},
					Categories: []crawler.Label{{Text: "展会"}},
				}
				w.opt = crawler.Options{Agent: "fangzhi/test (+mailto:archive@example.org)", From: "archive@example.org", Dial: w.portal.Dial}
				test(w)
			})
		})
	}
}

// warm makes what the archive makes once for all, the channels of its compressor
// among it. What is made in a bubble can be used nowhere else.
var warm sync.Once

func keepOnePage(t *testing.T) {
	w := &world{T: t, portal: portaltest.Serve(t, article("/a.html", "景德镇市浮梁县召开第一次全体会议"))}
	w.openArchive()
	opt := crawler.Options{Store: w.store, Agent: "fangzhi/test", Sites: []crawler.Site{{Name: "zgw", Home: w.portal.URL, Delay: crawler.NoDelay, AllowPrivate: true}}}
	if f, err := crawler.New(opt).Save(t.Context(), archive.Run{}, w.portal.URL+"/a.html"); err != nil || f.Outcome != archive.Kept {
		t.Fatalf("keep one page: %+v, %v", f, err)
	}
}

func (w *world) openMemory() {
	m := storetest.NewMemory(nil)
	w.store, w.waiting = storetest.Record(m), m.Waiting
}

func (w *world) openArchive() {
	a, err := archive.Create(filepath.Join(w.TempDir(), "archive"), archive.Options{})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := a.Close(); err != nil {
			w.Errorf("close the archive: %v", err)
		}
	})
	w.store = storetest.Record(a)
	w.waiting = func(site string) int {
		status, err := a.Status(context.Background())
		if err != nil {
			w.Fatal(err)
		}
		for _, s := range status.Sites {
			if s.Site == site {
				return s.Frontier
			}
		}
		return 0
	}
}

// crawl runs once over the world's site, or the sites given.
func (w *world) crawl(sites ...crawler.Site) archive.Summary {
	w.Helper()
	sum, err := w.run(w.Context(), sites...)
	if err != nil {
		w.Fatalf("crawl: %v", err)
	}
	return sum
}

func (w *world) run(ctx context.Context, sites ...crawler.Site) (archive.Summary, error) {
	return w.crawler(sites...).Run(ctx, archive.Run{})
}

func (w *world) crawler(sites ...crawler.Site) *crawler.Crawler {
	opt := w.opt
	opt.Store = w.store
	if opt.Sites = sites; len(sites) == 0 {
		opt.Sites = []crawler.Site{w.site}
	}
	return crawler.New(opt)
}

func (w *world) pause(paused bool) {
	if err := w.store.SetPaused(w.Context(), w.site.Name, paused); err != nil {
		w.Error(err)
	}
}

// ends is the last outcome of each address in the store, as "outcome reason".
func (w *world) ends() map[string]string {
	ends := map[string]string{}
	for _, f := range w.store.Follows {
		ends[strings.TrimPrefix(f.Link.URL, w.portal.URL)] = strings.TrimSpace(string(f.Outcome) + " " + string(f.Reason))
	}
	return ends
}

// detail is the cause, in words, of what became of an address last.
func (w *world) detail(uri string) string {
	detail := ""
	for _, f := range w.store.Follows {
		if f.Link.URL == w.portal.URL+uri {
			detail = f.Detail
		}
	}
	return detail
}

// wantEnds checks the ends of the addresses given.
func (w *world) wantEnds(want map[string]string) {
	w.Helper()
	got := w.ends()
	for url := range got {
		if _, ok := want[url]; !ok {
			delete(got, url)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("what became of the links (-want +got):\n%s", diff)
	}
}

// looks are the last look at each listing, as "look reason items/new".
func (w *world) looks() map[string]string {
	looks := map[string]string{}
	for _, o := range w.store.Seen() {
		s := fmt.Sprintf("%s %s %d/%d", o.Look, o.Reason, o.Items, o.New)
		looks[strings.TrimPrefix(o.Listing, w.portal.URL)] = strings.Join(strings.Fields(s), " ")
	}
	return looks
}

func (w *world) wantLooks(want map[string]string) {
	w.Helper()
	if diff := cmp.Diff(want, w.looks()); diff != "" {
		w.Errorf("looks at listings (-want +got):\n%s", diff)
	}
}

// times counts how often an address was asked for.
func (w *world) times(uri string) int {
	n := 0
	for _, asked := range w.portal.Asked() {
		if asked == uri {
			n++
		}
	}
	return n
}

func TestCrawlWalksThePortal(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		sum := w.crawl()
		w.wantEnds(map[string]string{
			"/robots.txt": "listed", "/": "listed", "/jiangxi/": "listed", "/jiangxi/list_2.html": "listed", "/hubei/": "listed", "/zhanhui/": "listed",
			"/jiangxi/1.html": "kept", "/jiangxi/2.html": "kept", "/jiangxi/3.html": "kept", "/jiangxi/4.html": "kept",
			"/hubei/6.html": "kept", "/hubei/7.html": "kept", "/hubei/9.html": "kept", "/zhanhui/8.html": "kept",
			"/admin/5.html": "refused robots",
		})
		if sum.Sites != 1 || sum.Requests != 14 || sum.Listings != 4 || sum.New != 8 || sum.Items != 2 || sum.Refused != 1 || sum.Bytes == 0 {
			w.Errorf("summary %+v", sum)
		}
		if end := w.store.Visits[0]; !end.Complete || end.Why != "" || end.Summary.New != 8 {
			w.Errorf("visit ended %+v", end)
		}
		if n := w.waiting("zgw"); n != 0 {
			w.Errorf("%d links are left in the frontier", n)
		}
	})
}

func TestLinksKnowTheirListing(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		w.crawl()
		got := map[string]string{}
		for _, f := range w.store.Follows {
			if f.Outcome == archive.Kept {
				l := f.Link
				got[strings.TrimPrefix(l.URL, w.portal.URL)] = fmt.Sprint(l.Region, " ", l.Category, " ", strings.TrimPrefix(l.Via, w.portal.URL), " ", l.Date)
			}
		}
		want := map[string]string{
			"/jiangxi/1.html": "360000  /jiangxi/ 2022-03-31", "/jiangxi/2.html": "360000  /jiangxi/ 2022-03-30",
			"/jiangxi/3.html": "360000  /jiangxi/list_2.html 2022-03-27", "/jiangxi/4.html": " 展会 /zhanhui/ 2022-03-26",
			"/hubei/6.html": "420000  /hubei/ 2022-03-31", "/hubei/7.html": "420000  /hubei/ 2022-03-24", "/hubei/9.html": "420000  /hubei/ 2022-03-23",
			"/zhanhui/8.html": " 展会 /zhanhui/ 2022-03-22",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			w.Errorf("context of the articles (-want +got):\n%s", diff)
		}
		var items []string
		for _, f := range w.store.Follows {
			for _, l := range f.Items {
				items = append(items, fmt.Sprint(l.URL, " ", l.Title, " ", l.Date, " ", l.Region))
			}
		}
		if want := []string{
			w.portal.URL + "/files/plan.pdf 江西省重大项目计划表及其附件目录 2022-03-29 360000",
			"http://mp.weixin.qq.com/s/abc 江西省政府公众号文章一篇请点击阅读 2022-03-28 360000",
		}; !slices.Equal(items, want) {
			w.Errorf("items %q, want %q", items, want)
		}
	})
}

func TestRequestsSayWhoAsks(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		w.crawl()
		for _, r := range w.portal.Log() {
			h := r.Header
			if h.Get("User-Agent") != w.opt.Agent || h.Get("From") != w.opt.From || h.Get("Accept-Encoding") != "gzip" || !strings.HasPrefix(h.Get("Accept-Language"), "zh-CN") {
				w.Errorf("%s was asked for with %v", r.URI, h)
			}
			if r.URI == "/jiangxi/3.html" && h.Get("Referer") != w.portal.URL+"/jiangxi/list_2.html" {
				w.Errorf("%s has Referer %q", r.URI, h.Get("Referer"))
			}
		}
	})
}

func TestRequestsAreSpaced(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		second := w.site
		second.Name, second.Home = "twin", w.portal.URL+"/hubei/"
		second.Regions, second.Categories = nil, nil
		start := time.Now()
		w.crawl(w.site, second)
		log := w.portal.Log()
		if log[0].URI != "/robots.txt" || w.times("/robots.txt") != 1 {
			w.Errorf("robots.txt: asked for %d times, first was %s", w.times("/robots.txt"), log[0].URI)
		}
		for i, r := range log[1:] {
			if gap := r.Time.Sub(log[i].Time); gap < crawler.DefaultDelay {
				w.Errorf("%s came %v after %s", r.URI, gap, log[i].URI)
			}
		}
		if took, want := time.Since(start), time.Duration(len(log)-1)*crawler.DefaultDelay; took != want {
			w.Errorf("%d requests of two sites to one host took %v, want %v", len(log), took, want)
		}
	})
}

func TestSecondVisitAsksOnlyForWhatMayHaveChanged(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		w.crawl()
		w.portal.Forget()
		w.portal.Change(w, "-- /hubei/ --\n"+`<html><body><h2>湖北政企信息</h2><ul class="list">
<li><a href="/hubei/10.html">黄石市召开全市经济运行调度会议部署</a><span>2022-04-01</span></li>
<li><a href="/hubei/6.html">武汉市举办春季人才招聘大会公告</a><span>2022-03-31</span></li>
<li><a href="/hubei/7.html">襄阳市出台支持中小企业发展若干措施</a><span>2022-03-24</span></li>
</ul><a href="/hubei/list_2.html">下一页</a></body></html>`+"\n"+article("/hubei/10.html", "黄石市召开全市经济运行调度会议部署"))
		sum := w.crawl()
		if sum.New != 1 || sum.Edited+sum.Gone != 0 {
			w.Errorf("summary %+v, want one new article", sum)
		}
		want := []string{"/", "/jiangxi/", "/hubei/", "/zhanhui/", "/hubei/list_2.html", "/hubei/10.html"}
		if got := w.portal.Asked(); !slices.Equal(got, want) {
			w.Errorf("asked for %q, want %q", got, want)
		}
		w.wantLooks(map[string]string{"/jiangxi/": "nothing-new 4/0", "/hubei/": "nothing-new not-found 0/0", "/zhanhui/": "nothing-new 0/0"})
	})
}

// eachFile is the line that begins a file of a portal, robots.txt aside.
var eachFile = regexp.MustCompile(`(?m)^-- /(|[^r].*) --$`)

// A portal that did not change is asked once for each listing, conditionally, and
// sends no page, the home page and the regions' pages included, whose links are
// wanted again.
func TestUnchangedPortalSendsNothing(t *testing.T) {
	portal := eachFile.ReplaceAllString(gazette+articles, "$0\n> etag")
	inWorld(t, portal, func(w *world) {
		w.crawl()
		w.portal.Forget()
		before := len(w.store.Captures)
		sum := w.crawl()
		if got, want := w.portal.Asked(), []string{"/", "/jiangxi/", "/hubei/", "/zhanhui/"}; !slices.Equal(got, want) || sum.New+sum.Edited+sum.Broken > 0 {
			w.Errorf("asked for %q, want %q; %+v", got, want, sum)
		}
		for _, c := range w.store.Captures[before:] {
			if c.Status != 304 {
				w.Errorf("%s was sent again: %d", c.URL, c.Status)
			}
		}
		if end := w.store.Visits[1]; !end.Complete || end.Why != "" {
			w.Errorf("visit ended %+v", end)
		}
		w.wantLooks(map[string]string{"/jiangxi/": "nothing-new 4/0", "/hubei/": "nothing-new 3/0", "/zhanhui/": "nothing-new 0/0"})
	})
}

func TestRechecksAreConditionalAndSeeChanges(t *testing.T) {
	inWorld(t, gazette+articles, func(w *world) {
		w.crawl()
		time.Sleep(25 * time.Hour)
		w.portal.Forget()
		w.portal.Change(w, article("/jiangxi/3.html", "南昌市召开春季农业生产工作会议部署（更正）")+"-- /jiangxi/4.html --\n> 404\ngone\n")
		sum := w.crawl()
		if sum.New != 0 || sum.Edited != 1 || sum.Gone != 1 {
			w.Errorf("summary %+v, want one edited and one gone", sum)
		}
		w.wantEnds(map[string]string{"/jiangxi/1.html": "unchanged", "/jiangxi/3.html": "kept", "/jiangxi/4.html": "failed not-found", "/hubei/6.html": "unchanged"})
		for _, r := range w.portal.Log() {
			if conditional := r.Header.Get("If-None-Match") != ""; conditional != (r.URI == "/jiangxi/1.html" || r.URI == "/jiangxi/2.html") {
				w.Errorf("%s was asked for conditionally: %v", r.URI, conditional)
			}
		}
	})
}

func TestInterruptedVisitIsResumed(t *testing.T) {
	for _, after := range []int{1, 2, 3, 5, 8, 11, 13} {
		inWorld(t, gazette+articles, func(w *world) {
			ctx, cancel := context.WithCancelCause(w.Context())
			stop := errors.New("interrupted by the operator")
			requests := 0
			w.opt.Progress = func(crawler.Event) {
				if requests++; requests == after {
					cancel(stop)
				}
			}
			if _, err := w.run(ctx); !errors.Is(err, stop) {
				w.Errorf("after %d: got error %v, want %v", after, err, stop)
			}
			if end := w.store.Visits[0]; end.Complete || !strings.Contains(end.Why, "interrupted by the operator") {
				w.Errorf("after %d: visit ended %+v", after, end)
			}
			w.opt.Progress = nil
			w.crawl()
			if n := w.store.Kept(); n != 8 {
				w.Errorf("after %d: %d articles, want 8", after, n)
			}
			for _, uri := range w.portal.Asked() {
				if strings.HasSuffix(uri, "/") && after > 11 {
					continue // only backfill was left: a new visit looks at the heads
				}
				if n := w.times(uri); n != 1 {
					w.Errorf("after %d: %s was asked for %d times", after, uri, n)
				}
			}
		})
	}
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
