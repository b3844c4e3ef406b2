package query

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"fangzhi/archive/fold"
	"fangzhi/parser"
)

// A Field is a part of a document that is searched.
type Field uint8

const (
	Title Field = iota
	Body
	Attachment
	Source
	Number // of the document, as DocNumber writes it

	Fields = 5
)

// A Set is some fields.
type Set uint8

func (f Field) Set() Set { return 1 << f }

func (s Set) Has(f Field) bool { return s&(1<<f) != 0 }

// Anywhere is where words are sought that name no field.
const Anywhere = Set(1<<Title | 1<<Body | 1<<Attachment)

// setNames are the keys of queries for sets of fields.
var setNames = map[string]Set{
	"title": 1 << Title, "body": 1 << Body, "attachment": 1 << Attachment, "source": 1 << Source, "docno": 1 << Number,
}

func (s Set) key() string {
	for name, set := range setNames {
		if set == s {
			return name + ":"
		}
	}
	return ""
}

// A Node is a part of a query: And, Or, Not, Text, Near, Region, Category, Site,
// Published or Captured. The zero And is found everywhere. String is the part as
// Parse reads it.
type Node interface{ String() string }

type (
	// An And holds where all its parts do.
	And []Node
	// An Or holds where one of its parts does.
	Or []Node
	// A Not holds where its part does not.
	Not struct{ Node }
	// A Text is sought as a substring.
	Text struct {
		In   Set
		Text string // folded, not empty
	}
	// A Near holds where at most Within characters are between the two, in one field.
	Near struct {
		A, B   Text
		Within int
	}
	// A Region holds for it and all regions below it.
	Region   struct{ Code string }
	Category struct{ Name string }
	Site     struct{ Name string }
	// A Published is a span of days, ends included; a zero end is open. A date of
	// which only the month is known lies in it when the whole month does.
	Published struct{ From, To parser.Day }
	// A Captured is a span of instants, From included and To not; a zero end is open.
	Captured struct{ From, To time.Time }
)

func (n And) String() string { return join(n, " ") }

func (n Or) String() string { return join(n, " | ") }

func (n Not) String() string { return "-" + group(n.Node) }

func (n Text) String() string { return n.In.key() + quote(n.Text) }

func (n Near) String() string { return fmt.Sprintf("%v NEAR/%d %v", n.A, n.Within, n.B) }

func (n Region) String() string { return "region:" + n.Code }

func (n Category) String() string { return "category:" + quote(n.Name) }

func (n Site) String() string { return "site:" + quote(n.Name) }

func (n Published) String() string { return "published:" + n.From.String() + ".." + n.To.String() }

func (n Captured) String() string { return "captured:" + dayOf(n.From, 0) + ".." + dayOf(n.To, -1) }

// dayOf is the day of an instant in +08:00, moved by so many days.
func dayOf(t time.Time, days int) string {
	if t.IsZero() {
		return ""
	}
	return t.In(parser.Beijing).AddDate(0, 0, days).Format(time.DateOnly)
}

func join(nodes []Node, between string) string {
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = group(n)
	}
	return strings.Join(parts, between)
}

// group puts parentheses around what consists of parts.
func group(n Node) string {
	switch n.(type) {
	case And, Or, Near:
		return "(" + n.String() + ")"
	}
	return n.String()
}

func quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return s
	}
	return `"` + s + `"`
}

// DocNumber is the form in which numbers of documents are compared: folded, without
// blanks, all brackets 〔〕.
func DocNumber(s string) string { return brackets.Replace(fold.String(s)) }

var brackets = strings.NewReplacer("[", "〔", "]", "〕", "(", "〔", ")", "〕", "【", "〔", "】", "〕",
	"「", "〔", "」", "〕", "<", "〔", ">", "〕", "〈", "〔", "〉", "〕", "{", "〔", "}", "〕", " ", "")

// Texts are the strings that are sought and not excluded, in order.
func Texts(n Node) (found []Text) {
	switch n := n.(type) {
	case And:
		for _, part := range n {
			found = append(found, Texts(part)...)
		}
	case Or:
		for _, part := range n {
			found = append(found, Texts(part)...)
		}
	case Text:
		found = append(found, n)
	case Near:
		found = append(found, n.A, n.B)
	}
	return found
}
