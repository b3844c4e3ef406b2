package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/parser"
)

// TestSearchMonths: a date of which the page says only the month comes behind the
// days of that month, and lies in a range that has the whole month.
func TestSearchMonths(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	keep := func(title string, d parser.Date) {
		v.keep(Link{URL: "http://a.example/" + title}, parser.Article{Title: title, Date: d}, noon(0))
	}
	march := dayDate(2022, 3, 17)
	march.Precision = parser.PrecisionMonth
	keep("month", march)
	keep("none", parser.Date{})
	keep("first", dayDate(2022, 3, 1))
	keep("last", dayDate(2022, 3, 31))
	keep("february", dayDate(2022, 2, 28))
	v.flush()
	day := func(m, d int) parser.Day { return parser.Day{Year: 2022, Month: m, Day: d} }
	for _, c := range []struct {
		r    DayRange
		want string
	}{
		{DayRange{}, "last first month february none"},
		{DayRange{From: day(3, 1), To: day(3, 31)}, "last first month"},
		{DayRange{From: day(3, 1), To: day(3, 30)}, "first"},
		{DayRange{From: day(3, 2)}, "last"},
		{DayRange{To: day(3, 31)}, "last first month february"},
	} {
		r, err := a.Search(t.Context(), Query{Published: c.r})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range r.Hits {
			got = append(got, h.Title)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.r, got, c.want)
		}
	}
}

// TestSearchNewestVersion: what a version before the newest said is not found.
func TestSearchNewestVersion(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	l := Link{URL: "http://a.example/", Region: "360222"}
	v.keep(l, parser.Article{Title: "标题", Text: "旧的说法"}, noon(0))
	v.keep(l, parser.Article{Title: "标题", Text: "新的说法"}, noon(1))
	v.flush()
	for text, want := range map[string]int{"旧的": 0, "新的": 1, "标题": 1, "标题 新的": 1, "标题 旧的": 0} {
		if r, err := a.Search(t.Context(), Query{Text: text}); err != nil || r.Total != want || len(r.Hits) != want {
			t.Errorf("%s: %+v, %v", text, r, err)
		}
	}
	r, err := a.Search(t.Context(), Query{Region: "360200"})
	if err != nil || r.Total != 1 || r.Hits[0].Version != 2 || !r.Hits[0].Captured.Equal(noon(1)) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestSearchRefuses(t *testing.T) {
	a := newArchive(t, Options{})
	for name, q := range map[string]Query{"parenthesis": {Text: "(陶瓷"}, "region": {Region: "江西"}, "sort": {Sort: "size"}} {
		if _, err := a.Search(t.Context(), q); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := a.Export(t.Context(), q, "", 1); err == nil {
			t.Errorf("%s: no error of the export", name)
		}
	}
}

// TestSearchLimits: what is out of the answer's bounds is an empty page of it.
func TestSearchLimits(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	v.fill(30, 60)
	for _, c := range []struct{ offset, limit, want int }{
		{0, 0, 20}, {20, 0, 10}, {30, 5, 0}, {1 << 40, 5, 0}, {-3, 5, 5}, {0, -1, 0}, {29, 1 << 40, 1},
	} {
		r, err := a.Search(t.Context(), Query{Offset: c.offset, Limit: c.limit})
		if err != nil || r.Total != 30 || len(r.Hits) != c.want || r.Hits == nil {
			t.Errorf("offset %d, limit %d: %d hits of %d, %v", c.offset, c.limit, len(r.Hits), r.Total, err)
		}
	}
}

// TestSearchWhileWritten: an answer is that of one moment, also when documents are
// added and changed all the time.
func TestSearchWhileWritten(t *testing.T) {
	a := newArchive(t, Options{CommitOps: 7})
	v := visit{t, a}
	const before, all = 1200, 2400
	article := func(i int, word string) parser.Article {
		return parser.Article{Title: word, Text: fmt.Sprint("第", i, "篇。", strings.Repeat(word, 40))}
	}
	for i := range before {
		v.keep(Link{URL: fmt.Sprint("http://a.example/", i)}, article(i, "陶瓷"), noon(i))
	}
	v.flush()
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := before; i < all; i++ {
			v.keep(Link{URL: fmt.Sprint("http://a.example/", i)}, article(i, "陶瓷"), noon(i))
			v.keep(Link{URL: fmt.Sprint("http://a.example/", i-before)}, article(i-before, "瓷器"), noon(i))
		}
	})
	for look := range 15 {
		r, err := a.Search(t.Context(), Query{Text: "陶瓷"})
		if err != nil {
			t.Fatal(err)
		}
		// Behind the first documents, each one more is followed by an edit that takes one away.
		if later := r.At - before; r.Total != before+int(later%2) {
			t.Fatalf("look %d, sequence number %d: %d found", look, r.At, r.Total)
		}
	}
	writer.Wait()
	v.flush()
	r, err := a.Search(t.Context(), Query{Text: "陶瓷"})
	if err != nil || r.Total != all-before {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}

// TestStepsAreShort: no transaction has more steps than it may, and each sees what
// was committed before it.
func TestStepsAreShort(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	v.fill(1, 10)
	steps, transactions := map[int]int{}, 0
	err := a.steps(t.Context(), func(tx *bbolt.Tx) (bool, error) {
		m, err := committed(tx)
		if err != nil {
			return false, err
		}
		steps[int(m.Documents)]++
		if n := steps[int(m.Documents)]; n == 1 {
			transactions++
			v.keep(Link{URL: fmt.Sprint("http://b.example/", transactions)}, parser.Article{}, noon(0))
			v.flush()
		}
		return transactions < 5, nil
	})
	if err != nil || transactions != 5 {
		t.Fatalf("%d transactions, %v", transactions, err)
	}
	for documents, n := range steps {
		if n > viewSteps {
			t.Errorf("with %d documents %d steps in one transaction", documents, n)
		}
	}
}

// TestSearchAt: the answer at a sequence number stays what it was.
func TestSearchAt(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	l := Link{URL: "http://a.example/"}
	v.keep(l, parser.Article{Title: "标题", Text: "旧的说法"}, noon(0))
	v.flush()
	then, err := a.Search(t.Context(), Query{Text: "旧的"})
	if err != nil || then.Total != 1 {
		t.Fatal(then, err)
	}
	v.keep(l, parser.Article{Title: "标题", Text: "新的说法"}, noon(1))
	v.keep(Link{URL: "http://a.example/2"}, parser.Article{Title: "又一篇", Text: "也是旧的"}, noon(2))
	v.flush()
	again, err := a.Search(t.Context(), Query{Text: "旧的", At: then.At})
	if err != nil || again.Total != 1 || again.Hits[0].Version != 1 || again.Hits[0].Text != "旧的说法" {
		t.Errorf("at %d: %+v, %v", then.At, again, err)
	}
	if now, err := a.Search(t.Context(), Query{Text: "旧的"}); err != nil || now.Total != 1 || now.Hits[0].Title != "又一篇" {
		t.Errorf("now: %+v, %v", now, err)
	}
}

// TestSearchLanguage: operators, fields, orders and facets reach the index.
func TestSearchLanguage(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	put := func(name, title, text, source, number string, day int) {
		v.keep(Link{URL: "http://a.example/" + name}, parser.Article{Title: title, Text: text, Source: source, DocNumber: number,
			Date: dayDate(2022, 3, day), Region: "360222"}, noon(day))
	}
	put("1", "陶瓷展会", "景德镇的展会", "新华社", "国发〔2015〕23号", 1)
	put("2", "会议", "陶瓷、陶瓷、陶瓷", "县政府", "", 2)
	put("3", "会议", "瓷器出口，以及陶瓷", "新华社", "国发〔2016〕1号", 3)
	v.flush()
	for text, want := range map[string]string{
		"陶瓷": "3 2 1", "陶瓷 -展会": "3 2", "展会 OR 出口": "3 1", "title:陶瓷": "1", "body：陶瓷": "3 2", "source:新华": "3 1",
		"docno:国发[2015]": "1", "docno:国发(2015)23号": "1", "瓷器 NEAR/5 陶瓷": "3", "瓷器 NEAR/1 陶瓷": "", "published:2022-03-02..": "3 2", "region:江西 title:会议": "3 2",
	} {
		r, err := a.Search(t.Context(), Query{Text: text})
		if err != nil {
			t.Fatal(text, err)
		}
		var got []string
		for _, h := range r.Hits {
			got = append(got, strings.TrimPrefix(h.URL, "http://a.example/"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
	r, err := a.Search(t.Context(), Query{Text: "陶瓷", Sort: ByRelevance, Facets: true})
	if err != nil || r.Hits[0].Title != "陶瓷展会" || len(r.Hits[1].Marks) == 0 {
		t.Fatalf("by relevance: %+v, %v", r, err)
	}
	f := r.Facets
	if len(f.Regions) != 1 || f.Regions[0].Name != "360222" || f.Regions[0].N != 3 || len(f.Months) != 1 || f.Months[0].Name != "2022-03" {
		t.Errorf("facets %+v", f)
	}
}

// TestIndexFollows: without a search the index has what was committed within two
// seconds, and it is searched where it cannot be written; files of it that were lost are named.
func TestIndexFollows(t *testing.T) {
	dir := t.TempDir()
	a, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	visit{t, a}.fill(50, 60)
	for end := time.Now().Add(2 * time.Second); a.finder.Rows() < 50; {
		if time.Now().After(end) {
			t.Fatalf("after two seconds %d of 50 rows are indexed", a.finder.Rows())
		}
		runtime.Gosched()
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a, err = Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := a.Search(t.Context(), Query{}); err != nil || r.Total != 50 || r.Unindexed != 0 {
		t.Errorf("read-only: %+v, %v", r, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, IndexDir)); err != nil {
		t.Fatal(err)
	}
	a, err = Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	r, err := a.Search(t.Context(), Query{})
	if err != nil || r.Total != 0 || len(r.Missing) == 0 {
		t.Errorf("without its files: %d found, missing %v, %v", r.Total, r.Missing, err)
	}
}

// BenchmarkSearch asks 20000 documents of 1200 characters.
func BenchmarkSearch(b *testing.B) {
	const documents, characters = 20000, 1200
	a := newArchive(b, Options{CommitOps: 5000})
	visit{b, a}.fill(documents, characters)
	for name, q := range map[string]Query{
		"rare": {Text: "新平先行区"}, "common": {Text: "会议"}, "digits": {Text: "2022"}, "none": {}, "filter": {Site: "s1", Region: "440000"},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(3 * documents * characters)
			for b.Loop() {
				if _, err := a.Search(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(documents*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
		})
	}
}

// TestClosedArchiveIsSearchedReadOnly: what was written last is in the index when an
// archive is closed, because whoever opens it next may not write.
func TestClosedArchiveIsSearchedReadOnly(t *testing.T) {
	a := newArchive(t, Options{IndexEvery: time.Hour})
	v := visit{t, a}
	v.fill(20, 100)
	last := Link{Site: "s", URL: "http://a.example/last.html", Via: "http://a.example/list"}
	v.keep(last, parser.Article{Title: "最后一篇", Text: "还在最后一批之中。"}, noon(50)) // in the last batch
	dir := a.Dir()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if r, err := a.Search(t.Context(), Query{}); err != nil || r.Total != 21 || r.Unindexed != 0 || r.Trouble != "" {
		t.Errorf("found %+v, %v", r, err)
	}
}
