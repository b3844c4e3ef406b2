package index

import (
	"math"
	"sort"

	"fangzhi/archive/query"
)

// The score of a row is BM25F: the occurrences of a text are weighed by field, each
// divided by how long the field is beside the usual, and count the less the more
// there are (saturation). The usual lengths are constants, and the rarity of a text
// is that among the rows up to the sequence number of the query: so a query At a
// sequence number gives the same order for ever.
var (
	fieldWeight = [query.Fields]float32{query.Title: 4, query.Body: 1, query.Attachment: 0.7, query.Source: 1, query.Number: 4}
	usualLength = [query.Fields]float32{query.Title: 28, query.Body: 1000, query.Attachment: 3000, query.Source: 10, query.Number: 14}
	lengthShare = [query.Fields]float32{query.Title: 0.5, query.Body: 0.7, query.Attachment: 0.7}
)

const saturation = 1.2

func (t *tally) score(row uint32) float32 {
	var sum float32
	for f, n := range t.counts {
		if n == 0 || !t.in.Has(query.Field(f)) {
			continue
		}
		end := t.layout.end(row)
		if f+1 < query.Fields {
			end = t.layout.starts[f+1][row]
		}
		length := max(float32(end-t.layout.starts[f][row]), usualLength[f]/2) // short is no merit
		share := lengthShare[f]
		sum += fieldWeight[f] * float32(n) / (1 - share + share*length/usualLength[f])
	}
	return t.weight * sum / (saturation + sum)
}

// A census is how many rows there are until a sequence number, and how often each text
// of a query, or its rarest pair, occurs in them.
type census struct {
	rows  int
	found map[query.Text]int
}

// count adds one segment.
func (c *census) count(e *evaluator, at uint64) error {
	n := e.rows()
	if e.foot[footLast] > at {
		from, err := e.wide(colFrom)
		if err != nil {
			return err
		}
		n = sort.Search(n, func(i int) bool { return from[i] > at })
	}
	c.rows += n
	for text, k := range e.texts {
		c.found[text] += k.until(e, n)
	}
	return nil
}

// weight is how much a text says by its rarity.
func (c *census) weight(text query.Text) float32 {
	rows, n := float64(c.rows), float64(min(c.found[text], c.rows))
	return float32(math.Log(1 + (rows-n+0.5)/(n+0.5)))
}

// until is how often the text, or its rarest pair, occurs in the first rows.
func (k *seeker) until(e *evaluator, rows int) int {
	switch {
	case rows == e.rows():
		return k.most()
	case k.phrase != nil:
		least := k.most()
		for _, c := range k.phrase.cursors {
			least = min(least, (&cursor{list: c.list}).rank(e.starts[0][rows]))
		}
		return least
	case k.single != nil:
		return (&cursor{list: k.single.list}).rank(uint32(rows) << fieldBit)
	}
	return 0
}
