package archive

import (
	"context"
	"errors"
	"fmt"
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
	words := make([]string, maxTerms+1)
	for i := range words {
		words[i] = fmt.Sprint(i)
	}
	for name, q := range map[string]Query{"65 words": {Text: strings.Join(words, " ")}, "region": {Region: "江西"}} {
		if _, err := a.Search(t.Context(), q); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := a.Export(t.Context(), q, "", 1); err == nil {
			t.Errorf("%s: no error of the export", name)
		}
	}
	if _, err := a.Search(t.Context(), Query{Text: strings.Join(words[1:], " ")}); err != nil {
		t.Errorf("64 words: %v", err)
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
	for looks := range 15 {
		s, err := a.selection(Query{Text: "陶瓷"})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.all(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// Of every change one edit is a document more and one less, but for one.
		if edits := int(s.within.changes) - int(s.within.documents); len(found) != int(s.within.documents)-edits {
			t.Fatalf("look %d: %d found of %d documents, %d of them edited", looks, len(found), s.within.documents, edits)
		}
	}
	writer.Wait()
	v.flush()
	r, err := a.Search(t.Context(), Query{Text: "陶瓷"})
	if err != nil || r.Total != all-before {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}

// A limited context ends after so many looks at it.
type limited struct {
	context.Context
	looks int
}

func (c *limited) Err() error {
	if c.looks--; c.looks < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func TestScanEndsWithItsContext(t *testing.T) {
	a := newArchive(t, Options{})
	visit{t, a}.fill(viewSteps+100, 10)
	s, err := a.selection(Query{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.seeker().scan(&limited{t.Context(), 1}, 1, s.within.documents)
	if !errors.Is(err, context.DeadlineExceeded) || len(found) == 0 || len(found) > viewSteps {
		t.Errorf("%d found, %v", len(found), err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if r, err := a.Search(ctx, Query{}); err != nil || !r.Partial {
		t.Errorf("after its deadline: %+v, %v", r, err)
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

// BenchmarkSearch scans 20000 documents of 1200 characters.
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
