package archive

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestBrokenFile: a database that was cut off or written over anywhere is an error that
// says so, never a crash, and never an archive of nothing.
func TestBrokenFile(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	v.fill(50, 400)
	v.flush()
	dir := a.Dir()
	status, err := a.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, DatabaseName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := answers(t, dir)
	// The first two pages are bbolt's: either may be lost, and the other tells the last
	// state or the one before.
	for at := 2 * pageSize; at < int(status.Database); at += pageSize {
		cut := whole[:at]
		over := append([]byte(nil), whole...)
		for i := at; i < min(at+pageSize, len(over)); i++ {
			over[i] = 0xA5
		}
		for how, b := range map[string][]byte{"cut off": cut, "written over": over} {
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := answers(t, dir); got != "damaged" && got != want {
				t.Errorf("%s at %d: %s, want damaged or %s", how, at, got, want)
			}
		}
	}
}

// answers opens an archive to read, lists it, and says what came of it.
func answers(t *testing.T, dir string) string {
	t.Helper()
	a, err := Open(dir, Options{ReadOnly: true})
	if err == nil {
		var found *Results
		found, err = a.Search(t.Context(), Query{Limit: 1000})
		if closeErr := a.Close(); err == nil {
			err = closeErr
		}
		if err == nil {
			text := ""
			for _, hit := range found.Hits {
				text += hit.ID + " "
			}
			return text
		}
	}
	if !errors.As(err, new(*DamagedError)) && !errors.Is(err, ErrNoDatabase) {
		return err.Error()
	}
	return "damaged"
}
