package charset

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// Evidence says how the bytes of a page were read.
type Evidence struct {
	Label    string // WHATWG name of the encoding they were read as: utf-8, gb18030, big5 …
	Method   string // what decided: bom, bytes, header, meta, or guess
	Declared string // what header or else meta claimed, lower case, "" if neither did
	Replaced int    // characters that came out as U+FFFD
}

// Names of the encodings that have a reader here; others are x/text's.
const (
	nameUTF8    = "utf-8"
	nameUTF16LE = "utf-16le"
	nameUTF16BE = "utf-16be"
	nameGB      = "gb18030"
	nameBig5    = "big5"
	nameLatin   = "windows-1252"
)

// Decode reads body as text: always valid UTF-8, without byte order marks.
// contentType is the HTTP header's value, "" if there was none. The bytes decide
// before any label does (see the package's comment); body itself is returned,
// uncopied, when it is UTF-8 already.
func Decode(body []byte, contentType string) ([]byte, Evidence) {
	rest, why, valid := decide(body, contentType)
	if valid && why.Label == nameUTF8 && !foldable(rest) {
		return rest, why
	}
	text, replaced := read(rest, why.Label)
	why.Replaced = replaced
	return text, why
}

// decide chooses Label and Method and cuts a leading byte order mark off. valid tells
// that the rest is valid UTF-8, whatever it is to be read as.
func decide(body []byte, contentType string) (rest []byte, why Evidence, valid bool) {
	header := fromHeader(contentType)
	meta := fromMeta(body)
	why.Declared = header
	if meta != "" && canonical(header) == "" {
		why.Declared = meta
	}
	rest, mark := cutMark(body)
	valid = utf8.Valid(rest)
	switch {
	case mark == nameUTF16LE, mark == nameUTF16BE:
		why.Label, why.Method = mark, "bom"
	case mark == "" && wide(body) != "":
		why.Label, why.Method = wide(body), "bytes"
	case isUTF8(rest, valid):
		why.Label, why.Method = nameUTF8, "bytes"
		if mark != "" {
			why.Method = "bom"
		}
	default:
		why.Label, why.Method = weigh(rest, header, meta)
	}
	return rest, why, valid
}

// weigh chooses between a label and what the bytes look like.
func weigh(body []byte, header, meta string) (label, method string) {
	best, rank := likeliest(body)
	for _, l := range []struct{ claim, method string }{{header, "header"}, {meta, "meta"}} {
		name := canonical(l.claim)
		if name != "" && !refuted(name, rank, best) {
			return name, l.method
		}
	}
	if rank[best] >= plausible {
		return best, "bytes"
	}
	// Latin-1 is what servers say that were never told, so it counts last.
	if isLatin(header) || isLatin(meta) {
		return nameLatin, "guess"
	}
	if best == nameBig5 { // two bytes of anything pass for Big5
		best = nameUTF8
	}
	return best, "guess"
}

// refuted tells whether the bytes speak against being read as name.
func refuted(name string, rank map[string]float64, best string) bool {
	own, known := rank[name]
	if !known { // an encoding not measured: only certainty takes it away
		return rank[best] >= certain
	}
	return best != name && rank[best] >= plausible && rank[best] > own+margin
}

// cutMark cuts a byte order mark off and names its encoding.
func cutMark(body []byte) (rest []byte, name string) {
	switch {
	case bytes.HasPrefix(body, mark):
		return body[len(mark):], nameUTF8
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}):
		return body[2:], nameUTF16LE
	case bytes.HasPrefix(body, []byte{0xFE, 0xFF}):
		return body[2:], nameUTF16BE
	}
	return body, ""
}

// wide recognises UTF-16 without a mark by the zero beside its first `<`.
func wide(body []byte) string {
	if len(body) < 4 {
		return ""
	}
	switch {
	case body[0] == '<' && body[1] == 0 && body[2] != 0 && body[3] == 0:
		return nameUTF16LE
	case body[0] == 0 && body[1] == '<' && body[2] == 0 && body[3] != 0:
		return nameUTF16BE
	}
	return ""
}

// read decodes body as the encoding of this name and counts what it could not read.
func read(body []byte, name string) ([]byte, int) {
	switch name {
	case nameUTF8:
		return readUTF8(body)
	case nameGB:
		return readGB(body)
	case nameBig5:
		return readBig5(body)
	case nameUTF16LE, nameUTF16BE:
		return readUTF16(body, name == nameUTF16BE)
	}
	enc, err := htmlindex.Get(name)
	if err != nil { // canonical names only what htmlindex has
		return readUTF8(body)
	}
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return readUTF8(body)
	}
	text, _ = readUTF8(text)
	return text, bytes.Count(text, replacement)
}
