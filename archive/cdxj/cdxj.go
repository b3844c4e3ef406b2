package cdxj

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A Line is one capture in an index.
type Line struct {
	Key  string
	Time time.Time
	Entry
}

// An Entry is the JSON object of a line. Numbers are strings there.
type Entry struct {
	URL      string `json:"url"`
	Mime     string `json:"mime,omitempty"`   // warc/revisit for a revisit
	Status   string `json:"status,omitempty"` // "" for a 304: see String
	Digest   string `json:"digest,omitempty"` // of the payload
	Length   string `json:"length"`           // of the gzip member, in bytes
	Offset   string `json:"offset"`           // of its first byte
	Filename string `json:"filename"`
	Method   string `json:"method,omitempty"`      // if it is not GET
	Body     string `json:"requestBody,omitempty"` // the form that was posted
}

// timeForm is the time of a line, UTC.
const timeForm = "20060102150405"

// Mime is the media type of a Content-Type without its parameters.
func Mime(contentType string) string {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind, _, _ = strings.Cut(contentType, ";")
		kind = strings.ToLower(strings.TrimSpace(kind))
	}
	if strings.ContainsAny(kind, " \t") || !utf8.ValidString(kind) {
		return ""
	}
	return kind
}

// Revisit is the media type of a revisit record.
const Revisit = "warc/revisit"

// String is the line without its end.
//
// A 304 must come without its status: with it, ReplayWeb.page shows an empty page
// where it would show the capture that the revisit refers to.
func (l Line) String() string {
	var b bytes.Buffer
	b.WriteString(l.Key)
	b.WriteByte(' ')
	b.WriteString(l.Time.UTC().Format(timeForm))
	b.WriteByte(' ')
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if l.Status == "304" {
		l.Status = ""
	}
	if err := enc.Encode(l.Entry); err != nil {
		panic(err) // strings only
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Parse reads a line. The error names the field.
func Parse(s string) (l Line, err error) {
	key, rest, ok := strings.Cut(s, " ")
	if !ok || key == "" {
		return l, fmt.Errorf("key: the line is not a key, a time and a JSON object")
	}
	stamp, object, _ := strings.Cut(rest, " ")
	l.Key = key
	if l.Time, err = parseTime(stamp); err != nil {
		return l, err
	}
	dec := json.NewDecoder(strings.NewReader(object))
	if err := dec.Decode(&l.Entry); err != nil {
		return l, fmt.Errorf("json: %w", err)
	}
	if rest := strings.TrimSpace(object[dec.InputOffset():]); rest != "" {
		return l, fmt.Errorf("json: %.40q behind the object", rest)
	}
	return l, l.check()
}

// parseTime reads 14 digits, or 17 with milliseconds.
func parseTime(s string) (time.Time, error) {
	form := timeForm
	if len(s) == 17 {
		form, s = timeForm+".000", s[:14]+"."+s[14:]
	}
	t, err := time.Parse(form, s)
	if err != nil || len(s) != len(form) {
		return t, fmt.Errorf("timestamp: %.30q is not 14 digits of a time", s)
	}
	return t, nil
}

func (l Line) check() error {
	for _, f := range []struct{ name, value string }{{"url", l.URL}, {"filename", l.Filename}} {
		if f.value == "" {
			return fmt.Errorf("%s: missing", f.name)
		}
	}
	for _, f := range []struct {
		name, value string
		least       int64
	}{{"offset", l.Offset, 0}, {"length", l.Length, 1}} {
		if n, err := strconv.ParseInt(f.value, 10, 64); err != nil || n < f.least || strconv.FormatInt(n, 10) != f.value {
			return fmt.Errorf("%s: %.30q is not a number of bytes", f.name, f.value)
		}
	}
	if l.Status != "" && (len(l.Status) != 3 || strings.Trim(l.Status, "0123456789") != "") {
		return fmt.Errorf("status: %.30q is not three digits", l.Status)
	}
	return nil
}
