package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler/wire"
)

// An exchange is what one request came to.
type exchange struct {
	capture *archive.Capture // nil when nothing was received
	body    []byte           // of capture, decoded
	bodyErr error            // why the body could not be decoded
	conns   []archive.Connection
	started time.Time // the request was written; zero if it never was
	err     error     // why there is no capture

	loc      archive.Location // of capture, once it is kept
	repeated bool             // its payload is the one the URL had last time
}

func (x *exchange) status() int {
	if x.capture == nil {
		return 0
	}
	return x.capture.Status
}

func (x *exchange) header(name string) string {
	if x.capture == nil {
		return ""
	}
	return x.capture.Header.Get(name)
}

// whole tells whether the answer came to its end.
func (x *exchange) whole() bool {
	return x.err == nil && x.capture != nil && x.capture.Truncated == archive.Whole
}

func (x *exchange) notModified() bool { return x.status() == http.StatusNotModified }

// conditional tells whether only for what changed was asked.
func (x *exchange) conditional() bool {
	return bytes.Contains(x.capture.Request, []byte("\r\nIf-None-Match:")) ||
		bytes.Contains(x.capture.Request, []byte("\r\nIf-Modified-Since:"))
}

// redirect is the absolute target of a redirect, nil if x is none.
func (x *exchange) redirect() *url.URL {
	switch x.status() {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	base, err := url.Parse(x.capture.URL)
	if err != nil {
		return nil
	}
	location := strings.TrimSpace(x.header("Location"))
	target, err := base.Parse(location)
	if err != nil || location == "" {
		return nil
	}
	return target
}

// problem is what is wrong with the exchange, its reason "" when nothing is. A
// redirect or a 304 is no problem.
func (x *exchange) problem() problem {
	if x.capture == nil {
		return problemOf(x.err)
	}
	if p := x.statusProblem(); p.reason != "" {
		return p
	}
	if p := x.truncation(); p.reason != "" {
		return p
	}
	if x.bodyErr != nil && x.capture.Truncated == archive.Whole {
		return problem{archive.BadEncoding, x.bodyErr.Error()}
	}
	return problem{}
}

func (x *exchange) statusProblem() problem {
	status := x.status()
	words := fmt.Sprintf("%d %s", status, http.StatusText(status))
	switch {
	case x.challenges():
		return problem{archive.Challenged, words}
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && x.header("Retry-After") != "":
		return problem{archive.Throttled, words}
	case status >= 500:
		return problem{archive.ServerError, words}
	case status == http.StatusNotFound || status == http.StatusGone:
		return problem{archive.NotFound, words}
	case status >= 400:
		return problem{archive.ClientError, words}
	case status >= 300 && status != http.StatusNotModified && x.redirect() == nil:
		return problem{archive.BadResponse, words + " to nowhere: " + strconv.Quote(x.header("Location"))}
	case status < 200:
		return problem{archive.BadResponse, words}
	}
	return problem{}
}

// challengeMarks stand in the scripts of the bot checks that Chinese portals sit
// behind (PORTALS.md, section 5).
var challengeMarks = [][]byte{[]byte("$_ts"), []byte("__jsl_clearance"), []byte("wzws-waf-cgi"), []byte("acw_sc__v2")}

// challenges tells whether the status is that of a bot check. Nothing we send
// earns a 412, and 521 is no status of any server's own.
func (x *exchange) challenges() bool {
	switch x.status() {
	case http.StatusPreconditionFailed, 512, 521:
		return true
	case http.StatusAccepted, http.StatusBadRequest, http.StatusForbidden:
		for _, mark := range challengeMarks {
			if bytes.Contains(x.body, mark) {
				return true
			}
		}
	}
	return false
}

// truncation is why the body is not whole. A page that was cut behind its last
// tag is whole to a reader: many servers announce a wrong length.
func (x *exchange) truncation() problem {
	switch x.capture.Truncated {
	case archive.TooLong:
		return problem{archive.TooLarge, fmt.Sprintf("cut after %d bytes", len(x.capture.Response))}
	case archive.TooSlow:
		return problem{archive.TimedOut, fmt.Sprintf("not whole in time: %d bytes", len(x.capture.Response))}
	case archive.Disconnected:
		if bytes.Contains(bytes.ToLower(tail(bytes.TrimSpace(x.body), 512)), []byte("</html>")) {
			return problem{}
		}
		return problem{archive.CutShort, fmt.Sprintf("connection closed after %d bytes", len(x.capture.Response))}
	}
	return problem{}
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

// notText says by its media type that a body is no page.
func (x *exchange) notText() problem {
	kind, _, err := mime.ParseMediaType(x.header("Content-Type"))
	if err != nil { // none or nonsense: the bytes will tell
		return problem{}
	}
	family, _, _ := strings.Cut(kind, "/")
	switch {
	case family == "image", family == "audio", family == "video", family == "font",
		kind == "application/pdf", kind == "application/zip", kind == "application/msword",
		strings.HasPrefix(kind, "application/vnd."):
		return problem{archive.NotAPage, "media type " + kind}
	}
	return problem{}
}

// health is what the exchange says about its host.
func (x *exchange) health() Health {
	p := x.problem()
	switch p.reason {
	case archive.NoConnection:
		return Unreachable
	case archive.Throttled:
		return Throttling
	case archive.TimedOut, archive.ServerError, archive.CutShort:
		if x.status() == http.StatusServiceUnavailable {
			return Throttling
		}
		return Failing
	}
	return Well
}

// retryAfter is the host's wish, in either form of the header, 0 if it has none.
func (x *exchange) retryAfter(now time.Time) time.Duration {
	value := strings.TrimSpace(x.header("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// clockOffset is the server's clock minus ours.
func (x *exchange) clockOffset() (time.Duration, bool) {
	at, err := http.ParseTime(x.header("Date"))
	if err != nil {
		return 0, false
	}
	return at.Sub(x.capture.Time), true
}

// problemOf classes what kept an exchange from any answer.
func problemOf(err error) problem {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return problem{failure.Reason, err.Error()}
	}
	return problem{archive.BadResponse, fmt.Sprint("no answer: ", err)}
}
