package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"fangzhi/archive/ledger"
	"fangzhi/archive/warc"
)

// Names of the ledger. Its leaves are in captures/, its tree in the database.
const (
	LedgerDir       = "ledger"
	CheckpointsName = "checkpoints.txt" // signed, an empty line behind each
	KeysName        = "keys.txt"        // verifier keys, a line each, the newest last
	KeyName         = "signing.key"     // in the archive's directory
)

// eventRecord is an event of the ledger. It becomes a leaf behind all captures
// there were when it was made.
type eventRecord struct {
	Event    Event  `cbor:"1,keyasint"`
	Captures uint64 `cbor:"2,keyasint"`           // number of the last of them
	Leaf     uint64 `cbor:"3,keyasint,omitempty"` // counted from 1
}

// leaf is a capture as the ledger has it: its number, when it was made, the SHA-256
// of its record's header, that of its payload, and its address. The header has the
// digest of the block: nothing of the record can change.
func (c *captureRecord) leaf(n uint64) []byte {
	return fmt.Appendf(nil, "capture %d %s %s %s %s\n", n, warc.FormatDate(nano(c.Time)), digestFrom(c.Head), digestFrom(c.Payload), c.URL)
}

func (e *eventRecord) leaf() ([]byte, error) {
	line, err := json.Marshal(e.Event)
	return fmt.Appendf(nil, "event %s\n", line), err
}

// hashBlocks keeps the hashes of the tree in the database.
type hashBlocks struct{ tx *bbolt.Tx }

func (h hashBlocks) Block(n int64) ([]byte, error) {
	b := h.tx.Bucket(bucketHash).Get(number(uint64(n)))
	if b == nil {
		return nil, nil
	}
	body, err := unseal(b)
	if err != nil {
		return nil, &DamagedError{string(bucketHash), printable(number(uint64(n)))}
	}
	return body, nil
}

func (h hashBlocks) PutBlock(n int64, b []byte) error {
	return h.tx.Bucket(bucketHash).Put(number(uint64(n)), seal(slices.Clip(b)))
}

// growLedger makes leaves of all captures and events whose turn it is. Captures are
// leaves in the order of their numbers: one waits until all before it are durable.
func (a *Archive) growLedger(tx *bbolt.Tx) error {
	ready := a.meta.Captures
	for _, s := range []*segment{a.main, a.same} {
		if s != nil && len(s.unregistered) > 0 {
			ready = min(ready, s.unregistered[0].number-1)
		}
	}
	g := growth{meta: &a.meta, tx: tx, tree: ledger.Open(int64(a.meta.Leaves), hashBlocks{tx})}
	if err := g.events(ready); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := g.captures(ready); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return g.tree.Flush()
}

// A growth adds leaves to the tree.
type growth struct {
	meta *metaRecord
	tx   *bbolt.Tx
	tree *ledger.Tree
}

func (g *growth) events(ready uint64) error {
	type waiting struct {
		n uint64
		eventRecord
	}
	var all []waiting
	c := g.tx.Bucket(bucketEvent).Cursor()
	for k, v := c.Seek(number(g.meta.Noted + 1)); k != nil; k, v = c.Next() {
		w := waiting{n: numberOf(k)}
		if err := decode(bucketEvent, k, v, &w.eventRecord); err != nil {
			return err
		}
		if w.Captures > ready {
			break
		}
		all = append(all, w)
	}
	for _, w := range all {
		if err := g.captures(w.Captures); err != nil {
			return err
		}
		leaf, err := w.leaf()
		if err != nil {
			return err
		}
		if w.Leaf, err = g.add(leaf); err != nil {
			return err
		}
		if err := put(g.tx, bucketEvent, number(w.n), &w.eventRecord); err != nil {
			return err
		}
		g.meta.Noted = w.n
	}
	return nil
}

// captures makes leaves of the captures up to a number.
func (g *growth) captures(upTo uint64) error {
	for n := g.meta.Logged + 1; n <= upTo; n++ {
		var c captureRecord
		ok, err := get(g.tx, bucketCapture, number(n), &c)
		if err != nil {
			return err
		}
		if ok { // else it was torn, and nobody was told of it
			if c.Leaf, err = g.add(c.leaf(n)); err != nil {
				return err
			}
			if err := put(g.tx, bucketCapture, number(n), &c); err != nil {
				return err
			}
		}
		g.meta.Logged = n
	}
	return nil
}

func (g *growth) add(leaf []byte) (uint64, error) {
	at, err := g.tree.Append(leaf)
	g.meta.Leaves = uint64(g.tree.Size())
	return uint64(at) + 1, err
}

// applyEvent files an event, and what it says of its subject.
func applyEvent(tx *bbolt.Tx, e *Entry) error {
	if err := put(tx, bucketEvent, number(e.Seq), &eventRecord{Event: *e.Event, Captures: e.Captures}); err != nil {
		return err
	}
	if e.Event.What != SealedSegment {
		return nil
	}
	var s segmentRecord
	if _, err := get(tx, bucketSegment, []byte(e.Event.Subject), &s); err != nil {
		return err
	}
	digest, err := parseDigest(e.Event.Digest)
	if err != nil {
		return fmt.Errorf("segment %s: %w", e.Event.Subject, err)
	}
	s.Sealed, s.Digest = true, digest[:]
	return put(tx, bucketSegment, []byte(e.Event.Subject), &s)
}

// loadKey loads the key that signs checkpoints.
func (a *Archive) loadKey() (err error) {
	file := a.opt.Key
	if file == "" {
		file = filepath.Join(a.dir, KeyName)
	}
	a.key, err = ledger.LoadKey(file)
	return err
}

// noteKey makes it known that the key is another one than the last.
func (a *Archive) noteKey() error {
	known, err := os.ReadFile(filepath.Join(a.dir, LedgerDir, KeysName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(known), "\n"), "\n")
	if lines[len(lines)-1] == a.key.Public {
		return nil
	}
	if err := a.appendLedger(KeysName, []byte(a.key.Public+"\n")); err != nil {
		return err
	}
	return a.recordAtOnce(&Entry{Event: &Event{At: a.opt.Now().UTC(), What: KeyChange, Subject: a.key.Public}})
}

// checkpoint signs the tree as it is and appends that to ledger/.
func (a *Archive) checkpoint() error {
	if a.key == nil {
		if err := a.loadKey(); err != nil {
			return err
		}
	}
	if err := errors.Join(a.noteKey(), a.commit()); err != nil {
		return err
	}
	c := ledger.Checkpoint{Origin: a.key.Name(), Size: int64(a.meta.Leaves), Time: a.opt.Now()}
	err := a.view(func(tx *bbolt.Tx) (err error) {
		c.Root, err = ledger.Open(c.Size, hashBlocks{tx}).Root(c.Size)
		return err
	})
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	msg, err := c.Sign(a.key)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return a.appendLedger(CheckpointsName, append(msg, '\n'))
}

// appendLedger appends to a file of ledger/. A disk that fails there is no longer
// trusted with anything.
func (a *Archive) appendLedger(name string, b []byte) error {
	err := a.appendDurable(name, b)
	if err != nil {
		err = fmt.Errorf("ledger: %w", err)
		a.fail(err)
	}
	return err
}

// appendDurable makes it durable, too. What a crash left of an append before is cut
// off.
func (a *Archive) appendDurable(name string, b []byte) (err error) {
	dir := filepath.Join(a.dir, LedgerDir)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	f, size, err := a.opt.FS.Append(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	old, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	if whole := wholeLedger(name, old); whole < size {
		if err := f.Truncate(whole); err != nil {
			return err
		}
	}
	if _, err := f.Write(b); err != nil {
		return err
	}
	return errors.Join(f.Sync(), a.opt.FS.SyncDir(dir))
}

// wholeLedger is the length of what was appended to the end.
func wholeLedger(name string, b []byte) int64 {
	if name == CheckpointsName {
		_, rest := ledger.Split(b)
		return int64(len(b) - len(rest))
	}
	return int64(strings.LastIndexByte(string(b), '\n') + 1)
}

// Checkpoint is the newest signed checkpoint of the archive in dir, as text. It
// reads a plain file and needs not own the archive. ErrNotFound: no run has ended.
func Checkpoint(dir string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, LedgerDir, CheckpointsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("checkpoint: %w", ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	all, _ := ledger.Split(b)
	if len(all) == 0 {
		return nil, fmt.Errorf("checkpoint: %w", ErrNotFound)
	}
	return all[len(all)-1].Text, nil
}
