package parser

import (
	"bytes"
	"net/url"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/encoding/simplifiedchinese"

	"fangzhi/parser/internal/corpus"
)

// benchPages are pages of one kind and set as they come off the wire.
func benchPages(b testing.TB, set, kind string) (pages [][]byte) {
	b.Helper()
	for _, p := range corpusPages(b, set) {
		if p.Kind == kind {
			pages = append(pages, p.Raw)
		}
	}
	return pages
}

// inGBK are those of the pages that GBK can write, nearly all, re-encoded.
func inGBK(b testing.TB, pages [][]byte) (list [][]byte) {
	b.Helper()
	enc := simplifiedchinese.GBK.NewEncoder()
	for _, page := range pages {
		if gbk, err := enc.Bytes(page); err == nil {
			list = append(list, gbk)
		}
	}
	if len(list)*2 < len(pages) {
		b.Fatalf("only %d of %d pages can be written in GBK", len(list), len(pages))
	}
	return list
}

func size(pages [][]byte) (n int64) {
	for _, p := range pages {
		n += int64(len(p))
	}
	return n
}

// decodeAndParse reads pages as the crawler does.
func decodeAndParse(tb testing.TB, pages [][]byte, header string) {
	base, err := url.Parse(corpus.Base)
	if err != nil {
		tb.Fatal(err)
	}
	from := Origin{URL: base, Fetched: time.Date(2026, 11, 1, 12, 0, 0, 0, Beijing)}
	for _, raw := range pages {
		text, _ := Decode(raw, header)
		if _, err := Parse(text, from); err != nil {
			tb.Fatal(err)
		}
	}
}

func goqueryOnly(tb testing.TB, pages [][]byte) {
	for _, page := range pages {
		if _, err := goquery.NewDocumentFromReader(bytes.NewReader(page)); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkParse reads all pages of a kind; a run is the whole set, see MB/s.
func BenchmarkParse(b *testing.B) {
	sets := []struct{ name, set, kind string }{
		{"article/news", corpus.News, "article"},
		{"article/portals", corpus.Portals, "article"},
		{"listing", corpus.Portals, "listing"},
	}
	for _, s := range sets {
		b.Run(s.name, func(b *testing.B) {
			pages := benchPages(b, s.set, s.kind)
			b.SetBytes(size(pages))
			b.ReportAllocs()
			for b.Loop() {
				decodeAndParse(b, pages, "")
			}
		})
	}
}

// BenchmarkDecodePages decodes the articles of the corpus alone.
func BenchmarkDecodePages(b *testing.B) {
	utf8 := benchPages(b, corpus.News, "article")
	for name, pages := range map[string][][]byte{"utf-8": utf8, "gbk": inGBK(b, utf8)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size(pages))
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range pages {
					Decode(p, "")
				}
			}
		})
	}
}

// BenchmarkBesideGoquery is what Decode and Parse of an article cost beside
// goquery.NewDocumentFromReader on the same bytes: processor time and allocations, on one
// processor, in turns, the collector included. Figures: 1.25 for UTF-8, 1.45 for GBK, 1.3
// allocations.
func BenchmarkBesideGoquery(b *testing.B) {
	utf8 := benchPages(b, corpus.News, "article")
	for name, pages := range map[string][][]byte{"utf-8": utf8, "gbk": inGBK(b, utf8)} {
		b.Run(name, func(b *testing.B) {
			lap := besideGoquery(b, pages, max(b.N, 5))
			b.ReportMetric(lap.Ratio, "x-goquery")
			b.ReportMetric(lap.Allocs, "x-allocs")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func besideGoquery(tb testing.TB, pages [][]byte, rounds int) corpus.Lap {
	return corpus.Race(rounds, []corpus.Runner{
		{Name: "goquery", Run: func() { goqueryOnly(tb, pages) }},
		{Name: "parser", Run: func() { decodeAndParse(tb, pages, "") }},
	})[1]
}

// An article takes hardly more than goquery takes to make the tree alone. The bound for
// processor time leaves room for noise; the benchmark above measures it.
func TestBesideGoquery(t *testing.T) {
	if testing.Short() || corpus.Instrumented {
		t.Skip("measures for two seconds; not under the race detector")
	}
	const cpu, allocs = 1.8, 1.3
	lap := besideGoquery(t, benchPages(t, corpus.News, "article"), 3)
	t.Logf("%.2f x the processor time of goquery, %.2f x its allocations", lap.Ratio, lap.Allocs)
	if lap.Ratio > cpu || lap.Allocs > allocs {
		t.Errorf("got %.2f and %.2f x goquery, want at most %.2f and %.2f", lap.Ratio, lap.Allocs, cpu, allocs)
	}
}
