package archive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"go.etcd.io/bbolt"
)

// Status implements Reader. It counts what was committed.
func (a *Archive) Status(ctx context.Context) (*Status, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Status{Dir: a.dir}
	err := a.view(func(tx *bbolt.Tx) error {
		m, err := committed(tx)
		if err != nil {
			return err
		}
		s.Documents, s.Items, s.Versions = int(m.Documents-m.Items), int(m.Items), int(m.Versions)
		s.Captures, s.URLs, s.Frontier = int(m.Captures), int(m.URLs), int(m.Queued)
		s.Unread = tx.Bucket(bucketUnread).Stats().KeyN
		s.Database = tx.Size()
		if s.Sites, err = siteStatuses(tx); err != nil {
			return err
		}
		if s.Alarms, err = lasting(tx, nil); err != nil {
			return err
		}
		slices.SortFunc(s.Alarms, func(a, b Alarm) int { return cmp.Compare(a.ID, b.ID) })
		if s.Growth, err = dailyGrowth(tx); err != nil {
			return err
		}
		s.LastRun, err = lastRun(tx)
		return err
	})
	if err == nil {
		s.Bytes, err = sizeOf(filepath.Join(a.dir, CapturesDir))
	}
	if err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	return s, nil
}

func siteStatuses(tx *bbolt.Tx) (sites []SiteStatus, err error) {
	err = tx.Bucket(bucketSite).ForEach(func(name, value []byte) error {
		var r siteRecord
		if err := decode(bucketSite, name, value, &r); err != nil {
			return err
		}
		backfill, err := backfillOf(tx, string(name), &r)
		sites = append(sites, SiteStatus{
			Site: string(name), Paused: r.Paused, Documents: r.Documents, Frontier: r.Queued, Last: r.Last, LastLook: nano(r.LastLook),
			Backfill: backfill,
		})
		return err
	})
	return sites, err
}

// lastRun is nil when there was none.
func lastRun(tx *bbolt.Tx) (*RunStatus, error) {
	key, value := tx.Bucket(bucketRun).Cursor().Last()
	if key == nil {
		return nil, nil
	}
	run := new(RunStatus)
	return run, decode(bucketRun, key, value, run)
}

// growthDays are the days over which growth is measured.
const growthDays = 30

// dailyGrowth is by how many bytes a day the archive grew between the ends of runs of the
// last days, 0 when there are no two a day apart.
func dailyGrowth(tx *bbolt.Tx) (int64, error) {
	c := tx.Bucket(bucketRun).Cursor()
	var last, first RunStatus
	for k, v := c.Last(); k != nil; k, v = c.Prev() {
		var r RunStatus
		if err := decode(bucketRun, k, v, &r); err != nil {
			return 0, err
		}
		if r.Bytes == 0 { // it did not end
			continue
		}
		if last.Bytes == 0 {
			last = r
		}
		if last.Ended.Sub(r.Ended) > growthDays*day {
			break
		}
		first = r
	}
	span := last.Ended.Sub(first.Ended)
	if span < day/2 {
		return 0, nil
	}
	return max(int64(float64(last.Bytes-first.Bytes)*float64(day)/float64(span)), 0), nil
}

// backfillOf is how far the walk through a site's older pages has come. A page that
// waits stands for those behind it too, as many as its listing says it has, each with
// as many articles as its first page.
func backfillOf(tx *bbolt.Tx, site string, r *siteRecord) (Backlog, error) {
	b := Backlog{Done: r.Filled, Left: r.Backlog, Known: true}
	if r.Backlog == 0 {
		return b, nil
	}
	listings := map[string]*ListingState{}
	err := each(tx, bucketListing, under(site), func(_ []byte, l *ListingState) error {
		listings[l.Region+"\n"+l.Category] = l
		return nil
	})
	if err != nil {
		return b, err
	}
	prefix := append(under(site), byte(Backfill))
	c := tx.Bucket(bucketFrontier).Cursor()
	pages := 0
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix) && pages < maxBacklogPages; k, v = c.Next() {
		var link Link
		if err := decode(bucketFrontier, k, v, &link); err != nil {
			return b, err
		}
		if link.Role != RoleListing {
			continue
		}
		pages++
		l := listings[link.Region+"\n"+link.Category]
		if l == nil || l.Pages == 0 || len(l.Reads) == 0 {
			b.Known = false
			continue
		}
		behind := max(l.Pages-link.Depth-1, 0)
		b.Left += l.Reads[len(l.Reads)-1].Items * (behind + 1)
		b.Left += behind
	}
	return b, nil
}

// maxBacklogPages bounds what status looks at of one site.
const maxBacklogPages = 2000

// size is that of captures/ and the database.
func (a *Archive) size() (int64, error) {
	n, err := sizeOf(filepath.Join(a.dir, CapturesDir))
	if err != nil {
		return 0, err
	}
	err = a.view(func(tx *bbolt.Tx) error {
		n += tx.Size()
		return nil
	})
	return n, err
}

// sizeOf is the number of bytes of the files in dir.
func sizeOf(dir string) (n int64, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist): // since
		case err != nil:
			return 0, err
		case info.Mode().IsRegular():
			n += info.Size()
		}
	}
	return n, nil
}

// Observations implements Reader.
func (a *Archive) Observations(ctx context.Context, site string, n int) (looks []Observation, err error) {
	bucket, prefix := bucketSiteLook, under(site)
	if site == "" {
		bucket, prefix = bucketObservation, nil
	}
	last := uint64(math.MaxUint64)
	err = a.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		if len(looks) >= n {
			return false, nil
		}
		key := before(tx.Bucket(bucket).Cursor(), append(bytes.Clone(prefix), number(last)...))
		if key == nil || !bytes.HasPrefix(key, prefix) {
			return false, nil
		}
		if len(key) != len(prefix)+8 {
			return false, &DamagedError{string(bucket), printable(key)}
		}
		last = numberOf(key[len(prefix):])
		var o Observation
		ok, err := get(tx, bucketObservation, number(last), &o)
		if err == nil && !ok {
			err = &DamagedError{string(bucketObservation), printable(number(last))}
		}
		looks = append(looks, o)
		return true, err
	})
	if err != nil {
		return nil, fmt.Errorf("observations: %w", err)
	}
	return looks, nil
}

// before is the last key before another one, nil when there is none.
func before(c *bbolt.Cursor, key []byte) []byte {
	k, _ := c.Seek(key)
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	return k
}
