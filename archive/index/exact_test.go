package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fangzhi/archive/query"
)

// memory is a Manifest of a test.
type memory struct{ entries []Entry }

func (m *memory) Load() ([]Entry, error)     { return slices.Clone(m.entries), nil }
func (m *memory) Save(entries []Entry) error { m.entries = slices.Clone(entries); return nil }

func open(t testing.TB, dir string, m Manifest) *Index {
	t.Helper()
	x, err := Open(dir, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// pieces are what random texts consist of: few, so that strings overlap and repeat.
var pieces = []string{"哈", "哈哈", "陶瓷", "瓷", "国发〔2015〕23号", "2008年", "5G基站", "５Ｇ", "㎡", "㈠", "①", "𠮷", "\U0002F800", "丽",
	"a", "B", "ab", "hello", " ", "\n", "　", "，", "。", ",", "-", "é", "Σς", "한국", "\u200b", "10", "0"}

func randomText(rnd *rand.Rand, most int) string {
	var b strings.Builder
	for range rnd.IntN(most + 1) {
		b.WriteString(pieces[rnd.IntN(len(pieces))])
	}
	return b.String()
}

// randomRow is a version that may replace one of the rows before it.
func randomRow(rnd *rand.Rand, rows naive, seq uint64) Row {
	r := Row{Document: uint64(len(rows)), Version: 1, From: seq, Replaces: NoRow, Rank: rnd.Uint64(), Date: 20220301 + uint32(rnd.IntN(30)),
		Captured: int64(seq), Site: fmt.Sprint("s", rnd.IntN(3)), Region: "360222"}
	if len(rows) > 0 && rnd.IntN(4) == 0 {
		if old := rnd.IntN(len(rows)); rows[old].to == forever {
			r.Replaces, r.Document, r.Version = uint64(old), rows[old].Document, rows[old].Version+1
		}
	}
	r.Fields = [query.Fields]string{randomText(rnd, 4), randomText(rnd, 30), randomText(rnd, 4), randomText(rnd, 2), randomText(rnd, 2)}
	return r
}

// randomQuery is texts from the rows and some that are in none, in a small tree.
func randomQuery(rnd *rand.Rand, rows naive, depth int) query.Node {
	if depth > 0 {
		a, b := randomQuery(rnd, rows, depth-1), randomQuery(rnd, rows, depth-1)
		switch rnd.IntN(8) {
		case 0, 1:
			return query.And{a, b}
		case 2:
			return query.Or{a, b}
		case 3:
			return query.And{a, query.Not{Node: b}}
		case 4:
			return query.And{a, query.Site{Name: "s1"}}
		}
	}
	sets := []query.Set{query.Anywhere, query.Anywhere, query.Title.Set(), query.Body.Set(), query.Source.Set()}
	a := query.Text{In: sets[rnd.IntN(len(sets))], Text: randomWord(rnd, rows)}
	if rnd.IntN(6) == 0 {
		return query.Near{A: a, B: query.Text{In: a.In, Text: randomWord(rnd, rows)}, Within: rnd.IntN(8)}
	}
	return a
}

func randomWord(rnd *rand.Rand, rows naive) string {
	text := []rune(naiveFold(randomText(rnd, 3)))
	if rnd.IntN(4) > 0 {
		r := rows[rnd.IntN(len(rows))]
		text = []rune(r.folded[0] + r.folded[1]) // reaches over the seam now and then
	}
	if len(text) == 0 {
		return "瓷"
	}
	from := rnd.IntN(len(text))
	return string(text[from:min(len(text), from+1+rnd.IntN(8))])
}

// TestExact compares answers with the naive check: while rows are added in a thousand
// small segments that are merged meanwhile, now and as it was at earlier sequence
// numbers, and once more after the index was opened again.
func TestExact(t *testing.T) {
	batches, asked := 1000, 3
	if testing.Short() {
		batches = 100
	}
	for seed := range uint64(1) {
		rnd := rand.New(rand.NewPCG(seed, 6))
		dir, m := t.TempDir(), &memory{}
		x := open(t, dir, m)
		var rows naive
		seq := uint64(0)
		for range batches {
			var batch []Row
			for range 1 + rnd.IntN(3) {
				seq += uint64(rnd.IntN(3))
				r := randomRow(rnd, rows, seq)
				rows.add(r)
				batch = append(batch, r)
			}
			if err := x.Add(batch); err != nil {
				t.Fatal(err)
			}
			for range asked {
				compare(t, x, rows, randomQuery(rnd, rows, 2), seq-min(seq, uint64(rnd.IntN(20))))
			}
		}
		if err := x.Settle(); err != nil {
			t.Fatal(err)
		}
		if n := x.Segments(); n > 30 {
			t.Errorf("%d segments are left of %d", n, batches)
		}
		again := open(t, dir, m)
		for range batches {
			compare(t, x, rows, randomQuery(rnd, rows, 2), 1+rnd.Uint64N(seq))
			compare(t, again, rows, randomQuery(rnd, rows, 2), 1+rnd.Uint64N(seq))
		}
	}
}

// compare asks the index and the naive check.
func compare(t *testing.T, x *Index, rows naive, q query.Node, at uint64) {
	t.Helper()
	if at == 0 {
		return
	}
	a, err := x.Search(t.Context(), Request{Query: q, At: at, Limit: len(rows), Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	want := rows.find(q, at)
	if a.Total != len(want) || len(a.Hits) != len(want) || len(a.Missing) > 0 {
		t.Fatalf("%v at %d: %d found, %d hits, want %d", q, at, a.Total, len(a.Hits), len(want))
	}
	for _, h := range a.Hits {
		if r := rows[h.Row]; !want[h.Row] || r.Document != h.Document || r.Version != h.Version {
			t.Fatalf("%v at %d: found row %d wrongly", q, at, h.Row)
		}
	}
}
