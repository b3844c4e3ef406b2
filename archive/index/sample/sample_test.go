package sample

import (
	"testing"
	"unicode/utf8"
)

func TestArticles(t *testing.T) {
	a, b := New(), New()
	characters, reposts := 0, 0
	const n = 2000
	groups := map[uint64]bool{}
	for i := range n {
		one := a.Article(i)
		if two := b.Article(i); one != two {
			t.Fatalf("article %d is %q and %q", i, one.Title, two.Title)
		}
		characters += utf8.RuneCountInString(one.Text)
		if groups[one.Group] {
			reposts++
		}
		groups[one.Group] = true
	}
	if mean := characters / n; mean < 1150 || mean > 1250 {
		t.Errorf("%d characters on average", mean)
	}
	if reposts < n/50 || reposts > n/25 {
		t.Errorf("%d reposts of %d", reposts, n)
	}
	t.Log(a.Article(7))
}
