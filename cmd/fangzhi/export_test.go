package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
)

// TestCSV: a spreadsheet reads back every field as it was, formulas become text, and
// a byte order mark stands in files only.
func TestCSV(t *testing.T) {
	article := &archive.Article{
		Type: "article", ID: "k3x7q2maabcd", Version: 1, Title: "=HYPERLINK(\"http://evil\")", Source: "江西省,景德镇市\n浮梁县",
		URL: "http://www.zgw123.cn/a/1.html", Text: "正文", Captured: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), Category: "＋1",
	}
	for _, c := range []struct {
		name             string
		isFile, withText bool
	}{{"pipe", false, false}, {"file with text", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			e := newCSV(&b, c.isFile, c.withText)
			if err := errors.Join(e.Write(article), e.Write(article), e.Close()); err != nil {
				t.Fatal(err)
			}
			text, marked := strings.CutPrefix(b.String(), "\ufeff")
			if marked != c.isFile {
				t.Errorf("byte order mark: got %t, want %t", marked, c.isFile)
			}
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || len(rows) != 3 {
				t.Fatalf("got %d rows, %v", len(rows), err)
			}
			got := map[string]string{}
			for i, name := range rows[0] {
				got[name] = rows[1][i]
			}
			for name, want := range map[string]string{
				"id": "k3x7q2maabcd", "title": "'=HYPERLINK(\"http://evil\")", "source": "江西省,景德镇市\n浮梁县",
				"category": "'＋1", "captured": "2026-08-01T00:00:00Z", "unreachable_since": "",
			} {
				if got[name] != want {
					t.Errorf("%s: got %q, want %q", name, got[name], want)
				}
			}
			if text, there := got["text"]; there != c.withText || c.withText && text != "正文" {
				t.Errorf("text: got %q, %t", text, there)
			}
		})
	}
}

func TestInert(t *testing.T) {
	for in, want := range map[string]string{"": "", "陶瓷": "陶瓷", "=1+1": "'=1+1", "+86": "'+86", "-1": "'-1", "@a": "'@a", "\tx": "'\tx", "\rx": "'\rx", "a=b": "a=b"} {
		if got := inert(in); got != want {
			t.Errorf("inert(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestOutput: a file appears whole with Commit or not at all, only once something
// was written, and never in place of another without force.
func TestOutput(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.jsonl")
	open := func(force bool) *output {
		t.Helper()
		o, err := newOutput(name, force, nil)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	empty := open(false)
	if err := empty.Commit(); err != nil || len(list(t, dir)) != 0 {
		t.Errorf("nothing written: %v, %v", err, list(t, dir))
	}
	broken := open(false)
	write(t, broken, "half")
	if got := list(t, dir); len(got) != 1 || got[0] == "a.jsonl" {
		t.Errorf("while writing: %v", got)
	}
	broken.Discard()
	if got := list(t, dir); len(got) != 0 {
		t.Errorf("after Discard: %v", got)
	}
	whole, late := open(false), open(false)
	write(t, whole, "whole\n")
	write(t, late, "late\n")
	if err := whole.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := late.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that appeared meanwhile: got %v", err)
	}
	if _, err := newOutput(name, false, nil); codeOf(err) != exitFailed {
		t.Errorf("a file that exists: got %v", err)
	}
	if b, err := os.ReadFile(name); err != nil || string(b) != "whole\n" {
		t.Errorf("got %q, %v", b, err)
	}
	forced := open(true)
	write(t, forced, "new\n")
	if err := forced.Commit(); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(name); string(b) != "new\n" || len(list(t, dir)) != 1 {
		t.Errorf("with force: got %q, %v", b, list(t, dir))
	}
}

func write(t *testing.T, o *output, text string) {
	t.Helper()
	if _, err := o.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestOutputRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{dir, filepath.Join(dir, "none", "a.csv")} {
		if _, err := newOutput(name, true, nil); codeOf(err) != exitUsage {
			t.Errorf("%s: got %v, want a usage error", name, err)
		}
	}
}
