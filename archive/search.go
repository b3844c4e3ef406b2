package archive

import (
	"context"

	"go.etcd.io/bbolt"
)

// A Searcher finds documents. The archive has one with an index; a naive one is the
// measure of the suite of package searchtest, which says in tests what is said here:
//
// A query (package query) is sought in the folded title and text (package fold) of a
// document's newest version, no match reaching from one into the other. Filters select
// among these. Total counts all documents found. Hits are those from Offset on, at most
// Limit, newest published first, undated last, equal dates by id, unless Sort says
// otherwise; documents with equal text are one hit, the first of them, which tells in
// Also how many it stands for besides itself.
//
// When the context ends first, the answer is Partial: it has what was found until
// then.
type Searcher interface {
	Search(ctx context.Context, q Query) (*Results, error)
}

// defaultLimit is the number of hits of a query without Limit.
const defaultLimit = 20

// articles gives f what was found in full, in order, until f returns false.
func (a *Archive) articles(ctx context.Context, found []match, f func(*Article) (more bool)) error {
	if len(found) == 0 {
		return nil
	}
	i := 0
	return a.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		e, err := loadEdition(tx, found[i].document, found[i].n)
		if err != nil {
			return false, err
		}
		e.versions = e.n // later ones are beyond the horizon
		article, err := e.article(tx)
		if err != nil {
			return false, err
		}
		i++
		return f(article) && i < len(found), nil
	})
}
