package index

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestList stores lists of all lengths around a block, dense and sparse, and reads
// them whole, by seeking and by rank.
func TestList(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 128))
	for _, n := range []int{1, 2, 3, 127, 128, 129, 255, 256, 257, 1000, 5000} {
		for _, spread := range []uint32{1, 2, 100, 70000} {
			v := make([]uint32, n)
			at := uint32(0)
			for i := range v {
				if at += 1 + rnd.Uint32N(spread); rnd.IntN(50) == 0 {
					at += rnd.Uint32N(spread * 10)
				}
				v[i] = at
			}
			checkList(t, rnd, v)
		}
	}
	checkList(t, rnd, []uint32{0, 1<<32 - 2})
	checkList(t, rnd, []uint32{0, 1, 2, 3, 1<<32 - 2})
}

func checkList(t *testing.T, rnd *rand.Rand, v []uint32) {
	t.Helper()
	end := v[len(v)-1] + 1
	stored := append(appendList(nil, v), make([]byte, slack)...)
	l, ok := openList(stored, len(v), end)
	if !ok {
		t.Fatalf("list of %d cannot be opened", len(v))
	}
	if got, ok := l.appendTo(nil, 0); !ok || !slices.Equal(got, v) {
		t.Fatalf("list of %d from %d to %d reads otherwise", len(v), v[0], end)
	}
	if _, ok := openList(stored[:len(stored)-slack], len(v), end); ok && len(stored) < 2*slack {
		t.Errorf("a list without slack was opened")
	}
	seek, rank := &cursor{list: l}, &cursor{list: l}
	for at := rnd.Uint32N(end); ; at += 1 + rnd.Uint32N(end/8+1) {
		i, _ := slices.BinarySearch(v, at)
		got, ok := seek.seek(at)
		if ok != (i < len(v)) || ok && got != v[i] {
			t.Fatalf("seek(%d) in %d numbers: %d, %v; want place %d", at, len(v), got, ok, i)
		}
		if got := rank.rank(at); got != i {
			t.Fatalf("rank(%d) in %d numbers: %d, want %d", at, len(v), got, i)
		}
		if at >= end-end/4 {
			break
		}
	}
}

// FuzzList: bytes that are no list make no panic, and never numbers beyond the limit.
func FuzzList(f *testing.F) {
	f.Add(append(appendList(nil, []uint32{5, 6, 1000}), make([]byte, slack)...), 3, uint32(2000))
	f.Add(make([]byte, 600), 300, uint32(7))
	f.Fuzz(func(t *testing.T, data []byte, n int, limit uint32) {
		l, ok := openList(data, min(n, 1000), limit)
		if !ok {
			return
		}
		var room [blockLen]uint32
		for b := range l.blocks() {
			if v, ok := l.read(b, &room); ok && slices.Max(v) >= limit {
				t.Fatalf("block %d reaches %d, limit %d", b, slices.Max(v), limit)
			}
		}
		(&cursor{list: l}).seek(limit / 2)
	})
}
