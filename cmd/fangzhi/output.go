package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// An output is where an export goes: a file that appears whole or not at all, or
// standard output. It is made with the first byte written to it.
type output struct {
	name    string
	force   bool
	w       io.Writer // where bytes go, nil before the first
	temp    *os.File  // nil for standard output and devices
	device  *os.File
	stdout  io.Writer
	written int64
}

// newOutput refuses a file that exists before any work is done for it.
func newOutput(name string, force bool, stdout io.Writer) (*output, error) {
	o := &output{name: name, force: force, stdout: stdout}
	if name == "-" {
		return o, nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o, o.directoryExists()
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, usage(words{fmt.Sprintf("%s is a directory", name), fmt.Sprintf("%s 是目录", name)},
			words{"name a file: -o " + filepath.Join(name, "export.jsonl"), "请写文件名：-o " + filepath.Join(name, "export.jsonl")})
	case info.Mode().IsRegular() && !force:
		return nil, exists(name)
	}
	return o, nil
}

func exists(name string) error {
	return &problem{code: exitFailed,
		what: words{fmt.Sprintf("%s exists already and was not touched", name), fmt.Sprintf("%s 已存在，未作改动", name)},
		hint: words{"give another name, or --force to replace it", "请换一个名称，或用 --force 覆盖"}}
}

func (o *output) directoryExists() error {
	dir := filepath.Dir(o.name)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	return usage(words{fmt.Sprintf("there is no directory %s", dir), fmt.Sprintf("没有目录 %s", dir)},
		words{"make it first: mkdir -p " + dir, "请先建立：mkdir -p " + dir})
}

// isFile tells whether the output is no pipe and no terminal.
func (o *output) isFile() bool { return o.name != "-" }

// Write opens the output with the first byte.
func (o *output) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if o.w == nil {
		if err := o.open(); err != nil {
			return 0, err
		}
	}
	n, err := o.w.Write(p)
	o.written += int64(n)
	return n, err
}

func (o *output) open() (err error) {
	if o.name == "-" {
		o.w = o.stdout
		return nil
	}
	if info, err := os.Stat(o.name); err == nil && !info.Mode().IsRegular() {
		o.device, err = os.OpenFile(o.name, os.O_WRONLY, 0)
		o.w = o.device
		return err
	}
	o.temp, err = os.CreateTemp(filepath.Dir(o.name), "."+filepath.Base(o.name)+".*.part")
	o.w = o.temp
	return err
}

// Commit makes what was written the file, after its fsync. A file that appeared
// meanwhile is not replaced without force.
func (o *output) Commit() error {
	if o.device != nil {
		return o.device.Close()
	}
	if o.temp == nil {
		return nil
	}
	err := errors.Join(o.temp.Chmod(0o644), o.temp.Sync(), o.temp.Close())
	if err == nil {
		err = o.place()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", o.name, err), os.Remove(o.temp.Name()))
	}
	o.temp = nil
	return syncDir(filepath.Dir(o.name))
}

func (o *output) place() error {
	if !o.force {
		if _, err := os.Lstat(o.name); err == nil {
			return fs.ErrExist
		}
	}
	return os.Rename(o.temp.Name(), o.name)
}

// Discard leaves nothing behind of an output that was not committed.
func (o *output) Discard() {
	if o.temp != nil {
		_ = o.temp.Close() // its error was told by Write or Commit
		_ = os.Remove(o.temp.Name())
	}
	if o.device != nil {
		_ = o.device.Close()
	}
}

func syncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	_ = dir.Sync() // some file systems cannot
	return nil
}
