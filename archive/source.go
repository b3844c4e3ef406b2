package archive

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// remembered is how many visits, and reads of a listing, later ones are judged by.
const remembered = 10

// lastOf is the end of a list, at most n long.
func lastOf[T any](list []T, n int) []T { return list[max(len(list)-n, 0):] }

// applyLook notes a look at the first page of a listing.
func applyLook(tx *bbolt.Tx, o Observation) error {
	if o.Depth > 0 {
		return nil
	}
	key := append(under(o.Site), urlID(o.Listing, "")...)
	s := ListingState{First: o.At}
	if _, err := get(tx, bucketListing, key, &s); err != nil {
		return err
	}
	s.Note(o)
	return put(tx, bucketListing, key, &s)
}

// applyAlarm begins an alarm, or ends the one of its number.
func applyAlarm(tx *bbolt.Tx, e *Entry) error {
	return put(tx, bucketAlarm, append(under(e.Alarm.Site), number(e.Alarm.ID)...), e.Alarm)
}

// Source is what is remembered of a site to judge its visits by.
func (a *Archive) Source(ctx context.Context, site string) (s Source, err error) {
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		r, err := a.site(tx, site)
		if err != nil {
			return err
		}
		s.Yields = r.Yields
		err = each(tx, bucketListing, under(site), func(_ []byte, l *ListingState) error {
			s.Listings = append(s.Listings, *l)
			return nil
		})
		if err != nil {
			return err
		}
		slices.SortFunc(s.Listings, func(a, b ListingState) int { return strings.Compare(a.URL, b.URL) })
		s.Alarms, err = lasting(tx, under(site))
		return err
	})
	if err != nil {
		return Source{}, fmt.Errorf("what is remembered of %s: %w", site, err)
	}
	return s, nil
}

// lasting are the alarms that have not ended, of a site or with an empty prefix of all.
func lasting(tx *bbolt.Tx, prefix []byte) (alarms []Alarm, err error) {
	err = each(tx, bucketAlarm, prefix, func(_ []byte, m *Alarm) error {
		if m.Ended.IsZero() {
			alarms = append(alarms, *m)
		}
		return nil
	})
	return alarms, err
}
