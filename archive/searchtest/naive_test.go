package searchtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fangzhi/archive"
	"fangzhi/archive/fold"
)

// TestNaive runs the suite on the naive check itself: the suite can be passed.
func TestNaive(t *testing.T) {
	Run(t, func(_ *testing.T, articles []archive.Article) archive.Searcher {
		n := naive(pagesOf(articles))
		for i := range n {
			sum := sha256.Sum256([]byte(n[i].URL))
			n[i].ID = hex.EncodeToString(sum[:6])
		}
		slices.SortFunc(n, func(a, b page) int {
			return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(a.ID, b.ID))
		})
		return n
	})
}

// naive is articles, newest first.
type naive []page

func (n naive) Search(ctx context.Context, q archive.Query) (*archive.Results, error) {
	r := &archive.Results{Partial: ctx.Err() != nil}
	groups := map[string]int{}
	for _, a := range n {
		if !matches(a, q) {
			continue
		}
		r.Total++
		key := a.Text
		if utf8.RuneCountInString(key) < 50 {
			key += a.Title + a.Date
		}
		if at, ok := groups[key]; ok {
			r.Hits[at].Also++
			continue
		}
		groups[key] = len(r.Hits)
		h := archive.Hit{Article: a.Article}
		h.Snippet, h.Match = mark(a, words(q.Text))
		r.Hits = append(r.Hits, h)
	}
	from := min(q.Offset, len(r.Hits))
	r.Hits = r.Hits[from:min(from+cmp.Or(q.Limit, 20), len(r.Hits))]
	return r, nil
}

// mark shows the match of the first word and nothing around it.
func mark(a page, words []string) (string, [2]int) {
	for _, w := range words {
		if at := strings.Index(a.text, w); at >= 0 {
			from, to := fold.Span(a.Text, at, at+len(w))
			return strings.ReplaceAll(a.Text[from:to], "\n", " "), [2]int{0, to - from}
		}
	}
	return "", [2]int{}
}
