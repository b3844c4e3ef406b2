package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"

	"fangzhi/archive"
)

// An Error is an exchange that gave no capture. Its Reason is PrivateHost,
// NoConnection, TimedOut, CutShort (closed before the end of the header) or
// BadResponse (not HTTP). When the caller's context was cancelled, Do returns the
// cause and no Error: that says nothing about the server.
type Error struct {
	Reason archive.Reason
	Err    error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// A PrivateError is an address that was not connected to.
type PrivateError struct {
	Addr netip.Addr
	Kind string // of range: loopback, private, metadata …
}

func (e *PrivateError) Error() string {
	return fmt.Sprintf("%s is a %s address, which the site's configuration does not allow", e.Addr, e.Kind)
}

// ErrBomb is a body that is larger than the limit when its content coding is
// removed.
var ErrBomb = archive.ErrBomb

// failure classes what ended an exchange without a capture.
func (x *exchange) failure(err error) error {
	if x.cancelled() {
		return context.Cause(x.caller)
	}
	reason := archive.BadResponse
	c, rec := x.got()
	switch {
	case x.isTwice():
		reason, err = archive.CutShort, errTwice
	case errors.As(err, new(*PrivateError)):
		reason = archive.PrivateHost
	case c == nil:
		reason = archive.NoConnection
	case isTimeout(err):
		reason = archive.TimedOut
	case rec.size() == 0 || isDisconnect(err) || x.unfinished(rec.bytes()):
		reason = archive.CutShort
	}
	return &Error{reason, err}
}

// unfinished tells whether raw is the beginning of a header: net/http complains
// about its last line.
func (x *exchange) unfinished(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte("HTTP/")) && headLen(raw) < 0 && int64(len(raw)) < x.client.opt.MaxHeader
}
