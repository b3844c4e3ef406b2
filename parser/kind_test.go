package parser

import (
	"testing"

	"fangzhi/parser/internal/corpus"
)

// TestKindsOfCorpus: no article is taken for anything else, no listing for an article or a
// notice, and a home page never for an article or a notice.
func TestKindsOfCorpus(t *testing.T) {
	for _, set := range []string{corpus.News, corpus.Portals} {
		pages := corpusPages(t, set)
		for i, out := range outputs(t, pages) {
			got, want := Kind(out.Kind), Kind(pages[i].Kind)
			if want == "" {
				want = KindArticle
			}
			if got != want && (want != KindHome || got != KindListing) {
				t.Errorf("%s/%s is read as %s, want %s", set, pages[i].ID, got, want)
			}
		}
	}
}
