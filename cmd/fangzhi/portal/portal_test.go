package portal

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"fangzhi/parser/charset"
	gbt "fangzhi/parser/region"
)

func get(t testing.TB, p *Portal, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

// read is a page as a reader sees it.
func read(t testing.TB, p *Portal, path string) *goquery.Document {
	t.Helper()
	w := get(t, p, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d", path, w.Code)
	}
	text, _ := charset.Decode(w.Body.Bytes(), w.Header().Get("Content-Type"))
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// seedPage are the lines of the page the portal is in the image of.
func seedPage(t *testing.T) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, "..", "shared", "seed", "zgw123-article.txt"))
	if err != nil {
		t.Skip("the seed's page is not here:", err)
	}
	return strings.Split(string(data), "\n")
}

// The seed's page comes out line for line, but for its title and the line that
// says what this is.
func TestSeedPageIsAsItWas(t *testing.T) {
	want := seedPage(t)
	p := New(Options{})
	d, _ := p.Truth().Document(SeedTitle)
	doc := read(t, p, d.Path)
	var got []string
	doc.Find(".foot p").Each(func(_ int, s *goquery.Selection) {
		if strings.HasPrefix(s.Text(), "演示网站") {
			s.Remove()
		}
	})
	got = append(got, doc.Find("title").Text())
	for line := range strings.Lines(doc.Find(".nav").Text()) {
		got = append(got, line)
	}
	for _, class := range []string{".place", ".title", ".time", ".text p", ".foot p"} {
		doc.Find(class).Each(func(_ int, s *goquery.Selection) { got = append(got, s.Text()) })
	}
	if diff := cmp.Diff(tidy(want), tidy(got)); diff != "" {
		t.Error(diff)
	}
}

func tidy(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func TestPlacesAreReal(t *testing.T) {
	for _, r := range regions {
		if p, ok := gbt.Lookup(r.code); !ok || p.Name != r.full {
			t.Errorf("%s is %+v", r.full, p)
		}
		for _, where := range r.places {
			var names []string
			for _, p := range gbt.Path(where.code) {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, ""); got != r.full+where.name {
				t.Errorf("%s is %s, want %s", where.code, got, r.full+where.name)
			}
		}
	}
	if got := (place{name: "海西蒙古族藏族自治州都兰县"}).county(); got != "都兰县" {
		t.Errorf("county is %s", got)
	}
}

func TestNavigationLeadsToEveryListing(t *testing.T) {
	p := New(Options{})
	truth := p.Truth()
	var labels []string
	read(t, p, "/").Find(".nav a").Each(func(_ int, a *goquery.Selection) {
		labels = append(labels, a.Text())
		if rows := read(t, p, a.AttrOr("href", "")).Find(".rows li").Length(); rows == 0 {
			t.Errorf("%s lists nothing", a.Text())
		}
	})
	if len(labels) != 34 || truth.Regions != 31 || truth.Categories != 3 || labels[0] != "安徽" || labels[33] != "企宣" {
		t.Errorf("navigation is %v", labels)
	}
}

// A walker that follows the rules finds what Truth says, by the listings alone.
func TestTruth(t *testing.T) {
	for _, seed := range []uint64{0, 42} {
		p := New(Options{Seed: seed})
		checkWalk(t, p)
		p.Advance()
		checkWalk(t, p)
	}
}

// A tour is what a walk through all listings found.
type tour struct {
	pages, elsewhere, challenged, forbidden, missing, moved int
	documents                                               map[string]string // path to title
}

func checkWalk(t *testing.T, p *Portal) {
	t.Helper()
	truth := p.Truth()
	w := walk(t, p)
	got := []int{w.pages, w.elsewhere, w.challenged, w.forbidden, w.missing, w.moved}
	want := []int{truth.ListingPages, truth.Elsewhere, truth.Challenged, truth.Forbidden, truth.Missing, truth.Moved}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages, elsewhere, challenged, forbidden, missing, moved: %s", diff)
	}
	documents := map[string]string{}
	for _, d := range truth.Documents {
		if !d.Gone {
			documents[d.Path] = d.Title
		} else if code := get(t, p, d.Path).Code; code != http.StatusNotFound {
			t.Errorf("%s is gone and answers %d", d.Path, code)
		}
	}
	if diff := cmp.Diff(documents, w.documents); diff != "" {
		t.Error(diff)
	}
}

func walk(t *testing.T, p *Portal) tour {
	w := tour{documents: map[string]string{}}
	read(t, p, "/").Find(".nav a").Each(func(_ int, a *goquery.Selection) {
		for next := a.AttrOr("href", ""); next != ""; {
			page := read(t, p, next)
			w.pages++
			page.Find(".rows a").Each(func(_ int, a *goquery.Selection) { w.row(t, p, next, a) })
			next = nextPage(next, page)
		}
	})
	return w
}

func nextPage(base string, page *goquery.Document) (next string) {
	page.Find(".pages a").Each(func(_ int, a *goquery.Selection) {
		if a.Text() == "下一页" {
			next = resolve(base, a.AttrOr("href", ""))
		}
	})
	return next
}

func resolve(base, href string) string {
	b, _ := url.Parse(base)
	u, err := b.Parse(href)
	if err != nil {
		return href
	}
	return u.String()
}

func (w *tour) row(t *testing.T, p *Portal, base string, a *goquery.Selection) {
	target := resolve(base, a.AttrOr("href", ""))
	if strings.HasPrefix(target, "/neibu/") {
		w.forbidden++
		return
	}
	if strings.Contains(target, "://") || strings.HasSuffix(target, ".pdf") {
		w.elsewhere++
		return
	}
	answer := get(t, p, target)
	switch answer.Code {
	case http.StatusPreconditionFailed:
		w.challenged++
	case http.StatusNotFound:
		w.missing++
	case http.StatusMovedPermanently:
		w.moved++
		target = resolve(target, answer.Header().Get("Location"))
		fallthrough
	case http.StatusOK:
		page := read(t, p, target)
		w.documents[target] = page.Find(".title").Text()
		if full := a.AttrOr("title", ""); full != w.documents[target] {
			t.Errorf("row %q leads to %q", full, w.documents[target])
		}
	default:
		t.Errorf("%s answers %d", target, answer.Code)
	}
}

func TestArticlesSayWhatTruthSays(t *testing.T) {
	p := New(Options{})
	p.Advance()
	titles := map[string]int{}
	for _, d := range p.Truth().Documents {
		titles[d.Title]++
		if d.Gone {
			continue
		}
		page := read(t, p, d.Path)
		var text []string
		page.Find(".text p").Each(func(_ int, s *goquery.Selection) { text = append(text, s.Text()) })
		if got := strings.Join(text, "\n"); !strings.HasPrefix(got, d.Text+"\n") || !strings.HasSuffix(got, "(来源:"+d.Source+")") {
			t.Errorf("%s reads\n%s\nwant\n%s", d.Path, got, d.Text)
		}
		if got := page.Find(".time").Text(); got != "发布时间:"+d.Published {
			t.Errorf("%s has %s, want %s", d.Path, got, d.Published)
		}
		if got := page.Find(".place").Text(); !strings.HasSuffix(got, d.Category) {
			t.Errorf("%s stands in %s, want %s", d.Path, got, d.Category)
		}
		if d.Region != "" && !strings.HasPrefix(d.Region, d.Listing[:2]) {
			t.Errorf("%s of %s is listed under %s", d.Title, d.Region, d.Listing)
		}
	}
	for title, n := range titles {
		if n > 1 && !strings.HasPrefix(title, "京津冀") && !strings.HasPrefix(title, "长三角") && !strings.HasPrefix(title, "成渝") {
			t.Errorf("%d articles are called %s", n, title)
		}
	}
}

func TestSameSeedSamePortal(t *testing.T) {
	a, b, other := New(Options{Seed: 7}), New(Options{Seed: 7}), New(Options{Seed: 8})
	for _, day := range []int{1, 2} {
		if diff := cmp.Diff(a.Truth(), b.Truth()); diff != "" || a.Truth().Day != day {
			t.Errorf("day %d: %s", day, diff)
		}
		for path, page := range a.pages {
			if twin := b.pages[path]; twin == nil || !bytes.Equal(page.body, twin.body) || page.etag != twin.etag {
				t.Errorf("day %d: %s differs", day, path)
			}
		}
		if cmp.Equal(a.Truth().Titles(), other.Truth().Titles()) {
			t.Error("another seed gives the same titles")
		}
		a.Advance()
		b.Advance()
		other.Advance()
	}
}

func TestSecondDay(t *testing.T) {
	p := New(Options{})
	first := p.Truth()
	before := map[string]Document{}
	for _, d := range first.Documents {
		before[d.Path] = d
	}
	p.Advance()
	p.Advance() // there is no third
	second := p.Truth()
	changed, fresh := 0, 0
	for _, d := range second.Documents {
		old, known := before[d.Path]
		delete(before, d.Path)
		if !known {
			fresh++
		}
		if known && old.Text != d.Text {
			changed++
			if !d.Edited || !strings.Contains(old.Text, "隐患37处") || !strings.Contains(d.Text, "隐患17处") || old.Title != d.Title {
				t.Errorf("%s changed from\n%s\nto\n%s", d.Title, old.Text, d.Text)
			}
		}
	}
	if len(before) > 0 {
		t.Errorf("addresses changed overnight: %v", before)
	}
	if second.New != fresh || fresh != 12 || second.Edited != changed || changed != 1 || second.Gone != 1 || first.Edited+first.Gone != 0 || first.New != len(first.Documents) {
		t.Errorf("second day: %d new, %d edited, %d gone; found %d new, %d changed", second.New, second.Edited, second.Gone, fresh, changed)
	}
}

func TestSize(t *testing.T) {
	truth := New(Options{}).Truth()
	if n := len(truth.Documents); n < 250 || n > 400 {
		t.Errorf("%d articles, want 250 to 400", n)
	}
	if truth.Texts != len(truth.Documents)-6 {
		t.Errorf("%d texts in %d articles, want 6 fewer", truth.Texts, len(truth.Documents))
	}
	if got := []int{truth.Elsewhere, truth.Challenged, truth.Forbidden, truth.Missing, truth.Moved}; !slices.Equal(got, []int{3, 1, 1, 1, 1}) {
		t.Errorf("oddities are %v", got)
	}
}

// The bytes are what the labels say, or just what they do not say.
func TestCharsets(t *testing.T) {
	p := New(Options{})
	for _, test := range []struct {
		title string
		label string
		utf8  bool
	}{
		{SeedTitle, "gb2312", false},
		{"岳阳市平江县:古镇保护修缮方案公开征求意见", "gb2312", true},
		{"锦州市义县:古城墙遗址测绘工作启动", "utf-8", false},
		{RareTitle, "gb2312", false},
	} {
		d, ok := p.Truth().Document(test.title)
		if !ok {
			t.Fatalf("there is no %s", test.title)
		}
		w := get(t, p, d.Path)
		if got := w.Header().Get("Content-Type"); got != "text/html; charset="+test.label || !bytes.Contains(w.Body.Bytes(), []byte(`<meta charset="`+test.label+`">`)) {
			t.Errorf("%s calls itself %s, want %s", test.title, got, test.label)
		}
		if utf8.Valid(w.Body.Bytes()) != test.utf8 {
			t.Errorf("%s is UTF-8: %v", test.title, !test.utf8)
		}
		if title := read(t, p, d.Path).Find(".title").Text(); title != test.title {
			t.Errorf("%s decodes to %s", test.title, title)
		}
	}
	d, _ := p.Truth().Document(RareTitle)
	if _, err := simplifiedchinese.GBK.NewEncoder().String(d.Text); err == nil {
		t.Error("the rare names could be written in GBK")
	}
}

func TestConditionalRequests(t *testing.T) {
	p := New(Options{})
	var edited Document
	q := New(Options{})
	q.Advance()
	for _, d := range q.Truth().Documents {
		if d.Edited {
			edited = d
		}
	}
	w := get(t, p, edited.Path)
	tag, modified := w.Header().Get("ETag"), w.Header().Get("Last-Modified")
	for _, test := range []struct {
		header []string
		day    *Portal
		want   int
	}{
		{nil, p, http.StatusOK},
		{[]string{"If-None-Match", tag}, p, http.StatusNotModified},
		{[]string{"If-Modified-Since", modified}, p, http.StatusNotModified},
		{[]string{"If-None-Match", `"other"`, "If-Modified-Since", modified}, p, http.StatusOK},
		{[]string{"If-None-Match", tag}, q, http.StatusOK},
		{[]string{"If-Modified-Since", modified}, q, http.StatusOK},
	} {
		w := get(t, test.day, edited.Path, test.header...)
		if w.Code != test.want || test.want == http.StatusNotModified && w.Body.Len() > 0 {
			t.Errorf("%v gives %d with %d bytes, want %d", test.header, w.Code, w.Body.Len(), test.want)
		}
	}
	if h := get(t, p, "/jiangxi/").Header(); h.Get("ETag") != "" {
		t.Error("a listing is made anew each time and has an entity tag")
	}
}

func TestGzipWhenAsked(t *testing.T) {
	p := New(Options{})
	plain := get(t, p, "/jiangxi/")
	if plain.Header().Get("Content-Encoding") != "" {
		t.Error("compressed without being asked")
	}
	w := get(t, p, "/jiangxi/", "Accept-Encoding", "br, gzip;q=0.8")
	z, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed:", err)
	}
	if body, err := io.ReadAll(z); err != nil || !bytes.Equal(body, plain.Body.Bytes()) {
		t.Errorf("decompresses to other %d bytes, %v", len(body), err)
	}
	if w := get(t, p, "/jiangxi/", "Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
		t.Error("compressed though refused")
	}
}

func TestOddAnswers(t *testing.T) {
	p := New(Options{})
	w := get(t, p, "/robots.txt")
	if body := w.Body.String(); !strings.Contains(body, "Disallow: /neibu/") || strings.Contains(strings.ToLower(body), "crawl-delay") {
		t.Errorf("robots.txt is %q", body)
	}
	if w := get(t, p, "/nirgends/"); w.Code != http.StatusNotFound || w.Body.Len() == 0 {
		t.Errorf("an unknown address answers %d with %d bytes", w.Code, w.Body.Len())
	}
	if len(p.Trespasses()) != 0 {
		t.Errorf("trespasses are %v", p.Trespasses())
	}
	get(t, p, "/neibu/20220329/1.html")
	if !slices.Equal(p.Trespasses(), []string{"/neibu/20220329/1.html"}) || p.Requests() != 3 {
		t.Errorf("trespasses are %v of %d requests", p.Trespasses(), p.Requests())
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	post := httptest.NewRecorder()
	if p.ServeHTTP(post, r); post.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", post.Code)
	}
}

// Every link on every page leads to something, but for the row that leads nowhere.
func TestLinksResolve(t *testing.T) {
	p := New(Options{})
	missing := map[string]bool{}
	for path, page := range p.pages {
		if page.status != http.StatusOK || !strings.HasPrefix(page.contentType, "text/html") {
			continue
		}
		read(t, p, path).Find("a").Each(func(_ int, a *goquery.Selection) {
			target := resolve(path, a.AttrOr("href", ""))
			if u, err := url.Parse(target); err != nil || u.Host == "" && p.pages[u.Path] == nil {
				missing[target] = true
			}
		})
	}
	if len(missing) != 1 {
		t.Errorf("links lead nowhere: %v", missing)
	}
}

func TestListenOnLoopbackOnly(t *testing.T) {
	p := New(Options{})
	for _, address := range []string{":0", "0.0.0.0:0", "192.0.2.1:0", "example.org:0", "nonsense"} {
		if s, err := p.Listen(address); err == nil {
			s.Close()
			t.Errorf("listens at %s", address)
		}
	}
	s, err := p.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(s.URL + "/jiangxi/")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", answer, err)
	}
	answer.Body.Close()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(s.URL); err == nil {
		t.Error("answers after Close")
	}
}

// Lunar dates of known days.
func TestLunar(t *testing.T) {
	for day, want := range map[string][3]int{"2022-03-31": {2022, 2, 29}, "2022-04-01": {2022, 3, 1}, "2022-02-01": {2022, 1, 1}, "2022-01-31": {2021, 12, 29}, "2021-12-28": {2021, 11, 25}} {
		d, err := time.ParseInLocation(time.DateOnly, day, beijing)
		if err != nil {
			t.Fatal(err)
		}
		if y, m, n := lunar(d); [3]int{y, m, n} != want {
			t.Errorf("%s is %d-%d-%d, want %v", day, y, m, n, want)
		}
	}
}

func Example() {
	p := New(Options{})
	server, err := p.Listen("127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer server.Close()
	http.Get(server.URL + "/robots.txt")
	p.Advance() // the next day
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(Options{})
	}
}
