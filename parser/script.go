package parser

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxNesting bounds how deep values of scripts and answers are read.
const maxNesting = 40

// A literal reads a value as scripts write it: JSON, and beyond it keys without quotes,
// single quotes and trailing commas. What is no literal (a variable, a call) is nil.
type literal struct {
	s     string
	at    int
	depth int
}

// readLiteral reads the value at the start of s: map[string]any, []any, string,
// json.Number, bool or nil. end is the place after it, ok false when s breaks off.
func readLiteral(s string) (v any, end int, ok bool) {
	l := &literal{s: s}
	v, ok = l.value()
	return v, l.at, ok
}

// objectAt reads the object literal at the start of s, nil if there is none.
func objectAt(s string) map[string]any {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if !strings.HasPrefix(trimmed, "{") {
		return nil
	}
	v, _, ok := readLiteral(trimmed)
	if !ok {
		return nil
	}
	m, _ := v.(map[string]any)
	return m
}

func (l *literal) value() (any, bool) {
	l.blanks()
	if l.at >= len(l.s) || l.depth > maxNesting {
		return nil, false
	}
	l.depth++
	defer func() { l.depth-- }()
	switch c := l.s[l.at]; {
	case c == '{':
		return l.object()
	case c == '[':
		return l.array()
	case c == '"' || c == '\'':
		return l.quoted()
	}
	return l.word()
}

func (l *literal) object() (any, bool) {
	m := map[string]any{}
	l.at++
	for {
		l.blanks()
		if l.take('}') {
			return m, true
		}
		key, ok := l.key()
		if !ok {
			return m, false
		}
		l.blanks()
		if !l.take(':') {
			return m, false
		}
		v, ok := l.value()
		if !ok {
			return m, false
		}
		m[key] = v
		l.blanks()
		l.take(',')
	}
}

func (l *literal) array() (any, bool) {
	var list []any
	l.at++
	for {
		l.blanks()
		if l.take(']') {
			return list, true
		}
		v, ok := l.value()
		if !ok {
			return list, false
		}
		list = append(list, v)
		l.blanks()
		l.take(',')
	}
}

func (l *literal) key() (string, bool) {
	if l.at < len(l.s) && (l.s[l.at] == '"' || l.s[l.at] == '\'') {
		v, ok := l.quoted()
		s, _ := v.(string)
		return s, ok
	}
	begin := l.at
	for l.at < len(l.s) && (isWordByte(l.s[l.at]) || l.s[l.at] == '$' || l.s[l.at] >= utf8.RuneSelf) {
		l.at++
	}
	return l.s[begin:l.at], l.at > begin
}

func (l *literal) quoted() (any, bool) {
	end := closing(l.s[l.at+1:], l.s[l.at])
	if end < 0 {
		return nil, false
	}
	s := l.s[l.at+1 : l.at+1+end]
	l.at += end + 2
	return unescape(s), true
}

// word reads a number, true, false, null or, as nil, an expression up to the next
// comma or bracket.
func (l *literal) word() (any, bool) {
	begin, open := l.at, 0
	for ; l.at < len(l.s); l.at++ {
		c := l.s[l.at]
		if open == 0 && (c == ',' || c == '}' || c == ']') || c == '\n' && open == 0 {
			break
		}
		switch c {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			open--
		case '"', '\'':
			end := closing(l.s[l.at+1:], c)
			if end < 0 {
				return nil, false
			}
			l.at += end + 1
		}
		if l.at-begin > 1<<16 {
			return nil, false
		}
	}
	s := strings.TrimSpace(l.s[begin:l.at])
	switch s {
	case "true":
		return true, true
	case "false":
		return false, true
	case "":
		return nil, false
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil && leadingDigits(strings.TrimPrefix(s, "-")) > 0 {
		return json.Number(s), true
	}
	return nil, true
}

// blanks skips white space and comments.
func (l *literal) blanks() {
	for l.at < len(l.s) {
		rest := l.s[l.at:]
		switch {
		case rest[0] <= ' ':
			l.at++
		case strings.HasPrefix(rest, "//"):
			l.skipPast(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			l.skipPast(rest, "*/")
		default:
			return
		}
	}
}

func (l *literal) skipPast(rest, mark string) {
	if i := strings.Index(rest, mark); i >= 0 {
		l.at += i + len(mark)
		return
	}
	l.at = len(l.s)
}

func (l *literal) take(c byte) bool {
	if l.at < len(l.s) && l.s[l.at] == c {
		l.at++
		return true
	}
	return false
}

// unescape undoes the escapes of a string literal. The result is valid UTF-8 if s is.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n', 'r', 't':
			b.WriteByte(' ')
		case 'u', 'x':
			n := 4 - 2*btoi(c == 'x')
			if r, err := strconv.ParseUint(s[i+1:min(i+1+n, len(s))], 16, 32); err == nil && i+n < len(s) {
				b.WriteRune(rune(r)) // halves of surrogates become U+FFFD
				i += n
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// code is the text of a script, "" when it is a file of its own.
func (s script) code() string {
	if s.node.FirstChild == nil {
		return ""
	}
	return s.node.FirstChild.Data
}

// calls lists what stands behind the opening bracket of the first calls of name.
func calls(code, name string) []string {
	const most = 20
	var out []string
	for rest := code; ; {
		i := strings.Index(rest, name)
		if i < 0 || len(out) == most {
			return out
		}
		before, after := rest[:i], rest[i+len(name):]
		rest = after
		trimmed := strings.TrimLeft(after, " ")
		word := strings.HasSuffix(strings.TrimRight(before, " "), "function")
		glued := before != "" && isWordByte(before[len(before)-1])
		if !word && !glued && strings.HasPrefix(trimmed, "(") {
			out = append(out, trimmed[1:])
		}
	}
}

// numberOf is the number that a script assigns to a variable.
func numberOf(code, name string) (int, bool) {
	for rest := code; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return 0, false
		}
		glued := i > 0 && (isWordByte(rest[i-1]) || rest[i-1] == '.')
		rest = rest[i+len(name):]
		if glued {
			continue
		}
		s, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "=")
		if !ok {
			continue
		}
		s = strings.TrimLeft(s, " \t'\"")
		if n := leadingDigits(s); n > 0 && n < 8 {
			return atoi(s[:n]), true
		}
	}
}
