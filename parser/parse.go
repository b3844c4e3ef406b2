package parser

import "fangzhi/parser/charset"

// Decode reads the bytes of a page as text; see charset.Decode.
func Decode(body []byte, contentType string) ([]byte, charset.Evidence) {
	return charset.Decode(body, contentType)
}

// Parse reads a page. html is valid UTF-8, as Decode returns it. The error is
// non-nil only when no document could be made of it at all.
func Parse(html []byte, from Origin) (*Page, error) { panic("being written") }
