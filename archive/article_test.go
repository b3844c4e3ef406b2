package archive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/parser"
	"fangzhi/parser/charset"
)

func TestArticleHasWhatWasRead(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	listing := Link{Site: "zgw", URL: "http://www.example.cn/jx/", Role: RoleListing}
	link := Link{Site: "zgw", URL: "http://www.example.cn/a.html", Role: RoleArticle, Priority: Fresh, Via: listing.URL,
		Region: "360000", Category: "企宣", Title: "景德镇市浮梁县", Date: parser.Day{Year: 2022, Month: 3, Day: 30}}
	v.follow(Follow{Link: listing, At: noon(0), Outcome: Listed, Status: 200, Links: []Link{link}})
	v.keep(link, parser.Article{
		Title: "国家试验区", Source: "浮梁县人民政府", Author: "张三", Issuer: "国务院", DocNumber: "国发〔2015〕23号", IndexNumber: "014",
		Date:     parser.Date{Time: time.Date(2022, 3, 31, 8, 5, 0, 0, parser.Beijing), Precision: parser.PrecisionMinute, Evidence: "label: 发布时间", Weak: true},
		SignedOn: parser.Day{Year: 2022, Month: 3, Day: 29},
		Region:   "360222", Category: "江西政企信息", Text: "正文。",
		Attachments: []parser.Link{{URL: "http://www.example.cn/a.pdf", Text: "附件"}},
		Images:      []parser.Link{{URL: "http://www.example.cn/a.jpg"}},
		Charset:     charset.Evidence{Label: "gb18030", Method: "meta"},
	}, noon(1))
	v.follow(Follow{Link: link, At: noon(2), Outcome: Failed, Reason: NotFound, Status: 404})
	v.flush()

	got, err := a.Article(t.Context(), link.URL)
	if err != nil {
		t.Fatal(err)
	}
	want := &Article{
		Type: "article", ID: idOf(link.URL), Version: 1, Versions: 1, URL: link.URL, Site: "zgw", Title: "国家试验区",
		Date: "2022-03-31", DateTime: "2022-03-31T08:05:00+08:00", DateEvidence: "label: 发布时间", DateWeak: true, SignedOn: "2022-03-29",
		Source: "浮梁县人民政府", Author: "张三", Issuer: "国务院", DocNumber: "国发〔2015〕23号", IndexNumber: "014",
		Region: "江西省 > 景德镇市 > 浮梁县", RegionCode: "360222", Category: "江西政企信息", Text: "正文。",
		Attachments: []parser.Link{{URL: "http://www.example.cn/a.pdf", Text: "附件"}},
		Images:      []parser.Link{{URL: "http://www.example.cn/a.jpg"}},
		Captured:    noon(1), FirstSeen: noon(1), LastSeen: noon(1),
		Digest: got.Digest, Location: Location{Capture: 2, Segment: "s.warc.gz", Offset: 2, Length: 1},
		Charset: "gb18030 by meta", Parser: parser.Version,
		Listings:    []Context{{Listing: listing.URL, Region: "360000", Category: "企宣", Title: link.Title, Date: link.Date, Seen: noon(0)}},
		Unreachable: &Unreachable{Since: noon(2), Last: noon(2), Status: 404, Times: 1, Location: Location{Capture: 3, Segment: "s.warc.gz", Offset: 3, Length: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(got.Digest, "sha256:") || len(got.Digest) != len("sha256:")+64 {
		t.Errorf("digest %q", got.Digest)
	}
}

// TestArticleOfListing: what only a listing showed is an item.
func TestArticleOfListing(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	listing := Link{Site: "zgw", URL: "http://www.example.cn/jx/", Role: RoleListing}
	item := Link{Site: "zgw", URL: "http://other.example/a.html", Role: RoleArticle, Via: listing.URL, Region: "440000", Title: "外站标题", Date: parser.Day{Year: 2022, Month: 3, Day: 30}}
	v.follow(Follow{Link: listing, At: noon(0), Outcome: Listed, Status: 200, Items: []Link{item}})
	v.flush()
	got, err := a.Article(t.Context(), item.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got.Type != "item" || got.Title != item.Title || got.Date != "2022-03-30" || got.Region != "广东省" || !got.Location.IsZero() || got.Digest != "" {
		t.Errorf("item %+v", got)
	}
}

func TestArticleDates(t *testing.T) {
	at := time.Date(2022, 3, 31, 16, 4, 5, 0, time.UTC).In(parser.Beijing)
	for _, c := range []struct {
		precision     parser.Precision
		date, instant string
	}{
		{parser.PrecisionNone, "", ""},
		{parser.PrecisionMonth, "2022-04", ""},
		{parser.PrecisionDay, "2022-04-01", ""},
		{parser.PrecisionMinute, "2022-04-01", "2022-04-01T00:04:05+08:00"},
		{parser.PrecisionSecond, "2022-04-01", "2022-04-01T00:04:05+08:00"},
	} {
		if date, instant := printed(parser.Date{Time: at, Precision: c.precision}); date != c.date || instant != c.instant {
			t.Errorf("%q: %q %q, want %q %q", c.precision, date, instant, c.date, c.instant)
		}
	}
}

func TestArticleByRef(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	const url = "http://www.example.cn/a.html"
	v.keep(Link{URL: url}, parser.Article{Title: "一"}, noon(0))
	v.keep(Link{URL: url}, parser.Article{Title: "二"}, noon(1))
	v.keep(Link{URL: "https://www.example.cn/b?id=3"}, parser.Article{Title: "三"}, noon(2))
	v.flush()
	id := idOf(url)
	for _, c := range []struct{ ref, title string }{
		{id, "二"}, {id + "@1", "一"}, {id + "@2", "二"}, {strings.ToUpper(id), "二"}, {id[:6], "二"}, {id[:6] + "@1", "一"},
		{url, "二"}, {"https://WWW.example.cn:443/x/../a.html#top", "二"}, {"www.example.cn/a.html", "二"},
		{"http://www.example.cn/b?id=3&utm_source=x", "三"},
	} {
		got, err := a.Article(t.Context(), c.ref)
		if err != nil || got.Title != c.title {
			t.Errorf("%s: %+v, %v; want %s", c.ref, got, err, c.title)
		}
	}
	for _, ref := range []string{"", "@", "@1", id + "@", id + "@0", id + "@-1", id + "@3", id + "@x", id + "a", "zzzzzzzzzzzzz", "张三", "ftp://a.example/", "http://", "http://www.example.cn/c"} {
		_, err := a.Article(t.Context(), ref)
		if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), fmt.Sprintf("%q", ref)) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

// TestArticleByPrefix: the shortest beginning that no other id has will do, one
// letter less will not.
func TestArticleByPrefix(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	v.fill(200, 10)
	ids := make([]string, 200)
	for i := range ids {
		ids[i] = idOf(fmt.Sprintf("http://a.example/%d.html", i))
	}
	for _, id := range ids {
		shared := 0
		for _, other := range ids {
			if other != id {
				shared = max(shared, common(id, other))
			}
		}
		if got, err := a.Article(t.Context(), id[:shared+1]); err != nil || got.ID != id {
			t.Errorf("%s: %+v, %v", id[:shared+1], got, err)
		}
		if _, err := a.Article(t.Context(), id[:shared]); shared > 0 && !errors.Is(err, ErrAmbiguous) {
			t.Errorf("%s, which two ids begin with: %v", id[:shared], err)
		}
	}
}

// common is the length of what two ids begin with.
func common(a, b string) (n int) {
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n
}

// TestArticleAddresses: other addresses are those that show the text now.
func TestArticleAddresses(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	text := strings.Repeat("这是一篇转载的通稿。", 10)
	url := func(i int) string { return fmt.Sprintf("http://a%d.example/", i) }
	for i := range 4 {
		v.keep(Link{URL: url(i)}, parser.Article{Title: "稿", Text: strings.ReplaceAll(text, "。", "。\n"[:3+i%2])}, noon(i))
	}
	v.keep(Link{URL: url(2)}, parser.Article{Title: "稿", Text: text + "更正"}, noon(9))
	v.flush()
	for ref, want := range map[string][]string{
		url(0): {url(1), url(3)}, url(1): {url(0), url(3)}, url(2): nil, idOf(url(2)) + "@1": {url(0), url(1), url(3)},
	} {
		got, err := a.Article(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Addresses); diff != "" {
			t.Errorf("%s: %s", ref, diff)
		}
	}
	for i := range maxAddresses + 10 {
		v.keep(Link{URL: url(100 + i)}, parser.Article{Title: "稿", Text: text}, noon(i))
	}
	v.flush()
	if got, err := a.Article(t.Context(), url(0)); err != nil || len(got.Addresses) != maxAddresses {
		t.Errorf("%d addresses, %v; want %d", len(got.Addresses), err, maxAddresses)
	}
}

// BenchmarkArticleByURL asks for one of 20000 documents of 1200 characters.
func BenchmarkArticleByURL(b *testing.B) {
	const documents = 20000
	a := newArchive(b, Options{CommitOps: 5000})
	visit{b, a}.fill(documents, 1200)
	var took []time.Duration
	for i := 0; b.Loop(); i = (i + 7919) % documents {
		began := time.Now()
		if _, err := a.Article(b.Context(), fmt.Sprintf("http://a.example/%d.html", i)); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
}
