package index

import (
	"slices"
	"sort"

	"fangzhi/archive/query"
)

// A phrase is a string of two characters or more in one segment: its pairs, of
// which enough are looked at to see each character.
type phrase struct {
	cursors []*cursor // rarest first
	offsets []uint32  // of their pairs in the string
	room    [blockLen]uint32
}

// phrase is nil when the segment does not have one of the pairs. Above it counts
// how often the rarest occurs.
func (s *segment) phrase(text []rune) (*phrase, error) {
	p := &phrase{}
	for i := range len(text) - 1 {
		c, err := s.cursor(pair(text[i], text[i+1]))
		if err != nil || c == nil {
			return nil, err
		}
		p.cursors = append(p.cursors, c)
		p.offsets = append(p.offsets, uint32(i))
	}
	p.cover(len(text))
	return p, nil
}

// cover sorts the pairs and leaves out those whose characters rarer ones show.
func (p *phrase) cover(n int) {
	order := make([]int, len(p.cursors))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.cursors[a].n - p.cursors[b].n })
	shown := make([]bool, n)
	var cursors []*cursor
	var offsets []uint32
	for _, i := range order {
		if !shown[i] || !shown[i+1] {
			shown[i], shown[i+1] = true, true
			cursors, offsets = append(cursors, p.cursors[i]), append(offsets, p.offsets[i])
		}
	}
	p.cursors, p.offsets = cursors, offsets
}

// most is how often the phrase can occur at most.
func (p *phrase) most() int { return p.cursors[0].n }

// next is some of the positions from min on that were not given yet, nil at the end.
func (p *phrase) next(min uint32) []uint32 {
	for {
		shift := p.offsets[0]
		v := p.cursors[0].batch(min + shift)
		if v == nil {
			return nil
		}
		if len(p.cursors) == 1 {
			return v
		}
		found := p.room[:0]
		for _, at := range v {
			if at >= shift && p.stands(at-shift) {
				found = append(found, at-shift)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
}

// stands tells whether the other pairs are where they belong.
func (p *phrase) stands(at uint32) bool {
	for i, c := range p.cursors[1:] {
		want := at + p.offsets[i+1]
		if got, ok := c.seek(want); !ok || got != want {
			return false
		}
	}
	return true
}

func (p *phrase) bad() bool {
	return slices.ContainsFunc(p.cursors, func(c *cursor) bool { return c.bad })
}

// all are all positions.
func (p *phrase) all() (v []uint32) {
	for some := p.next(0); some != nil; some = p.next(0) {
		v = append(v, some...)
	}
	return v
}

// character are all positions of a single character.
func (s *segment) character(r rune) (v []uint32, err error) {
	t, ok := s.seek(pair(r, 0))
	for ; ok && t.key < pair(r, alone); ok = t.next() {
		l, err := t.list()
		if err != nil {
			return nil, err
		}
		if v, ok = l.appendTo(v, 0); !ok {
			return nil, s.damaged("list of %x", t.key)
		}
	}
	slices.Sort(v)
	return v, t.err
}

// A layout says where the fields of each row begin.
type layout struct {
	starts [query.Fields][]uint32
	chars  uint32
}

func (s *segment) layout() (l layout, err error) {
	l.chars = s.chars()
	for i := range l.starts {
		if l.starts[i], err = s.narrow(colStart + i); err != nil {
			return l, err
		}
	}
	return l, nil
}

// end is the position behind a row.
func (l *layout) end(row uint32) uint32 {
	if int(row)+1 < len(l.starts[0]) {
		return l.starts[0][row+1]
	}
	return l.chars
}

// row is the row of a position, sought from a row on that is not behind it.
func (l *layout) row(at, from uint32) uint32 {
	first := l.starts[0]
	for range 8 {
		if at < l.end(from) {
			return from
		}
		from++
	}
	step := uint32(8)
	for int(from+step) < len(first) && first[from+step] <= at {
		from += step
		step *= 2
	}
	rest := first[from:min(int(from+step), len(first))]
	return from + uint32(sort.Search(len(rest), func(i int) bool { return rest[i] > at })) - 1
}

// field is the field of a position in a row.
func (l *layout) field(at, row uint32) query.Field {
	f := query.Title
	for f+1 < query.Fields && l.starts[f+1][row] <= at {
		f++
	}
	return f
}
