package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// An FS opens files to append to.
type FS interface {
	// Append opens the file for appending, makes it if it is missing, and says
	// how long it is.
	Append(name string) (f File, size int64, err error)
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
}

// A File is open for appending.
type File interface {
	Write(p []byte) (n int, err error)
	Sync() error
	Truncate(size int64) error
	Close() error
}

// OS is the file system of the machine.
type OS struct{}

func (OS) Append(name string) (File, int64, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func (OS) SyncDir(dir string) error {
	if runtime.GOOS == "windows" { // has no such thing: NTFS logs its names itself
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// WriteFile replaces a file in one step: its new content is written under
// another name, made durable, and renamed. A crash leaves the old or the new one.
func WriteFile(name string, content []byte, perm os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // in vain after the rename
	if err := fill(f, content, perm); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return OS{}.SyncDir(filepath.Dir(name))
}

func fill(f *os.File, content []byte, perm os.FileMode) error {
	_, err := f.Write(content)
	if err == nil {
		err = f.Chmod(perm)
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
