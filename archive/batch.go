package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// A batch is a write transaction that is kept open over many operations, because
// a commit costs an fsync. What fails inside it takes the whole batch back: the
// captures of its links are in captures/ and will be adopted.
type batch struct {
	tx    *bbolt.Tx
	ops   int
	timer *time.Timer
	sites map[string]*siteRecord // changed in it, to be stored with it
}

// update does one operation of a batch.
func (a *Archive) update(ctx context.Context, f func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.updateLocked(f)
}

func (a *Archive) updateLocked(f func(tx *bbolt.Tx) error) error {
	tx, err := a.transaction()
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		a.fail(err)
		return err
	}
	if a.batch.ops++; a.batch.ops >= a.opt.CommitOps {
		return a.commit()
	}
	return nil
}

// look reads what is committed and what is in the open batch.
func (a *Archive) look(ctx context.Context, f func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.closed:
		return ErrClosed
	case a.batch != nil:
		return f(a.batch.tx)
	}
	return a.view(f)
}

// transaction is the one of the open batch; it begins a batch if there is none.
func (a *Archive) transaction() (*bbolt.Tx, error) {
	switch {
	case a.closed:
		return nil, ErrClosed
	case a.failed != nil:
		return nil, fmt.Errorf("archive stopped writing: %w", a.failed)
	case a.batch != nil:
		return a.batch.tx, nil
	}
	tx, err := a.db.Begin(true)
	if err != nil {
		return nil, fmt.Errorf("begin batch: %w", err)
	}
	a.batch = &batch{tx: tx, sites: map[string]*siteRecord{}, timer: time.AfterFunc(a.opt.CommitEvery, a.tick)}
	return tx, nil
}

// tick commits a batch that has become old.
func (a *Archive) tick() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		_ = a.commit() // a.failed tells the next operation
	}
}

// commit makes the batch durable. Everything it points to in captures/ was synced
// before it was put there.
func (a *Archive) commit() error {
	if a.failed != nil {
		return a.failed
	}
	if a.batch == nil {
		return nil
	}
	err := errors.Join(a.saveMarks(a.batch.tx), a.batch.saveSites())
	if err == nil {
		err = a.growLedger(a.batch.tx)
	}
	if err == nil {
		err = put(a.batch.tx, bucketMeta, metaKey, &a.meta)
	}
	if err == nil {
		a.batch.timer.Stop()
		err = a.batch.tx.Commit()
	}
	if err != nil {
		a.fail(fmt.Errorf("commit: %w", err))
		return a.failed
	}
	a.batch = nil
	a.finder.wake()
	return nil
}

// fail takes the batch back. After an error of the store nothing more is written:
// the next Open finds the state of the last commit.
func (a *Archive) fail(cause error) {
	a.abandon()
	a.failed = errors.Join(a.failed, cause)
}

func (a *Archive) abandon() {
	if a.batch != nil {
		a.batch.timer.Stop()
		_ = a.batch.tx.Rollback()
		a.batch = nil
	}
}
