package archive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/parser"
	"fangzhi/parser/region"
)

// staleAfter is how long a document may go without a recheck before coverage counts it.
const staleAfter = 90 * day

// lookOrder is the order in which looks of one day speak for it, the best first.
var lookOrder = []Look{SomeNew, NothingNew, Inferred, Blocked, Broken, LookPaused, NotLooked}

// disorder is by how much a look may be stored after a later one: they are stored in
// the order in which they were finished.
const disorder = time.Hour

// Coverage implements Reader.
func (a *Archive) Coverage(ctx context.Context, q CoverageQuery) (*Coverage, error) {
	c := &coverage{q: q, newest: map[string]Look{}, cells: map[cellKey]*CoverageCell{}}
	c.answer.Days, c.answer.Places = q.Days, []Place{}
	err := c.places(ctx, a)
	if err == nil && !c.ofAllTime() {
		err = c.looks(ctx, a)
	}
	if err == nil && q.Stale {
		err = c.stale(ctx, a)
	}
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	return c.done(), nil
}

// A coverage is one that is being counted.
type coverage struct {
	q      CoverageQuery
	newest map[string]Look // of each listing
	cells  map[cellKey]*CoverageCell
	answer Coverage
}

type cellKey struct {
	day parser.Day
	Place
}

// Selects tells whether a look is about what was asked: a listing of Jiangxi speaks of
// its counties, and one of a county of Jiangxi.
func (q *CoverageQuery) Selects(site, place, category string) bool {
	return (q.Site == "" || q.Site == site) && (q.Category == "" || q.Category == category) &&
		(q.Region == "" || region.Contains(q.Region, place) || region.Contains(place, q.Region))
}

// ofAllTime tells that only totals are asked for, and of all days: what is remembered
// of each listing answers that, however many looks there were.
func (c *coverage) ofAllTime() bool { return c.q.Days == (DayRange{}) && !c.q.Cells }

func (c *coverage) places(ctx context.Context, a *Archive) error {
	known := map[Place]bool{}
	return a.walk(ctx, bucketListing, func(_ *bbolt.Tx, k, v []byte) error {
		var l ListingState
		if err := decode(bucketListing, k, v, &l); err != nil {
			return err
		}
		p := Place{l.Region, l.Category}
		if !c.q.Selects(l.Site, l.Region, l.Category) {
			return nil
		}
		if !known[p] {
			known[p] = true
			c.answer.Places = append(c.answer.Places, p)
		}
		if c.ofAllTime() {
			c.answer.Looks += l.Looks
			c.newest[l.URL] = l.Look
			if l.Seen.After(c.answer.Last) {
				c.answer.Last = l.Seen
			}
		}
		return nil
	})
}

// looks counts the observations of the days asked for.
func (c *coverage) looks(ctx context.Context, a *Archive) error {
	var from, to time.Time
	if d := c.q.Days.From; !d.IsZero() {
		from = midnight(d)
	}
	if d := c.q.Days.To; !d.IsZero() {
		to = midnight(d).AddDate(0, 0, 1)
	}
	n, err := a.firstLook(from.Add(-disorder))
	if err != nil {
		return err
	}
	return a.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		k, v := tx.Bucket(bucketObservation).Cursor().Seek(number(n))
		if k == nil {
			return false, nil
		}
		n = numberOf(k) + 1
		var o Observation
		if err := decode(bucketObservation, k, v, &o); err != nil {
			return false, err
		}
		if !to.IsZero() && o.At.After(to.Add(disorder)) {
			return false, nil
		}
		if o.At.Before(from) || !to.IsZero() && !o.At.Before(to) || !c.q.Selects(o.Site, o.Region, o.Category) {
			return true, nil
		}
		c.note(&o)
		return true, nil
	})
}

func midnight(d parser.Day) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, parser.Beijing)
}

// firstLook is the number of an observation before which all are older than t.
func (a *Archive) firstLook(t time.Time) (n uint64, err error) {
	err = a.view(func(tx *bbolt.Tx) error {
		m, err := committed(tx)
		if err != nil {
			return err
		}
		i := sort.Search(int(m.Looks), func(i int) bool {
			var o Observation
			ok, getErr := get(tx, bucketObservation, number(uint64(i)+1), &o)
			if getErr != nil {
				err = getErr
			}
			return !ok || !o.At.Before(t)
		})
		n = uint64(i) + 1
		return err
	})
	return n, err
}

func (c *coverage) note(o *Observation) {
	if o.Depth == 0 {
		c.answer.Looks++
		c.newest[o.Listing] = o.Look
	}
	if isRead(o.Look) && o.At.After(c.answer.Last) {
		c.answer.Last = o.At
	}
	if !c.q.Cells {
		return
	}
	key := cellKey{parser.DayOf(o.At), Place{o.Region, o.Category}}
	cell := c.cells[key]
	if cell == nil {
		cell = &CoverageCell{Day: key.day, Place: key.Place, Look: o.Look}
		c.cells[key] = cell
	}
	cell.New += o.New
	if o.Depth == 0 {
		cell.Looks++
	}
	if slices.Index(lookOrder, o.Look) < slices.Index(lookOrder, cell.Look) {
		cell.Look = o.Look
	}
}

// isRead tells whether a look saw its listing, be it through a hub.
func isRead(l Look) bool { return l == NothingNew || l == SomeNew || l == Inferred }

// stale counts known articles that nobody looked at for long.
func (c *coverage) stale(ctx context.Context, a *Archive) error {
	before := stored(a.opt.Now().Add(-staleAfter))
	return a.walk(ctx, bucketURL, func(tx *bbolt.Tx, k, v []byte) error {
		var u urlRecord
		if err := decode(bucketURL, k, v, &u); err != nil {
			return err
		}
		if u.Role == RoleArticle && u.Fetched != 0 && u.Checked < before && u.Due != 0 && c.q.Selects(u.Site, u.Region, u.Category) {
			c.answer.Stale++
		}
		return nil
	})
}

func (c *coverage) done() *Coverage {
	c.answer.Listings = len(c.newest)
	for _, look := range c.newest {
		if !isRead(look) && look != LookPaused {
			c.answer.Trouble++
		}
	}
	for _, cell := range c.cells {
		c.answer.Cells = append(c.answer.Cells, *cell)
	}
	byPlace := func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Category, b.Category))
	}
	slices.SortFunc(c.answer.Places, byPlace)
	slices.SortFunc(c.answer.Cells, func(a, b CoverageCell) int {
		return cmp.Or(byPlace(a.Place, b.Place), a.Day.Compare(b.Day))
	})
	if days := &c.answer.Days; len(c.answer.Cells) > 0 {
		first, last := c.answer.Cells[0].Day, c.answer.Cells[0].Day
		for _, cell := range c.answer.Cells {
			if cell.Day.Compare(first) < 0 {
				first = cell.Day
			}
			if cell.Day.Compare(last) > 0 {
				last = cell.Day
			}
		}
		if days.From.IsZero() {
			days.From = first
		}
		if days.To.IsZero() {
			days.To = last
		}
	}
	return &c.answer
}
