package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"

	"fangzhi/archive/ledger"
)

// readCheckpoints reads all checkpoints in ledger/; wrong names what is none of ours.
func readCheckpoints(dir string) (all []ledger.Checkpoint, wrong []string, err error) {
	verifiers, err := readKeys(dir)
	if err != nil {
		return nil, []string{err.Error()}, nil
	}
	name := filepath.Join(LedgerDir, CheckpointsName)
	b, err := os.ReadFile(filepath.Join(dir, name))
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
			wrong = append(wrong, fmt.Sprintf("%s: checkpoint %d at offset %d: %v", name, i+1, s.Offset, err))
			continue
		}
		all = append(all, c)
	}
	if len(rest) > 0 {
		wrong = append(wrong, fmt.Sprintf("%s: %d bytes behind the last checkpoint at offset %d", name, len(rest), len(b)-len(rest)))
	}
	return all, wrong, nil
}

// readKeys are the keys that have signed checkpoints.
func readKeys(dir string) (note.Verifiers, error) {
	name := filepath.Join(LedgerDir, KeysName)
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	verifiers, err := ledger.Verifiers(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return verifiers, nil
}

// compareCheckpoints names the checkpoints that the tree did not grow out of.
func (a *Archive) compareCheckpoints() (wrong []string, err error) {
	all, wrong, err := readCheckpoints(a.dir)
	if err != nil {
		return nil, err
	}
	err = a.view(func(tx *bbolt.Tx) error {
		tree := ledger.Open(int64(a.meta.Leaves), hashBlocks{tx})
		for _, c := range all {
			if why := disagrees(tree, c); why != nil {
				wrong = append(wrong, fmt.Sprintf("%s: checkpoint of %s: %v", filepath.Join(LedgerDir, CheckpointsName), c.Time.Format(time.RFC3339), why))
			}
		}
		return nil
	})
	return wrong, err
}

// disagrees says why a tree did not grow out of what a checkpoint saw, nil if it
// did.
func disagrees(tree *ledger.Tree, c ledger.Checkpoint) error {
	root, err := tree.Root(c.Size)
	if err == nil && root != c.Root {
		err = fmt.Errorf("its first %d leaves are not those that were signed", c.Size)
	}
	return err
}
