package main

import (
	"errors"
	"io/fs"
	"testing"

	"fangzhi/parser/internal/corpus"
)

// The parser reads better than go-readability, and not by chance: the bound that 95 % of
// the draws of a paired bootstrap are above is over .04, on either set.
func TestBeatsReadability(t *testing.T) {
	const least = .04
	for _, set := range []string{corpus.News, corpus.Portals} {
		pages, err := articles("../../../shared/corpus", set)
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("no corpus at ../../../shared/corpus")
		}
		if err != nil {
			t.Fatal(err)
		}
		var f1 [2][]float64
		for i, e := range []extractor{extractors[0], extractors[1]} {
			for _, m := range marks(pages, e) {
				f1[i] = append(f1[i], m.F1)
			}
		}
		mean, low := corpus.Bootstrap(f1[0], f1[1], 10_000)
		t.Logf("%s: %+.4f, in 95 %% of the draws above %+.4f", set, mean, low)
		if low <= least {
			t.Errorf("%s: got a lower bound of %+.4f, want more than %+.2f", set, low, least)
		}
	}
}
