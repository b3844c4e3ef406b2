//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
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
	var program string
	if err == nil {
		program, err = exec.LookPath(os.Args[2])
	}
	if err == nil {
		err = syscall.Exec(program, os.Args[2:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "limited:", err)
	os.Exit(125)
}
