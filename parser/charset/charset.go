// Package charset decides how the bytes of a page are to be read and reads them.
package charset

// Evidence says how the bytes of a page were read.
type Evidence struct {
	Label    string // WHATWG name of the encoding they were read as: utf-8, gb18030, big5 …
	Method   string // what decided: bom, bytes, header, meta, or guess
	Declared string // what header or meta claimed, "" if neither did
	Replaced int    // characters that came out as U+FFFD
}

// Decode reads body as text: always valid UTF-8, without a leading byte order
// mark. contentType is the HTTP header's value, "" if there was none. The bytes
// decide before any label does (PORTALS section 4); body itself is returned,
// uncopied, when it is UTF-8 already.
func Decode(body []byte, contentType string) ([]byte, Evidence) {
	panic("being written")
}
