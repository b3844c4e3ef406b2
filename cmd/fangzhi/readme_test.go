package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"
)

func readmeText(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReadmeExitCodes: README and help tell the same exit codes in the same words.
func TestReadmeExitCodes(t *testing.T) {
	readme := readmeText(t)
	for _, e := range exitCodes {
		if row := fmt.Sprintf("| %d | %s |", e.code, testApp("LANG=C").lang.of(e.meaning)); !strings.Contains(readme, row) {
			t.Errorf("README lacks the row %s", row)
		}
	}
}

// TestReadmeCommands: every command is in the README, and what the README types is
// a command with such flags.
func TestReadmeCommands(t *testing.T) {
	readme := readmeText(t)
	a := testApp("LANG=C")
	root := a.root(nil)
	for _, c := range root.Commands() {
		if !c.Hidden && c.Name() != "help" && c.Name() != "completion" && !strings.Contains(readme, "fangzhi "+c.Name()) {
			t.Errorf("README does not tell of %q", c.Name())
		}
	}
	typed := regexp.MustCompile(`(?m)(?:^ {4}(?:\$ )?|\x60|/usr/local/bin/|=\S+ )fangzhi ([a-z][^\x60#\n]*)`)
	found := typed.FindAllStringSubmatch(readme, -1)
	if len(found) < 10 {
		t.Fatalf("only %d commands were found in README", len(found))
	}
	for _, m := range found {
		checkTyped(t, root, m[1])
	}
}

func checkTyped(t *testing.T, root *cobra.Command, line string) {
	t.Helper()
	words := strings.Fields(line)
	c, _, err := root.Find(words)
	if err != nil || c == root {
		t.Errorf("README types `fangzhi %s`: no such command", line)
		return
	}
	for _, w := range words {
		name, ok := strings.CutPrefix(w, "--")
		name, _, _ = strings.Cut(name, "=")
		if ok && c.Flags().Lookup(name) == nil && c.InheritedFlags().Lookup(name) == nil {
			t.Errorf("README types `fangzhi %s`: no flag --%s", line, name)
		}
	}
}

// TestReadmeDependencies: each module that go.mod requires directly has its line.
func TestReadmeDependencies(t *testing.T) {
	readme := readmeText(t)
	b, err := os.ReadFile(filepath.Join(repository(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		name := strings.TrimSuffix(strings.TrimSuffix(r.Mod.Path, "/v2"), "/fallback")
		if !r.Indirect && !strings.Contains(readme, path.Base(name)) {
			t.Errorf("README does not say what %s saves us", r.Mod.Path)
		}
	}
}

// TestReadmeBadInput: each row of the table of bad inputs names a test that is
// there.
func TestReadmeBadInput(t *testing.T) {
	_, table, ok := strings.Cut(readmeText(t), "## Bad input\n")
	table, _, _ = strings.Cut(table, "\n## ")
	if !ok {
		t.Fatal("README has no table of bad inputs")
	}
	root := repository(t)
	named := regexp.MustCompile(`\x60([\w/.-]+?)(?::(Test\w+))?\x60 \|$`)
	rows := 0
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| input") || strings.HasPrefix(line, "| ---") {
			continue
		}
		m := named.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("row names no test: %s", line)
			continue
		}
		rows++
		b, err := os.ReadFile(filepath.Join(root, m[1]))
		if err != nil || !strings.Contains(string(b), "func "+m[2]) && m[2] != "" {
			t.Errorf("row names %s, which is not there: %s", m[0], line)
		}
	}
	if rows < 15 {
		t.Errorf("only %d rows", rows)
	}
}
