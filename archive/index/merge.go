package index

import (
	"io"
	"sync/atomic"
)

// merge writes one segment of the rows of neighbouring segments, or ends with ErrClosed
// when it is told to stop.
func merge(w io.Writer, segs []*segment, stop *atomic.Bool) error {
	m := merger{segs: segs, stop: stop}
	if err := m.columns(); err != nil {
		return err
	}
	s, err := newSegmentWriter(newWriter(w), segs[0].first(), &m.all, m.chars)
	if err != nil {
		return err
	}
	if err := m.lists(s); err != nil {
		return err
	}
	return s.finish(m.ended, &m.names)
}

type merger struct {
	segs  []*segment
	stop  *atomic.Bool
	all   columns
	chars uint32
	ended []ending // rows of still older segments
	names [namedColumns]naming
}

// columns puts the columns of the segments behind each other.
func (m *merger) columns() error {
	for _, s := range m.segs {
		for i := range m.all.wide {
			v, err := s.wide(i)
			if err != nil {
				return err
			}
			m.all.wide[i] = append(m.all.wide[i], v...)
		}
		to := m.all.wide[colTo][m.all.rows()-s.rows():]
		for i := range to {
			to[i] = atomic.LoadUint64(&s.to[i])
		}
		if err := m.narrow(s); err != nil {
			return err
		}
		for _, e := range s.ended {
			if e.row < m.segs[0].first() {
				m.ended = append(m.ended, e)
			}
		}
		m.chars += s.chars()
	}
	return nil
}

func (m *merger) narrow(s *segment) error {
	for i := range m.all.narrow {
		v, err := s.narrow(i)
		if err != nil {
			return err
		}
		at := len(m.all.narrow[i])
		m.all.narrow[i] = append(m.all.narrow[i], v...)
		added := m.all.narrow[i][at:]
		switch {
		case i >= colStart:
			for k := range added {
				added[k] += m.chars
			}
		case i >= colRegion:
			named, names := &m.names[i-colRegion], s.names[i-colRegion].names
			for k, id := range added {
				if int(id) >= len(names) {
					return s.damaged("name %d of %d", id, len(names))
				}
				added[k] = named.id(names[id])
			}
		}
	}
	return nil
}

// forgetEvery is how much of the lists is read before their pages are let go.
const forgetEvery = 16 << 20

// lists puts the lists of each term behind each other.
func (m *merger) lists(w *segmentWriter) error {
	readers := make([]*terms, len(m.segs))
	forgot := make([]uint64, len(m.segs))
	for i, s := range m.segs {
		readers[i] = s.termsFrom(0)
		readers[i].next()
		forgot[i] = s.foot[footLists]
	}
	var room []uint32
	for {
		key, ok := lowest(readers)
		if !ok {
			break
		}
		if m.stop.Load() {
			return ErrClosed
		}
		room = room[:0]
		var chars, rows uint32
		for i, t := range readers {
			if !t.over && t.key == key {
				var err error
				if room, err = t.appendTo(room, chars, rows); err != nil {
					return err
				}
				if t.off-forgot[i] > forgetEvery {
					forgot[i] = t.forget(forgot[i])
				}
				t.next()
			}
			chars += t.chars()
			rows += uint32(t.rows())
		}
		if err := w.add(key, room); err != nil {
			return err
		}
	}
	for _, t := range readers {
		if t.err != nil {
			return t.err
		}
	}
	return nil
}

// lowest is the lowest key that the readers are at.
func lowest(readers []*terms) (key uint64, ok bool) {
	for _, t := range readers {
		if !t.over && (!ok || t.key < key) {
			key, ok = t.key, true
		}
	}
	return key, ok
}

// appendTo appends the list of the term as it is behind so many characters and rows.
func (t *terms) appendTo(dst []uint32, chars, rows uint32) ([]uint32, error) {
	l, err := t.list()
	if err != nil {
		return dst, err
	}
	add := chars
	if isAlone(t.key) {
		add = rows << fieldBit
	}
	dst, ok := l.appendTo(dst, add)
	if !ok {
		return dst, t.damaged("list of %x", t.key)
	}
	return dst, nil
}

// forget lets go of the pages of lists that were read, from an offset on, and tells
// up to where.
func (t *terms) forget(from uint64) uint64 {
	from, to := from/sumBlock*sumBlock, t.off/sumBlock*sumBlock
	forget(t.segment.data[from:to])
	return to
}

// A level is how often a segment was merged, by its size: each is five times the one
// before. Five neighbours of one level, with smaller ones between and behind them, are
// merged into one of a higher level: so each row is written once a level, and of each
// level there are at most four in a row.
const (
	fanIn      = 5
	levelChars = 50_000
)

func levelOf(chars uint64) (level int) {
	for size := uint64(levelChars); chars > size; size *= fanIn {
		level++
	}
	return level
}

// toMerge is the run of neighbours that should be merged next; from == to for none.
func toMerge(segs []*segment) (from, to int) {
	for level := 0; level <= levelOf(maxChars); level++ {
		run, equal := 0, 0
		for i := len(segs) - 1; i >= -1; i-- {
			if i >= 0 && segs[i] != nil {
				if of := levelOf(segs[i].foot[footChars]); of <= level {
					run++
					if of == level {
						equal++
					}
					continue
				}
			}
			if equal >= fanIn {
				if from, to = fitting(segs, i+1, i+1+run); to-from > 1 {
					return from, to
				}
			}
			run, equal = 0, 0
		}
	}
	return 0, 0
}

// fitting cuts a run off at the end where it would be too large for one segment.
func fitting(segs []*segment, from, to int) (int, int) {
	var chars, rows uint64
	for i := from; i < to; i++ {
		chars += segs[i].foot[footChars]
		rows += segs[i].foot[footRows]
		if chars >= maxChars || rows >= maxRows {
			return from, i
		}
	}
	return from, to
}
