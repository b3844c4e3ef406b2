package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

// waiting is the priority in the key of links that must not be followed before
// their time, which comes next in the key.
const waiting = 0xFF

// frontierKey is the key of a link, n being its number: links of one priority are
// followed in the order of their numbers.
func frontierKey(l *Link, n uint64) []byte {
	key := under(l.Site)
	if !l.After.IsZero() {
		key = append(key, waiting)
		key = binary.BigEndian.AppendUint64(key, uint64(l.After.UnixNano()))
	}
	return append(append(key, byte(l.Priority)), number(n)...)
}

// enqueue puts a link into the frontier; one that waits there already stays as it
// is.
func (a *Archive) enqueue(tx *bbolt.Tx, l Link, at time.Time) error {
	id := urlID(l.URL, l.Form)
	if tx.Bucket(bucketQueued).Get(id) != nil {
		return nil
	}
	state, err := a.urlOf(tx, id, l)
	if err != nil {
		return err
	}
	if err := put(tx, bucketURL, id, state); err != nil {
		return err
	}
	a.meta.Links++
	a.meta.Queued++
	key := frontierKey(&l, a.meta.Links)
	if err := a.countQueued(tx, l.Site, key, 1); err != nil {
		return err
	}
	return putLink(tx, id, key, &l)
}

// priorityOf is that in a key of the frontier, before the number at its end.
func priorityOf(key []byte) Priority { return Priority(key[len(key)-9]) }

// countQueued counts a link, by its key, that came into the frontier or left it.
func (a *Archive) countQueued(tx *bbolt.Tx, site string, key []byte, n int) error {
	return a.changeSite(tx, site, func(s *siteRecord) {
		s.Queued += n
		if priorityOf(key) == Backfill {
			s.Backlog += n
		}
	})
}

func putLink(tx *bbolt.Tx, id, key []byte, l *Link) error {
	if err := put(tx, bucketFrontier, key, l); err != nil {
		return err
	}
	return tx.Bucket(bucketQueued).Put(id, seal(key))
}

// dequeue takes a link out of the frontier, if it is there.
func (a *Archive) dequeue(tx *bbolt.Tx, id []byte) error {
	sealed := tx.Bucket(bucketQueued).Get(id)
	if sealed == nil {
		return nil
	}
	key, err := unseal(sealed)
	if err != nil {
		return &DamagedError{string(bucketQueued), printable(id)}
	}
	site, _, _ := bytes.Cut(key, []byte{0})
	if err := tx.Bucket(bucketFrontier).Delete(key); err != nil {
		return err
	}
	a.meta.Queued--
	if err := a.countQueued(tx, string(site), key, -1); err != nil {
		return err
	}
	return tx.Bucket(bucketQueued).Delete(id)
}

// Next is the first link of a site's frontier that may be followed now. It stays
// there until Finish.
func (a *Archive) Next(ctx context.Context, site string) (link Link, ok bool, err error) {
	now := a.opt.Now()
	var ripe bool
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		ripe = ripeKey(tx, site, now) != nil
		link, ok, err = firstLink(tx, site)
		return err
	})
	if err != nil || !ripe {
		return link, ok, err
	}
	err = a.update(ctx, func(tx *bbolt.Tx) error {
		if err := ripen(tx, site, now); err != nil {
			return err
		}
		link, ok, err = firstLink(tx, site)
		return err
	})
	return link, ok, err
}

// firstLink is the first link that does not wait.
func firstLink(tx *bbolt.Tx, site string) (link Link, ok bool, err error) {
	prefix := under(site)
	k, v := tx.Bucket(bucketFrontier).Cursor().Seek(prefix)
	if !bytes.HasPrefix(k, prefix) || k[len(prefix)] == waiting {
		return link, false, nil
	}
	return link, true, decode(bucketFrontier, k, v, &link)
}

// ripeKey is the key of a link that waited and may be followed now, nil for none.
func ripeKey(tx *bbolt.Tx, site string, now time.Time) []byte {
	prefix := append(under(site), waiting)
	k, _ := tx.Bucket(bucketFrontier).Cursor().Seek(prefix)
	if !bytes.HasPrefix(k, prefix) || numberOf(k[len(prefix):]) > uint64(now.UnixNano()) {
		return nil
	}
	return k
}

// ripen lets links whose time has come take their places by priority and age.
func ripen(tx *bbolt.Tx, site string, now time.Time) error {
	for {
		key := bytes.Clone(ripeKey(tx, site, now))
		if key == nil {
			return nil
		}
		var l Link
		if _, err := get(tx, bucketFrontier, key, &l); err != nil {
			return err
		}
		if err := tx.Bucket(bucketFrontier).Delete(key); err != nil {
			return err
		}
		place := append(under(site), key[len(site)+1+1+8:]...)
		if err := putLink(tx, urlID(l.URL, l.Form), place, &l); err != nil {
			return err
		}
	}
}

// Due lists known articles of a site whose recheck is due, the longest overdue
// first.
func (a *Archive) Due(ctx context.Context, site string, n int) (links []Link, err error) {
	now := uint64(a.opt.Now().UnixNano())
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		prefix := under(site)
		c := tx.Bucket(bucketDue).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(links) < n && numberOf(k[len(prefix):]) <= now; k, _ = c.Next() {
			var s urlRecord
			if ok, err := get(tx, bucketURL, k[len(prefix)+8:], &s); err != nil || !ok {
				return err
			}
			links = append(links, Link{Site: site, URL: s.URL, Form: s.Form, Role: RoleArticle, Priority: Due,
				Region: s.Region, Category: s.Category, Title: s.Title, Date: s.Date})
		}
		return nil
	})
	return links, err
}

func dueKey(site string, at int64, id []byte) []byte {
	return append(append(under(site), number(uint64(at))...), id...)
}

// recheckAfter is how long after a look at an article the next is due: less often
// the longer it stays as it is.
var recheckAfter = []time.Duration{1 * day, 3 * day, 7 * day, 30 * day, 90 * day}

const day = 24 * time.Hour

// reschedule sets when a known article is to be fetched again. One that has
// changed, or cannot be reached, is looked at again soon.
func reschedule(tx *bbolt.Tx, id []byte, s *urlRecord, f *Follow, change Change) error {
	if f.Link.Role != RoleArticle || f.Outcome == Retried {
		return nil
	}
	document, err := getNumber(tx, bucketDocumentID, id)
	if err != nil {
		return err
	}
	var due int64
	switch {
	case f.Outcome != Kept && f.Outcome != Unchanged && f.Outcome != Failed || document == 0:
	case f.Outcome == Failed || change != NoChange:
		s.Step = 0
		due = stored(f.At.Add(recheckAfter[0]))
	default:
		s.Step = min(s.Step+1, len(recheckAfter)-1)
		due = stored(f.At.Add(recheckAfter[s.Step]))
	}
	if s.Due != 0 {
		if err := tx.Bucket(bucketDue).Delete(dueKey(s.Site, s.Due, id)); err != nil {
			return err
		}
	}
	if s.Due = due; due == 0 {
		return nil
	}
	return tx.Bucket(bucketDue).Put(dueKey(s.Site, due, id), nil)
}
