package index

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fangzhi/archive/query"
)

// filled is an index of three segments in dir, with the rows in it.
func filled(t testing.TB, dir string, m *memory) naive {
	rnd := rand.New(rand.NewPCG(3, 3))
	x, err := Open(dir, m)
	if err != nil {
		t.Fatal(err)
	}
	var rows naive
	for range 3 {
		var batch []Row
		for range 20 {
			r := randomRow(rnd, rows, uint64(len(rows)+1))
			rows.add(r)
			batch = append(batch, r)
		}
		if err := x.Add(batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return rows
}

var everyKind = query.And{query.Or{query.Text{In: query.Anywhere, Text: "陶瓷"}, query.Text{In: query.Anywhere, Text: "a"}, query.Text{In: query.Anywhere, Text: "国发〔2015〕"}},
	query.Not{Node: query.Site{Name: "s1"}}}

// TestDamage changes every 7th byte of a segment, one at a time. Either the segment is
// missing in the answer, by name, and the others answer; or the answer is right.
func TestDamage(t *testing.T) {
	dir, m := t.TempDir(), &memory{}
	rows := filled(t, dir, m)
	hurt := m.entries[1]
	name := filepath.Join(dir, hurt.Name)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := rows.find(everyKind, 1000)
	step := 7
	if testing.Short() {
		step = 97
	}
	missing := 0
	for at := 0; at < len(whole); at += step {
		bad := slices.Clone(whole)
		bad[at] ^= 1 << (at % 8)
		if err := os.WriteFile(name, bad, 0o640); err != nil {
			t.Fatal(err)
		}
		missing += checkWithout(t, dir, m, hurt, want)
	}
	if missing < len(whole)/step/2 {
		t.Errorf("the damage was seen %d times of %d", missing, len(whole)/step)
	}
	for _, size := range []int{0, 1, footerSize - 1, footerSize, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(name, whole[:size], 0o640); err != nil {
			t.Fatal(err)
		}
		if checkWithout(t, dir, m, hurt, want) == 0 {
			t.Errorf("cut to %d bytes: not seen", size)
		}
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if checkWithout(t, dir, m, hurt, want) == 0 {
		t.Error("removed: not seen")
	}
}

// checkWithout asks an index one segment of which is damaged; 1 when it said so.
func checkWithout(t *testing.T, dir string, m *memory, hurt Entry, want map[uint64]bool) int {
	t.Helper()
	x, err := Open(dir, &memory{slices.Clone(m.entries)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := x.Search(t.Context(), Request{Query: everyKind, Limit: 100, Facets: true, Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	inside := func(row uint64) bool { return hurt.First <= row && row < hurt.First+hurt.Rows }
	left := 0
	for row := range want {
		if len(a.Missing) == 0 || !inside(row) {
			left++
		}
	}
	got := 0
	for _, h := range a.Hits {
		if !inside(h.Row) || len(a.Missing) == 0 {
			got++
		}
		if !want[h.Row] && !(len(a.Missing) > 0 && !inside(h.Row)) { // what the damaged one replaced is visible again
			t.Fatalf("found row %d wrongly", h.Row)
		}
	}
	if got < left {
		t.Fatalf("found %d of %d; missing %v", got, left, a.Missing)
	}
	if len(a.Missing) > 0 && a.Missing[0] != hurt.Name {
		t.Fatalf("missing %v instead of %s", a.Missing, hurt.Name)
	}
	return len(a.Missing)
}

// TestVanishedPage cuts a file short under its map, as a failing disk does.
func TestVanishedPage(t *testing.T) {
	dir, m := t.TempDir(), &memory{}
	filled(t, dir, m)
	x := open(t, dir, m)
	name := filepath.Join(dir, m.entries[2].Name)
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	a, err := x.Search(t.Context(), Request{Query: everyKind, Limit: 100, Facets: true})
	if err != nil || len(a.Missing) != 1 || a.Missing[0] != m.entries[2].Name || len(a.Hits) == 0 {
		t.Fatalf("after its pages vanished: %+v, %v", a, err)
	}
}

// FuzzSegment changes bytes of a segment and makes all checksums right again: what a
// hostile writer could do. Nothing may panic, nor be read beyond the file.
func FuzzSegment(f *testing.F) {
	dir, m := f.TempDir(), &memory{}
	filled(f, dir, m)
	whole, err := os.ReadFile(filepath.Join(dir, m.entries[1].Name))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(100), uint64(1<<63), uint32(5000), uint64(255))
	f.Add(uint32(len(whole)-footerSize+8*footRows), uint64(1), uint32(len(whole)-footerSize+8*footTermCount), uint64(77))
	f.Fuzz(func(t *testing.T, at1 uint32, bits1 uint64, at2 uint32, bits2 uint64) {
		bad := slices.Clone(whole)
		for at, bits := range map[uint32]uint64{at1: bits1, at2: bits2} {
			p := bad[int(at)%(len(bad)-8):]
			binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^bits)
		}
		sumAgain(bad)
		dir := t.TempDir()
		e := m.entries[1]
		if err := os.WriteFile(filepath.Join(dir, segmentName(0, e.Rows)), bad, 0o640); err != nil {
			t.Fatal(err)
		}
		s, err := openSegment(filepath.Join(dir, segmentName(0, e.Rows)))
		var damaged *DamagedError
		if err != nil {
			if !errors.As(err, &damaged) {
				t.Fatal(err)
			}
			return
		}
		x := &Index{segs: []*segment{s}, entries: []Entry{{s.name, s.first(), uint64(s.rows())}}, last: s.foot[footLast]}
		near := query.Near{A: query.Text{In: query.Anywhere, Text: "陶瓷"}, B: query.Text{In: query.Anywhere, Text: "a"}, Within: 5}
		for _, q := range []query.Node{everyKind, query.Or{near, query.Region{Code: "360000"}}} {
			if _, err := x.Search(t.Context(), Request{Query: q, Limit: 100, Facets: true}); err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		if err := merge(&out, []*segment{s, s}, &x.closed); err != nil && !errors.As(err, &damaged) {
			t.Fatal(err)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// sumAgain makes the checksums of a segment right where its footer lets it.
func sumAgain(b []byte) {
	var foot footer
	for i := range foot {
		foot[i] = binary.LittleEndian.Uint64(b[len(b)-footerSize+8*i:])
	}
	sums := foot[footSums]
	if end := uint64(len(b) - footerSize); sums <= end {
		for i := uint64(0); i*sumBlock < sums && sums+4*i+4 <= end; i++ {
			binary.LittleEndian.PutUint32(b[sums+4*i:], crc32.Checksum(b[i*sumBlock:min((i+1)*sumBlock, sums)], castagno))
		}
		foot[footSumsCRC] = uint64(crc32.Checksum(b[sums:end], castagno))
	}
	foot[footCRC] = foot.crc()
	copy(b[len(b)-footerSize:], foot.bytes())
}
