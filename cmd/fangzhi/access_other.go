//go:build !linux

package main

import (
	"errors"
	"fmt"

	"fangzhi/config"
)

// shareFiles is for Linux; elsewhere the system's own tools share directories.
func shareFiles(string, config.Access) error {
	return fmt.Errorf("share the archive: [access] works on Linux only: %w", errors.ErrUnsupported)
}
