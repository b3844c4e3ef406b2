package index

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"fangzhi/archive/fold"
	"fangzhi/archive/index/sample"
	"fangzhi/archive/query"
)

// bands of documents that have a query: from this share of all documents on.
var bands = []float64{0.1, 0.01, 0.001, 0}

// TestChooseQueries made testdata/queries.tsv, with FANGZHI_CHOOSE=1: of strings drawn
// from 20,000 articles, as many of each class and band as there are, up to a dozen.
func TestChooseQueries(t *testing.T) {
	if os.Getenv("FANGZHI_CHOOSE") == "" {
		t.Skip("chooses the queries of the figures anew: set FANGZHI_CHOOSE=1")
	}
	const documents = 20000
	maker, x := sample.New(), open(t, t.TempDir(), &memory{})
	var texts []string
	for range 2 {
		var rows []Row
		for range documents / 2 {
			a := maker.Article(len(texts))
			rows = append(rows, rowOf(len(texts), &a))
			texts = append(texts, fold.String(a.Text))
		}
		if err := x.Add(rows); err != nil {
			t.Fatal(err)
		}
	}
	rnd := rand.New(rand.NewPCG(240, 1))
	var out strings.Builder
	known := map[string]bool{}
	most := map[string]int{"one": 12, "two": 13, "phrase": 12, "mixed": 12, "both": 12} // of a band
	for _, class := range []string{"one", "two", "phrase", "mixed", "both"} {
		var taken [4]int
		for range 20000 {
			text := draw(rnd, class, texts)
			n, err := query.Parse(text)
			if err != nil || known[text] || text == "" {
				continue
			}
			a, err := x.Search(t.Context(), Request{Query: n})
			if err != nil {
				t.Fatal(err)
			}
			share := float64(a.Total) / documents
			band := 0
			for share < bands[band] {
				band++
			}
			if taken[band] < most[class] {
				taken[band]++
				known[text] = true
				fmt.Fprintf(&out, "%s\t%.4f\t%s\n", class, share, text)
			}
		}
	}
	if err := os.WriteFile(filepath.Join("testdata", "queries.tsv"), []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// draw takes a string of a class out of a text, "" if it does not find one.
func draw(rnd *rand.Rand, class string, texts []string) string {
	text := []rune(texts[rnd.IntN(len(texts))])
	cut := func(n int) string {
		from := rnd.IntN(len(text) - n)
		return string(text[from : from+n])
	}
	han := func(s string) bool {
		return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
	}
	var s string
	switch class {
	case "one":
		s = cut(1)
	case "two":
		s = cut(2)
	case "phrase":
		s = cut(3 + rnd.IntN(4))
	case "mixed":
		if s = cut(3 + rnd.IntN(6)); !han(s) && strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			return `"` + s + `"`
		}
		return ""
	case "both":
		a, b := cut(2), cut(2)
		if han(a) && han(b) && a != b {
			return a + " " + b
		}
		return ""
	}
	if !han(s) {
		return ""
	}
	return s
}
