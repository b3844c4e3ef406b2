package archive

import "context"

// A Searcher finds documents. The archive has one that scans the stored texts; an
// index is to be another. Both pass the suite of package searchtest, which says
// in tests what is said here:
//
// Terms of the query are sought as substrings of the folded title and of the
// folded text (package fold) of a document's newest version, no match reaching
// from one into the other; all must be found. Filters select among these. Total
// counts all documents found. Hits are those from Offset on, at most Limit,
// newest published first, undated last, equal dates by id; documents with equal
// text are one hit, the first of them, which tells in Also how many it stands for
// besides itself.
//
// When the context ends first, the answer is Partial: it has what was found until
// then.
type Searcher interface {
	Search(ctx context.Context, q Query) (*Results, error)
}

// defaultLimit is the number of hits of a query without Limit.
const defaultLimit = 20
