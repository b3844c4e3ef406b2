package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/uri"
)

// takenKey sorts the captures of a URL by time.
func takenKey(id []byte, at int64, n uint64) []byte {
	key := append(make([]byte, 0, len(id)+16), id...)
	key = binary.BigEndian.AppendUint64(key, uint64(at))
	return binary.BigEndian.AppendUint64(key, n)
}

// Taken is the capture of a URL that was made last before a time, or at it; when
// there is none, the first one after it. ErrNotFound: the URL was never captured.
func (a *Archive) Taken(ctx context.Context, url string, at time.Time) (c *Capture, loc Location, err error) {
	normal, err := uri.Normalize(url)
	if err != nil {
		return nil, Location{}, err
	}
	id := urlID(normal, "")
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		n := takenAt(tx, id, at.UnixNano())
		if n == 0 {
			return ErrNotFound
		}
		var rec *captureRecord
		c, rec, err = a.load(tx, n)
		if err == nil {
			loc = rec.location(n)
		}
		return err
	})
	if err != nil {
		return nil, Location{}, fmt.Errorf("capture of %s: %w", url, err)
	}
	return c, loc, nil
}

func takenAt(tx *bbolt.Tx, id []byte, at int64) uint64 {
	c := tx.Bucket(bucketTaken).Cursor()
	k, _ := c.Seek(takenKey(id, at+1, 0))
	before, _ := c.Prev()
	if k == nil { // behind the last key there is no way back
		before, _ = c.Last()
	}
	for _, key := range [][]byte{before, k} {
		if bytes.HasPrefix(key, id) {
			return numberOf(key[len(key)-8:])
		}
	}
	return 0
}
