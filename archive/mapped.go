package archive

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	berrors "go.etcd.io/bbolt/errors"
)

// mapped calls what reads the database. bbolt maps the file into memory and trusts
// it: a file that was cut off or written over makes it fault or panic, which here
// becomes a DamagedError. A panic of ours goes on.
func mapped(name string, read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // a fault: the file ends before what is mapped
			err = fmt.Errorf("%w: it was cut off", &DamagedError{Bucket: name})
		default:
			if !inBolt() {
				panic(r)
			}
			err = fmt.Errorf("%w: %v", &DamagedError{Bucket: name}, r)
		}
	}()
	return read()
}

// inBolt tells of the panic that is being recovered whether bbolt made it.
func inBolt() bool {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return strings.HasPrefix(frame.Function, "go.etcd.io/bbolt")
		}
		if !more {
			return false
		}
	}
}

// isNoDatabase tells of an error of opening that the file is none of bbolt's, or was
// damaged where it begins.
func isNoDatabase(err error) bool {
	return errors.Is(err, berrors.ErrInvalid) || errors.Is(err, berrors.ErrChecksum) || errors.Is(err, berrors.ErrVersionMismatch) ||
		err != nil && strings.Contains(err.Error(), "file size too small") // text is all there is
}
