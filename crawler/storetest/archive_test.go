package storetest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
	copied(t, left, dir)
	a, err := archive.Open(left, archive.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, a) })
	return a
}

// copied copies a folder with the modes of its files: the signing key's is looked at.
func copied(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chmod(to+strings.TrimPrefix(name, from), info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, a *archive.Archive) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
