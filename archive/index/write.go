package index

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"unsafe"
)

// The footer is 16 numbers of 8 bytes.
const (
	footMagic = iota
	footFormat
	footFirst // number of the first row
	footRows
	footChars // positions
	footLast  // highest sequence number of a row
	footTermCount
	footLists
	footTerms
	footBlocks
	footEnded
	footNames
	footSums
	footLength // of the file
	footSumsCRC
	footCRC // of the footer before it
	footNumbers
)

const (
	footerSize = 8 * footNumbers
	magic      = 0x58_45_44_4e_49_5a_47_46 // FGZINDEX
)

// A footer holds the numbers named above.
type footer [footNumbers]uint64

func (f *footer) bytes() []byte {
	b := make([]byte, 0, footerSize)
	for _, n := range f {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

func (f *footer) crc() uint64 { return uint64(crc32.Checksum(f.bytes()[:8*footCRC], castagno)) }

const termsInBlock = 32

// A segmentWriter writes the sections in order: newSegmentWriter the columns, add
// one list after another, finish the rest.
type segmentWriter struct {
	w      *writer
	foot   footer
	terms  []byte
	blocks []byte
	count  int
	key    uint64 // last
	room   []byte
}

func newSegmentWriter(w *writer, first uint64, c *columns, chars uint32) (*segmentWriter, error) {
	s := &segmentWriter{w: w}
	s.foot[footMagic], s.foot[footFormat], s.foot[footFirst] = magic, Format, first
	s.foot[footRows], s.foot[footChars] = uint64(c.rows()), uint64(chars)
	for _, from := range c.wide[colFrom] {
		s.foot[footLast] = max(s.foot[footLast], from)
	}
	for _, column := range c.wide {
		if err := writeNumbers(w, column); err != nil {
			return nil, err
		}
	}
	for _, column := range c.narrow {
		if err := writeNumbers(w, column); err != nil {
			return nil, err
		}
	}
	var err error
	s.foot[footLists], err = w.align()
	return s, err
}

func writeNumbers[T uint32 | uint64](w *writer, v []T) error {
	size := int(unsafe.Sizeof(T(0)))
	var room [4096]byte
	for part := range slices.Chunk(v, len(room)/size) {
		b := room[:0]
		for _, n := range part {
			for k := range size {
				b = append(b, byte(n>>(8*k)))
			}
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	_, err := w.align()
	return err
}

// add writes the list of a term. Keys ascend.
func (s *segmentWriter) add(key uint64, list []uint32) error {
	if s.count%termsInBlock == 0 {
		s.blocks = binary.LittleEndian.AppendUint64(s.blocks, key)
		s.blocks = binary.LittleEndian.AppendUint64(s.blocks, uint64(len(s.terms)))
		s.blocks = binary.LittleEndian.AppendUint64(s.blocks, s.w.off-s.foot[footLists])
		s.key = key
	}
	s.room = appendList(s.room[:0], list)
	s.terms = binary.AppendUvarint(s.terms, key-s.key)
	s.terms = binary.AppendUvarint(s.terms, uint64(len(list)))
	s.terms = binary.AppendUvarint(s.terms, uint64(len(s.room)))
	s.key = key
	s.count++
	_, err := s.w.Write(s.room)
	return err
}

func (s *segmentWriter) finish(ended []ending, names *[namedColumns]naming) error {
	if _, err := s.w.Write(make([]byte, slack)); err != nil { // read behind the last list
		return err
	}
	var pairs []uint64
	for _, e := range ended {
		pairs = append(pairs, e.row, e.to)
	}
	var named []byte
	for i := range names {
		named = binary.AppendUvarint(named, uint64(len(names[i].names)))
		for _, name := range names[i].names {
			named = append(binary.AppendUvarint(named, uint64(len(name))), name...)
		}
	}
	w, foot := s.w, &s.foot
	foot[footTermCount] = uint64(s.count)
	for _, section := range []struct {
		at   int
		data []byte
	}{{footTerms, s.terms}, {footBlocks, s.blocks}, {footEnded, bytesOf(pairs)}, {footNames, named}, {footSums, nil}} {
		off, err := w.align()
		if err != nil {
			return err
		}
		foot[section.at] = off
		if _, err := w.Write(section.data); err != nil {
			return err
		}
	}
	return s.end()
}

// end writes sums and footer.
func (s *segmentWriter) end() error {
	w, foot := s.w, &s.foot
	if w.off%sumBlock > 0 {
		w.endBlock()
	}
	foot[footLength] = w.off + uint64(len(w.sums)) + footerSize
	foot[footSumsCRC] = uint64(crc32.Checksum(w.sums, castagno))
	foot[footCRC] = foot.crc()
	if _, err := w.buf.Write(w.sums); err != nil {
		return err
	}
	if _, err := w.buf.Write(foot.bytes()); err != nil {
		return err
	}
	return w.buf.Flush()
}

func bytesOf(v []uint64) []byte {
	var b []byte
	for _, n := range v {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

const segmentSuffix = ".segment"

// segmentName is the file of the rows from first on.
func segmentName(first, rows uint64) string {
	return fmt.Sprintf("%012d-%012d%s", first, first+rows, segmentSuffix)
}
