package index

import (
	"cmp"
	"context"
	"slices"

	"fangzhi/archive/query"
)

// hits are rows of one segment in order, each with what its texts count.
type hits struct {
	rows   []uint32
	scores []float32
}

func (h *hits) add(row uint32, score float32) {
	h.rows = append(h.rows, row)
	h.scores = append(h.scores, score)
}

// An evaluator answers a query for one segment.
type evaluator struct {
	*segment
	layout
	ctx   context.Context
	texts map[query.Text]*seeker
}

// A seeker is a text in one segment: a phrase, or the fields of a single character.
// Neither is set when the segment has none.
type seeker struct {
	phrase *phrase
	single *cursor
	length int
	weight float32 // see census
	used   bool
}

// evaluator opens the lists of all texts of n.
func (s *segment) evaluator(ctx context.Context, n query.Node) (*evaluator, error) {
	e := &evaluator{segment: s, ctx: ctx, texts: map[query.Text]*seeker{}}
	var err error
	if e.layout, err = s.layout(); err != nil {
		return nil, err
	}
	for _, t := range allTexts(n) {
		if e.texts[t] != nil {
			continue
		}
		k := &seeker{}
		text := []rune(t.Text)
		if k.length = len(text); k.length == 1 {
			k.single, err = s.cursor(pair(text[0], alone))
		} else {
			k.phrase, err = s.phrase(text)
		}
		if err != nil {
			return nil, err
		}
		e.texts[t] = k
	}
	return e, nil
}

// allTexts are the texts of n, excluded ones too.
func allTexts(n query.Node) (found []query.Text) {
	switch n := n.(type) {
	case query.Not:
		return allTexts(n.Node)
	case query.And:
		for _, part := range n {
			found = append(found, allTexts(part)...)
		}
	case query.Or:
		for _, part := range n {
			found = append(found, allTexts(part)...)
		}
	default:
		return query.Texts(n)
	}
	return found
}

// most is how many rows can hold the text at most.
func (k *seeker) most() int {
	switch {
	case k.phrase != nil:
		return k.phrase.most()
	case k.single != nil:
		return k.single.n
	}
	return 0
}

// begin goes back to the beginning.
func (k *seeker) begin() {
	if !k.used {
		k.used = true
		return
	}
	if k.single != nil {
		k.single = &cursor{list: k.single.list}
	}
	if k.phrase != nil {
		for i, c := range k.phrase.cursors {
			k.phrase.cursors[i] = &cursor{list: c.list}
		}
	}
}

// find evaluates n for the rows of within, nil for all.
func (e *evaluator) find(n query.Node, within []uint32) (h hits, err error) {
	if err := e.ctx.Err(); err != nil {
		return h, err
	}
	switch n := n.(type) {
	case query.And:
		return e.and(n, within)
	case query.Or:
		return e.or(n, within)
	case query.Not:
		if h, err = e.find(n.Node, within); err == nil {
			h = without(e.every(within), h.rows)
		}
		return h, err
	case query.Text:
		return e.text(n, within)
	case query.Near:
		return e.near(n, within)
	}
	return e.filter(n, within)
}

// every is all rows of within.
func (e *evaluator) every(within []uint32) hits {
	if within == nil {
		within = make([]uint32, e.rows())
		for i := range within {
			within[i] = uint32(i)
		}
	}
	return hits{within, make([]float32, len(within))}
}

// and looks at the parts in order of what they can find, each within what the
// ones before found.
func (e *evaluator) and(parts query.And, within []uint32) (h hits, err error) {
	if len(parts) == 0 {
		return e.every(within), nil
	}
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b query.Node) int { return cmp.Compare(e.most(a), e.most(b)) })
	for i, part := range parts {
		found, err := e.find(part, within)
		if err != nil {
			return hits{}, err
		}
		if i > 0 {
			found = both(h, found)
		}
		if h = found; len(h.rows) == 0 {
			return h, nil
		}
		within = h.rows
	}
	return h, nil
}

// most is how many rows a part can find at most.
func (e *evaluator) most(n query.Node) int {
	switch n := n.(type) {
	case query.Text:
		return e.texts[n].most()
	case query.Near:
		return min(e.texts[n.A].most(), e.texts[n.B].most())
	case query.Or:
		sum := 0
		for _, part := range n {
			sum += e.most(part)
		}
		return sum
	case query.And:
		least := e.rows()
		for _, part := range n {
			least = min(least, e.most(part))
		}
		return least
	case query.Not:
		return e.rows() + 1
	}
	return e.rows()
}

func (e *evaluator) or(parts query.Or, within []uint32) (h hits, err error) {
	for i, part := range parts {
		found, err := e.find(part, within)
		if err != nil {
			return h, err
		}
		if i > 0 {
			found = either(h, found)
		}
		h = found
	}
	return h, nil
}

// both are the rows of b, all of which a has, with the scores of both.
func both(a, b hits) hits {
	i := 0
	for k, row := range b.rows {
		for a.rows[i] < row {
			i++
		}
		b.scores[k] += a.scores[i]
	}
	return b
}

func either(a, b hits) (h hits) {
	h.rows = make([]uint32, 0, len(a.rows)+len(b.rows))
	h.scores = make([]float32, 0, len(a.rows)+len(b.rows))
	i, k := 0, 0
	for i < len(a.rows) || k < len(b.rows) {
		switch {
		case k == len(b.rows) || i < len(a.rows) && a.rows[i] < b.rows[k]:
			h.add(a.rows[i], a.scores[i])
			i++
		case i == len(a.rows) || b.rows[k] < a.rows[i]:
			h.add(b.rows[k], b.scores[k])
			k++
		default:
			h.add(a.rows[i], a.scores[i]+b.scores[k])
			i++
			k++
		}
	}
	return h
}

func without(a hits, rows []uint32) (h hits) {
	k := 0
	for i, row := range a.rows {
		for k < len(rows) && rows[k] < row {
			k++
		}
		if k == len(rows) || rows[k] != row {
			h.add(row, a.scores[i])
		}
	}
	return h
}

// A tally counts the occurrences of a text in each field of one row after another,
// and keeps the rows that hold it in one of its fields.
type tally struct {
	layout *layout
	in     query.Set
	weight float32
	within []uint32
	all    bool // there is no within
	counts [query.Fields]uint32
	hits
}

// tally makes room for the most rows that there can be.
func (e *evaluator) tally(in query.Set, weight float32, within []uint32, most int) *tally {
	t := &tally{layout: &e.layout, in: in, weight: weight, within: within, all: within == nil}
	if most = min(most, e.rows()); !t.all {
		most = min(most, len(within))
	}
	t.rows, t.scores = make([]uint32, 0, most), make([]float32, 0, most)
	return t
}

// wants tells whether the row counts; rows ascend.
func (t *tally) wants(row uint32) bool {
	if t.all {
		return true
	}
	for len(t.within) > 0 && t.within[0] < row {
		t.within = t.within[1:]
	}
	return len(t.within) > 0 && t.within[0] == row
}

// end is called after the last occurrence in a row.
func (t *tally) end(row uint32) {
	for f := range t.counts {
		if t.counts[f] > 0 && t.in.Has(query.Field(f)) {
			if t.wants(row) {
				t.add(row, t.score(row))
			}
			break
		}
	}
	t.counts = [query.Fields]uint32{}
}

func (e *evaluator) text(n query.Text, within []uint32) (hits, error) {
	k := e.texts[n]
	t := e.tally(n.In, k.weight, within, k.most())
	k.begin()
	switch {
	case k.single != nil:
		if e.fields(k.single, t); k.single.bad {
			return hits{}, e.damaged("list of %q", n.Text)
		}
	case k.phrase != nil:
		e.positions(k.phrase, t)
		if err := e.ctx.Err(); err != nil {
			return hits{}, err
		}
		if k.phrase.bad() {
			return hits{}, e.damaged("list of %q", n.Text)
		}
	}
	return t.hits, nil
}

// fields tallies the fields that hold a single character: each as one occurrence.
func (e *evaluator) fields(c *cursor, t *tally) {
	row := ^uint32(0)
	for v := c.batch(0); v != nil; v = c.batch(0) {
		for _, x := range v {
			if r := x >> fieldBit; r != row {
				if row != ^uint32(0) {
					t.end(row)
				}
				row = r
			}
			if f := x & (1<<fieldBit - 1); f < query.Fields {
				t.counts[f] = 1
			}
		}
	}
	if row != ^uint32(0) {
		t.end(row)
	}
}

// positions tallies the positions of a phrase.
func (e *evaluator) positions(p *phrase, t *tally) {
	l := &e.layout
	row, end, from := uint32(0), uint32(0), uint32(0)
	var starts [query.Fields]uint32
	for n := 0; ; n++ {
		if n%256 == 255 && e.ctx.Err() != nil {
			return
		}
		v := p.next(from)
		if v == nil {
			break
		}
		for _, at := range v {
			if at >= end {
				if end > 0 {
					t.end(row)
				}
				row = l.row(at, row)
				end = l.end(row)
				for f := range starts {
					starts[f] = l.starts[f][row]
				}
			}
			switch {
			case at < starts[query.Body]:
				t.counts[query.Title]++
			case at < starts[query.Attachment]:
				t.counts[query.Body]++
			case at < starts[query.Source]:
				t.counts[query.Attachment]++
			case at < starts[query.Number]:
				t.counts[query.Source]++
			default:
				t.counts[query.Number]++
			}
		}
		if !t.all {
			if t.wants(row); len(t.within) == 0 {
				break
			}
			from = l.starts[0][t.within[0]]
		}
	}
	if end > 0 {
		t.end(row)
	}
}

// near tallies the places where two texts are near each other in one field.
func (e *evaluator) near(n query.Near, within []uint32) (hits, error) {
	a, err := e.all(n.A)
	if err != nil {
		return hits{}, err
	}
	b, err := e.all(n.B)
	if err != nil {
		return hits{}, err
	}
	l, t := &e.layout, e.tally(n.A.In, e.texts[n.A].weight+e.texts[n.B].weight, within, e.most(n))
	lengthA, lengthB, gap := uint32(e.texts[n.A].length), uint32(e.texts[n.B].length), uint32(n.Within)
	row, end := uint32(0), uint32(0)
	for _, at := range a {
		for len(b) > 0 && b[0]+lengthB+gap < at {
			b = b[1:]
		}
		if at >= end {
			if end > 0 {
				t.end(row)
			}
			row = l.row(at, row)
			end = l.end(row)
		}
		field := l.field(at, row)
		for _, other := range b {
			if other > at+lengthA+gap {
				break
			}
			apart := other >= at+lengthA || at >= other+lengthB
			if apart && other >= l.starts[0][row] && other < end && l.field(other, row) == field {
				t.counts[field]++
			}
		}
	}
	if end > 0 {
		t.end(row)
	}
	return t.hits, nil
}

// all are all positions of a text.
func (e *evaluator) all(n query.Text) ([]uint32, error) {
	k := e.texts[n]
	switch {
	case k.length == 1:
		return e.character([]rune(n.Text)[0])
	case k.phrase == nil:
		return nil, nil
	}
	k.begin()
	v := k.phrase.all()
	if k.phrase.bad() {
		return nil, e.damaged("list of %q", n.Text)
	}
	return v, nil
}
