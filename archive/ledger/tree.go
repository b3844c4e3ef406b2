package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// BlockHashes is how many hashes a block has; the last one of a tree has fewer.
const BlockHashes = 256

// Blocks is where the hashes of a tree are kept, in the order of
// tlog.StoredHashIndex.
type Blocks interface {
	Block(n int64) ([]byte, error) // empty when there is none
	PutBlock(n int64, b []byte) error
}

// A Tree is an append-only Merkle tree of so many leaves. It is used by one
// goroutine.
type Tree struct {
	size   int64
	blocks Blocks
	cached map[int64][]byte
	dirty  map[int64]bool
}

// Open opens a tree that has size leaves.
func Open(size int64, blocks Blocks) *Tree {
	return &Tree{size: size, blocks: blocks, cached: map[int64][]byte{}, dirty: map[int64]bool{}}
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Append adds a leaf; Flush keeps it.
func (t *Tree) Append(leaf []byte) (index int64, err error) {
	hashes, err := tlog.StoredHashes(t.size, leaf, t)
	if err != nil {
		return 0, fmt.Errorf("leaf %d: %w", t.size, err)
	}
	at := tlog.StoredHashIndex(0, t.size)
	for i := range hashes {
		if err := t.put(at+int64(i), hashes[i]); err != nil {
			return 0, err
		}
	}
	t.size++
	return t.size - 1, nil
}

func (t *Tree) put(at int64, h tlog.Hash) error {
	n := at / BlockHashes
	b, err := t.block(n)
	if err != nil {
		return err
	}
	if got, want := int64(len(b)), at%BlockHashes*tlog.HashSize; got < want {
		return fmt.Errorf("block %d of the ledger has %d bytes, not %d", n, got, want)
	} else if got > want { // of a batch that was taken back
		b = b[:want]
	}
	t.cached[n] = append(b, h[:]...)
	t.dirty[n] = true
	return nil
}

// maxCached bounds the blocks in memory that were only read.
const maxCached = 64

func (t *Tree) block(n int64) ([]byte, error) {
	if b, ok := t.cached[n]; ok {
		return b, nil
	}
	kept, err := t.blocks.Block(n)
	if err != nil {
		return nil, err
	}
	if len(t.cached)-len(t.dirty) >= maxCached {
		for k := range t.cached {
			if !t.dirty[k] {
				delete(t.cached, k)
			}
		}
	}
	b := append(make([]byte, 0, BlockHashes*tlog.HashSize), kept...)
	t.cached[n] = b
	return b, nil
}

// Flush keeps what was appended.
func (t *Tree) Flush() error {
	for n := range t.dirty {
		if err := t.blocks.PutBlock(n, t.cached[n]); err != nil {
			return err
		}
	}
	clear(t.dirty)
	return nil
}

// ReadHashes is tlog.HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		b, err := t.block(at / BlockHashes)
		if err != nil {
			return nil, err
		}
		from := at % BlockHashes * tlog.HashSize
		if int64(len(b)) < from+tlog.HashSize {
			return nil, fmt.Errorf("hash %d of the ledger is missing", at)
		}
		copy(hashes[i][:], b[from:])
	}
	return hashes, nil
}

// Root is the hash over the first size leaves.
func (t *Tree) Root(size int64) (tlog.Hash, error) {
	if size < 0 || size > t.size {
		return tlog.Hash{}, fmt.Errorf("the ledger has %d leaves, not %d", t.size, size)
	}
	return tlog.TreeHash(size, t)
}

// ProveLeaf proves that a leaf is in the tree of the first size leaves:
// tlog.CheckRecord checks it.
func (t *Tree) ProveLeaf(size, leaf int64) (tlog.RecordProof, error) {
	if size > t.size {
		return nil, fmt.Errorf("the ledger has %d leaves, not %d", t.size, size)
	}
	return tlog.ProveRecord(size, leaf, t)
}

// ProveGrowth proves that the tree of the first size leaves begins with that of
// the first old: tlog.CheckTree checks it.
func (t *Tree) ProveGrowth(size, old int64) (tlog.TreeProof, error) {
	if size > t.size {
		return nil, fmt.Errorf("the ledger has %d leaves, not %d", t.size, size)
	}
	return tlog.ProveTree(size, old, t)
}
