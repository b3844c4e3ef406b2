package storetest_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler/storetest"
)

func TestArchive(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) (storetest.Store, func() storetest.Store) {
		dir := filepath.Join(t.TempDir(), "archive")
		a, err := archive.Create(dir, archive.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closed(t, a) })
		return a, func() storetest.Store { return killed(t, dir, now) }
	})
}

// killed opens a copy of the files as they are on disk while the archive is open:
// what another process finds after this one was killed.
func killed(t *testing.T, dir string, now func() time.Time) *archive.Archive {
	t.Helper()
	left := filepath.Join(t.TempDir(), "left")
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(left, archive.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, a) })
	return a
}

func closed(t *testing.T, a *archive.Archive) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
