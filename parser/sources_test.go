package parser

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"fangzhi/parser/internal/corpus"
)

// Rules are for kinds of portals: no string in the sources names a host, or the domain
// of a host, that the corpus or the table of portals has. Presets of the configuration
// are the place for those.
func TestNoRuleNamesAHost(t *testing.T) {
	hosts, err := corpus.Hosts(corpusRoot)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no corpus at %s", corpusRoot)
	}
	if err != nil {
		t.Fatal(err)
	}
	domains := map[string]string{} // to one of their hosts
	for _, host := range hosts {
		domains[corpus.Domain(host)] = host
	}
	if len(domains) < 100 {
		t.Fatalf("%d domains are named, want hundreds", len(domains))
	}
	err = filepath.WalkDir(".", func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		literals, err := corpus.Literals(folder)
		for word, file := range literals {
			for domain, host := range domains {
				if names(word, domain) {
					t.Errorf("%s: %q names %s of the corpus", file, word, host)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Nor does one name the company or body alone, as a class name might.
func TestNoRuleNamesACorpusSite(t *testing.T) {
	literals, err := corpus.Literals(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{corpus.News, corpus.Portals} {
		for _, p := range corpusPages(t, set) {
			name, _, _ := strings.Cut(corpus.Domain(p.Host), ".")
			if file := literals[name]; file != "" && name != "gov" {
				t.Errorf("%s: %q names %s of the corpus", file, name, p.Host)
			}
		}
	}
}

// names tells whether a string contains the domain as such, and not as the end of a
// longer name.
func names(word, domain string) bool {
	i := strings.Index(strings.ToLower(word), domain)
	if i < 0 {
		return false
	}
	before, after := word[:i], word[i+len(domain):]
	return !endsName(before) && !strings.HasPrefix(after, ".") && !beginsName(after)
}

func endsName(s string) bool { return s != "" && isNameByte(s[len(s)-1]) }

func beginsName(s string) bool { return s != "" && isNameByte(s[0]) }

func isNameByte(c byte) bool {
	return c == '-' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func TestNames(t *testing.T) {
	tests := []struct {
		word, domain string
		want         bool
	}{
		{"www.example.gov.cn", "example.gov.cn", true}, {"http://example.gov.cn/a", "example.gov.cn", true}, {"Example.GOV.cn", "example.gov.cn", true},
		{".gov.cn", "example.gov.cn", false}, {"anexample.gov.cn", "example.gov.cn", false}, {"example.gov.cn.evil.com", "example.gov.cn", false},
	}
	for _, tt := range tests {
		if got := names(tt.word, tt.domain); got != tt.want {
			t.Errorf("%q and %q: got %v", tt.word, tt.domain, got)
		}
	}
}
