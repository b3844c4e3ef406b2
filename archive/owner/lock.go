package owner

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A lock is owner.json, opened and locked by this process.
type lock struct {
	f       *os.File
	created bool // by this process
}

// tryLock takes the lock; nil if another process has it. The error is errReadOnly
// when the file cannot be opened for writing.
func tryLock(name string) (*lock, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	created := false
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		created = true
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil, ErrReadOnly
	}
	if err != nil {
		return nil, err
	}
	held, err := lockFile(f)
	if err != nil || held {
		f.Close()
		return nil, err
	}
	return &lock{f: f, created: created}, nil
}

// message is what the file says; whatever it says, the lock is ours.
func (l *lock) message() message {
	b, err := io.ReadAll(io.NewSectionReader(l.f, 0, 64<<10))
	if err != nil {
		return message{}
	}
	m, err := parseMessage(b)
	if err != nil {
		return message{}
	}
	return m
}

// say writes the message.
func (l *lock) say(m message) error {
	b, err := m.encode()
	if err != nil {
		return err
	}
	if _, err := l.f.WriteAt(b, 0); err != nil {
		return err
	}
	return l.f.Truncate(int64(len(b)))
}

// release lets the next one take the lock.
func (l *lock) release() error { return l.f.Close() }

// forget removes the file again if this process made it: the directory turned
// out to be no archive.
func (l *lock) forget() {
	if l.created {
		os.Remove(l.f.Name())
	}
}
