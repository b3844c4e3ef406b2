package corpus

import (
	"math"
	"strings"
	"testing"
)

// Python's urljoin joins these so.
func TestResolve(t *testing.T) {
	tests := map[string]string{
		"":                      Base,
		"t1.html":               "http://page/a/b/c/d/t1.html",
		"./202105/t1.html":      "http://page/a/b/c/d/202105/t1.html",
		"../../x.html":          "http://page/a/b/x.html",
		"../../../../../x.html": "http://page/x.html",
		"/x//y.html":            "http://page/x/y.html",
		"?page=2":               Base + "?page=2",
		"#top":                  Base + "#top",
		"a b.html?c=中":          "http://page/a/b/c/d/a b.html?c=中",
		"//other/x":             "http://other/x",
		"http://other/x/../y":   "http://other/x/../y",
		"HTTP://other/x?":       "http://other/x",
		"https://other/x":       "https://other/x",
		"javascript:;":          "javascript:;",
		"..":                    "http://page/a/b/c/",
		" x.html\n":             "http://page/a/b/c/d/x.html",
		"a:b.html":              "a:b.html",
	}
	for href, want := range tests {
		if got := resolve(href); got != want {
			t.Errorf("%q: got %q, want %q", href, got, want)
		}
	}
}

func TestScoreArticle(t *testing.T) {
	gold := Gold{Title: "标题甲乙", Date: "2022-03-31", Source: Maybe{true, "甲报"}, Body: Maybe{true, "第一段文字。\n发布时间:2022-03-31\n第二段。"}}
	page := Page{Kind: "article", Gold: &gold}
	tests := []struct {
		name string
		out  Output
		want Mark
	}{
		{"all right", Output{Kind: "article", Title: "标题 甲乙", Date: "2022-03-31", Source: "来源：甲报", Text: "第一段文字。\n第二段。"},
			Mark{Kind: true, F1: 1, P: 1, R: 1, Title: true, Dated: true, Date: true, Sourced: true, Source: true}},
		{"title in front of the text", Output{Text: "标题甲乙\n第一段文字。\n第二段。"}, Mark{F1: 1, P: 1, R: 1, Dated: true, Sourced: true}},
		{"neutral line", Output{Text: "第一段文字。\n责任编辑：丙\n第二段。\n打印"}, Mark{F1: 1, P: 1, R: 1, Dated: true, Sourced: true}},
		{"half", Output{Text: "第一段文字。"}, Mark{F1: 2. / 3 * 15 / 14, P: 1, R: 5. / 9, Dated: true, Sourced: true}},
		{"nothing", Output{}, Mark{Dated: true, Sourced: true}},
	}
	for _, tt := range tests {
		got := Score(&page, tt.out)
		if math.Abs(got.F1-tt.want.F1) < 1e-9 {
			got.F1 = tt.want.F1
		}
		if got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
	page.Gold.Source.Text = ""
	if m := Score(&page, Output{Source: "乙"}); m.Source || !m.Invented {
		t.Errorf("an invented source: got %+v", m)
	}
}

func TestScoreListing(t *testing.T) {
	page := Page{Kind: "listing", Gold: &Gold{
		Items: []Item{{"a.html", "甲", "2022-03-31", ""}, {"b.html", "乙…", "", "乙丙丁"}},
		Dead:  []Item{{Href: "javascript:;"}}, Next: "index_1.html",
	}}
	got := Score(&page, Output{Kind: "listing", Next: "http://page/a/b/c/d/index_1.html", Items: []Item{
		{Href: "./a.html", Title: "甲", Date: "2022-03-31"}, {Href: "b.html", Title: "乙丙丁"}, {Href: "javascript:;"}, {Href: "c.html"}}})
	want := Mark{Listing: true, Kind: true, F1: 4. / 5, P: 2. / 3, R: 1, Items: 2, Titles: 2, DatedRows: 1, Dates: 1, Next: true}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestBootstrap(t *testing.T) {
	mean, low := Bootstrap([]float64{1, 1, 1, 1}, []float64{.5, .5, .5, .5}, 100)
	if mean != .5 || low != .5 {
		t.Errorf("got %v and %v, want .5 and .5", mean, low)
	}
	mean, low = Bootstrap([]float64{1, 1, 0, 0}, []float64{0, 0, 1, 1}, 1000)
	if mean != 0 || low > -.4 {
		t.Errorf("got %v and %v, want 0 and a half below", mean, low)
	}
}

const article = `<html><head><title>甲</title><style>.main{color:#fff}</style></head><body class="wrap">
<div id="nav"><a href="http://www.portal.gov.cn/x.html" class=menu>首页</a></div>
<div id="zoom" class="main 12"><p>昨天上午召开了一次会议，会议研究部署了下一阶段的各项重点工作任务，并提出了明确的要求。</p>
<p>会议还强调了几件事情，要求各部门按照分工抓好落实，务求取得实效。</p><p>最后一段再说一遍以上的话，好让文章长一点，长到可以删去一些。</p></div>
<script>document.getElementById('zoom').x = "#nav 'index'"</script></body></html>`

func articlePage() Page {
	return Page{ID: "x", Kind: "article", Raw: []byte(article), Gold: &Gold{Title: "甲", Next: "http://www.portal.gov.cn/x.html", Body: Maybe{true,
		"昨天上午召开了一次会议，会议研究部署了下一阶段的各项重点工作任务，并提出了明确的要求。\n会议还强调了几件事情，要求各部门按照分工抓好落实，务求取得实效。\n最后一段再说一遍以上的话，好让文章长一点，长到可以删去一些。"}}}
}

// contains wants all of some, and none of others, in a page.
func contains(t *testing.T, p Page, some, others []string) {
	t.Helper()
	for _, s := range some {
		if !strings.Contains(string(p.Raw), s) {
			t.Errorf("%q is not in %s", s, p.Raw)
		}
	}
	for _, s := range others {
		if strings.Contains(string(p.Raw), s) {
			t.Errorf("%q is in %s", s, p.Raw)
		}
	}
}

func TestRename(t *testing.T) {
	p := Rename(articlePage())
	contains(t, p,
		[]string{`id="` + invent("zoom") + `"`, "getElementById('" + invent("zoom") + "')", `"#` + invent("nav") + ` 'index'"`, `class="` + invent("main") + ` 12"`, "首页", ".gov.cn/x.html"},
		[]string{"zoom", "portal", "wrap", "menu"})
	if want := "http://" + renameHost("www.portal.gov.cn") + "/x.html"; p.Gold.Next != want || !strings.Contains(string(p.Raw), want) {
		t.Errorf("the next page is %s, want %s", p.Gold.Next, want)
	}
}

func TestLeaveOut(t *testing.T) {
	pages := []Page{articlePage(), {ID: "y", Raw: []byte(`<p class="main">上页</p>`)}}
	byID := func(p *Page) string { return p.ID }
	teacher := Teach([]string{"首页", "上页", "Zoom", "main", "nirgends"}, pages, byID)
	if got := strings.Join(teacher.Only("x"), " "); got != "zoom 首页" {
		t.Errorf("only x teaches %q, want zoom and 首页", got)
	}
	p := LeaveOut(pages[0], teacher.Only("x"))
	contains(t, p, []string{`class="main 12"`, "会议"}, []string{"zoom", "首页"})
	if len(p.Raw) != len(pages[0].Raw) || !strings.Contains(p.Gold.Body.Text, "昨天上午") {
		t.Errorf("more was changed: %s", p.Raw)
	}
}

func TestShorten(t *testing.T) {
	p, ok := Shorten(articlePage(), 30)
	if !ok {
		t.Fatal("the body was not found")
	}
	contains(t, p, []string{"昨天上午", "首页", "要求。</p>\n</div>"}, []string{"会议还强调", "最后一段", "<p></p>"})
	if p.Gold.Body.Text != "昨天上午召开了一次会议，会议研究部署了下一阶段的各项重点工作任务，并提出了明确的要求。\n" {
		t.Errorf("the gold is %q", p.Gold.Body.Text)
	}
	if _, ok := Shorten(articlePage(), 500); ok {
		t.Error("a short page was cut")
	}
}

func TestGrafts(t *testing.T) {
	p, ok := Promise(articlePage())
	if !ok {
		t.Fatal("the last line was not found")
	}
	contains(t, p, []string{"删去一些。</p><p>" + promises[pick("x", len(promises))] + "</p></div>"}, nil)
	all := make(Teasers, 8)
	for i := range all {
		all[i].title, all[i].lead = "乙", "丙。"
	}
	for shape, tag := range []string{"<div><a href=", "<dl><dt><a href=", "<div><h4><a href="} {
		p := articlePage()
		p.ID = []string{"d", "a", "b"}[shape] // as pick has it
		p = Surround(p, all)
		if n := strings.Count(string(p.Raw), tag); n != 8 {
			t.Errorf("%d teasers, want 8", n)
		}
		contains(t, p, []string{`<body class="wrap">` + tag, `删去一些。</p></div>` + tag}, nil)
	}
}

func TestUntitle(t *testing.T) {
	p := articlePage()
	p.Raw = []byte(strings.Replace(article, "</title>", `</title><meta charset="utf-8"><meta name="ArticleTitle" content="甲">`, 1))
	contains(t, Untitle(p), []string{"网站</title><meta charset=", "昨天上午"}, []string{"ArticleTitle", "<title>甲"})
}

func TestListingViews(t *testing.T) {
	page := Page{Kind: "listing", Raw: []byte(`<ul><li><a href="a.html">甲 2022-03-01</a><span>[2022-03-01]</span></li></ul>`)}
	p, ok := Retag(page)
	if !ok {
		t.Fatal("a listing was not retagged")
	}
	contains(t, p, []string{"甲 2022-03-01", "[2022-03-01]"}, []string{"<li>", "<ul>"})
	p, ok = Redate(page)
	if !ok {
		t.Fatal("a listing was not redated")
	}
	contains(t, p, []string{"甲 2022-03-01"}, []string{">[2022-03-01]<", "|"})
	if _, ok := Redate(Page{Kind: "listing", Raw: []byte(`<li>甲 2022-03-01</li>`)}); ok {
		t.Error("a date in a longer text was changed")
	}
	tests := map[string]string{"Y年M月D日": "2022年03月01日", "Y-#M-#D": "2022-3-1", "D|Y-M": "01|2022-03"}
	for form, want := range tests {
		if got := printed(form, "2022", "03", "01"); got != want {
			t.Errorf("%s: got %s, want %s", form, got, want)
		}
	}
}
