package owner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"fangzhi/archive"
)

// A Role says what a process has the archive open for.
type Role string

const (
	// Crawl owns the archive to its end; there is one at a time.
	Crawl Role = "crawl"
	// Read owns the archive only while nobody else wants it for a crawl.
	Read Role = "read"
)

// A Mode says how the archive is to be opened.
type Mode string

const (
	ReadWrite Mode = "read-write"
	ReadOnly  Mode = "read-only" // the directory is not writable; no lock is held
)

// A Backend is the archive opened by this process.
type Backend interface {
	archive.Reader
	SetPaused(ctx context.Context, site string, paused bool) error
	Close() error
}

// Saved is what became of a page that a crawl was asked to save.
type Saved struct {
	ID      string          `json:"id,omitempty"` // of its document, "" if none was made
	URL     string          `json:"url"`          // the last one, after redirects
	Outcome archive.Outcome `json:"outcome"`
	Reason  archive.Reason  `json:"reason,omitempty"`
	Detail  string          `json:"detail,omitempty"`
}

// Options say how to open and serve an archive.
type Options struct {
	Version  string           // of this program, for messages
	Now      func() time.Time // nil for time.Now
	Patience time.Duration    // with an owner that does not answer; 0 for 15 s
	Grace    time.Duration    // for calls in hand when the tenure ends; 0 for 10 s

	// Open opens the archive; nil for archive.Open.
	Open func(ctx context.Context, dir string, mode Mode) (Backend, error)
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 15 * time.Second
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Open == nil {
		panic("owner: Options.Open is nil")
	}
	return o
}

// Errors of calls.
var (
	// ErrNoCrawl: only a running crawl could do this, and there is none.
	ErrNoCrawl = errors.New("no crawl is running")
	// ErrReadOnly: the directory of the archive cannot be written.
	ErrReadOnly = errors.New("archive directory is read-only")

	// errMoved: the tenure ended before the call began, or before it was done.
	errMoved = errors.New("archive was handed over")
)

// A BusyError says that another crawl has the archive.
type BusyError struct {
	Dir   string
	PID   int
	Since time.Time
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("archive %s is in use by another crawl (pid %d, since %s)", e.Dir, e.PID, e.Since.Local().Format("2006-01-02 15:04"))
}

// Age is how long the other crawl has been running.
func (e *BusyError) Age(now time.Time) time.Duration { return now.Sub(e.Since) }

// A SilentError says that the archive is locked by a process that does not answer.
type SilentError struct {
	Dir   string
	PID   int // 0 when it did not say who it is
	Since time.Time
	Cause error
}

func (e *SilentError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("archive %s is locked by a process that does not say who it is: %v", e.Dir, e.Cause)
	}
	return fmt.Sprintf("archive %s is open in process %d since %s, which does not answer: %v", e.Dir, e.PID, e.Since.Local().Format("2006-01-02 15:04"), e.Cause)
}

func (e *SilentError) Unwrap() error { return e.Cause }

// A SkewError says that the owner speaks another version of the protocol.
type SkewError struct {
	Dir           string
	PID           int
	Owner, Ours   string // versions of the program
	Theirs, Speak int    // of the protocol
}

func (e *SkewError) Error() string {
	return fmt.Sprintf("archive %s is open in process %d, which is fangzhi %s and speaks protocol %d; this is fangzhi %s with protocol %d", e.Dir, e.PID, e.Owner, e.Theirs, e.Ours, e.Speak)
}

var self = os.Getpid()
