//go:build unix

package main

import "golang.org/x/sys/unix"

// freeSpace is how many bytes a user may still write to the file system of dir, -1
// if that is not known.
func freeSpace(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return -1
	}
	return int64(uint64(s.Bavail) * uint64(s.Bsize))
}
