package main

import (
	"bufio"
	"strings"
	"testing"
)

// TestFlow: what is too wide for a terminal goes on in the next line, between parts,
// and colours take no columns.
func TestFlow(t *testing.T) {
	for _, c := range []struct {
		wide int
		lang lang
		want string
	}{
		{0, english, "done: new 12, edited 3, gone 1\n"},
		{20, english, "done: new 12,\n  edited 3, gone 1\n"},
		{19, english, "done: new 12,\n  edited 3, gone 1\n"},
		{17, english, "done: new 12,\n  edited 3,\n  gone 1\n"},
		{20, chinese, "done: new 12，\n  edited 3，gone 1\n"},
	} {
		var b strings.Builder
		p := &textPrinter{w: bufio.NewWriter(&b), lang: c.lang, wide: c.wide, color: true}
		p.flow("done: ", []string{p.good("new 12"), "edited 3", "gone 1"})
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := styles.ReplaceAllString(b.String(), ""); got != c.want {
			t.Errorf("%d columns: got %q, want %q", c.wide, got, c.want)
		}
	}
}
