//go:build unix && !linux

package main

import "errors"

// obey cannot be done here.
func obey() error {
	return errors.New("root passes over the modes of files here: run the tests as somebody else")
}

// actAs is for Linux: the script that types it skips elsewhere.
func actAs() { panic("as: not on this system") }
