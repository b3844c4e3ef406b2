package archive

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// verifyFile checks one file.
func verifyFile(t *testing.T, name string, strict bool) (found []Finding, sum *Verified, err error) {
	t.Helper()
	sum, err = VerifyFile(t.Context(), name, VerifyOptions{Strict: strict, Report: func(f Finding) { found = append(found, f) }})
	return found, sum, err
}

// TestVerifyFile: files out of an archive are verified by themselves, and a line of an
// index must lead to the record it speaks of.
func TestVerifyFile(t *testing.T) {
	s := aged(t)
	names, err := segmentNames(s.dir)
	s.must(err)
	segment, index := s.file(captureFile(names[0])), s.file(captureFile(indexName(names[0])))
	for _, name := range []string{segment, index} {
		found, sum, err := verifyFile(t, name, true)
		if err != nil || len(found) > 0 || sum.Records < 5 || sum.Bytes == 0 {
			t.Errorf("%s: %+v, %v, %v", name, sum, found, err)
		}
	}
	good, err := os.ReadFile(index)
	s.must(err)
	first, rest, _ := strings.Cut(string(good), "\n")
	tamper := func(old, replacement string) string {
		changed := strings.Replace(first, old, replacement, 1)
		if changed == first {
			t.Fatalf("%q is not in %s", old, first)
		}
		return changed + "\n" + rest
	}
	_, digest, _ := strings.Cut(first, `"sha256:`)
	for name, test := range map[string]struct{ file, field string }{
		"offset of another record":  {tamper(`"offset":"`, `"offset":"1`), "offset"},
		"length of another record":  {tamper(`"length":"`, `"length":"1`), "length"},
		"digest of another payload": {tamper(digest[:8], "00000000"), "digest"},
		"another time":              {tamper(" 2022033101", " 2022033100"), "timestamp"},
		"another address":           {tamper(`"url":"http://sim.example/`, `"url":"http://sim.example/x`), "url"},
		"key of another host":       {tamper("example,sim)", "example,aim)"), "key"},
		"not in order":              {rest + first + "\n", ""},
	} {
		s.must(os.WriteFile(index, []byte(test.file), 0o600))
		found, _, err := verifyFile(t, index, false)
		if err != nil || len(found) == 0 || found[0].Field != test.field || found[0].File != index {
			t.Errorf("%s: %v, %v, want one of field %q", name, found, err, test.field)
		}
	}
	for _, name := range []string{s.file(DatabaseName), s.dir} {
		if _, _, err := verifyFile(t, name, false); !errors.Is(err, ErrUnknownKind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := verifyFile(t, filepath.Join(s.dir, "missing.warc"), false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is missing: %v", err)
	}
}
