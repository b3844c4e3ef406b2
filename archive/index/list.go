package index

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"
)

// A list holds ascending numbers without repetition: the positions of a pair of
// characters, or the row*8+field of the fields that hold a character.
//
// It is stored in blocks of 128. A block is the width in bits of its gaps, each
// less one, the number of exceptions, the gaps packed, then the exceptions: gaps
// that are wider, as their place in the block and, as a varint, what is above the
// width. Before them stand, if there is more than one block, the first number of
// each and its offset (4 bytes both), else the first number as a varint.
type list struct {
	n     int
	limit uint32 // all numbers are below
	skips []byte // nil for a single block
	first uint32 // of a single block
	data  []byte // the blocks and slack bytes
}

const (
	blockLen = 128
	slack    = 8 // bytes that may be read behind a list
)

// appendList appends the stored form of the numbers, of which there is at least one.
func appendList(dst []byte, v []uint32) []byte {
	if len(v) <= blockLen {
		return appendBlock(binary.AppendUvarint(dst, uint64(v[0])), v)
	}
	skips := len(dst)
	blocks := (len(v) + blockLen - 1) / blockLen
	dst = slices.Grow(dst, 8*blocks+2*len(v))
	dst = dst[:len(dst)+8*blocks]
	start := len(dst)
	for i := range blocks {
		block := v[i*blockLen : min((i+1)*blockLen, len(v))]
		binary.LittleEndian.PutUint32(dst[skips+8*i:], block[0])
		binary.LittleEndian.PutUint32(dst[skips+8*i+4:], uint32(len(dst)-start))
		dst = appendBlock(dst, block)
	}
	return dst
}

// appendBlock appends the gaps between the numbers.
func appendBlock(dst []byte, v []uint32) []byte {
	if len(v) == 1 {
		return dst
	}
	var gaps [blockLen]uint32
	var widths [33]int
	for i := 1; i < len(v); i++ {
		gaps[i-1] = v[i] - v[i-1] - 1
		widths[bits.Len32(gaps[i-1])]++
	}
	n := len(v) - 1
	width := bestWidth(&widths, n)
	head := len(dst)
	dst = append(dst, byte(width), 0)
	var word uint64
	var have int
	for _, g := range gaps[:n] {
		word |= uint64(g&(1<<width-1)) << have
		for have += width; have >= 8; have -= 8 {
			dst = append(dst, byte(word))
			word >>= 8
		}
	}
	if have > 0 {
		dst = append(dst, byte(word))
	}
	for i, g := range gaps[:n] {
		if above := g >> width; above > 0 {
			dst[head+1]++
			dst = binary.AppendUvarint(append(dst, byte(i)), uint64(above))
		}
	}
	return dst
}

// bestWidth is the width at which n gaps take least room; widths counts them by theirs.
func bestWidth(widths *[33]int, n int) int {
	best, least := 32, 32*n
	above, cost := 0, 0 // exceptions, and the bits of all
	for w := 31; w >= 0; w-- {
		above += widths[w+1]
		cost = w*n + above*16
		if w+8 < 32 { // a rough count of varints of more than one byte
			cost += 8 * sum(widths[w+8:])
		}
		if cost < least {
			best, least = w, cost
		}
	}
	return best
}

func sum(v []int) (n int) {
	for _, x := range v {
		n += x
	}
	return n
}

// openList reads a list of n numbers below limit; data ends with slack.
func openList(data []byte, n int, limit uint32) (l list, ok bool) {
	l = list{n: n, limit: limit}
	if n < 1 || len(data) < slack {
		return l, false
	}
	if blocks := l.blocks(); blocks > 1 {
		if len(data)/8 < blocks {
			return l, false
		}
		l.skips, l.data = data[:8*blocks], data[8*blocks:]
		return l, true
	}
	first, size := binary.Uvarint(data)
	if size <= 0 || first >= uint64(limit) {
		return l, false
	}
	l.first, l.data = uint32(first), data[size:]
	return l, true
}

func (l *list) blocks() int { return (l.n + blockLen - 1) / blockLen }

// start is the first number of a block.
func (l *list) start(block int) uint32 {
	if l.skips == nil {
		return l.first
	}
	return binary.LittleEndian.Uint32(l.skips[8*block:])
}

// read fills room with the numbers of a block; ok is false when they are damaged.
func (l *list) read(block int, room *[blockLen]uint32) (v []uint32, ok bool) {
	n := min(l.n-block*blockLen, blockLen)
	data := l.data
	if l.skips != nil {
		at := binary.LittleEndian.Uint32(l.skips[8*block+4:])
		if uint64(at) > uint64(len(data)) {
			return nil, false
		}
		data = data[at:]
	}
	room[0] = l.start(block)
	if n == 1 {
		return room[:1], room[0] < l.limit
	}
	if len(data) < 2 {
		return nil, false
	}
	width, exceptions, data := uint(data[0]), int(data[1]), data[2:]
	packed := (int(width)*(n-1) + 7) / 8
	if width > 32 || len(data) < packed+slack {
		return nil, false
	}
	mask := uint64(1)<<width - 1
	if exceptions == 0 {
		last := unpackSum(data, room[1:n], width, mask, uint64(room[0]))
		return room[:n], last < uint64(l.limit)
	}
	for i, bit := 1, uint(0); i < n; i, bit = i+1, bit+width {
		room[i] = uint32(binary.LittleEndian.Uint64(data[bit>>3:]) >> (bit & 7) & mask)
	}
	if !patch(data[packed:], room[1:n], width, exceptions) {
		return nil, false
	}
	last := uint64(room[0])
	for i := 1; i < n; i++ {
		last += uint64(room[i]) + 1
		room[i] = uint32(last)
	}
	return room[:n], last < uint64(l.limit)
}

// unpackSum reads gaps and adds them up from start; it returns the last sum.
func unpackSum(data []byte, room []uint32, width uint, mask, start uint64) uint64 {
	bit := uint(0)
	for i := range room {
		start += binary.LittleEndian.Uint64(data[bit>>3:])>>(bit&7)&mask + 1
		room[i] = uint32(start)
		bit += width
	}
	return start
}

func patch(data []byte, gaps []uint32, width uint, exceptions int) bool {
	for range exceptions {
		if len(data) < 1 || int(data[0]) >= len(gaps) {
			return false
		}
		above, size := binary.Uvarint(data[1:])
		if size <= 0 || above > 1<<32-1 {
			return false
		}
		gaps[data[0]] |= uint32(above << width)
		data = data[1+size:]
	}
	return true
}

// appendTo appends all numbers, each plus add, to dst.
func (l *list) appendTo(dst []uint32, add uint32) ([]uint32, bool) {
	var room [blockLen]uint32
	dst = slices.Grow(dst, l.n)
	for b := range l.blocks() {
		v, ok := l.read(b, &room)
		if !ok {
			return dst, false
		}
		for _, x := range v {
			dst = append(dst, x+add)
		}
	}
	return dst, true
}

// A cursor goes through a list forwards.
type cursor struct {
	list
	block int      // the next one to read
	ahead []uint32 // of the block before it, not used yet
	room  [blockLen]uint32
	bad   bool
}

// batch is some of the numbers from min on that were not given yet, nil at the end.
func (c *cursor) batch(min uint32) []uint32 {
	if !c.forward(min) {
		return nil
	}
	v := c.ahead
	c.ahead = nil
	return v
}

// seek is the first number from v on.
func (c *cursor) seek(v uint32) (uint32, bool) {
	if !c.forward(v) {
		return 0, false
	}
	return c.ahead[0], true
}

// forward makes c.ahead begin with the first number from v on.
func (c *cursor) forward(v uint32) bool {
	for {
		if n := len(c.ahead); n > 0 && c.ahead[n-1] >= v {
			if c.ahead[0] < v {
				c.ahead = c.ahead[lowerBound(c.ahead, v):]
			}
			return true
		}
		c.ahead = nil
		if c.block >= c.blocks() || c.bad {
			return false
		}
		c.skip(v)
		var ok bool
		if c.ahead, ok = c.read(c.block, &c.room); !ok {
			c.bad, c.ahead = true, nil
			return false
		}
		c.block++
	}
}

// skip goes to the last block that begins at or before v.
func (c *cursor) skip(v uint32) {
	step, end := 1, c.blocks()
	for c.block+step < end && c.start(c.block+step) <= v {
		c.block += step
		step *= 2
	}
	most := min(c.block+step, end)
	c.block += sort.Search(most-c.block-1, func(i int) bool { return c.start(c.block+1+i) > v })
}

// lowerBound is the place of the first number from x on, in v that has one.
func lowerBound(v []uint32, x uint32) int {
	low, high := 0, len(v)-1
	for low < high {
		if mid := int(uint(low+high) / 2); v[mid] < x {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// rank is how many numbers are below v.
func (c *cursor) rank(v uint32) int {
	if !c.forward(v) {
		return c.n
	}
	return min(c.block*blockLen, c.n) - len(c.ahead)
}
