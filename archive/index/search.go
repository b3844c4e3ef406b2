package index

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"fangzhi/archive/query"
)

// A Sort is an order of hits. Equals are ordered by date, newest first, then by Rank.
type Sort int

const (
	ByRelevance Sort = iota
	ByPublished      // newest first, undated last
	ByCaptured       // newest first
)

// A Request asks for rows.
type Request struct {
	Query  query.Node // nil for all
	At     uint64     // sequence number; 0 for the newest
	Sort   Sort
	Offset int
	Limit  int
	Facets bool // counted too
	Apart  bool // rows of one group are hits of their own
}

// A Hit is a row found.
type Hit struct {
	Document uint64
	Version  uint32
	Row      uint64
	Score    float32
	Also     int // further rows of its group that were found
}

// An Answer is about all rows that were found, Hits about those asked for.
type Answer struct {
	At      uint64 // sequence number that it is about
	Total   int
	Hits    []Hit
	Facets  *Facets
	Missing []string // names of damaged segments, whose rows are not in the answer
	Partial bool     // the context ended first
}

// Facets count the rows found by name, most first.
type Facets struct {
	Regions    []Count `json:"regions"` // codes of GB/T 2260
	Categories []Count `json:"categories"`
	Sites      []Count `json:"sites"`
	Months     []Count `json:"months"` // 2022-03, newest first; "" for no date
}

// A Count is how many rows have a name.
type Count struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Search answers a request. When ctx ends first, the answer is Partial.
func (x *Index) Search(ctx context.Context, r Request) (*Answer, error) {
	view := x.view()
	defer view.release()
	if r.Query == nil {
		r.Query = query.And(nil)
	}
	r.At = min(cmp.Or(r.At, math.MaxUint64), view.last)
	s := &search{Request: r, answer: &Answer{At: r.At, Missing: slices.Clone(view.missing)}}
	if err := s.open(ctx, view.segs); err != nil {
		return nil, err
	}
	if err := s.find(); err != nil {
		return nil, err
	}
	if err := s.choose(); err != nil {
		return nil, err
	}
	if r.Facets {
		if err := s.facets(); err != nil {
			return nil, err
		}
	}
	return s.answer, nil
}

// Documents are the documents of all rows that hold q and are visible at a sequence
// number, in order. A damaged segment is an error: the list would not be whole.
func (x *Index) Documents(ctx context.Context, q query.Node, at uint64) ([]uint64, error) {
	view := x.view()
	defer view.release()
	if len(view.missing) > 0 {
		return nil, &DamagedError{view.missing[0], "could not be opened"}
	}
	var all []uint64
	for _, s := range view.segs {
		err := guard(s.name, func() error {
			e, err := s.evaluator(ctx, q)
			if err != nil {
				return err
			}
			h, err := e.find(q, nil)
			if err == nil {
				h, err = e.visible(h, at)
			}
			documents, err2 := e.wide(colDocument)
			if err := errors.Join(err, err2); err != nil {
				return err
			}
			for _, row := range h.rows {
				all = append(all, documents[row])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// A search is a request under way.
type search struct {
	Request
	mu     sync.Mutex // guards what step notes in the answer
	answer *Answer
	parts  []*evaluator
	found  []hits // of each part
}

// step does something that reads a segment. That the segment is damaged, or that the
// context ended, goes into the answer; ok is false then.
func (s *search) step(e *segment, f func() error) (ok bool, err error) {
	err = guard(e.name, f)
	s.mu.Lock()
	defer s.mu.Unlock()
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged):
		if !slices.Contains(s.answer.Missing, damaged.Name) {
			s.answer.Missing = append(s.answer.Missing, damaged.Name)
		}
		return false, nil
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		s.answer.Partial = true
		return false, nil
	}
	return err == nil, err
}

func (s *search) open(ctx context.Context, segs []*segment) error {
	all := census{found: map[query.Text]int{}}
	for _, seg := range segs {
		_, err := s.step(seg, func() error {
			e, err := seg.evaluator(ctx, s.Query)
			if err == nil {
				err = all.count(e, s.At)
			}
			if err == nil {
				s.parts = append(s.parts, e)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, e := range s.parts {
		for text, k := range e.texts {
			k.weight = all.weight(text)
		}
	}
	return nil
}

// find evaluates the query for all segments, on all processors.
func (s *search) find() error {
	s.found = make([]hits, len(s.parts))
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range s.parts {
		workers.Go(func() error {
			_, err := s.step(e.segment, func() error {
				h, err := e.find(s.Query, nil)
				if err == nil {
					s.found[i], err = e.visible(h, s.At)
				}
				return err
			})
			return err
		})
	}
	err := workers.Wait()
	for _, h := range s.found {
		s.answer.Total += len(h.rows)
	}
	return err
}

// A candidate is a hit with what it is ordered by.
type candidate struct {
	key, rank, group uint64
	part             int
	row              uint32
	score            float32
}

func (a *candidate) compare(b *candidate) int {
	return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(a.rank, b.rank))
}

// choose finds the hits that were asked for: the first of each group, in order.
func (s *search) choose() error {
	want := max(s.Offset, 0) + max(s.Limit, 0)
	if want == 0 {
		return nil
	}
	for n := 2*want + 32; ; n *= 8 {
		best, err := s.best(min(n, s.answer.Total))
		if err != nil {
			return err
		}
		heads := best
		if !s.Apart {
			heads = firsts(best)
		}
		if len(heads) >= want || n >= s.answer.Total {
			return s.fill(heads[min(max(s.Offset, 0), len(heads)):min(want, len(heads))])
		}
	}
}

// best are the first n of all that was found.
func (s *search) best(n int) ([]candidate, error) {
	if n == 0 {
		return nil, nil
	}
	var best []candidate
	var bar *candidate // what does not come before it is not wanted
	for i, e := range s.parts {
		_, err := s.step(e.segment, func() error {
			key, err := e.keys(s.Sort)
			if err != nil {
				return err
			}
			for k, row := range s.found[i].rows {
				c := key(row, s.found[i].scores[k])
				c.part = i
				if bar != nil && c.compare(bar) >= 0 {
					continue
				}
				if best = append(best, c); len(best) == 2*n {
					best = cut(best, n)
					last := best[n-1]
					bar = &last
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return cut(best, n), nil
}

func cut(v []candidate, n int) []candidate {
	slices.SortFunc(v, func(a, b candidate) int { return a.compare(&b) })
	return v[:min(n, len(v))]
}

// keys makes candidates of rows.
func (e *evaluator) keys(sort Sort) (func(row uint32, score float32) candidate, error) {
	dates, err1 := e.narrow(colDate)
	ranks, err2 := e.wide(colRank)
	groups, err3 := e.wide(colGroup)
	captured, err4 := e.wide(colCaptured)
	return func(row uint32, score float32) candidate {
		c := candidate{rank: ranks[row], group: groups[row], row: row, score: score}
		switch sort {
		case ByRelevance:
			c.key = uint64(math.Float32bits(score))<<32 | uint64(dates[row])
		case ByPublished:
			c.key = uint64(dates[row])
		case ByCaptured:
			c.key = captured[row] ^ 1<<63 // signed
		}
		return c
	}, errors.Join(err1, err2, err3, err4)
}

// firsts leaves the first of each group.
func firsts(v []candidate) []candidate {
	seen := make(map[uint64]bool, len(v))
	var heads []candidate
	for _, c := range v {
		if c.group == 0 || !seen[c.group] {
			seen[c.group] = true
			heads = append(heads, c)
		}
	}
	return heads
}

// fill makes hits of candidates.
func (s *search) fill(heads []candidate) error {
	also, err := s.count(heads)
	if err != nil {
		return err
	}
	for _, c := range heads {
		e := s.parts[c.part]
		_, err := s.step(e.segment, func() error {
			documents, err1 := e.wide(colDocument)
			versions, err2 := e.narrow(colVersion)
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			s.answer.Hits = append(s.answer.Hits, Hit{
				Document: documents[c.row], Version: versions[c.row], Row: e.first() + uint64(c.row), Score: c.score, Also: max(also[c.group]-1, 0),
			})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// count is how many of all found are of the group of each head.
func (s *search) count(heads []candidate) (map[uint64]int, error) {
	if s.Apart {
		return nil, nil
	}
	n := make(map[uint64]int, len(heads))
	var maybe [1 << 10]bool // by the low bits of a group: spares most looks into n
	for _, c := range heads {
		if c.group != 0 {
			n[c.group] = 0
			maybe[c.group%uint64(len(maybe))] = true
		}
	}
	for i, e := range s.parts {
		_, err := s.step(e.segment, func() error {
			groups, err := e.wide(colGroup)
			if err != nil {
				return err
			}
			for _, row := range s.found[i].rows {
				if g := groups[row]; maybe[g%uint64(len(maybe))] {
					if _, ok := n[g]; ok {
						n[g]++
					}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return n, nil
}

// facets counts all that was found.
func (s *search) facets() error {
	var named [namedColumns]map[string]int
	for i := range named {
		named[i] = map[string]int{}
	}
	byMonth := make(map[uint32]int)
	for i, e := range s.parts {
		_, err := s.step(e.segment, func() error {
			for k := range named {
				if err := e.countNames(colRegion+k, s.found[i].rows, named[k]); err != nil {
					return err
				}
			}
			return e.countMonths(s.found[i].rows, byMonth)
		})
		if err != nil {
			return err
		}
	}
	f := &Facets{counts(named[0]), counts(named[1]), counts(named[2]), nil}
	for month, n := range byMonth {
		name := ""
		if month > 0 {
			b := strconv.AppendUint(nil, uint64(month), 10)
			b = append(bytes.Repeat([]byte{'0'}, max(6-len(b), 0)), b...)
			name = string(b[:4]) + "-" + string(b[4:])
		}
		f.Months = append(f.Months, Count{name, n})
	}
	slices.SortFunc(f.Months, func(a, b Count) int { return cmp.Compare(b.Name, a.Name) })
	s.answer.Facets = f
	return nil
}

func (e *evaluator) countNames(column int, rows []uint32, n map[string]int) error {
	ids, err := e.narrow(column)
	if err != nil {
		return err
	}
	names := e.names[column-colRegion].names
	counted := make([]int, len(names))
	for _, row := range rows {
		id := ids[row]
		if int(id) >= len(counted) {
			return e.damaged("name %d of %d", id, len(names))
		}
		counted[id]++
	}
	for id, k := range counted {
		if k > 0 {
			n[names[id]] += k
		}
	}
	return nil
}

// countMonths counts dates by year and month, 202203.
func (e *evaluator) countMonths(rows []uint32, n map[uint32]int) error {
	dates, err := e.narrow(colDate)
	if err != nil {
		return err
	}
	const first, span = 190000, 20000 // years 1900 to 2099 without a map
	var usual [span]int
	for _, row := range rows {
		if month := dates[row] / 100; month-first < span {
			usual[month-first]++
		} else {
			n[month]++
		}
	}
	for i, k := range usual {
		if k > 0 {
			n[first+uint32(i)] += k
		}
	}
	return nil
}

func counts(n map[string]int) []Count {
	v := make([]Count, 0, len(n))
	for name, k := range n {
		v = append(v, Count{name, k})
	}
	slices.SortFunc(v, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return v
}
