package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhi/archive/fold"
	"fangzhi/parser"
	"fangzhi/parser/region"
)

// A SyntaxError says what is wrong with a query, and where.
type SyntaxError struct {
	At      int // character, from 1
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("query, character %d: %s", e.At, e.Message) }

// Bounds of a query.
const (
	maxParts = 64
	maxDepth = 32
	usual    = 20 // characters of a NEAR without number
)

// Parse reads a query. The error is a *SyntaxError.
func Parse(text string) (n Node, err error) {
	p := &parse{lexer: lexer{text: []rune(text)}}
	p.advance()
	n = p.or()
	if p.err == nil && p.kind == closing {
		p.fail("nothing was opened that this closes")
	}
	if p.err != nil {
		return nil, p.err
	}
	if n == nil {
		n = And(nil)
	}
	return n, nil
}

// parse is one run of Parse. After an error all tokens are the end.
type parse struct {
	lexer
	token
	parts int
	err   error
}

func (p *parse) advance() token {
	t := p.token
	if p.err == nil {
		p.token = p.next()
	}
	return t
}

func (p *parse) fail(format string, args ...any) { p.failAt(p.token.at, format, args...) }

func (p *parse) failAt(at int, format string, args ...any) {
	if p.err == nil {
		p.err = &SyntaxError{at, fmt.Sprintf(format, args...)}
	}
	p.token = token{kind: end, at: at}
}

// or reads alternatives; nil when there is nothing but what folds to nothing.
func (p *parse) or() Node {
	var parts Or
	for {
		empty := p.kind == end || p.kind == or || p.kind == closing
		n := p.and()
		if n != nil {
			parts = append(parts, flat[Or](n)...)
		}
		if p.kind != or {
			if empty && len(parts) > 0 {
				p.fail("something must follow OR")
			}
			break
		}
		if empty {
			p.fail("something must stand before OR")
		}
		p.advance()
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return parts
}

// flat is the parts of n, if it is a T, or n.
func flat[T ~[]Node](n Node) []Node {
	if t, ok := n.(T); ok {
		return t
	}
	return []Node{n}
}

// and reads what must all hold. An in: is about all that stands beside it.
func (p *parse) and() Node {
	var parts And
	var in Set
	for {
		switch p.kind {
		case end, or, closing:
			return conjunction(parts, in)
		case and:
			if p.advance(); len(parts) == 0 || p.kind == end || p.kind == or || p.kind == closing || p.kind == and {
				p.fail("something must stand on both sides of AND")
			}
		case key:
			if p.token.text == "in" {
				at := p.advance().at
				in |= p.set(at)
				continue
			}
			fallthrough
		default:
			if n := p.near(); n != nil {
				parts = append(parts, flat[And](n)...)
			}
		}
	}
}

func conjunction(parts And, in Set) Node {
	for i := range parts {
		if in != 0 {
			parts[i] = within(parts[i], in)
		}
	}
	parts = slices.CompactFunc(parts, func(a, b Node) bool { return a.String() == b.String() })
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return parts
}

// set reads the name of a field after in:
func (p *parse) set(at int) Set {
	s, ok := setNames[strings.ToLower(p.token.text)]
	if p.kind != word || !ok || s&Anywhere == 0 {
		p.failAt(at, "in: takes title, body or attachment")
		return 0
	}
	p.advance()
	return s
}

// within is n with its texts, as far as they name no field, in a field.
func within(n Node, in Set) Node {
	switch n := n.(type) {
	case And:
		return And(withinAll(n, in))
	case Or:
		return Or(withinAll(n, in))
	case Not:
		return Not{within(n.Node, in)}
	case Near:
		n.A, n.B = within(n.A, in).(Text), within(n.B, in).(Text)
		return n
	case Text:
		if n.In == Anywhere {
			n.In = in
		}
		if n.In.Has(Number) {
			n.Text = DocNumber(n.Text)
		}
		return n
	}
	return n
}

func withinAll(nodes []Node, in Set) []Node {
	moved := make([]Node, len(nodes))
	for i, n := range nodes {
		moved[i] = within(n, in)
	}
	return moved
}

// near reads a part, or several with NEAR between neighbours.
func (p *parse) near() Node {
	left := p.unary()
	var pairs And
	for p.kind == near {
		op := p.advance()
		distance := usual
		if _, digits, ok := strings.Cut(op.text, "/"); ok {
			n, err := strconv.Atoi(fold.String(digits))
			if err != nil || n < 0 || n > 1000 {
				p.failAt(op.at, "NEAR/ takes a number up to 1000")
			}
			distance = n
		}
		right := p.unary()
		a, ok := left.(Text)
		b, also := right.(Text)
		if p.err == nil && (!ok || !also || a.In != b.In) {
			p.failAt(op.at, "NEAR stands between two words of one field")
		}
		pairs = append(pairs, Near{a, b, distance})
		left = right
	}
	switch len(pairs) {
	case 0:
		return left
	case 1:
		return pairs[0]
	}
	return pairs
}

func (p *parse) unary() Node {
	if p.parts++; p.parts > maxParts {
		p.fail("more than %d parts", maxParts)
	}
	if p.depth > maxDepth {
		p.fail("more than %d parentheses are open", maxDepth)
	}
	switch t := p.advance(); t.kind {
	case word, quoted:
		return newText(Anywhere, fold.String(t.text))
	case not:
		if p.kind != end && p.kind != closing && p.kind != or {
			if n := p.unary(); n != nil {
				return Not{n}
			}
		}
		p.failAt(t.at, "nothing follows to exclude")
	case open:
		n := p.or()
		if p.kind != closing {
			p.failAt(t.at, "this parenthesis is not closed")
		}
		p.advance()
		return n
	case key:
		return p.field(t)
	case end, closing, or, and, near:
		p.failAt(t.at, "a word is missing here")
	}
	return nil
}

func newText(in Set, folded string) Node {
	if folded == "" {
		return nil
	}
	return Text{in, folded}
}

// field reads what stands behind the key of a field.
func (p *parse) field(name token) Node {
	if set, ok := setNames[name.text]; ok && p.kind == open {
		if n := p.unary(); n != nil {
			return within(n, set)
		}
		return nil
	}
	value := p.token
	if value.kind != word && value.kind != quoted || strings.TrimSpace(value.text) == "" {
		p.failAt(name.at, "%s: needs a value", name.text)
		return nil
	}
	p.advance()
	if set, ok := setNames[name.text]; ok {
		if name.text == "docno" {
			return newText(set, DocNumber(value.text))
		}
		return newText(set, fold.String(value.text))
	}
	return keys[name.text](p, value)
}

// keys are the fields that are no texts. An init fills it, or it would refer to itself.
var keys map[string]func(*parse, token) Node

func init() {
	keys = map[string]func(*parse, token) Node{
		"in":        func(p *parse, t token) Node { p.failAt(t.at, "in: cannot stand here"); return nil },
		"region":    (*parse).region,
		"category":  func(_ *parse, t token) Node { return Category{strings.TrimSpace(t.text)} },
		"site":      func(_ *parse, t token) Node { return Site{strings.TrimSpace(t.text)} },
		"published": (*parse).published,
		"captured":  (*parse).captured,
	}
}

func isKey(name string) bool { return setNames[name] != 0 || keys[name] != nil }

func (p *parse) region(t token) Node {
	code, near, ok := region.Parse(t.text)
	if ok {
		return Region{code}
	}
	var names []string
	for _, place := range near {
		names = append(names, place.Name+" "+place.Code)
	}
	hint := ""
	if len(names) > 0 {
		hint = "; is one of these meant: " + strings.Join(names, ", ")
	}
	p.failAt(t.at, "no region is called %s%s", t.text, hint)
	return nil
}

func (p *parse) published(t token) Node {
	from, to, ok := p.days(t)
	if !ok {
		return nil
	}
	return Published{from, to}
}

func (p *parse) captured(t token) Node {
	from, to, ok := p.days(t)
	if !ok {
		return nil
	}
	return Captured{From: midnight(from, 0), To: midnight(to, 1)}
}

// midnight is the beginning of a day in +08:00, so many days later.
func midnight(d parser.Day, later int) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day+later, 0, 0, 0, 0, parser.Beijing)
}

// days reads a span of days: one day, month or year, or two of them and .. between,
// of which one may be missing.
func (p *parse) days(t token) (from, to parser.Day, ok bool) {
	a, b, span := strings.Cut(fold.String(t.text), "..")
	if !span {
		b = a
	}
	from, _, ok = days(a)
	_, to, also := days(b)
	switch {
	case !ok || !also || a == "" && b == "":
		p.failAt(t.at, "%s is no span of days: 2022, 2022-03, 2022-03-31, 2022-03..2022-04", t.text)
	case !from.IsZero() && !to.IsZero() && from.Compare(to) > 0:
		p.failAt(t.at, "%s ends before it begins", t.text)
	default:
		return from, to, true
	}
	return from, to, false
}

// days are the first and last of a day, a month or a year; zero for "".
func days(s string) (first, last parser.Day, ok bool) {
	if s == "" {
		return first, last, true
	}
	for _, f := range []struct {
		layout              string
		years, months, days int
	}{{"2006-1-2", 0, 0, 1}, {"2006-1", 0, 1, 0}, {"2006", 1, 0, 0}} {
		t, err := time.ParseInLocation(f.layout, strings.ReplaceAll(s, "/", "-"), parser.Beijing)
		if err == nil && t.Year() > 0 {
			return parser.DayOf(t), parser.DayOf(t.AddDate(f.years, f.months, f.days).AddDate(0, 0, -1)), true
		}
	}
	return first, last, false
}
