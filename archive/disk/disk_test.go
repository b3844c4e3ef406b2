package disk

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestAppend(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	for want, text := range []string{"x", "y", "z"} {
		f, size, err := OS{}.Append(name)
		if err != nil || size != int64(want) {
			t.Fatalf("size %d, %v, want %d", size, err, want)
		}
		if _, err := f.Write([]byte(text + "more")); err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(size + 1); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.Sync(), f.Close(), OS{}.SyncDir(filepath.Dir(name))); err != nil {
			t.Fatal(err)
		}
	}
	if b, _ := os.ReadFile(name); string(b) != "xyz" {
		t.Errorf("content %q", b)
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	for _, text := range []string{"first", "2nd"} {
		if err := WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if b, _ := os.ReadFile(name); string(b) != text {
			t.Errorf("content %q, want %q", b, text)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := WriteFile(filepath.Join(dir, "missing", "a"), nil, 0o600); err == nil {
		t.Error("written into a directory that is not there")
	}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name    string
		fault   Fault
		at      int
		once    bool
		errs    [4]error // of write, sync, write, sync
		content string
	}{
		{"none", ShortWrite, 0, false, [4]error{}, "abcdabcd"},
		{"short write", ShortWrite, 3, false, [4]error{nil, nil, syscall.ENOSPC, nil}, "abcdab"},
		{"no space, once", NoSpace, 1, true, [4]error{syscall.ENOSPC}, "abcd"},
		{"broken", BrokenIO, 2, false, [4]error{nil, syscall.EIO, syscall.EIO, syscall.EIO}, "abcd"},
		{"bad sync", BadSync, 2, true, [4]error{nil, syscall.EIO, nil, nil}, "abcdabcd"},
	} {
		name := filepath.Join(t.TempDir(), "a")
		fs := &Faulty{FS: OS{}, Fault: test.fault, At: test.at, Once: test.once}
		f, _, err := fs.Append(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range test.errs {
			if i%2 == 0 {
				_, err = f.Write([]byte("abcd"))
			} else {
				err = f.Sync()
			}
			if !errors.Is(err, want) {
				t.Errorf("%s: operation %d: %v, want %v", test.name, i+1, err, want)
			}
		}
		if b, _ := os.ReadFile(name); string(b) != test.content || fs.Count() != 4 {
			t.Errorf("%s: content %q after %d operations, want %q", test.name, b, fs.Count(), test.content)
		}
		dead := test.fault == BrokenIO
		if _, _, err := fs.Append(name); (err != nil) != dead || (f.Truncate(0) != nil) != dead || (fs.SyncDir(".") != nil) != dead {
			t.Errorf("%s: dead %v: %v", test.name, dead, err)
		}
		f.Close()
	}
}
