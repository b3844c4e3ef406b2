package config

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever stands in the file, Load returns a valid Config or an error that points
// into the file, and what it accepts can be written and read again.
func FuzzLoad(f *testing.F) {
	f.Add(Init(InitOptions{}))
	f.Add(shownText)
	f.Add("[[site]]\nname = 'a'\nhome = 'http://a.example'\nregions = [{code='36'}, '江西']\nrules.item = 'x'\n")
	f.Add("site = [{name = 'a', listings = [{url = 'x'}]}]\n[site]\n")
	f.Add("[[site]]\n[[site.listings]]\n[[site.regions]]\n[site.rules]\n\"a.b\" = 1\n")
	f.Add("[limits]\n'' = 0\n")
	dir := f.TempDir()
	path := dir + "/" + FileName
	f.Fuzz(func(t *testing.T, text string) {
		l := loader{emptyInclude: true, read: func(name string) ([]byte, error) {
			if name == path {
				return []byte(text), nil
			}
			return nil, os.ErrPermission // no file of this machine
		}}
		c, err := l.load(path, nil)
		if err != nil {
			checkError(t, text, err)
			return
		}
		if err := c.Validate(); err != nil {
			t.Fatalf("Load gave what is not valid: %v", err)
		}
		c.Show()
		if _, err := Parse(path, []byte(c.TOML())); err != nil {
			t.Fatalf("cannot load what was in effect: %v\n%s", err, c.TOML())
		}
	})
}

func checkError(t *testing.T, text string, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if e.Message == "" || e.Line > strings.Count(text, "\n")+1 || e.Line < 0 {
		t.Fatalf("%#v for a text of %d lines", e, strings.Count(text, "\n")+1)
	}
	if !utf8.ValidString(e.Nearest) {
		t.Fatalf("%q is meant", e.Nearest)
	}
}
