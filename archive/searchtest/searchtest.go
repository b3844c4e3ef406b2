package searchtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fangzhi/archive"
	"fangzhi/archive/fold"
	"fangzhi/parser"
)

// An Opener makes a Searcher over articles. Of these URL, Site, Title, Date (a
// day or ""), RegionCode, Category, Captured and Text are set; URLs differ.
type Opener func(t *testing.T, articles []archive.Article) archive.Searcher

// Run runs the suite.
func Run(t *testing.T, open Opener) {
	articles := append(handmade(), random(120)...)
	s, all := open(t, articles), pagesOf(articles)
	t.Run("Strings", func(t *testing.T) { testStrings(t, s, all) })
	t.Run("Filters", func(t *testing.T) { testFilters(t, s, all) })
	t.Run("Substrings", func(t *testing.T) { testSubstrings(t, s, all) })
	t.Run("Order", func(t *testing.T) { testOrder(t, s) })
	t.Run("Pages", func(t *testing.T) { testPages(t, s) })
	t.Run("EqualTexts", func(t *testing.T) { testEqualTexts(t, s) })
	t.Run("Snippets", func(t *testing.T) { testSnippets(t, s) })
	t.Run("Ended", func(t *testing.T) { testEnded(t, s) })
	t.Run("Empty", func(t *testing.T) { testEmpty(t, open(t, nil)) })
}

const everything = 100000

// A page is an article of the suite with what the naive check looks at, folded
// once.
type page struct {
	archive.Article
	title, text string
}

func pagesOf(articles []archive.Article) []page {
	pages := make([]page, len(articles))
	for i, a := range articles {
		pages[i] = page{Article: a, title: fold.String(a.Title), text: fold.String(a.Text)}
	}
	return pages
}

// find is the whole answer, after checking that its counts agree.
func find(t *testing.T, s archive.Searcher, q archive.Query) *archive.Results {
	t.Helper()
	q.Limit = everything
	r, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("search %+v: %v", q, err)
	}
	if r.Partial {
		t.Fatalf("search %+v: partial", q)
	}
	total := 0
	for _, h := range r.Hits {
		total += 1 + h.Also
	}
	if total != r.Total {
		t.Fatalf("search %+v: total %d, hits stand for %d", q, r.Total, total)
	}
	return r
}

// testStrings: by hand, what is found for what is typed.
func testStrings(t *testing.T, s archive.Searcher, all []page) {
	for _, c := range []struct {
		query string
		want  string // paths of the handmade pages, in order of their names
	}{
		{"陶瓷", "kiln"},
		{"瓷", "kiln"},
		{"张三", "zhang"},
		{"张　三", "zhang"}, // two words, both there
		{`"张　三"`, "zhang"},
		{`"张 三，男"`, "zhang"},
		{"三，男", "zhang"},
		{"三,男", "zhang"},
		{"2008年", "digits"},
		{"08年", "digits"},
		{"２００８年", "digits"},
		{"年5月", "digits"},
		{"5G基站", "digits"},
		{"5g基", "digits"},
		{"ｇ基", "digits"},
		{"国发〔2015〕23号", "decree"},
		{"〔2015〕", "decree"},
		{"国发〔２０１５〕２３　号", "decree"}, // two words
		{`"国发〔２０１５〕２３　号"`, "decree"},
		{"哈哈", "laugh"},
		{"哈哈哈", "laugh"},
		{"哈哈哈哈", ""},
		{"HELLO", "latin"},
		{"ｈｅｌｌｏ", "latin"},
		{`"hello world"`, "latin"},
		{`"hello    WORLD"`, "latin"},
		{"helloworld", ""},
		{"o w", "latin"},
		{"ΣΊΣΥΦΟΣ", "latin"},
		{"㎡", "latin"},
		{"m2", "latin"},
		{"景德镇 陶瓷", "kiln"},
		{"陶瓷 张三", ""},
		{"没有这样的词", ""},
		{"窑火新闻标题窑", ""}, // the end of a title and the beginning of its text
		{"新平先行区管委会", "kiln"},
		{"第一行第二行", "lines"},
		{"a", "lines"},
		{"𠮷", "latin"},
		{"丽", "latin"}, // as U+2F800, a compatibility form
		{`"没有关上的引号`, "quote"},
		{"“窑火”", "kiln"},
	} {
		var got []string
		for _, h := range find(t, s, archive.Query{Text: c.query, Site: "handmade"}).Hits {
			got = append(got, strings.TrimPrefix(h.URL, "http://handmade.example/"))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s found %q, want %q", c.query, strings.Join(got, " "), c.want)
		}
	}
	if n := find(t, s, archive.Query{}).Total; n != len(all) {
		t.Errorf("the empty query found %d of %d", n, len(all))
	}
}

func handmade() []archive.Article {
	put := func(name, title, text string) archive.Article {
		return archive.Article{URL: "http://handmade.example/" + name, Site: "handmade", Title: title, Text: text,
			Date: "2001-01-01", Captured: instant(0)}
	}
	return []archive.Article{
		put("kiln", "景德镇窑火新闻标题", "窑火不熄。景德镇市浮梁县：国家试验区新平先行区管委会召开会议，\n陶瓷产业……"),
		put("zhang", "公示", "姓名：张　三，男，汉族。"),
		put("digits", "５Ｇ 基站建设", "自2008年5月起，建成5Ｇ基站10个。"),
		put("decree", "国务院文件", "国发〔2015〕23 号文件收悉，现就有关事项通知如下。"),
		put("laugh", "笑", "他笑道：哈哈哈！她没有笑：呵哈哈呵。"),
		put("latin", "Hello,  Hello World", "Hello\n World. Σίσυφος; 面积为10㎡，𠮷野家，\U0002F800江。"),
		put("lines", "Lines", "甲第一行\n　　第二行乙\nb a c"),
		put("quote", "引号", "这里说：没有关上的引号，以及「别的」引号。"),
		put("empty", "没有正文的一页", ""),
	}
}

// testFilters: each filter alone, and some together, with and without words.
func testFilters(t *testing.T, s archive.Searcher, all []page) {
	day := func(m, d int) parser.Day { return parser.Day{Year: 2022, Month: m, Day: d} }
	queries := []archive.Query{
		{Site: "s1"}, {Site: "absent"},
		{Category: "通知公告"}, {Category: "通知"},
		{Region: "360000"}, {Region: "360200"}, {Region: "360222"}, {Region: "440000"}, {Region: "990000"},
		{Published: archive.DayRange{From: day(3, 1), To: day(3, 31)}},
		{Published: archive.DayRange{From: day(3, 10)}},
		{Published: archive.DayRange{To: day(3, 10)}},
		{Published: archive.DayRange{From: day(3, 10), To: day(3, 10)}},
		{Published: archive.DayRange{From: day(3, 11), To: day(3, 10)}},
		{Captured: archive.TimeRange{From: instant(40), To: instant(80)}},
		{Captured: archive.TimeRange{From: instant(40)}},
		{Captured: archive.TimeRange{To: instant(40)}},
		{Region: "360000", Category: "通知公告", Site: "s1"},
		{Region: "360000", Published: archive.DayRange{From: day(2, 1), To: day(6, 1)}, Captured: archive.TimeRange{From: instant(10)}},
	}
	for _, q := range queries {
		for _, text := range []string{"", "的", "国"} {
			q.Text = text
			compare(t, s, all, q)
		}
	}
}

// testSubstrings: any substring of 1 to 8 characters of any text finds exactly the
// documents that hold it, however it is typed.
func testSubstrings(t *testing.T, s archive.Searcher, all []page) {
	rnd := rand.New(rand.NewPCG(20220331, 7))
	n := 1500
	if testing.Short() {
		n = 200
	}
	for range n {
		a := all[rnd.IntN(len(all))]
		word := substring(rnd, a.Title+"\n"+a.Text)
		if rnd.IntN(2) == 0 {
			word = substring(rnd, a.Title)
		}
		if word == "" || strings.ContainsAny(word, "\"“”＂") {
			continue
		}
		compare(t, s, all, archive.Query{Text: `"` + disguise(rnd, word) + `"`})
		if rnd.IntN(4) == 0 {
			other := substring(rnd, a.Text)
			if strings.ContainsAny(word+other, "()（）|｜-－−:：") { // operators
				continue
			}
			compare(t, s, all, archive.Query{Text: word + " " + other})
		}
	}
}

func substring(rnd *rand.Rand, s string) string {
	runes := []rune(s)
	if len(runes) == 0 {
		return ""
	}
	from := rnd.IntN(len(runes))
	return strings.TrimSpace(string(runes[from:min(from+1+rnd.IntN(8), len(runes))]))
}

// disguise types s otherwise: in capitals, full width, with a blank between
// Chinese characters.
func disguise(rnd *rand.Rand, s string) string {
	switch rnd.IntN(4) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.Map(func(r rune) rune {
			if '!' < r && r <= '~' {
				return r - '!' + '！'
			}
			return r
		}, s)
	case 2:
		var b strings.Builder
		for _, r := range s {
			b.WriteRune(r)
			if 0x4E00 <= r && r <= 0x9FFF {
				b.WriteRune('　')
			}
		}
		return b.String()
	}
	return s
}

// compare checks the answer to q against the naive one.
func compare(t *testing.T, s archive.Searcher, all []page, q archive.Query) {
	t.Helper()
	want := 0
	texts := map[string]bool{}
	for _, a := range all {
		if matches(a, q) {
			want++
			texts[a.URL] = true
		}
	}
	r := find(t, s, q)
	if r.Total != want {
		t.Errorf("search %+v found %d, want %d", q, r.Total, want)
	}
	for _, h := range r.Hits {
		if !texts[h.URL] {
			t.Errorf("search %+v found %s wrongly", q, h.URL)
		}
	}
}

// matches is the naive check: no record, no anchor, no index. Both sides use
// fold, which has tests of its own.
func matches(a page, q archive.Query) bool {
	for _, w := range words(q.Text) {
		if !strings.Contains(a.title, w) && !strings.Contains(a.text, w) {
			return false
		}
	}
	day, _ := parser.ParseDay(a.Date)
	switch p := q.Published; {
	case p.From.IsZero() && p.To.IsZero():
	case day.IsZero(), !p.From.IsZero() && day.Compare(p.From) < 0, !p.To.IsZero() && day.Compare(p.To) > 0:
		return false
	}
	c := q.Captured
	return (q.Site == "" || q.Site == a.Site) &&
		(q.Category == "" || q.Category == a.Category) &&
		(q.Region == "" || strings.HasPrefix(a.RegionCode, stem(q.Region))) &&
		(c.From.IsZero() || !a.Captured.Before(c.From)) &&
		(c.To.IsZero() || a.Captured.Before(c.To))
}

// stem is what all codes below a province or prefecture begin with.
func stem(code string) string {
	for strings.HasSuffix(code, "00") {
		code = code[:len(code)-2]
	}
	return code
}

// words splits the queries of this suite.
func words(text string) (words []string) {
	text = strings.NewReplacer("“", `"`, "”", `"`).Replace(text)
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			words = append(words, fold.String(part))
			continue
		}
		for _, w := range strings.Fields(part) {
			words = append(words, fold.String(w))
		}
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

func testOrder(t *testing.T, s archive.Searcher) {
	r := find(t, s, archive.Query{})
	sorted := slices.IsSortedFunc(r.Hits, func(a, b archive.Hit) int {
		if c := strings.Compare(b.Date, a.Date); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	if !sorted {
		t.Error("hits are not in order: newest published first, then by id")
	}
	if last := r.Hits[len(r.Hits)-1]; last.Date != "" {
		t.Errorf("the last hit has date %s, want those without one last", last.Date)
	}
}

func testPages(t *testing.T, s archive.Searcher) {
	q := archive.Query{Text: "的"}
	whole := find(t, s, q)
	if len(whole.Hits) < 15 {
		t.Fatalf("%d hits are too few to page through", len(whole.Hits))
	}
	q.Limit = 7
	for ; q.Offset < len(whole.Hits)+7; q.Offset += 7 {
		r, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := whole.Hits[min(q.Offset, len(whole.Hits)):min(q.Offset+7, len(whole.Hits))]
		same := slices.EqualFunc(r.Hits, want, func(a, b archive.Hit) bool { return a.ID == b.ID && a.Also == b.Also })
		if !same || r.Total != whole.Total {
			t.Fatalf("offset %d: %d hits of %d", q.Offset, len(r.Hits), r.Total)
		}
	}
	if r, err := s.Search(t.Context(), archive.Query{}); err != nil || len(r.Hits) != 20 {
		t.Errorf("without a limit: %d hits, %v; want 20", len(r.Hits), err)
	}
}

func testEqualTexts(t *testing.T, s archive.Searcher) {
	r := find(t, s, archive.Query{Text: "转载的同一篇通稿"})
	if r.Total != 4 || len(r.Hits) != 1 || r.Hits[0].Also != 3 {
		t.Errorf("four addresses of one text: total %d, %d hits", r.Total, len(r.Hits))
	}
	if r := find(t, s, archive.Query{Text: "转载的同一篇通稿", Site: "s2"}); r.Total != 1 || r.Hits[0].Site != "s2" {
		t.Errorf("one of them: %+v", r)
	}
	r = find(t, s, archive.Query{Text: "详见附件"})
	if r.Total != 3 || len(r.Hits) != 3 {
		t.Errorf("short equal texts under different titles: total %d, %d hits, want 3 and 3", r.Total, len(r.Hits))
	}
}

func testSnippets(t *testing.T, s archive.Searcher) {
	for query, want := range map[string]string{`"张三"`: "张　三", "哈哈哈": "哈哈哈", "m2": "㎡", "2３": "23"} {
		for _, h := range find(t, s, archive.Query{Text: query, Site: "handmade"}).Hits {
			if got := h.Snippet[h.Match[0]:h.Match[1]]; got != want {
				t.Errorf("%s: marked %q in %q, want %q", query, got, h.Snippet, want)
			}
		}
	}
	for _, h := range find(t, s, archive.Query{Text: "的"}).Hits {
		if !utf8.ValidString(h.Snippet) || utf8.RuneCountInString(h.Snippet) > 120 || strings.Contains(h.Snippet, "\n") {
			t.Errorf("snippet %q", h.Snippet)
		}
	}
}

func testEnded(t *testing.T, s archive.Searcher) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := s.Search(ctx, archive.Query{Text: "的"})
	if err != nil || !r.Partial {
		t.Errorf("after its context: %+v, %v; want a partial answer", r, err)
	}
}

func testEmpty(t *testing.T, s archive.Searcher) {
	for _, text := range []string{"", "陶瓷"} {
		if r, err := s.Search(t.Context(), archive.Query{Text: text}); err != nil || r.Total != 0 || len(r.Hits) != 0 || r.Partial {
			t.Errorf("search %q of nothing: %+v, %v", text, r, err)
		}
	}
}

// instant is the n-th capture.
func instant(n int) time.Time {
	return time.Date(2022, 7, 1, 0, n, 0, 0, time.UTC)
}

// random is n articles with the letters, digits and blanks of portals.
func random(n int) []archive.Article {
	rnd := rand.New(rand.NewPCG(1949, 10))
	regions := []string{"360000", "360200", "360222", "440300", "110000", ""}
	categories := []string{"政企信息", "通知公告", ""}
	wire := "这是一篇转载的同一篇通稿，" + prose(rnd, 300)
	var all []archive.Article
	for i := range n {
		a := archive.Article{
			URL:        fmt.Sprintf("http://random.example/%d.html", i),
			Site:       fmt.Sprintf("s%d", i%3),
			Title:      prose(rnd, 5+rnd.IntN(20)),
			RegionCode: regions[rnd.IntN(len(regions))],
			Category:   categories[rnd.IntN(len(categories))],
			Captured:   instant(1 + i),
			Text:       prose(rnd, 20+rnd.IntN(600)),
		}
		if rnd.IntN(8) > 0 {
			a.Date = time.Date(2022, 1, 1+rnd.IntN(200), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
		switch {
		case i%31 == 10: // 10, 41, 72, 103: sites s1 s2 s0 s1
			a.Text = wire
		case i%41 == 5:
			a.Text = "详见附件。"
		}
		all = append(all, a)
	}
	return all
}

// prose is text of n characters out of a small alphabet, so that short strings
// occur in several articles and long ones in few.
func prose(rnd *rand.Rand, n int) string {
	han := []rune("的国市年月日会议关于通知办法人民政府景德镇陶瓷一二三")
	var b strings.Builder
	for i := 0; i < n; i++ {
		switch rnd.IntN(20) {
		case 0:
			fmt.Fprintf(&b, "%d", rnd.IntN(30))
		case 1:
			b.WriteRune('０' + rune(rnd.IntN(10)))
		case 2:
			b.WriteRune([]rune("，。；（）〔〕")[rnd.IntN(7)])
		case 3:
			b.WriteString([]string{" ", "　", "\n　　", "  "}[rnd.IntN(4)])
		case 4:
			b.WriteRune([]rune("abAbＡｂ")[rnd.IntN(6)])
		default:
			b.WriteRune(han[rnd.IntN(len(han))])
		}
	}
	return strings.TrimSpace(b.String())
}
