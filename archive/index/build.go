package index

import (
	"errors"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"fangzhi/archive/fold"
)

// An occurrence is a term at a position, or in a field.
type occurrence struct {
	key uint64
	at  uint32
}

// A builder gathers rows for one segment.
type builder struct {
	first uint64 // number of the first row
	columns
	names  [namedColumns]naming
	ended  []ending
	found  []occurrence
	chars  uint32
	seen   *seen
	folded []byte
}

// A seen tells which characters the field at hand has had. It is used again, because
// it is large.
type seen struct {
	now    uint32 // number of the field at hand
	fields [utf8.MaxRune + 1]uint32
}

// next begins a field.
func (s *seen) next() {
	if s.now++; s.now == 0 { // after 4,294,967,295 fields
		*s = seen{now: 1}
	}
}

// first tells whether r was not seen yet.
func (s *seen) first(r rune) bool {
	if s.fields[r] == s.now {
		return false
	}
	s.fields[r] = s.now
	return true
}

// Limits of one segment: positions and row<<fieldBit are of 32 bits.
const (
	maxChars = math.MaxUint32 - 16
	maxRows  = 1 << (32 - fieldBit - 1)
)

var errFull = errors.New("rows of one batch have more than 4,000,000,000 characters")

func (b *builder) add(r *Row) error {
	n := b.rows()
	for i, v := range [wideColumns]uint64{r.From, forever, r.Rank, r.Group, r.Document, uint64(r.Captured)} {
		b.wide[i] = append(b.wide[i], v)
	}
	for i, v := range [colStart]uint32{r.Date, r.Version, b.names[0].id(r.Region), b.names[1].id(r.Category), b.names[2].id(r.Site)} {
		b.narrow[i] = append(b.narrow[i], v)
	}
	switch {
	case r.Replaces == NoRow:
	case r.Replaces >= b.first+uint64(n):
		return errors.New("a row replaces one that is not older")
	case r.Replaces >= b.first:
		b.wide[colTo][r.Replaces-b.first] = r.From
	default:
		b.ended = append(b.ended, ending{r.Replaces, r.From})
	}
	for i, text := range r.Fields {
		if err := b.field(n, i, text); err != nil {
			return err
		}
	}
	return nil
}

// field adds the text of one field.
func (b *builder) field(row, field int, text string) error {
	b.narrow[colStart+field] = append(b.narrow[colStart+field], b.chars)
	b.folded = fold.Append(b.folded[:0], text)
	if uint64(b.chars)+uint64(len(b.folded)) >= maxChars || row >= maxRows {
		return errFull
	}
	stamp := uint32(row)<<fieldBit | uint32(field)
	b.seen.next()
	before := rune(-1)
	for rest := b.folded; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		if before >= 0 {
			b.found = append(b.found, occurrence{pair(before, r), b.chars})
			b.chars++
		}
		if b.seen.first(r) {
			b.found = append(b.found, occurrence{pair(r, alone), stamp})
		}
		before = r
	}
	if before >= 0 {
		b.found = append(b.found, occurrence{pair(before, last), b.chars})
		b.chars += 2 // no character stands at the second
	}
	return nil
}

// write writes the segment.
func (b *builder) write(w io.Writer, r *room) error {
	s, err := newSegmentWriter(newWriter(w), b.first, &b.columns, b.chars)
	if err != nil {
		return err
	}
	r.other = slices.Grow(r.other[:0], len(b.found))[:len(b.found)]
	found := sortByKey(b.found, r.other)
	var list []uint32
	for i := 0; i < len(found); {
		key := found[i].key
		list = list[:0]
		for ; i < len(found) && found[i].key == key; i++ {
			list = append(list, found[i].at)
		}
		if err := s.add(key, list); err != nil {
			return err
		}
	}
	return s.finish(b.ended, &b.names)
}

// sortByKey sorts stably: the numbers of a key stay in order. It counts digits of
// 11 bits, of which a key has four; other is room for as many. The result is in v.
func sortByKey(v, other []occurrence) []occurrence {
	const digit = 11
	for shift := 0; shift < 2*runeBits; shift += digit {
		var starts [1 << digit]int
		for i := range v {
			starts[v[i].key>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, n := range starts {
			starts[i] = sum
			sum += n
		}
		for i := range v {
			d := v[i].key >> shift & (1<<digit - 1)
			other[starts[d]] = v[i]
			starts[d]++
		}
		v, other = other, v
	}
	return v
}
