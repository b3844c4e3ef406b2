package index

import "fangzhi/archive/query"

// A Row is a version of a document, as it is added.
type Row struct {
	Document uint64 // what the caller knows the document by
	Version  uint32
	From     uint64 // sequence number from which on it is visible
	Replaces uint64 // number of the row that it replaces; NoRow for none
	Rank     uint64 // which of two equals comes first: the lower
	Group    uint64 // the same for rows with the same text, 0 for none
	Captured int64  // nanoseconds since 1970
	Date     uint32 // of publication: 20220331, 20220300 for a month, 0 for none
	Region   string // GB/T 2260
	Category string
	Site     string
	Fields   [query.Fields]string // as read, not folded
}

// NoRow is no number of a row.
const NoRow = 1<<64 - 1

// forever is the end of a row that was not replaced.
const forever = 1<<64 - 1

// The columns of 8 bytes, and those of 4.
const (
	colFrom = iota
	colTo
	colRank
	colGroup
	colDocument
	colCaptured
	wideColumns
)

const (
	colDate = iota
	colVersion
	colRegion // these three hold places in the names
	colCategory
	colSite
	colStart      // of the first field
	narrowColumns = colStart + query.Fields
)

// names of regions, categories and sites.
const namedColumns = colSite - colRegion + 1

// columns hold what is known of each row.
type columns struct {
	wide   [wideColumns][]uint64
	narrow [narrowColumns][]uint32
}

func (c *columns) rows() int { return len(c.wide[0]) }

// A naming numbers the names of one column.
type naming struct {
	names []string
	ids   map[string]uint32
}

func (n *naming) id(name string) uint32 {
	id, ok := n.ids[name]
	if !ok {
		if n.ids == nil {
			n.ids = map[string]uint32{}
		}
		id = uint32(len(n.names))
		n.ids[name] = id
		n.names = append(n.names, name)
	}
	return id
}

// An ending says that a row ends at a sequence number.
type ending struct{ row, to uint64 }

// The key of a pair of characters is both, of a single one it and alone, of the last
// of a field it and last. None of these two is a character.
const (
	runeBits = 21
	alone    = 1<<runeBits - 1
	last     = 1<<runeBits - 2
	fieldBit = 3 // row<<fieldBit|field is what a single character's list holds
)

func pair(a, b rune) uint64 { return uint64(a)<<runeBits | uint64(b) }

func isAlone(key uint64) bool { return key&alone == alone }
