package archive

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"fangzhi/archive/cdxj"
	"fangzhi/archive/ledger"
)

// treeOf is the tree of an archive and its leaves, read out of the captures and
// events.
func treeOf(t *testing.T, a *Archive) (roots []tlog.Hash) {
	t.Helper()
	leaves := map[uint64][]byte{}
	err := a.look(t.Context(), func(tx *bbolt.Tx) error {
		if err := eachCapture(tx, 1, 1<<62, func(n uint64, c *captureRecord) error {
			leaves[c.Leaf] = c.leaf(n)
			return nil
		}); err != nil {
			return err
		}
		return each(tx, bucketEvent, nil, func(_ []byte, e *eventRecord) (err error) {
			leaves[e.Leaf], err = e.leaf()
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var hashes []tlog.Hash
	for i := range uint64(len(leaves)) {
		stored, err := tlog.StoredHashes(int64(i), leaves[i+1], hashesOf(hashes))
		if err != nil {
			t.Fatalf("leaf %d of %d: %v", i, len(leaves), err)
		}
		hashes = append(hashes, stored...)
		root, err := tlog.TreeHash(int64(i)+1, hashesOf(hashes))
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, root)
	}
	return roots
}

type hashesOf []tlog.Hash

func (h hashesOf) ReadHashes(at []int64) (out []tlog.Hash, err error) {
	for _, i := range at {
		out = append(out, h[i])
	}
	return out, nil
}

// TestLedger: each run ends with a signed checkpoint of a tree that has every
// capture and event for a leaf, and later ones grow out of earlier ones.
func TestLedger(t *testing.T) {
	s := newSim(t, 2, Options{SegmentSize: 20 << 10, CommitOps: 13})
	if _, err := Checkpoint(s.dir); !errors.Is(err, ErrNotFound) {
		t.Errorf("checkpoint of an archive without runs: %v", err)
	}
	const days = 6
	s.live(days)
	roots := treeOf(t, s.a)
	all, wrong, err := readCheckpoints(s.dir)
	if err != nil || len(wrong) > 0 || len(all) != days {
		t.Fatalf("%d checkpoints, %q, %v", len(all), wrong, err)
	}
	for i, c := range all {
		if c.Size == 0 || c.Root != roots[c.Size-1] || i > 0 && c.Size <= all[i-1].Size || !c.Time.Equal(c.Time.UTC()) {
			t.Errorf("checkpoint %d: %+v", i, c)
		}
	}
	if last := all[days-1]; int(last.Size) != len(roots) {
		t.Errorf("the last checkpoint has %d leaves, there are %d", last.Size, len(roots))
	}
	text, err := Checkpoint(s.dir)
	if err != nil || !strings.Contains(string(text), all[days-1].Root.String()) {
		t.Errorf("newest checkpoint %q, %v", text, err)
	}
	s.must(s.a.view(func(tx *bbolt.Tx) error {
		tree := ledger.Open(int64(len(roots)), hashBlocks{tx})
		var c captureRecord
		_, err := get(tx, bucketCapture, number(3), &c)
		s.must(err)
		proof, err := tree.ProveLeaf(all[days-1].Size, int64(c.Leaf-1))
		s.must(err)
		s.must(tlog.CheckRecord(proof, all[days-1].Size, all[days-1].Root, int64(c.Leaf-1), tlog.RecordHash(c.leaf(3))))
		growth, err := tree.ProveGrowth(all[days-1].Size, all[0].Size)
		s.must(err)
		return tlog.CheckTree(growth, all[days-1].Size, all[days-1].Root, all[0].Size, all[0].Root)
	}))
}

// TestLedgerOrder: captures that become durable out of order are leaves in order.
func TestLedgerOrder(t *testing.T) {
	s := newSim(t, 2, Options{CommitOps: 3})
	var wg sync.WaitGroup
	for i := range 60 {
		link := Link{Site: simSite, URL: simHome + "art/" + strings.Repeat("x", i), Role: RoleArticle}
		c := s.capture(link, 200, "<p>"+link.URL)
		wg.Go(func() {
			if _, _, err := s.a.Append(t.Context(), c, link.Role); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.must(s.a.Flush(t.Context()))
	s.must(s.a.look(t.Context(), func(tx *bbolt.Tx) error {
		return eachCapture(tx, 1, 60, func(n uint64, c *captureRecord) error {
			if c.Leaf != n {
				t.Errorf("capture %d is leaf %d", n, c.Leaf)
			}
			return nil
		})
	}))
	if roots := treeOf(t, s.a); len(roots) != 60 {
		t.Errorf("%d leaves", len(roots))
	}
}

// TestRebuildKeepsRoots: a tree that was made anew agrees with all checkpoints; one
// that lacks a record says so.
func TestRebuildKeepsRoots(t *testing.T) {
	s := newSim(t, 8, Options{SegmentSize: 20 << 10})
	s.live(5)
	want := treeOf(t, s.a)
	s.must(s.a.Close())
	indexes := indexesOf(t, s.dir)
	for name := range indexes {
		s.must(os.Remove(filepath.Join(s.dir, CapturesDir, name)))
	}
	r, err := Rebuild(t.Context(), s.dir, s.opt)
	if err != nil || len(r.Damaged)+len(r.Ledger) > 0 {
		t.Fatalf("rebuilt %+v, %v", r, err)
	}
	for name, text := range indexesOf(t, s.dir) {
		if indexes[name] != text {
			t.Errorf("index %s differs", name)
		}
		delete(indexes, name)
	}
	if len(indexes) > 0 {
		t.Errorf("indexes not made anew: %v", indexes)
	}
	s.a, err = Open(s.dir, s.opt)
	s.must(err)
	if got := treeOf(t, s.a); !slices.Equal(got, want) {
		t.Errorf("%d leaves, want %d", len(got), len(want))
	}
	s.live(1)
	want = treeOf(t, s.a)
	var victim captureRecord
	s.must(s.a.look(t.Context(), func(tx *bbolt.Tx) error {
		_, err := get(tx, bucketCapture, number(2), &victim)
		return err
	}))
	s.must(s.a.Close())

	// A record that is damaged is lost; that it was there is not.
	s.edit(captureFile(victim.Segment), func(b []byte) []byte { b[victim.Offset+victim.Length/2] ^= 0xff; return b })
	if r, err = Rebuild(t.Context(), s.dir, s.opt); err != nil || len(r.Damaged) == 0 || len(r.Ledger) > 0 {
		t.Errorf("rebuilt with a damaged record: %+v, %v", r, err)
	}
	s.a, err = Open(s.dir, s.opt)
	s.must(err)
	if got := treeOf(t, s.a); !slices.Equal(got, want) {
		t.Errorf("%d leaves with a damaged record, want %d", len(got), len(want))
	}
	s.must(s.a.Close())
	found, _ := verify(t, s.dir, VerifyOptions{})
	if len(found) == 0 || slices.ContainsFunc(found, func(f Finding) bool {
		return f.File != captureFile(victim.Segment) && f.File != captureFile(indexName(victim.Segment))
	}) {
		t.Errorf("verify: %v, want findings of %s alone", found, victim.Segment)
	}

	s.must(os.Remove(s.file(DatabaseName)))
	names, err := segmentNames(s.dir)
	s.must(err)
	s.must(os.Remove(filepath.Join(s.dir, CapturesDir, names[0])))
	if r, err = Rebuild(t.Context(), s.dir, s.opt); err != nil || len(r.Ledger) != 6 || !strings.Contains(r.Ledger[0], "checkpoint 1") {
		t.Errorf("rebuilt without %s: %+v, %v", names[0], r, err)
	}
}

func indexesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, CapturesDir, "*.cdxj"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = string(b)
	}
	return all
}

// TestIndex: beside each sealed segment lies a line for each of its captures,
// sorted, which leads to its record.
func TestIndex(t *testing.T) {
	s := newSim(t, 7, Options{SegmentSize: 3 << 10})
	s.live(8)
	sealed, err := s.a.segmentsThat(t.Context(), func(r *segmentRecord) bool { return r.Digest != nil })
	s.must(err)
	indexes := indexesOf(t, s.dir)
	if len(sealed) < 2 || len(indexes) != len(sealed) {
		t.Fatalf("%d segments are sealed, %d have an index", len(sealed), len(indexes))
	}
	kinds := map[string]int{}
	for _, segment := range sealed {
		text := strings.TrimSuffix(indexes[indexName(segment)], "\n")
		lines := strings.Split(text, "\n")
		if !slices.IsSorted(lines) {
			t.Errorf("the index of %s is not sorted", segment)
		}
		for _, line := range lines {
			if text == "" { // it has journals only
				break
			}
			l, err := cdxj.Parse(line)
			s.must(err)
			kinds[l.Mime+l.Method]++
			var loc Location
			s.must(s.a.look(t.Context(), func(tx *bbolt.Tx) error {
				return eachCapture(tx, 1, 1<<62, func(n uint64, c *captureRecord) error {
					if c.Segment == l.Filename && line == must(c.indexLine(s.dir, n)) {
						loc = c.location(n)
					}
					return nil
				})
			}))
			c, err := ReadCapture(s.dir, loc)
			if err != nil || c.URL != l.URL {
				t.Errorf("%s leads to %v, %v", line, c, err)
			}
		}
	}
	if kinds["text/html"] == 0 || kinds[cdxj.Revisit] == 0 || kinds["text/htmlPOST"]+kinds[cdxj.Revisit+"POST"] == 0 {
		t.Errorf("kinds of lines: %v", kinds)
	}
}

// TestKeyChange: a new key is an event, and checkpoints of the old one stay good.
func TestKeyChange(t *testing.T) {
	s := newSim(t, 2, Options{Key: filepath.Join(t.TempDir(), "elsewhere", "k")})
	s.live(1)
	s.must(os.Remove(s.opt.Key))
	s.live(1)
	if _, err := os.Stat(filepath.Join(s.dir, KeyName)); err == nil {
		t.Error("there is a key in the archive, too")
	}
	all, wrong, err := readCheckpoints(s.dir)
	if err != nil || len(wrong) > 0 || len(all) != 2 || all[0].Origin == all[1].Origin {
		t.Fatalf("checkpoints %+v, %q, %v", all, wrong, err)
	}
	changes := 0
	s.must(s.a.look(t.Context(), func(tx *bbolt.Tx) error {
		return each(tx, bucketEvent, nil, func(_ []byte, e *eventRecord) error {
			if e.Event.What == KeyChange {
				changes++
			}
			return nil
		})
	}))
	if changes != 2 {
		t.Errorf("%d changes of the key", changes)
	}
	s.must(os.Chmod(s.opt.Key, 0o644))
	if _, err := s.a.BeginRun(t.Context(), Run{}); !errors.As(err, new(*ledger.KeyError)) {
		t.Errorf("a run with a key that others may read: %v", err)
	}
}

// TestTornCheckpoint: half of a checkpoint that a crash left is cut off.
func TestTornCheckpoint(t *testing.T) {
	s := newSim(t, 2, Options{})
	s.live(2)
	name := filepath.Join(s.dir, LedgerDir, CheckpointsName)
	b, err := os.ReadFile(name)
	s.must(err)
	s.must(os.WriteFile(name, b[:len(b)-30], 0o640))
	s.live(1)
	all, wrong, err := readCheckpoints(s.dir)
	if err != nil || len(wrong) > 0 || len(all) != 2 {
		t.Errorf("%d checkpoints, %q, %v", len(all), wrong, err)
	}
}
