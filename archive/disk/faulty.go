package disk

import (
	"sync"
	"syscall"
)

// A Fault is a way in which an operation fails.
type Fault int

const (
	ShortWrite Fault = iota // half of the bytes are written, then ENOSPC
	NoSpace                 // ENOSPC, nothing written
	BrokenIO                // EIO
	BadSync                 // writes succeed, the fsync fails with EIO
)

// Faulty is an FS that fails from its At-th write or sync on, counted from 1
// over all its files. With Once only that operation fails.
type Faulty struct {
	FS    FS
	Fault Fault
	At    int
	Once  bool

	mu    sync.Mutex
	count int
}

// Count is the number of writes and syncs so far.
func (d *Faulty) Count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count
}

func (d *Faulty) hit() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	if d.At == 0 {
		return false
	}
	return d.count == d.At || d.count > d.At && !d.Once
}

func (d *Faulty) Append(name string) (File, int64, error) {
	f, size, err := d.FS.Append(name)
	if err != nil {
		return nil, 0, err
	}
	return &faultyFile{f, d}, size, nil
}

func (d *Faulty) SyncDir(dir string) error { return d.FS.SyncDir(dir) }

type faultyFile struct {
	File
	disk *Faulty
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if !f.disk.hit() {
		return f.File.Write(p)
	}
	switch f.disk.Fault {
	case ShortWrite:
		n, err := f.File.Write(p[:len(p)/2])
		if err != nil {
			return n, err
		}
		return n, syscall.ENOSPC
	case NoSpace:
		return 0, syscall.ENOSPC
	case BrokenIO:
		return 0, syscall.EIO
	}
	return f.File.Write(p)
}

func (f *faultyFile) Sync() error {
	if f.disk.hit() && (f.disk.Fault == BadSync || f.disk.Fault == BrokenIO) {
		return syscall.EIO
	}
	return f.File.Sync()
}
