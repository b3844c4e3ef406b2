package index

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"sort"
	"sync/atomic"
)

// A segment is an open file of rows.
type segment struct {
	*file
	foot  footer
	names [namedColumns]naming
	ended []ending
	to    []uint64 // the column, with what later segments ended; elements change atomically
	users atomic.Int32
	drop  func() error // after the last user
}

func (s *segment) first() uint64 { return s.foot[footFirst] }
func (s *segment) rows() int     { return int(s.foot[footRows]) }
func (s *segment) chars() uint32 { return uint32(s.foot[footChars]) }

// openSegment opens a file and reads what is kept in memory of it. The error is a
// *DamagedError when the file is not what was written.
func openSegment(name string) (*segment, error) {
	f, err := openFile(name)
	if err != nil {
		return nil, err
	}
	s := &segment{file: f}
	s.users.Store(1)
	err = guard(f.name, func() error {
		if err := s.readFooter(); err != nil {
			return err
		}
		return errors.Join(s.readEnds(), s.readNames())
	})
	if err != nil {
		return nil, errors.Join(err, f.done())
	}
	return s, nil
}

func (s *segment) readFooter() error {
	data := s.data
	for i, n := range numbers[uint64](append([]byte(nil), data[len(data)-footerSize:]...)) {
		s.foot[i] = n
	}
	f := &s.foot
	switch {
	case f[footMagic] != magic:
		return s.damaged("no segment, or cut short")
	case f[footFormat] > Format:
		return s.damaged("format %d, this program knows %d", f[footFormat], Format)
	case f[footCRC] != f.crc():
		return s.damaged("wrong checksum of the footer")
	case f[footLength] != uint64(len(data)):
		return s.damaged("%d bytes long instead of %d", len(data), f[footLength])
	case f[footRows] > maxRows || f[footChars] > maxChars || f[footFirst] > math.MaxInt64:
		return s.damaged("%d rows, %d characters", f[footRows], f[footChars])
	case !s.inOrder():
		return s.damaged("sections out of order")
	}
	s.sums = data[f[footSums] : len(data)-footerSize]
	if uint64(crc32.Checksum(s.sums, castagno)) != f[footSumsCRC] || uint64(len(s.sums)) != 4*((f[footSums]+sumBlock-1)/sumBlock) {
		return s.damaged("wrong checksum of the sums")
	}
	s.checked = make([]atomic.Uint32, len(s.sums)/128+1)
	return nil
}

// inOrder tells whether the sections follow each other.
func (s *segment) inOrder() bool {
	rows := s.foot[footRows]
	before := wideColumns*8*rows + narrowColumns*pad(4*rows)
	if s.foot[footLists] != before {
		return false
	}
	for i := footLists; i <= footSums; i++ {
		if s.foot[i] < before || s.foot[i]%8 != 0 || s.foot[i] > uint64(len(s.data)-footerSize) {
			return false
		}
		before = s.foot[i]
	}
	return s.foot[footTerms] >= s.foot[footLists]+slack && (s.foot[footEnded]-s.foot[footBlocks])%24 == 0
}

func pad(n uint64) uint64 { return (n + 7) &^ 7 }

// section is the part of the file between two offsets of the footer.
func (s *segment) section(from, to int) ([]byte, error) {
	return s.bytes(s.foot[from], s.foot[to]-s.foot[from])
}

func (s *segment) readEnds() error {
	to, err := s.wide(colTo)
	if err != nil {
		return err
	}
	s.to = append([]uint64(nil), to...)
	b, err := s.section(footEnded, footNames)
	if err != nil {
		return err
	}
	pairs := numbers[uint64](b)
	for i := 0; i+1 < len(pairs); i += 2 {
		s.ended = append(s.ended, ending{pairs[i], pairs[i+1]})
	}
	return nil
}

func (s *segment) readNames() error {
	b, err := s.section(footNames, footSums)
	if err != nil {
		return err
	}
	next := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			b = nil
			return 0
		}
		b = b[size:]
		return n
	}
	for i := range s.names {
		for range next() {
			n := next()
			if b == nil {
				return s.damaged("names cut short")
			}
			s.names[i].names = append(s.names[i].names, string(b[:n]))
			b = b[n:]
		}
	}
	return nil
}

func (s *segment) wide(column int) ([]uint64, error) {
	rows := s.foot[footRows]
	b, err := s.bytes(uint64(column)*8*rows, 8*rows)
	return numbers[uint64](b), err
}

func (s *segment) narrow(column int) ([]uint32, error) {
	rows := s.foot[footRows]
	b, err := s.bytes(wideColumns*8*rows+uint64(column)*pad(4*rows), 4*rows)
	return numbers[uint32](b), err
}

// end notes that a row ends at a sequence number.
func (s *segment) end(row, to uint64) { atomic.StoreUint64(&s.to[row-s.first()], to) }

// A term is an entry of the dictionary.
type term struct {
	key, n   uint64
	off, len uint64 // of its list
}

// terms goes through the dictionary.
type terms struct {
	*segment
	data  []byte // of terms that were not read
	count int    // of terms that were read
	block []byte // of blocks
	term
	over bool // at the end, or after an error
	err  error
}

// termsFrom begins at a block of the dictionary.
func (s *segment) termsFrom(block int) *terms {
	t := &terms{segment: s, count: block * termsInBlock}
	all, err := s.section(footTerms, footBlocks)
	if err == nil {
		t.block, err = s.section(footBlocks, footEnded)
	}
	if err == nil && 24*block < len(t.block) {
		at := binary.LittleEndian.Uint64(t.block[24*block+8:])
		if at > uint64(len(all)) {
			err = s.damaged("term block %d", block)
		} else {
			t.data = all[at:]
		}
	}
	t.err = err
	return t
}

// next reads a term; false at the end or after an error.
func (t *terms) next() bool {
	t.over = t.err != nil || uint64(t.count) >= t.foot[footTermCount] || !t.read()
	return !t.over
}

func (t *terms) read() bool {
	if t.count%termsInBlock == 0 {
		at := t.count / termsInBlock * 24
		if at >= len(t.block) {
			t.err = t.damaged("%d terms", t.foot[footTermCount])
			return false
		}
		t.key = binary.LittleEndian.Uint64(t.block[at:])
		t.off = t.foot[footLists] + binary.LittleEndian.Uint64(t.block[at+16:])
		t.len = 0
	}
	t.off += t.len
	t.count++
	delta := t.number()
	t.key += delta
	t.n, t.len = t.number(), t.number()
	if t.err == nil && (t.n == 0 || t.n > math.MaxUint32 || t.off < t.foot[footLists] || t.off+t.len+slack > t.foot[footTerms] || t.off+t.len < t.off) {
		t.err = t.damaged("term %d", t.count)
	}
	return t.err == nil
}

func (t *terms) number() uint64 {
	n, size := binary.Uvarint(t.data)
	if size <= 0 {
		t.err = t.damaged("term %d cut short", t.count)
		return 0
	}
	t.data = t.data[size:]
	return n
}

// list opens the list of the term.
func (t *terms) list() (list, error) {
	limit := t.chars()
	if isAlone(t.key) {
		limit = uint32(t.rows()) << fieldBit
	}
	b, err := t.bytes(t.off, t.len+slack)
	if err != nil {
		return list{}, err
	}
	l, ok := openList(b, int(t.n), limit)
	if !ok {
		return l, t.damaged("list of %x", t.key)
	}
	return l, nil
}

// seek goes to the first term from key on.
func (s *segment) seek(key uint64) (*terms, bool) {
	b, err := s.section(footBlocks, footEnded)
	if err != nil {
		return &terms{segment: s, err: err}, false
	}
	n := sort.Search(len(b)/24, func(i int) bool { return binary.LittleEndian.Uint64(b[24*i:]) > key })
	t := s.termsFrom(max(n-1, 0))
	for t.next() {
		if t.key >= key {
			return t, true
		}
	}
	return t, false
}

// cursor opens the list of a term; nil when the segment does not have it.
func (s *segment) cursor(key uint64) (*cursor, error) {
	t, ok := s.seek(key)
	if !ok || t.key != key {
		return nil, t.err
	}
	l, err := t.list()
	return &cursor{list: l}, err
}

// acquire keeps the segment open until release.
func (s *segment) acquire() { s.users.Add(1) }

func (s *segment) release() error {
	if s.users.Add(-1) > 0 {
		return nil
	}
	if s.drop == nil {
		return s.done()
	}
	return errors.Join(s.done(), s.drop())
}
