package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// obey makes root obey the modes of files in what this thread executes: the capability
// to pass over them is dropped from what exec may give.
func obey() error { return unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_OVERRIDE, 0, 0, 0) }

// actAs runs a command as another user, in one group: as nobody news fangzhi status.
func actAs() {
	runtime.LockOSThread()
	err := becomes(os.Args[1], os.Args[2], os.Args[3])
	if err == nil {
		var program string
		if program, err = exec.LookPath(os.Args[3]); err == nil {
			err = syscall.Exec(program, os.Args[3:], os.Environ())
		}
	}
	fmt.Fprintln(os.Stderr, "as:", err)
	os.Exit(125)
}

func becomes(name, group, program string) error {
	u, err := user.Lookup(name)
	if err != nil {
		return err
	}
	g, err := user.LookupGroup(group)
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(u.Uid) // Linux has numbers
	gid, _ := strconv.Atoi(g.Gid)
	for _, dir := range []string{os.Getenv("WORK"), programDir(program)} { // both were made by testscript, for root alone
		for range 2 {
			if strings.Contains(dir, "script") {
				if err := os.Chmod(dir, 0o755); err != nil {
					return err
				}
			}
			dir = filepath.Dir(dir)
		}
	}
	return errors.Join(syscall.Setgroups(nil), syscall.Setgid(gid), syscall.Setuid(uid))
}

func programDir(name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return filepath.Dir(path)
}
