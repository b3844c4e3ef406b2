package parser

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// goldenFetched is when every golden page was fetched.
var goldenFetched = time.Date(2024, 3, 20, 12, 0, 0, 0, Beijing)

// TestGolden reads testdata/<family>/<quirk>.html (or .json, .xml) and compares what was
// read with <quirk>.golden. A page begins with how it was asked for, as HTTP would write
// it, and an empty line:
//
//	POST http://www.example.gov.cn/list
//	Form: page=2
//	Item: ul.list li
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		ending := filepath.Ext(file)
		if ending == ".golden" {
			continue
		}
		t.Run(strings.TrimPrefix(strings.TrimSuffix(file, ending), "testdata/"), func(t *testing.T) {
			checkGolden(t, file, strings.TrimSuffix(file, ending)+".golden")
		})
	}
}

func checkGolden(t *testing.T, file, golden string) {
	body, from := readGolden(t, file)
	page, err := Parse(body, from)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range page.Links {
		checkAddress(t, l.URL)
	}
	if page.Kind != KindOther {
		page.Links = nil // long, and checked in tests of their own
	}
	got, err := goldenJSON(page)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("no %s: go test ./parser -run TestGolden -update writes it", golden)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

// readGolden parts a page from the lines that say where it came from.
func readGolden(t *testing.T, file string) ([]byte, Origin) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, body, ok := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	_, address, ok2 := strings.Cut(lines[0], " ")
	u, err := url.Parse(address)
	if err != nil || !ok || !ok2 {
		t.Fatalf("%s: want a first line GET <URL> and an empty line before the page", file)
	}
	from := Origin{URL: u, Fetched: goldenFetched}
	fields := map[string]*string{
		"Form": &from.Form, "Item": &from.Rules.Item, "ItemDate": &from.Rules.ItemDate, "Next": &from.Rules.Next,
		"Title": &from.Rules.Title, "Date": &from.Rules.Date, "Source": &from.Rules.Source, "Body": &from.Rules.Body,
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		if fields[name] == nil {
			t.Fatalf("%s: nothing is named %q", file, name)
		}
		*fields[name] = value
	}
	return body, from
}

// goldenJSON is a page as JSON, without what is empty.
func goldenJSON(page *Page) ([]byte, error) {
	raw, err := json.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("marshal page: %w", err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fmt.Errorf("read page again: %w", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(prune(v)); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	return out.Bytes(), nil
}

// prune drops what is empty; nil when nothing is left.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, child := range v {
			if child = prune(child); child == nil {
				delete(v, k)
			} else {
				v[k] = child
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" || v == "0001-01-01T00:00:00Z" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}

// checkAddress fails unless an address is absolute and of the web.
func checkAddress(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		t.Errorf("%q is no absolute http(s) address", address)
	}
}
