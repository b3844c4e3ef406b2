package archive

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A read transaction keeps bbolt from using pages again and, when the file has to
// grow, the writer from going on. So none does more steps than viewSteps, nor
// begins one after viewTime.
const (
	viewSteps = 1000
	viewTime  = 50 * time.Millisecond
)

// steps calls step until it says that there is no more, or ctx ends, in as many
// read transactions as it takes to keep each short. What was committed between
// two of them is seen by the later one: a step begins at a key, not at a cursor.
func (a *Archive) steps(ctx context.Context, step func(tx *bbolt.Tx) (more bool, err error)) error {
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := a.view(func(tx *bbolt.Tx) (err error) {
			end := time.Now().Add(viewTime)
			for n := 0; more && err == nil && n < viewSteps && time.Now().Before(end); n++ {
				more, err = step(tx)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A horizon is the state of the archive that an answer of several transactions is
// about: what is changed later is not in it.
type horizon struct {
	changes   uint64 // sequence of the last version
	documents uint64 // number of the last document
}

func (a *Archive) horizon() (h horizon, err error) {
	var m metaRecord
	err = a.view(func(tx *bbolt.Tx) error {
		m, err = committed(tx)
		return err
	})
	return horizon{m.Changes, m.Documents}, err
}

// committed are the counters of the last commit; those of the open batch may be
// further on.
func committed(tx *bbolt.Tx) (m metaRecord, err error) {
	ok, err := get(tx, bucketMeta, metaKey, &m)
	if err == nil && !ok {
		err = &DamagedError{string(bucketMeta), printable(metaKey)}
	}
	return m, err
}
