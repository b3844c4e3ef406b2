//go:build unix

package index

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile gives the content of a file, and what lets go of it.
func mapFile(f *os.File, size int) (data []byte, done func() error, err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	return data, func() error { return unix.Munmap(data) }, err
}

// forget tells the machine that the pages of data will not be read soon.
func forget(data []byte) {
	page := os.Getpagesize()
	if n := len(data) / page * page; n > 0 {
		_ = unix.Madvise(data[:n], unix.MADV_DONTNEED) // only advice
	}
}
