package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// memory keeps blocks in a map.
type memory map[int64][]byte

func (m memory) Block(n int64) ([]byte, error) { return m[n], nil }

func (m memory) PutBlock(n int64, b []byte) error {
	m[n] = bytes.Clone(b)
	return nil
}

func leaf(i int64) []byte { return []byte(fmt.Sprint("leaf ", i)) }

func grow(t *testing.T, m memory, from, to int64) *Tree {
	t.Helper()
	tree := Open(from, m)
	for i := from; i < to; i++ {
		if at, err := tree.Append(leaf(i)); err != nil || at != i {
			t.Fatalf("leaf %d is at %d: %v", i, at, err)
		}
	}
	if err := tree.Flush(); err != nil {
		t.Fatal(err)
	}
	return tree
}

// plainRoot is RFC 6962's definition, written out.
func plainRoot(from, to int64) tlog.Hash {
	if to-from == 1 {
		return tlog.RecordHash(leaf(from))
	}
	k := int64(1)
	for k*2 < to-from {
		k *= 2
	}
	return tlog.NodeHash(plainRoot(from, from+k), plainRoot(from+k, to))
}

// TestTree grows a tree in batches over several blocks and proves what it says.
func TestTree(t *testing.T) {
	m := memory{}
	sizes := []int64{1, 2, 3, 100, 127, 128, 129, 300, 777}
	roots := map[int64]tlog.Hash{}
	var tree *Tree
	last := int64(0)
	for _, size := range sizes {
		tree = grow(t, m, last, size)
		root, err := tree.Root(size)
		if err != nil || root != plainRoot(0, size) {
			t.Fatalf("root of %d leaves: %v, %v", size, root, err)
		}
		roots[size], last = root, size
	}
	for _, old := range sizes {
		p, err := tree.ProveGrowth(last, old)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(p, last, roots[last], old, roots[old]); err != nil {
			t.Errorf("growth from %d: %v", old, err)
		}
		if err := tlog.CheckTree(p, last, roots[last], old, roots[1]); err == nil && old != 1 {
			t.Errorf("growth from %d is proved of another tree", old)
		}
	}
	for _, n := range []int64{0, 1, 127, 128, 500, 776} {
		p, err := tree.ProveLeaf(last, n)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(p, last, roots[last], n, tlog.RecordHash(leaf(n))); err != nil {
			t.Errorf("leaf %d: %v", n, err)
		}
		if err := tlog.CheckRecord(p, last, roots[last], n, tlog.RecordHash(leaf(n+1))); err == nil {
			t.Errorf("leaf %d is proved to be another", n)
		}
	}
	if _, err := tree.Root(last + 1); err == nil {
		t.Error("a root of leaves that are not there")
	}
}

// A batch that was appended and not kept is as if it had never been.
func TestTakenBack(t *testing.T) {
	m := memory{}
	grow(t, m, 0, 100)
	other := Open(100, m)
	for i := range int64(50) {
		if _, err := other.Append(leaf(1000 + i)); err != nil {
			t.Fatal(err)
		}
	}
	tree := grow(t, m, 100, 140)
	if root, err := tree.Root(140); err != nil || root != plainRoot(0, 140) {
		t.Errorf("root %v, %v", root, err)
	}
}

func TestDamagedBlocks(t *testing.T) {
	m := memory{}
	grow(t, m, 0, 200)
	m[0] = m[0][:1]
	if _, err := Open(200, m).Root(1); err == nil {
		t.Error("a root out of a block that is too short")
	}
	delete(m, 1)
	if _, err := Open(200, m).Append(leaf(200)); err == nil {
		t.Error("a leaf behind a block that is missing")
	}
}

var noon = time.Date(2022, 3, 31, 12, 0, 0, 0, time.UTC)

func TestCheckpoint(t *testing.T) {
	key, err := LoadKey(filepath.Join(t.TempDir(), "sub", "signing.key"))
	if err != nil || !key.Made {
		t.Fatalf("key %+v, %v", key, err)
	}
	verifiers, err := Verifiers(key.Public + "\n")
	if err != nil {
		t.Fatal(err)
	}
	want := Checkpoint{Origin: key.Name(), Size: 1742, Root: plainRoot(0, 3), Time: noon}
	msg, err := want.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Verify(msg, verifiers); err != nil || got != want {
		t.Errorf("read back %+v, %v", got, err)
	}
	for i := range msg {
		changed := bytes.Clone(msg)
		changed[i] ^= 1
		if got, err := Verify(changed, verifiers); err == nil && got == want && changed[i]|0x20 != msg[i]|0x20 {
			t.Errorf("byte %d changed: not noticed in\n%s", i, changed)
		} else if err == nil {
			t.Errorf("byte %d changed: %+v", i, got)
		}
	}
	other, err := LoadKey(filepath.Join(t.TempDir(), "k"))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := want.Sign(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(foreign, verifiers); !errors.As(err, new(*SignatureError)) {
		t.Errorf("signed by nobody we know: %v", err)
	}
}

func TestParseCheckpoint(t *testing.T) {
	root := plainRoot(0, 1).String()
	for name, text := range map[string]string{
		"no origin":     "\n1\n" + root + "\ntime 2022-03-31T12:00:00Z\n",
		"no size":       "o\nx\n" + root + "\ntime 2022-03-31T12:00:00Z\n",
		"negative":      "o\n-1\n" + root + "\ntime 2022-03-31T12:00:00Z\n",
		"zeros in size": "o\n01\n" + root + "\ntime 2022-03-31T12:00:00Z\n",
		"short root":    "o\n1\nAAAA\ntime 2022-03-31T12:00:00Z\n",
		"no time":       "o\n1\n" + root + "\n",
		"odd time":      "o\n1\n" + root + "\ntime now\n",
		"no word":       "o\n1\n" + root + "\n2022-03-31T12:00:00Z\n",
	} {
		if c, err := parseCheckpoint(text); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestSplit(t *testing.T) {
	key, err := LoadKey(filepath.Join(t.TempDir(), "k"))
	if err != nil {
		t.Fatal(err)
	}
	var file []byte
	var want []Signed
	for i := range int64(3) {
		msg, err := Checkpoint{Origin: key.Name(), Size: i, Time: noon}.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, Signed{int64(len(file)), msg})
		file = append(append(file, msg...), '\n')
	}
	for cut := range len(file) + 1 {
		all, rest := Split(file[:cut])
		whole := 0
		for _, w := range want {
			if int(w.Offset)+len(w.Text) < cut {
				whole++
			}
		}
		if len(all) != whole {
			t.Fatalf("cut at %d: %d checkpoints, want %d", cut, len(all), whole)
		}
		end := cut - len(rest)
		for i, s := range all {
			if s.Offset != want[i].Offset || !bytes.Equal(s.Text, want[i].Text) {
				t.Fatalf("cut at %d: checkpoint %d is %q", cut, i, s.Text)
			}
		}
		if whole > 0 && end != int(want[whole-1].Offset)+len(want[whole-1].Text)+1 {
			t.Fatalf("cut at %d: rest begins at %d", cut, end)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "signing.key")
	made, err := LoadKey(name)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadKey(name)
	if err != nil || again.Made || again.Public != made.Public || again.Name() != made.Name() {
		t.Errorf("again %+v, %v", again, err)
	}
	info, err := os.Stat(name)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if v, err := note.NewVerifier(made.Public); err != nil || v.Name() != made.Name() || v.KeyHash() != made.KeyHash() {
		t.Errorf("public key %s: %v", made.Public, err)
	}
	for content, word := range map[string]string{"": "not a key", "PRIVATE+KEY+x": "not a key", made.Public: "not a key"} {
		bad := filepath.Join(dir, "bad")
		if err := os.WriteFile(bad, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKey(bad); !errors.As(err, new(*KeyError)) || !strings.Contains(err.Error(), word) || !strings.Contains(err.Error(), bad) {
			t.Errorf("key file %q: %v", content, err)
		}
	}
	if runtime.GOOS == "windows" {
		return // has no such modes
	}
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(name); err == nil || !strings.Contains(err.Error(), "0644") {
		t.Errorf("a key that others may read: %v", err)
	}
}

func TestVerifiers(t *testing.T) {
	if _, err := Verifiers("garbage\n"); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("error %v", err)
	}
	if v, err := Verifiers(""); err != nil || v == nil {
		t.Errorf("no keys: %v", err)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte("o\n1\n\n— x y\n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		all, rest := Split(file)
		total := len(rest)
		for _, s := range all {
			total += len(s.Text) + 1
		}
		if total != len(file) {
			t.Fatalf("%d bytes of %d", total, len(file))
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	tree := Open(0, memory{})
	for i := int64(0); b.Loop(); i++ {
		if _, err := tree.Append(leaf(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := tree.Flush(); err != nil {
		b.Fatal(err)
	}
}
