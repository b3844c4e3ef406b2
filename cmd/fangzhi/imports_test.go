package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// modulePath is the name of the module in go.mod.
const modulePath = "fangzhi"

// TestImports keeps the picture in the README true: who may import whom.
func TestImports(t *testing.T) {
	may := map[string]string{"parser": "", "config": "", "archive": "parser", "crawler": "archive parser",
		"cmd": "config crawler archive parser"}
	root := repository(t)
	seen := 0
	for folder, allowed := range may {
		err := filepath.WalkDir(filepath.Join(root, folder), func(name string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, im := range f.Imports {
				ours, ok := strings.CutPrefix(strings.Trim(im.Path.Value, `"`), modulePath+"/")
				top, _, _ := strings.Cut(ours, "/")
				if ok && top != folder && !slices.Contains(strings.Fields(allowed), top) {
					t.Errorf("%s imports %s; %s may import only %q", name, ours, folder, allowed)
				}
			}
			seen++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 50 {
		t.Errorf("only %d files were looked at", seen)
	}
}

// TestEveryFolderHasDoc: a stranger finds a doc.go wherever there is Go.
func TestEveryFolderHasDoc(t *testing.T) {
	root := repository(t)
	folders := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != root && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			folders[filepath.Dir(name)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "doc.go")); err != nil {
			t.Errorf("%s has no doc.go", folder)
		}
	}
}

// TestTopLevel: nothing lies beside the five folders but what is named here.
func TestTopLevel(t *testing.T) {
	allowed := []string{"cmd", "config", "crawler", "parser", "archive", "go.mod", "go.sum", "README.md", "LICENSE"}
	entries, err := os.ReadDir(repository(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || slices.Contains(allowed, e.Name()) || isIgnored(e.Name()) {
			continue
		}
		t.Errorf("%s lies at the top level", e.Name())
	}
}

// isIgnored tells what .gitignore leaves out at the top.
func isIgnored(name string) bool {
	return name == "fangzhi" || strings.HasPrefix(name, "archive-") || name == "fangzhi-demo" || strings.HasSuffix(name, ".test") || strings.HasSuffix(name, ".prof")
}

// repository is the directory of go.mod.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's directory")
		}
		dir = parent
	}
}
