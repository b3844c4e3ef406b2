//go:build unix

package corpus

import (
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the processor time that this process has used, the collector's included.
func CPU() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
