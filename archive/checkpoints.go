package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"fangzhi/archive/ledger"
)

// A keptCheckpoint is one in ledger/.
type keptCheckpoint struct {
	ledger.Checkpoint
	offset int64
	n      int // counted from 1
}

const checkpointsFile = LedgerDir + "/" + CheckpointsName

// readCheckpoints reads all checkpoints in ledger/; wrong are those that are none of
// ours.
func readCheckpoints(dir string) (all []keptCheckpoint, wrong []Finding, err error) {
	verifiers, err := readKeys(dir)
	if err != nil {
		return nil, []Finding{{File: LedgerDir + "/" + KeysName, Offset: -1, Problem: err.Error()}}, nil
	}
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(checkpointsFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	signed, rest := ledger.Split(b)
	for i, s := range signed {
		c, err := ledger.Verify(s.Text, verifiers)
		if err != nil {
			wrong = append(wrong, Finding{checkpointsFile, s.Offset, fmt.Sprint("checkpoint ", i+1), "", err.Error()})
			continue
		}
		all = append(all, keptCheckpoint{c, s.Offset, i + 1})
	}
	if len(rest) > 0 {
		wrong = append(wrong, Finding{checkpointsFile, int64(len(b) - len(rest)), fmt.Sprint("checkpoint ", len(signed)+1), "", "it is not whole"})
	}
	return all, wrong, nil
}

// readKeys are the keys that have signed checkpoints.
func readKeys(dir string) (note.Verifiers, error) {
	b, err := os.ReadFile(filepath.Join(dir, LedgerDir, KeysName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return ledger.Verifiers(string(b))
}

// compareCheckpoints names the checkpoints that the tree did not grow out of.
func (a *Archive) compareCheckpoints() (wrong []Finding, err error) {
	all, wrong, err := readCheckpoints(a.dir)
	if err != nil {
		return nil, err
	}
	return wrong, a.view(func(tx *bbolt.Tx) error {
		tree := ledger.Open(int64(a.meta.Leaves), hashBlocks{tx})
		for _, c := range all {
			if f := c.disagrees(tree); f != nil {
				wrong = append(wrong, *f)
			}
		}
		return nil
	})
}

// disagrees says why a tree did not grow out of what a checkpoint saw, nil if it
// did.
func (c keptCheckpoint) disagrees(tree *ledger.Tree) *Finding {
	root, err := tree.Root(c.Size)
	if err == nil && root != c.Root {
		err = fmt.Errorf("the first %d leaves are not those that were signed on %s", c.Size, c.Time.Format(time.RFC3339))
	}
	if err == nil {
		return nil
	}
	return &Finding{checkpointsFile, c.offset, fmt.Sprint("checkpoint ", c.n), "root", err.Error()}
}

// checkpoints checks keys, signatures, and that the tree grew out of every checkpoint
// and of the one it is to be held against.
func (v *verifier) checkpoints() error {
	v.signingKey()
	all, wrong, err := readCheckpoints(v.dir)
	if err != nil {
		return err
	}
	for _, f := range wrong {
		v.report(f)
	}
	v.Checkpoints = len(all)
	if v.opt.Against != nil {
		verifiers, err := readKeys(v.dir)
		if err != nil {
			return nil // told above
		}
		c, err := ledger.Verify(v.opt.Against, verifiers)
		if err != nil {
			v.report(Finding{File: "checkpoint", Offset: -1, Problem: "the one to verify against is not one of this archive: " + err.Error()})
		} else {
			all = append(all, keptCheckpoint{c, -1, 0})
		}
	}
	return v.view(func(tx *bbolt.Tx) error {
		tree := ledger.Open(int64(v.a.meta.Leaves), hashBlocks{tx})
		for _, c := range all {
			f := c.disagrees(tree)
			if f != nil && c.n == 0 {
				f.File, f.Record = "checkpoint", "to verify against"
			}
			if f != nil {
				v.report(*f)
			}
		}
		return nil
	})
}

// signingKey looks at the key in the archive, if it is there.
func (v *verifier) signingKey() {
	name := filepath.Join(v.dir, KeyName)
	if v.a != nil && v.a.opt.Key != "" {
		name = v.a.opt.Key
	}
	if _, err := os.Stat(name); err != nil {
		return
	}
	bad := (*ledger.KeyError)(nil)
	if _, err := ledger.LoadKey(name); errors.As(err, &bad) {
		v.report(Finding{File: filepath.Base(name), Offset: -1, Problem: bad.Cause.Error()})
	}
}

// maxWrongLeaves is how many leaves are told before the rest is left out.
const maxWrongLeaves = 10

// leaves makes every leaf anew and compares the hashes of the tree.
func (v *verifier) leaves(ctx context.Context) error {
	return v.view(func(tx *bbolt.Tx) error {
		v.Leaves = v.a.meta.Leaves
		tree := ledger.Open(int64(v.Leaves), hashBlocks{tx})
		walk := newLeafWalk(tx)
		wrong := 0
		for i := int64(0); i < int64(v.Leaves) && wrong < maxWrongLeaves; i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			what, leaf, err := walk.next(uint64(i) + 1)
			if err != nil {
				return err
			}
			if why := differs(tree, i, leaf); why != nil {
				wrong++
				v.report(Finding{File: DatabaseName, Offset: -1, Record: what, Field: fmt.Sprint("leaf ", i), Problem: why.Error()})
			}
		}
		return nil
	})
}

// differs compares the hashes that a leaf brought with those of the tree.
func differs(tree *ledger.Tree, i int64, leaf []byte) error {
	if leaf == nil {
		return errors.New("neither a capture nor an event says that it is this leaf of the ledger")
	}
	want, err := tlog.StoredHashes(i, leaf, tree)
	if err != nil {
		return err
	}
	for k, at := range want {
		got, err := tree.ReadHashes([]int64{tlog.StoredHashIndex(0, i) + int64(k)})
		if err != nil {
			return err
		}
		if got[0] != at {
			return errors.New("the ledger has another hash of it")
		}
	}
	return nil
}

// A leafWalk goes over captures and events in the order of their leaves.
type leafWalk struct {
	captures, events *bbolt.Cursor
	n, seq           uint64
	capture          *captureRecord
	event            *eventRecord
}

func newLeafWalk(tx *bbolt.Tx) *leafWalk {
	return &leafWalk{captures: tx.Bucket(bucketCapture).Cursor(), events: tx.Bucket(bucketEvent).Cursor()}
}

// next is the leaf of this number, counted from 1, and what it is of; nil when there
// is none.
func (w *leafWalk) next(leaf uint64) (what string, content []byte, err error) {
	for w.capture == nil || w.capture.Leaf < leaf {
		w.capture = new(captureRecord)
		if w.n, err = step(w.captures, bucketCapture, w.n, w.capture); err != nil {
			return "", nil, err
		}
		if w.n == 0 {
			w.capture.Leaf = 1<<64 - 1
		}
	}
	for w.event == nil || w.event.Leaf < leaf {
		w.event = new(eventRecord)
		if w.seq, err = step(w.events, bucketEvent, w.seq, w.event); err != nil {
			return "", nil, err
		}
		if w.seq == 0 {
			w.event.Leaf = 1<<64 - 1
		}
	}
	switch leaf {
	case w.capture.Leaf:
		return fmt.Sprint("capture ", w.n), w.capture.leaf(w.n), nil
	case w.event.Leaf:
		content, err = w.event.leaf()
		return fmt.Sprint("event ", w.seq), content, err
	}
	return "", nil, nil
}

// step decodes the value behind the one at key n; 0 when there is none.
func step[T any](c *bbolt.Cursor, bucket []byte, n uint64, v *T) (uint64, error) {
	k, b := c.Seek(number(n + 1))
	if k == nil {
		return 0, nil
	}
	return numberOf(k), decode(bucket, k, b, v)
}
