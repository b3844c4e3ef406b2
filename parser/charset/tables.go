package charset

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

const (
	gbTrails   = 190 // 40..7E and 80..FE
	big5Trails = 157 // 40..7E and A1..FE
	leads      = 126 // 81..FE
)

// dropped are the two-byte cells outside the user-defined zones that x/text (0.44)
// reads as U+FFFD: 174 of them, in runs of n cells beginning at cell and at the
// private-use code point that GB 18030-2000 gave them. moved says where 25 of these
// code points are today. Both are checked against glibc, Python, ICU and x/text by
// the tests.
var dropped = []struct {
	cell uint16
	at   rune
	n    int
}{
	{0xA2AB, 0xE766, 6}, {0xA2E4, 0xE76D, 1}, {0xA2EF, 0xE76E, 2}, {0xA2FD, 0xE770, 2},
	{0xA4F4, 0xE772, 11}, {0xA5F7, 0xE77D, 8}, {0xA6B9, 0xE785, 8}, {0xA6D9, 0xE78D, 7},
	{0xA6EC, 0xE794, 2}, {0xA6F3, 0xE796, 1}, {0xA6F6, 0xE797, 9}, {0xA7C2, 0xE7A0, 15},
	{0xA7F2, 0xE7AF, 13}, {0xA896, 0xE7BC, 11}, {0xA8BC, 0xE7C7, 1}, {0xA8C1, 0xE7C9, 4},
	{0xA8EA, 0xE7CD, 21}, {0xA958, 0xE7E2, 1}, {0xA95B, 0xE7E3, 1}, {0xA95D, 0xE7E4, 3},
	{0xA997, 0xE7F4, 13}, {0xA9F0, 0xE801, 15}, {0xD7FA, 0xE810, 5}, {0xFE51, 0xE816, 3},
	{0xFE59, 0xE81E, 1}, {0xFE61, 0xE826, 1}, {0xFE66, 0xE82B, 2}, {0xFE6C, 0xE831, 2},
	{0xFE76, 0xE83B, 1}, {0xFE7E, 0xE843, 1}, {0xFE90, 0xE854, 2}, {0xFEA0, 0xE864, 1},
}

// Fold moves a private-use code point of GB 18030-2000 to the character's own: the
// 10 vertical forms and 8 ideographs that GB 18030-2022 moved, the 6 ideographs that
// Unicode has in its supplementary planes, and ḿ. Other runes are returned as they are.
func Fold(r rune) rune {
	if r < 0xE78D || r > 0xE864 {
		return r
	}
	switch r {
	case 0xE78D:
		return 0xFE10
	case 0xE78E:
		return 0xFE12
	case 0xE78F:
		return 0xFE11
	case 0xE790, 0xE791, 0xE792, 0xE793, 0xE794, 0xE795, 0xE796:
		return 0xFE13 + r - 0xE790
	case 0xE7C7:
		return 0x1E3F
	case 0xE816:
		return 0x20087
	case 0xE817:
		return 0x20089
	case 0xE818:
		return 0x200CC
	case 0xE81E:
		return 0x9FB4
	case 0xE826:
		return 0x9FB5
	case 0xE82B, 0xE82C:
		return 0x9FB6 + r - 0xE82B
	case 0xE831:
		return 0x215D7
	case 0xE832:
		return 0x9FB8
	case 0xE83B:
		return 0x2298F
	case 0xE843:
		return 0x9FB9
	case 0xE854:
		return 0x9FBA
	case 0xE855:
		return 0x241FE
	case 0xE864:
		return 0x9FBB
	}
	return r
}

// A gbTable holds GB 18030: cells by lead and trail, and the code points of the Basic
// Multilingual Plane that four bytes name, in the order in which they are numbered.
// Cells are as in 2000; what lies in private use there is folded while reading.
type gbTable struct {
	two  [leads * gbTrails]uint16
	four []uint16
}

// gb is made at the first use, in about 3 ms: its 24,000 cells are x/text's, so they
// need not be in the binary twice.
var gb = sync.OnceValue(func() *gbTable {
	t := new(gbTable)
	for i, r := range cells(simplifiedchinese.GB18030, 0x81, gbTrails, gbTrail) {
		t.two[i] = uint16(r)
	}
	fillUserZones(t)
	for _, d := range dropped {
		for i := range d.n {
			cell := int(d.cell) + i
			t.two[gbCell(byte(cell>>8), byte(cell))] = uint16(d.at + rune(i))
		}
	}
	t.four = unnamed(t)
	return t
})

func gbTrail(i int) byte {
	if i < 63 {
		return byte(0x40 + i)
	}
	return byte(0x41 + i)
}

// gbCell is the index of a valid pair of bytes.
func gbCell(lead, trail byte) int {
	i := int(trail) - 0x40
	if trail > 0x7F {
		i--
	}
	return int(lead-0x81)*gbTrails + i
}

// fillUserZones gives the three user-defined zones their private-use code points.
func fillUserZones(t *gbTable) {
	fill := func(r rune, fromLead, toLead, fromTrail, toTrail byte) {
		for lead := fromLead; lead <= toLead; lead++ {
			for trail := int(fromTrail); trail <= int(toTrail); trail++ {
				if trail == 0x7F {
					continue
				}
				if i := gbCell(lead, byte(trail)); t.two[i] == utf8.RuneError {
					t.two[i] = uint16(r)
				}
				r++
			}
		}
	}
	fill(0xE000, 0xAA, 0xAF, 0xA1, 0xFE)
	fill(0xE234, 0xF8, 0xFE, 0xA1, 0xFE)
	fill(0xE4C6, 0xA1, 0xA7, 0x40, 0xA0)
}

// unnamed lists what has no cell: the four-byte codes from 81308130 on are numbered
// through it.
func unnamed(t *gbTable) []uint16 {
	var named [1 << 16]bool
	for _, r := range t.two {
		named[r] = true
	}
	named[0xE5E5] = true // A3A0, which is read as the wide blank today
	out := make([]uint16, 0, 39420)
	for r := 0x80; r < 1<<16; r++ {
		if !named[r] && (r < 0xD800 || r > 0xDFFF) {
			out = append(out, uint16(r))
		}
	}
	return out
}

// big5 holds Big5 with HKSCS; the four cells of two code points are 0 (see pairs).
var big5 = sync.OnceValue(func() *[leads * big5Trails]rune {
	t := new([leads * big5Trails]rune)
	for i, r := range cells(traditionalchinese.Big5, 0x81, big5Trails, big5Trail) {
		t[i] = r
	}
	for cell := range pairs {
		t[big5Cell(byte(cell>>8), byte(cell))] = 0
	}
	return t
})

// pairs are the Big5 cells that stand for a letter and a combining mark.
var pairs = map[uint16]string{
	0x8862: "\u00CA\u0304", 0x8864: "\u00CA\u030C", 0x88A3: "\u00EA\u0304", 0x88A5: "\u00EA\u030C",
}

func big5Trail(i int) byte {
	if i < 63 {
		return byte(0x40 + i)
	}
	return byte(0x62 + i)
}

func big5Cell(lead, trail byte) int {
	i := int(trail) - 0x40
	if trail > 0x7F {
		i -= 0x22
	}
	return int(lead-0x81)*big5Trails + i
}

// cells reads every pair of bytes with a decoder of x/text, U+FFFD where it has none.
func cells(enc encoding.Encoding, first byte, trails int, trail func(int) byte) []rune {
	src := make([]byte, 0, leads*trails*3)
	for lead := range leads {
		for i := range trails {
			src = append(src, first+byte(lead), trail(i), '\n')
		}
	}
	text, err := enc.NewDecoder().Bytes(src)
	if err != nil { // these decoders replace, they never fail
		panic("charset: " + err.Error())
	}
	out := make([]rune, 0, leads*trails)
	for len(text) > 0 {
		r, _ := utf8.DecodeRune(text)
		out = append(out, r)
		for text[0] != '\n' {
			text = text[1:]
		}
		text = text[1:]
	}
	return out
}
