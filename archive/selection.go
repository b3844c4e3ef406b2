package archive

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/query"
	"fangzhi/parser"
	"fangzhi/parser/region"
)

// A selection is what an export asks of documents, each looked at in its newest
// version within the horizon.
type selection struct {
	archive *Archive
	query   Query
	within  horizon
	words   query.Node
	holding []uint64 // numbers of the documents that hold the words, in order
}

// selection begins an answer to q about the archive as it is now.
func (a *Archive) selection(q Query) (*selection, error) {
	s := &selection{archive: a, query: q}
	if _, err := q.node(); err != nil { // also when only the region is wrong
		return nil, err
	}
	var err error
	if s.words, err = query.Parse(q.Text); err != nil {
		return nil, err
	}
	s.within, err = a.horizon()
	return s, err
}

// seek asks the index for the documents that hold the words, if there are any.
func (s *selection) seek(ctx context.Context) (err error) {
	if all, ok := s.words.(query.And); ok && len(all) == 0 {
		return nil
	}
	if err := s.archive.finder.catchUp(ctx); err != nil {
		return err
	}
	s.holding, err = s.archive.finder.Documents(ctx, s.words, s.within.changes)
	if s.holding == nil {
		s.holding = []uint64{}
	}
	return err
}

// next is the number of the first document from n on that may be selected.
func (s *selection) next(n uint64) (uint64, bool) {
	if s.holding == nil {
		return n, n <= s.within.documents
	}
	i, _ := slices.BinarySearch(s.holding, n)
	if i == len(s.holding) || s.holding[i] > s.within.documents {
		return 0, false
	}
	return s.holding[i], true
}

// A match is a document at a version.
type match struct {
	document uint64
	n        int
}

// from are the next n matches of the selection; at moves behind the last of them.
func (s *selection) from(ctx context.Context, at *cursor, n int) (found []match, err error) {
	err = s.archive.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		number, ok := s.next(at.next)
		if !ok {
			at.next = s.within.documents + 1
			return false, nil
		}
		e, err := editionWithin(tx, s.within, number)
		if err != nil {
			return false, err
		}
		if s.admits(e) {
			found = append(found, match{number, e.n})
		}
		at.next = number + 1
		return len(found) < n, nil
	})
	return found, err
}

func isRegionCode(s string) bool {
	return s == "" || len(s) == 6 && strings.Trim(s, "0123456789") == ""
}

// admits tells whether e passes the filters.
func (s *selection) admits(e *edition) bool {
	q, d := &s.query, e.document
	return (q.Site == "" || q.Site == d.Site) &&
		(q.Category == "" || q.Category == d.Category) &&
		(q.Region == "" || region.Contains(q.Region, d.Region)) &&
		q.Captured.holds(e.version.Captured) &&
		q.Published.holds(e.version.date())
}

// holds tells whether the instant, in nanoseconds since 1970, lies in r.
func (r TimeRange) holds(instant int64) bool {
	t := time.Unix(0, instant)
	return (r.From.IsZero() || !t.Before(r.From)) && (r.To.IsZero() || t.Before(r.To))
}

// holds tells whether every day that d can mean lies in r: a month lies in it as
// a whole or not at all. No date lies in no range but that with both ends open.
func (r DayRange) holds(d parser.Date) bool {
	if r == (DayRange{}) {
		return true
	}
	first, last, ok := days(d)
	return ok && (r.From.IsZero() || first.Compare(r.From) >= 0) && (r.To.IsZero() || last.Compare(r.To) <= 0)
}

// days are the first and the last day that a date can mean.
func days(d parser.Date) (first, last parser.Day, ok bool) {
	switch d.Precision {
	case parser.PrecisionNone:
		return first, last, false
	case parser.PrecisionMonth:
		begin := time.Date(d.Time.Year(), d.Time.Month(), 1, 0, 0, 0, 0, parser.Beijing)
		return parser.DayOf(begin), parser.DayOf(begin.AddDate(0, 1, -1)), true
	}
	return d.Day(), d.Day(), true
}
