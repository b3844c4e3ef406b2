package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestHelp: every command says what it is for, shows a real example that begins with
// its own name, and lists its exit codes, in both languages.
func TestHelp(t *testing.T) {
	for _, l := range []lang{english, chinese} {
		a := testApp("LANG=" + string(l))
		root := a.root(nil)
		every(root, func(c *cobra.Command) {
			t.Run(string(l)+" "+c.CommandPath(), func(t *testing.T) {
				h := a.helps[c]
				if len(strings.TrimSpace(l.of(h.long))) < 30 || l.of(h.short) == "" {
					t.Error("it does not say what it is for")
				}
				if first, _, _ := strings.Cut(h.example, "\n"); !strings.HasPrefix(first, c.CommandPath()) {
					t.Errorf("example %q is not one of %s", first, c.CommandPath())
				}
				if len(h.exits) == 0 {
					t.Error("no exit codes")
				}
				out := helpOf(a, c)
				for _, want := range []string{h.example[:min(12, len(h.example))], l.of(exitCodes[0].meaning), "--archive"} {
					if !strings.Contains(out, want) {
						t.Errorf("its help lacks %q:\n%s", want, out)
					}
				}
			})
		})
	}
}

// TestHelpExamples parses what help shows: flags and commands there are real.
func TestHelpExamples(t *testing.T) {
	a := testApp()
	root := a.root(nil)
	every(root, func(c *cobra.Command) {
		for line := range strings.SplitSeq(a.helps[c].example, "\n") {
			_, typed, ok := strings.Cut(line, "fangzhi ")
			if !ok {
				t.Errorf("%s: example %q does not run fangzhi", c.CommandPath(), line)
				continue
			}
			typed, _, _ = strings.Cut(typed, " |")
			typed, _, _ = strings.Cut(typed, " >")
			found, rest, err := root.Find(strings.Fields(typed))
			if err != nil {
				t.Errorf("%s: %v", line, err)
				continue
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			if err := found.ValidateArgs(found.Flags().Args()); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	})
}

// TestHelpWidth: no line is wider than a terminal, whatever its language; what is
// typed as it stands may be.
func TestHelpWidth(t *testing.T) {
	for _, l := range []lang{english, chinese} {
		a := testApp("LANG=" + string(l))
		every(a.root(nil), func(c *cobra.Command) {
			for line := range strings.SplitSeq(helpOf(a, c), "\n") {
				if columns(line) > 80 && !strings.HasPrefix(line, "  $") {
					t.Errorf("%s %s: %d columns: %s", l, c.CommandPath(), columns(line), line)
				}
			}
		})
	}
}

// TestRootHelp: commands stand in the four groups.
func TestRootHelp(t *testing.T) {
	a := testApp("LANG=zh_CN.UTF-8")
	out := helpOf(a, a.root(nil))
	at := -1
	for _, title := range []string{"\n采集\n", "\n检索\n", "\n归档\n", "\n照管\n"} {
		i := strings.Index(out, title)
		if i <= at {
			t.Errorf("group %q is missing or out of order:\n%s", title, out)
		}
		at = i
	}
	every(a.root(nil), func(c *cobra.Command) {
		if c.Parent() != nil && !c.Parent().HasParent() && c.GroupID == "" && !c.Hidden {
			t.Errorf("%s stands in no group", c.Name())
		}
	})
}

func every(c *cobra.Command, do func(*cobra.Command)) {
	if c.Name() == "completion" || c.Name() == "__complete" {
		return
	}
	do(c)
	for _, sub := range c.Commands() {
		every(sub, do)
	}
}

func helpOf(a *app, c *cobra.Command) string {
	var b bytes.Buffer
	a.stdout = &b
	a.printHelp(c)
	return b.String()
}

func testApp(environ ...string) *app {
	return newApp(nil, strings.NewReader(""), new(bytes.Buffer), new(bytes.Buffer), environ)
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		wide int
		want string
	}{
		{"one two three", 8, "one two\nthree"},
		{"逐一访问各站点：先看列表页", 10, "逐一访问各\n站点：先看\n列表页"},
		{"遵守其 robots.txt、间隔", 12, "遵守其\nrobots.txt、\n间隔"},
		{"a-b、c-d、e-f", 6, "a-b、\nc-d、\ne-f"},
		{"", 10, ""},
	} {
		if got := wrap(c.in, c.wide); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.in, c.wide, got, c.want)
		}
	}
}
