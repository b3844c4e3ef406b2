package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

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
		sites = append(sites, SiteStatus{
			Site: string(name), Paused: r.Paused, Documents: r.Documents, Frontier: r.Queued, Last: r.Last, LastLook: nano(r.LastLook),
		})
		return nil
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
