//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
)

// limited runs a command that may write no file longer than so many bytes, as on a
// disk that is full: limited 100000 fangzhi crawl.
func limited() {
	size, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err == nil {
		err = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size})
	}
	become(err, os.Args[2:])
}

// obedient runs a command that obeys the modes of files, also when root runs the tests.
func obedient() {
	runtime.LockOSThread() // capabilities belong to the thread that execs
	var err error
	if os.Geteuid() == 0 {
		err = obey()
	}
	become(err, os.Args[1:])
}

// become executes a command in the place of this process, unless something failed
// before.
func become(err error, args []string) {
	var program string
	if err == nil {
		program, err = exec.LookPath(args[0])
	}
	if err == nil {
		err = syscall.Exec(program, args, os.Environ())
	}
	fmt.Fprintln(os.Stderr, os.Args[0]+":", err)
	os.Exit(125)
}
