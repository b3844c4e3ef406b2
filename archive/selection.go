package archive

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/parser"
	"fangzhi/parser/region"
)

// A selection is what a Query asks of documents, each looked at in its newest
// version within the horizon.
type selection struct {
	archive *Archive
	query   Query
	terms   []string
	within  horizon
}

// selection begins an answer to q about the archive as it is now.
func (a *Archive) selection(q Query) (*selection, error) {
	s := &selection{archive: a, query: q, terms: Terms(q.Text)}
	if len(s.terms) > maxTerms {
		return nil, fmt.Errorf("%d words are too many: ask for at most %d", len(s.terms), maxTerms)
	}
	if !isRegionCode(q.Region) {
		return nil, fmt.Errorf("region %q is not six digits", q.Region)
	}
	var err error
	s.within, err = a.horizon()
	return s, err
}

func isRegionCode(s string) bool {
	return s == "" || len(s) == 6 && strings.Trim(s, "0123456789") == ""
}

// A seeker is one goroutine that looks at documents for a selection.
type seeker struct {
	*selection
	matcher *matcher
	text    []byte // room
}

func (s *selection) seeker() *seeker {
	return &seeker{selection: s, matcher: newMatcher(s.terms)}
}

// scan looks at the documents with the numbers from to to. What was found before
// an error, that of ctx too, comes with it.
func (k *seeker) scan(ctx context.Context, from, to uint64) (found []match, err error) {
	err = k.archive.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		if from > to {
			return false, nil
		}
		e, err := editionWithin(tx, k.within, from)
		if err != nil {
			return false, err
		}
		ok := k.admits(e)
		if ok {
			ok, err = k.holdsTerms(tx, e)
		}
		if ok {
			found = append(found, matchOf(e))
		}
		from++
		return true, err
	})
	return found, err
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

func (k *seeker) holdsTerms(tx *bbolt.Tx, e *edition) (bool, error) {
	all := k.matcher.all()
	got := k.matcher.find([]byte(e.version.Title), 0)
	if got == all || len(e.version.Text) == 0 {
		return got == all, nil
	}
	var err error
	if k.text, err = appendText(tx, k.text[:0], e.version.Text); err != nil {
		return false, err
	}
	return k.matcher.find(k.text, got) == all, nil
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
