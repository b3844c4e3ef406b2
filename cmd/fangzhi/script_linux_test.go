package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// obedient runs a command that obeys the modes of files, also when root runs the
// tests: the capability to pass over them is dropped from what exec may give.
func obedient() {
	runtime.LockOSThread() // capabilities belong to the thread, exec takes the caller's
	var err error
	if os.Geteuid() == 0 {
		err = unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_OVERRIDE, 0, 0, 0)
	}
	var program string
	if err == nil {
		program, err = exec.LookPath(os.Args[1])
	}
	if err == nil {
		err = syscall.Exec(program, os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "obedient:", err)
	os.Exit(125)
}
