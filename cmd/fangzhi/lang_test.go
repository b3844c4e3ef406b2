package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

func TestLangOf(t *testing.T) {
	for _, c := range []struct {
		name, configured string
		environ          map[string]string
		want             lang
	}{
		{"nothing said", "", nil, english},
		{"LANG", "", map[string]string{"LANG": "zh_CN.UTF-8"}, chinese},
		{"LC_ALL before LANG", "", map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, english},
		{"LC_MESSAGES before LANG", "", map[string]string{"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, chinese},
		{"configuration before all", "zh", map[string]string{"LC_ALL": "en_US"}, chinese},
		{"English configured in China", "en", map[string]string{"LANG": "zh_CN"}, english},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := langOf(c.configured, func(name string) string { return c.environ[name] }); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestBothLanguages reads the source of this package: whatever is said in English is
// said in Chinese, with the same verbs for the same arguments.
func TestBothLanguages(t *testing.T) {
	said := 0
	for _, f := range sources(t) {
		ast.Inspect(f.file, func(n ast.Node) bool {
			en, zh, ok := pair(n)
			if !ok {
				return true
			}
			said++
			at := f.set.Position(n.Pos())
			if got, want := verbs(zh), verbs(en); !slices.Equal(got, want) {
				t.Errorf("%s: verbs %v in Chinese, %v in English", at, got, want)
			}
			if strings.TrimSpace(en) != "" && !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) || r > 0x3000 }) && letters(en) && en != "go" {
				t.Errorf("%s: %q has no Chinese: %q", at, en, zh)
			}
			if strings.ContainsFunc(plain(en), func(r rune) bool { return unicode.Is(unicode.Han, r) }) && !named.MatchString(en) {
				t.Errorf("%s: English with Chinese in it: %q", at, en)
			}
			return true
		})
	}
	if said < 150 {
		t.Errorf("only %d texts were found: does this test still read the source rightly?", said)
	}
}

// named are Chinese words that stand in English texts as examples.
var named = regexp.MustCompile(`江西|政公网|采集|检索|归档|照管|国发|展会|陶瓷|浮梁`)

// letters tells whether there is anything to translate.
func letters(s string) bool {
	return regexp.MustCompile(`[A-Za-z]{2}`).MatchString(verb.ReplaceAllString(s, ""))
}

func plain(s string) string { return verb.ReplaceAllString(s, "") }

var verb = regexp.MustCompile(`%[-+ #0]*(\[\d+\])?[\d.]*[a-zA-Z]`)

func verbs(s string) []string {
	all := verb.FindAllString(strings.ReplaceAll(s, "%%", ""), -1)
	slices.Sort(all)
	return all
}

// pair is the English and the Chinese of a words{…} or say(…) with two constants.
func pair(n ast.Node) (en, zh string, ok bool) {
	switch n := n.(type) {
	case *ast.CompositeLit:
		if id, isIdent := n.Type.(*ast.Ident); isIdent && id.Name == "words" && len(n.Elts) == 2 {
			return constants(n.Elts)
		}
	case *ast.CallExpr:
		if sel, isSel := n.Fun.(*ast.SelectorExpr); isSel && (sel.Sel.Name == "say" || sel.Sel.Name == "field") && len(n.Args) >= 2 {
			return constants(n.Args[:2])
		}
	}
	return "", "", false
}

func constants(two []ast.Expr) (en, zh string, ok bool) {
	var texts [2]string
	for i, e := range two {
		lit, isLit := e.(*ast.BasicLit)
		if !isLit || lit.Kind != token.STRING {
			return "", "", false
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			return "", "", false
		}
		texts[i] = text
	}
	return texts[0], texts[1], true
}

type source struct {
	set  *token.FileSet
	file *ast.File
}

// sources are the files of this package without tests.
func sources(t *testing.T) (all []source) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{set, f})
	}
	return all
}

// TestExit: only main ends the process, so that every defer runs.
func TestExit(t *testing.T) {
	for _, f := range sources(t) {
		ast.Inspect(f.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if id, ok := sel.X.(*ast.Ident); ok && (id.Name == "os" && sel.Sel.Name == "Exit" || id.Name == "log") {
				if at := f.set.Position(n.Pos()); at.Filename != "main.go" {
					t.Errorf("%s: %s.%s", at, id.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}
