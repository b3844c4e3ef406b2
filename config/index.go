package config

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// An index says where in a file each key and each element of a list stands, by a
// path in lower case with the numbers of elements: site.0.regions.3.label.
type index map[string]Place

// An indexer walks the expressions of a file that was decoded without error.
type indexer struct {
	file   string
	data   []byte
	lines  []int // offsets at which lines begin
	tables map[string]int
	out    index
	texts  []text
}

// A text is a value that is no list or table, as it was written.
type text struct {
	path, value string
	at          Place
}

// indexOf reads the positions that the decoder does not tell.
func indexOf(file string, data []byte) index { return indexFile(file, data).out }

func indexFile(file string, data []byte) *indexer {
	x := &indexer{file: file, data: data, lines: lineStarts(data), tables: map[string]int{}, out: index{}}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.KeyValue:
			x.keyValue(table, e)
		case unstable.Table, unstable.ArrayTable:
			table = x.header(e)
		}
	}
	return x
}

// header is the path of a [table] or [[table]].
func (x *indexer) header(e *unstable.Node) string {
	path := ""
	for parts := e.Key(); parts.Next(); {
		part := parts.Node()
		path = join(path, strings.ToLower(string(part.Data)))
		x.put(path, part.Raw.Offset) // of the list as a whole, if it is one
		if parts.IsLast() && e.Kind == unstable.ArrayTable {
			x.tables[path]++
		}
		if n := x.tables[path]; n > 0 {
			path = join(path, strconv.Itoa(n-1))
		}
		x.put(path, part.Raw.Offset)
	}
	return path
}

func (x *indexer) keyValue(table string, e *unstable.Node) {
	path := table
	for parts := e.Key(); parts.Next(); {
		path = join(path, strings.ToLower(string(parts.Node().Data)))
		x.put(path, parts.Node().Raw.Offset)
	}
	x.value(path, e.Value())
}

// value indexes what is inside a value.
func (x *indexer) value(path string, v *unstable.Node) {
	switch v.Kind {
	default:
		x.texts = append(x.texts, text{path, string(v.Data), x.place(v.Raw.Offset)})
	case unstable.Array:
		n := 0
		for elements := v.Children(); elements.Next(); {
			element := elements.Node()
			if element.Kind == unstable.Comment {
				continue
			}
			at := join(path, strconv.Itoa(n))
			x.put(at, element.Raw.Offset)
			x.value(at, element)
			n++
		}
	case unstable.InlineTable:
		for pairs := v.Children(); pairs.Next(); {
			if pairs.Node().Kind == unstable.KeyValue {
				x.keyValue(path, pairs.Node())
			}
		}
	}
}

// put notes the first place of a path. An Array has no place of its own: offset 0
// is the place of its key then, noted before.
func (x *indexer) put(path string, offset uint32) {
	if _, known := x.out[path]; !known {
		x.out[path] = x.place(offset)
	}
}

func (x *indexer) place(offset uint32) Place {
	line := sort.SearchInts(x.lines, int(offset)+1)
	start := x.lines[line-1]
	return Place{x.file, line, utf8.RuneCount(x.data[start:offset]) + 1}
}

func join(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return path + "." + name
}

func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, b := range data {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// at is the place of a path, or of the nearest table around it.
func (x index) at(path string) Place {
	for path != "" {
		if p, ok := x[path]; ok {
			return p
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return Place{}
}

// key is the path of the key that stands at a place, without numbers.
func (x index) key(at Place) string {
	best := ""
	for path, place := range x {
		if place == at && len(path) > len(best) {
			best = path
		}
	}
	return withoutNumbers(best)
}

// below are the entries under a prefix, without it. The entry of the prefix itself
// has the path "".
func (x index) below(prefix string) index {
	out := index{}
	for path, place := range x {
		if path == prefix {
			out[""] = place
		} else if rest, ok := strings.CutPrefix(path, prefix+"."); ok {
			out[rest] = place
		}
	}
	return out
}
