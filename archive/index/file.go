package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"unsafe"

	"fangzhi/archive/disk"
)

// A DamagedError names a segment that is not what was written.
type DamagedError struct {
	Name string // of the file, without its directory
	What string
}

func (e *DamagedError) Error() string { return fmt.Sprintf("index segment %s: %s", e.Name, e.What) }

const sumBlock = 64 << 10

var castagno = crc32.MakeTable(crc32.Castagnoli)

// A writer writes a file in order and keeps the sums of its blocks.
type writer struct {
	buf  *bufio.Writer
	off  uint64
	sum  uint32 // of the block that is not full yet
	sums []byte
}

func newWriter(w io.Writer) *writer { return &writer{buf: bufio.NewWriterSize(w, 256<<10)} }

func (w *writer) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		part := rest[:min(uint64(len(rest)), sumBlock-w.off%sumBlock)]
		w.sum = crc32.Update(w.sum, castagno, part)
		w.off += uint64(len(part))
		rest = rest[len(part):]
		if w.off%sumBlock == 0 {
			w.endBlock()
		}
	}
	return w.buf.Write(p)
}

func (w *writer) endBlock() {
	w.sums = binary.LittleEndian.AppendUint32(w.sums, w.sum)
	w.sum = 0
}

// align writes zeros up to a multiple of 8 and returns the offset.
func (w *writer) align() (uint64, error) {
	var zeros [8]byte
	_, err := w.Write(zeros[:(8-w.off%8)%8])
	return w.off, err
}

// writeFile makes a file of what fill writes: under another name, synced, renamed.
func writeFile(name string, fill func(io.Writer) error) (err error) {
	temporary := name + temporarySuffix
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return disk.OS{}.SyncDir(filepath.Dir(name))
}

const temporarySuffix = ".tmp"

// A file is read through a memory map, each block checked when first read.
type file struct {
	name    string
	data    []byte
	sums    []byte // of the blocks
	checked []atomic.Uint32
	done    func() error
}

func openFile(name string) (*file, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r := &file{name: filepath.Base(name)}
	if info.Size() < footerSize || int64(int(info.Size())) != info.Size() {
		return nil, r.damaged("%d bytes long", info.Size())
	}
	r.data, r.done, err = mapFile(f, int(info.Size()))
	return r, err
}

func (f *file) damaged(format string, args ...any) error {
	return &DamagedError{f.name, fmt.Sprintf(format, args...)}
}

// bytes is a part of the file before its sums.
func (f *file) bytes(off, n uint64) ([]byte, error) {
	end := off + n
	if end < off || end > uint64(len(f.sums)/4)*sumBlock || end > uint64(len(f.data)) {
		return nil, f.damaged("nothing at %d+%d", off, n)
	}
	for b := off / sumBlock; b*sumBlock < end; b++ {
		if bit := uint32(1) << (b % 32); f.checked[b/32].Load()&bit == 0 {
			if !f.check(b) {
				return nil, f.damaged("wrong checksum at %d", b*sumBlock)
			}
			f.checked[b/32].Or(bit)
		}
	}
	return f.data[off:end:end], nil
}

func (f *file) check(block uint64) bool {
	end := min((block+1)*sumBlock, f.end())
	return crc32.Checksum(f.data[block*sumBlock:end], castagno) == binary.LittleEndian.Uint32(f.sums[4*block:])
}

// end is where the sums begin.
func (f *file) end() uint64 { return uint64(len(f.data) - footerSize - len(f.sums)) }

// guard calls f, which reads a mapped file. A page that cannot be read (a file cut
// short, a failing disk) is an error, not the end of the process.
func guard(name string, f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch e := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = &DamagedError{name, "cannot be read any more"}
		default:
			panic(e)
		}
	}()
	return f()
}

// numbers sees bytes as little-endian numbers, in place where the machine agrees.
func numbers[T uint32 | uint64](b []byte) []T {
	size := int(unsafe.Sizeof(T(0)))
	n := len(b) / size
	if n == 0 {
		return nil
	}
	if littleEndian && uintptr(unsafe.Pointer(&b[0]))%uintptr(size) == 0 {
		return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
	}
	v := make([]T, n)
	for i := range v {
		for k := range size {
			v[i] |= T(b[i*size+k]) << (8 * k)
		}
	}
	return v
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1
