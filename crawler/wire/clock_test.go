package wire

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"fangzhi/archive"
)

// The limits of an exchange, by a clock that stands still while anything runs.
func TestLimitsByTheClock(t *testing.T) {
	for _, test := range []struct {
		name, said string
		limit      time.Duration // of the caller's context
		want       time.Duration
		reason     archive.Reason
		truncated  archive.Truncation
	}{
		{"header", "", time.Hour, 30 * time.Second, archive.TimedOut, ""},
		{"whole exchange", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", time.Hour, time.Minute, "", archive.TooSlow},
		{"caller's, header", "", 10 * time.Second, 10 * time.Second, archive.TimedOut, ""},
		{"caller's, body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", 10 * time.Second, 10 * time.Second, "", archive.TooSlow},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := client(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go func() {
					defer theirs.Close()
					new(server).hear(bufio.NewReader(theirs))
					io.WriteString(theirs, test.said)
					io.Copy(io.Discard, theirs)
				}()
				return ours, nil
			}})
			ctx, cancel := context.WithTimeout(t.Context(), test.limit)
			defer cancel()
			start := time.Now()
			capture, err := c.Do(ctx, get(t, "http://example.org/"))
			if took := time.Since(start); took != test.want {
				t.Errorf("%s: took %v, want %v", test.name, took, test.want)
			}
			var failure *Error
			switch {
			case test.reason == "" && (capture == nil || capture.Truncated != test.truncated || capture.IP != ""):
				t.Errorf("%s: capture %+v, error %v", test.name, capture, err)
			case test.reason != "" && (!errors.As(err, &failure) || failure.Reason != test.reason):
				t.Errorf("%s: error %v", test.name, err)
			}
		})
	}
}
