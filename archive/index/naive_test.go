package index

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"fangzhi/archive/query"
)

// The checks of this file share no code with the index: a fold of their own, and
// strings.Contains.

// naiveFold folds by looking at all of the text in three steps.
func naiveFold(s string) string {
	var all []rune
	for _, r := range s {
		for _, r := range norm.NFKC.String(string(r)) {
			r = unicode.ToLower(unicode.ToUpper(r))
			switch {
			case unicode.IsSpace(r) || unicode.IsControl(r):
				all = append(all, ' ')
			case unicode.In(r, unicode.Cf, unicode.Variation_Selector):
			default:
				all = append(all, r)
			}
		}
	}
	words := strings.FieldsFunc(string(all), func(r rune) bool { return r == ' ' })
	out := ""
	for _, w := range words {
		if out != "" && !wide([]rune(out)[len([]rune(out))-1]) && !wide([]rune(w)[0]) {
			out += " "
		}
		out += w
	}
	return out
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r < 0x3100
}

// naiveRow is a Row with its fields folded and where it ends.
type naiveRow struct {
	Row
	folded [query.Fields]string
	to     uint64
}

// naive holds rows and evaluates queries of And, Or, Not, Text and Site on them.
type naive []naiveRow

func (n *naive) add(r Row) {
	row := naiveRow{Row: r, to: forever}
	for i, text := range r.Fields {
		row.folded[i] = naiveFold(text)
	}
	if r.Replaces != NoRow {
		(*n)[r.Replaces].to = r.From
	}
	*n = append(*n, row)
}

// find is the numbers of the rows that hold q at a sequence number.
func (n naive) find(q query.Node, at uint64) map[uint64]bool {
	found := map[uint64]bool{}
	for i := range n {
		if n[i].From <= at && at < n[i].to && n[i].holds(q) {
			found[uint64(i)] = true
		}
	}
	return found
}

func (r *naiveRow) holds(q query.Node) bool {
	switch q := q.(type) {
	case query.And:
		for _, part := range q {
			if !r.holds(part) {
				return false
			}
		}
		return true
	case query.Or:
		for _, part := range q {
			if r.holds(part) {
				return true
			}
		}
		return false
	case query.Not:
		return !r.holds(q.Node)
	case query.Site:
		return r.Site == q.Name
	case query.Text:
		for f := range r.folded {
			if q.In.Has(query.Field(f)) && strings.Contains(r.folded[f], q.Text) {
				return true
			}
		}
		return false
	case query.Near:
		return r.near(q)
	}
	panic("naive check: unknown part of a query")
}

// near looks at each pair of places.
func (r *naiveRow) near(q query.Near) bool {
	a, b := []rune(q.A.Text), []rune(q.B.Text)
	for f := range r.folded {
		if !q.A.In.Has(query.Field(f)) || !strings.Contains(r.folded[f], q.A.Text) {
			continue
		}
		text := []rune(r.folded[f])
		for _, i := range places(text, a) {
			for _, k := range places(text, b) {
				if between := max(k-i-len(a), i-k-len(b)); between >= 0 && between <= q.Within {
					return true
				}
			}
		}
	}
	return false
}

func places(text, word []rune) (at []int) {
	for i := 0; i+len(word) <= len(text); i++ {
		if slices.Equal(text[i:i+len(word)], word) {
			at = append(at, i)
		}
	}
	return at
}
