//go:build !unix

package corpus

import "time"

var start = time.Now()

// CPU is the time since the start where the system tells no processor time.
func CPU() time.Duration { return time.Since(start) }
