package index

import (
	"math/rand/v2"
	"strings"
	"testing"

	"fangzhi/archive/index/sample"
	"fangzhi/archive/query"
)

// TestSubstrings seeks 2,000 strings of one to eight characters that are in 400 articles
// with hard cases strewn in (mixed, overlapping, compatibility forms, astral characters,
// over the seam of title and text), and 500 that look like them and are in none. What is
// found is compared with a scan that has a fold of its own: nothing may be missing,
// nothing too much.
func TestSubstrings(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2000, 8))
	maker, x := sample.New(), open(t, t.TempDir(), &memory{})
	var rows naive
	for range 8 {
		var batch []Row
		for range 50 {
			a := maker.Article(len(rows))
			a.Text = a.Text[:min(len(a.Text), 900)/3*3] + randomText(rnd, 12)
			r := rowOf(len(rows), &a)
			rows.add(r)
			batch = append(batch, r)
		}
		if err := x.Add(batch); err != nil {
			t.Fatal(err)
		}
	}
	all := uint64(len(rows))
	cut := func(text []rune) string {
		from := rnd.IntN(len(text))
		return strings.TrimSpace(string(text[from:min(len(text), from+1+rnd.IntN(8))]))
	}
	present, absent := 0, 0
	for tries := 0; present < 2000 || absent < 500; tries++ {
		r := &rows[rnd.IntN(len(rows))]
		title, body := []rune(r.folded[query.Title]), []rune(r.folded[query.Body])
		var word string
		switch tries % 5 {
		case 0:
			word = cut(title)
		case 1: // from the end of a title into its text
			word = string(title[max(0, len(title)-1-rnd.IntN(4)):]) + string(body[:1+rnd.IntN(4)])
		case 2: // the hard cases
			word = cut(body[max(0, len(body)-20):])
		default:
			word = cut(body)
		}
		if word == "" || strings.ContainsRune(word, '\uFFFD') {
			continue
		}
		q := query.Text{In: query.Anywhere, Text: word}
		if len(rows.find(q, all)) > 0 {
			present++
		} else {
			absent++
		}
		compare(t, x, rows, q, all)
	}
	t.Logf("%d present, %d absent", present, absent)
}
