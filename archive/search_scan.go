package archive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"
)

// A match is what a scan remembers of a document that it found.
type match struct {
	document uint64
	n        uint32 // version
	date     uint32 // 20220331, 20220300 for a month, 0 for none
	id       [12]byte
	group    [textKeyLength]byte // zero for no text
}

func matchOf(e *edition) match {
	m := match{document: e.number, n: uint32(e.n)}
	copy(m.id[:], e.document.ID)
	copy(m.group[:], e.version.Group)
	if first, last, ok := days(e.version.date()); ok {
		m.date = uint32(first.Year*10000 + first.Month*100)
		if first == last {
			m.date += uint32(first.Day)
		}
	}
	return m
}

// Search implements Searcher by a look at every document.
func (a *Archive) Search(ctx context.Context, q Query) (*Results, error) {
	s, err := a.selection(q)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	found, err := s.all(ctx)
	r := &Results{Total: len(found), Partial: ctx.Err() != nil && errors.Is(err, ctx.Err())}
	if err != nil && !r.Partial {
		return nil, fmt.Errorf("search: %w", err)
	}
	heads, also := collapse(found)
	from := min(max(q.Offset, 0), len(heads))
	to := min(from+max(cmp.Or(q.Limit, defaultLimit), 0), len(heads))
	r.Hits = make([]Hit, 0, to-from)
	// Also a partial answer shows what it found: ctx has ended, its values have not.
	err = a.articles(context.WithoutCancel(ctx), heads[from:to], func(article *Article) bool {
		h := Hit{Article: *article, Also: also[from+len(r.Hits)]}
		h.Snippet, h.Match = snippet(article.Text, s.terms)
		r.Hits = append(r.Hits, h)
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return r, nil
}

// blockSize is the number of documents that a worker takes at a time.
const blockSize = 500

// all scans all documents, on all processors. When ctx ends it returns what was
// found until then and the error of ctx.
func (s *selection) all(ctx context.Context) ([]match, error) {
	parts := make([][]match, runtime.GOMAXPROCS(0))
	var taken atomic.Uint64
	workers, ctx := errgroup.WithContext(ctx)
	for i := range parts {
		workers.Go(func() error {
			k := s.seeker()
			for {
				to := taken.Add(blockSize)
				from := to - blockSize + 1
				if from > s.within.documents {
					return nil
				}
				found, err := k.scan(ctx, from, min(to, s.within.documents))
				parts[i] = append(parts[i], found...)
				if err != nil {
					return err
				}
			}
		})
	}
	err := workers.Wait()
	return slices.Concat(parts...), err
}

// collapse sorts what was found, newest published first, and leaves of equal texts
// the first; also counts the others.
func collapse(found []match) (heads []match, also []int) {
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.date, a.date), bytes.Compare(a.id[:], b.id[:]))
	})
	at := make(map[[textKeyLength]byte]int)
	heads, also = found[:0], make([]int, 0, len(found))
	for _, m := range found {
		if i, ok := at[m.group]; ok {
			also[i]++
			continue
		}
		if m.group != [textKeyLength]byte{} {
			at[m.group] = len(heads)
		}
		heads, also = append(heads, m), append(also, 0)
	}
	return heads, also
}

// articles gives f what was found in full, in order, until f returns false.
func (a *Archive) articles(ctx context.Context, found []match, f func(*Article) (more bool)) error {
	if len(found) == 0 {
		return nil
	}
	i := 0
	return a.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		e, err := loadEdition(tx, found[i].document, int(found[i].n))
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
