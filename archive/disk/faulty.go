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
// over all its files. With Once only that operation fails. A disk that is broken
// for good (BrokenIO without Once) cannot truncate, open or sync a directory
// either.
type Faulty struct {
	FS    FS
	Fault Fault
	At    int // 0 for never
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

// hit counts an operation and tells whether it fails.
func (d *Faulty) hit() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	if d.At == 0 {
		return false
	}
	return d.count == d.At || d.count > d.At && !d.Once
}

// dead is the error of what is not counted, on a disk that is broken for good.
func (d *Faulty) dead() error {
	if d.Fault == BrokenIO && d.At > 0 && !d.Once && d.Count() >= d.At {
		return syscall.EIO
	}
	return nil
}

func (d *Faulty) Append(name string) (File, int64, error) {
	if err := d.dead(); err != nil {
		return nil, 0, err
	}
	f, size, err := d.FS.Append(name)
	if err != nil {
		return nil, 0, err
	}
	return &faultyFile{f, d}, size, nil
}

func (d *Faulty) SyncDir(dir string) error {
	if err := d.dead(); err != nil {
		return err
	}
	return d.FS.SyncDir(dir)
}

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

func (f *faultyFile) Truncate(size int64) error {
	if err := f.disk.dead(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}
