package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// A printer writes answers to standard output. There are two, for people and for
// programs; which one is chosen once, and no command asks.
type printer interface {
	// Print writes one object. What cannot be written is told by Flush.
	Print(row)
	// Flush writes what is left and tells the first error of writing.
	Flush() error
}

// A row is an object that a command answers with. As JSON it is marshalled as it
// is and has a "type"; the last one of a command is of type "summary".
type row interface {
	text(t *textPrinter)
}

func (a *app) newPrinter() printer {
	if a.global.json {
		w := bufio.NewWriter(a.stdout)
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return &jsonPrinter{w: w, enc: enc}
	}
	tty := isTerminal(a.stdout)
	return &textPrinter{
		w: bufio.NewWriter(a.stdout), lang: a.lang, quiet: a.global.quiet, wide: widthOf(a.stdout),
		color: tty && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb",
	}
}

// A jsonPrinter writes one object a line.
type jsonPrinter struct {
	w   *bufio.Writer
	enc *json.Encoder
	err error
}

func (p *jsonPrinter) Print(r row) {
	if err := p.enc.Encode(r); err != nil && p.err == nil {
		p.err = fmt.Errorf("write answer: %w", err)
	}
}

func (p *jsonPrinter) Flush() error {
	if err := p.w.Flush(); err != nil && p.err == nil {
		p.err = fmt.Errorf("write answer: %w", err)
	}
	return p.err
}

// A textPrinter writes for people. Its methods are for the text methods of rows.
type textPrinter struct {
	w     *bufio.Writer
	lang  lang
	quiet bool
	color bool
	wide  int // of the terminal, 0 if it is none
}

func (t *textPrinter) Print(r row) { r.text(t) }

func (t *textPrinter) Flush() error {
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// line writes one line. Errors stay in the bufio.Writer until Flush.
func (t *textPrinter) line(parts ...string) {
	for _, part := range parts {
		_, _ = t.w.WriteString(part)
	}
	_ = t.w.WriteByte('\n')
}

// say writes one line in the user's language.
func (t *textPrinter) say(en, zh string, args ...any) { t.line(t.lang.say(en, zh, args...)) }

// flow writes parts one after the other, on as many lines as a terminal needs.
func (t *textPrinter) flow(begin string, parts []string) {
	comma, line := t.lang.say(", ", "，"), begin
	for i, part := range parts {
		if i < len(parts)-1 {
			part += comma
		}
		if t.wide > 0 && columns(strings.TrimRight(styles.ReplaceAllString(line+part, ""), " ")) > t.wide {
			t.line(strings.TrimRight(line, " "))
			line = "  "
		}
		line += part
	}
	t.line(line)
}

// styles are what style adds, which takes no columns.
var styles = regexp.MustCompile("\x1b\\[[0-9;]*m")

// field writes a line of a name and a value, if there is a value. Names are given
// in both languages and padded to so many columns.
func (t *textPrinter) field(en, zh, value string) {
	if value == "" {
		return
	}
	name := t.lang.say(en, zh)
	t.line(t.dim(name), strings.Repeat(" ", max(12-columns(name), 1)), printable(value))
}

func (t *textPrinter) style(code, s string) string {
	if !t.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *textPrinter) bold(s string) string { return t.style("1", s) }
func (t *textPrinter) dim(s string) string  { return t.style("2", s) }
func (t *textPrinter) mark(s string) string { return t.style("1;31", s) }
func (t *textPrinter) warn(s string) string { return t.style("33", s) }
func (t *textPrinter) good(s string) string { return t.style("32", s) }
