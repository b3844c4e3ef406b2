package charset

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// metaReach is how far into a page a declaration is looked for, in bytes.
const metaReach = 2 << 10

var unpunctuated = strings.NewReplacer("-", "", "_", "", " ", "", ":", "", ".", "")

// canonical is the WHATWG name of a claimed label, "" if it tells nothing: unknown,
// or Latin-1, which servers say that were never told.
func canonical(label string) string {
	bare := unpunctuated.Replace(label)
	switch bare {
	case "":
		return ""
	case "gb2312", "gb231280", "gb23121980", "gbk", "xgbk", "gb18030", "gb180302000", "gb180302005", "gb180302022",
		"cp936", "ms936", "936", "windows936", "xmswin936", "csgb2312", "csgb231280", "csiso58gb231280", "isoir58",
		"chinese", "euccn", "xeuccn", "gb", "hzgb2312":
		return nameGB
	case "big5", "big5hkscs", "xxbig5", "xbig5", "csbig5", "cnbig5", "cp950", "ms950", "950", "windows950":
		return nameBig5
	case "utf8", "utf8mb4", "xutf8", "unicode11utf8", "unicode20utf8", "xunicode20utf8":
		return nameUTF8
	}
	if isLatin(label) || strings.HasPrefix(bare, "utf16") || bare == "unicode" {
		return "" // UTF-16 shows itself in the bytes
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return ""
	}
	name, err := htmlindex.Name(enc)
	if err != nil || name == "replacement" || name == "x-user-defined" {
		return ""
	}
	return name
}

// isLatin tells whether label is one of those that carry no information.
func isLatin(label string) bool {
	switch label {
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "iso88591", "8859_1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252", "cp1252":
		return true
	}
	return false
}

// fromHeader is the charset of a Content-Type, lower case, "" if it has none.
func fromHeader(contentType string) string {
	if contentType == "" {
		return ""
	}
	return charsetIn([]byte(contentType))
}

// charsetIn finds `charset = value`, quoted or not, in an attribute or header.
func charsetIn(s []byte) string {
	s = bytes.ToLower(s)
	for {
		i := bytes.Index(s, []byte("charset"))
		if i < 0 {
			return ""
		}
		s = bytes.TrimLeft(s[i+len("charset"):], " \t\r\n")
		if len(s) == 0 || s[0] != '=' {
			continue
		}
		v := bytes.TrimLeft(s[1:], " \t\r\n=\"'")
		if end := bytes.IndexAny(v, "\"';,> \t\r\n/"); end >= 0 {
			v = v[:end]
		}
		return strings.ToValidUTF8(string(v), "")
	}
}

// fromMeta is the charset that the page itself declares, lower case. Comments are
// skipped and so are all tags but meta: script tags carry the charset of the script.
func fromMeta(body []byte) string {
	if len(body) > metaReach {
		body = body[:metaReach]
	}
	if head := bytes.TrimLeft(body, "\xEF\xBB\xBF \t\r\n"); bytes.HasPrefix(head, []byte("<?xml")) {
		if label := xmlEncoding(head); label != "" {
			return label
		}
	}
	for {
		i := bytes.IndexByte(body, '<')
		if i < 0 {
			return ""
		}
		body = body[i+1:]
		switch {
		case bytes.HasPrefix(body, []byte("!--")):
			body = after(body[3:], "-->")
		case hasFold(body, "script"):
			body = afterScript(body)
		case hasFold(body, "meta"):
			tag := body
			if end := tagEnd(body); end >= 0 {
				tag = body[:end]
			}
			if label := metaCharset(tag[len("meta"):]); canonical(label) != "" || isLatin(label) {
				return label
			}
			body = body[len("meta"):]
		}
	}
}

// xmlEncoding reads <?xml version="1.0" encoding="gb2312"?>.
func xmlEncoding(head []byte) string {
	end := bytes.Index(head, []byte("?>"))
	if end < 0 {
		return ""
	}
	decl := bytes.ToLower(head[:end])
	i := bytes.Index(decl, []byte("encoding"))
	if i < 0 {
		return ""
	}
	return charsetIn(append([]byte("charset"), decl[i+len("encoding"):]...))
}

// metaCharset reads the inside of a meta tag: charset=… or an http-equiv's content.
// A description that merely mentions a charset declares none.
func metaCharset(tag []byte) string {
	lower := bytes.ToLower(tag)
	if bytes.Contains(lower, []byte("http-equiv")) && bytes.Contains(lower, []byte("content-type")) {
		return charsetIn(lower)
	}
	if i := bytes.Index(lower, []byte("charset")); i > 0 && isBreak(lower[i-1]) && !bytes.Contains(lower[:i], []byte("content")) {
		return charsetIn(lower[i:])
	}
	return ""
}

func isBreak(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'' || c == '/'
}

// tagEnd is the index of the `>` that ends a tag, quotes respected, -1 if it is cut.
func tagEnd(tag []byte) int {
	var quote byte
	for i, c := range tag {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return bytes.IndexByte(tag, '>') // a quote was left open
}

// afterScript skips a script element with all that is in it.
func afterScript(body []byte) []byte {
	for {
		i := bytes.Index(body, []byte("</"))
		if i < 0 {
			return nil
		}
		body = body[i+2:]
		if hasFold(body, "script") {
			return body
		}
	}
}

func after(s []byte, sep string) []byte {
	if _, rest, ok := bytes.Cut(s, []byte(sep)); ok {
		return rest
	}
	return nil
}

// hasFold tells whether s begins with the lower-case ASCII word, in any case.
func hasFold(s []byte, word string) bool {
	return len(s) >= len(word) && strings.EqualFold(string(s[:len(word)]), word)
}
