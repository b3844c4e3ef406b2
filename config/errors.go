package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// A Kind says what is wrong, so that cmd can say it in another language.
type Kind string

const (
	Syntax     Kind = "syntax"      // no TOML
	UnknownKey Kind = "unknown-key" // a key that has no meaning here
	BadValue   Kind = "bad-value"   // a value that its key cannot have
	Missing    Kind = "missing"     // a key that must be there
	Twice      Kind = "twice"       // a site or a file that is there already
	BadInclude Kind = "include"     // an include that matches nothing or loops
)

// A Place is a position in a file.
type Place struct {
	File         string
	Line, Column int // from 1, in characters; 0 when not known
}

// String is "file:line:column", without what is not known.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// An Error is one thing that is wrong with a configuration.
type Error struct {
	Kind    Kind
	Place          // File is "environment" for a variable
	Key     string // with its tables, site.rules.item
	Message string // what is wrong, and what is wanted
	Nearest string // the valid key or value that was probably meant, "" if none is near
	Also    Place  // the other place of a Twice or a loop
}

func (e *Error) Error() string {
	var b strings.Builder
	if place := e.Place.String(); place != "" {
		b.WriteString(place + ": ")
	}
	b.WriteString(e.Message)
	if e.Nearest != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Nearest)
	}
	return b.String()
}

// Errors are several, in the order of the file. errors.As finds the first.
type Errors []*Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As see each.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

// asError is nil, the one error, or all of them.
func (e Errors) asError() error {
	switch len(e) {
	case 0:
		return nil
	case 1:
		return e[0]
	}
	return e
}

// nearest is the candidate that text was probably meant to be, "" if none is near.
func nearest(text string, candidates []string) string {
	if all := allNearest(text, candidates); len(all) > 0 {
		return all[0]
	}
	return ""
}

// allNearest are the candidates that differ least from text: in two characters at
// most, or a third of them, or one if it is short.
func allNearest(text string, candidates []string) (all []string) {
	n := utf8.RuneCountInString(text)
	distance := max(2, (n+1)/3)
	if n < 4 {
		distance = 1
	}
	for _, c := range candidates {
		switch d := levenshtein.ComputeDistance(strings.ToLower(text), strings.ToLower(c)); {
		case d < distance:
			all, distance = []string{c}, d
		case d == distance:
			all = append(all, c)
		}
	}
	return all
}

// list is "a, b, c" of at most n candidates.
func list(candidates []string, n int) string {
	candidates = slices.Clone(candidates)
	if len(candidates) > n {
		candidates = append(candidates[:n], "…")
	}
	return strings.Join(candidates, ", ")
}
