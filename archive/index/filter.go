package index

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"fangzhi/archive/query"
	"fangzhi/parser"
	"fangzhi/parser/region"
)

// filter keeps the rows of within, nil for all, whose columns are as n says.
func (e *evaluator) filter(n query.Node, within []uint32) (hits, error) {
	holds, err := e.condition(n)
	if err != nil {
		return hits{}, err
	}
	var h hits
	if within == nil {
		for row := range uint32(e.rows()) {
			if holds(row) {
				h.add(row, 0)
			}
		}
		return h, nil
	}
	for _, row := range within {
		if holds(row) {
			h.add(row, 0)
		}
	}
	return h, nil
}

func (e *evaluator) condition(n query.Node) (holds func(row uint32) bool, err error) {
	switch n := n.(type) {
	case query.Region:
		return e.named(colRegion, func(code string) bool { return region.Contains(n.Code, code) })
	case query.Category:
		return e.named(colCategory, func(name string) bool { return name == n.Name })
	case query.Site:
		return e.named(colSite, func(name string) bool { return name == n.Name })
	case query.Published:
		dates, err := e.narrow(colDate)
		between := published(n)
		return func(row uint32) bool { return between(dates[row]) }, err
	case query.Captured:
		instants, err := e.wide(colCaptured)
		from, to := int64(math.MinInt64), int64(math.MaxInt64)
		if !n.From.IsZero() {
			from = n.From.UnixNano()
		}
		if !n.To.IsZero() {
			to = n.To.UnixNano()
		}
		return func(row uint32) bool { t := int64(instants[row]); return from <= t && t < to }, err
	}
	return nil, fmt.Errorf("a query has a part %T", n)
}

// named looks at the names of a column once, and at each row's place among them.
func (e *evaluator) named(column int, holds func(name string) bool) (func(row uint32) bool, error) {
	names := e.names[column-colRegion].names
	ok := make([]bool, len(names))
	for i, name := range names {
		ok[i] = holds(name)
	}
	ids, err := e.narrow(column)
	return func(row uint32) bool { id := ids[row]; return int(id) < len(ok) && ok[id] }, err
}

// published tells whether a date as a Row has it lies in a span.
func published(p query.Published) func(date uint32) bool {
	from, to := dateOf(p.From), dateOf(p.To)
	if p.To.IsZero() {
		to = math.MaxUint32
	}
	if p.From.IsZero() && p.To.IsZero() {
		return func(uint32) bool { return true }
	}
	return func(date uint32) bool {
		first, last := date, date
		if date%100 == 0 {
			first, last = date+1, lastDay(date)
		}
		return date > 0 && from <= first && last <= to
	}
}

func dateOf(d parser.Day) uint32 { return uint32(d.Year*10000 + d.Month*100 + d.Day) }

// lastDay is the last day of a month that is given as 20220300.
func lastDay(month uint32) uint32 {
	end := time.Date(int(month/10000), time.Month(month/100%100+1), 0, 0, 0, 0, 0, time.UTC)
	return month + uint32(end.Day())
}

// visible keeps the rows that are visible at a sequence number.
func (e *evaluator) visible(h hits, at uint64) (hits, error) {
	from, err := e.wide(colFrom)
	if err != nil {
		return h, err
	}
	n := 0
	for i, row := range h.rows {
		if from[row] <= at && at < atomic.LoadUint64(&e.to[row]) {
			h.rows[n], h.scores[n] = row, h.scores[i]
			n++
		}
	}
	return hits{h.rows[:n], h.scores[:n]}, nil
}
