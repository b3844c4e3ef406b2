package warc

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Profiles of revisit records (WARC 1.1, section 6.7).
const (
	IdenticalPayload = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	NotModified      = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
)

// Media types of blocks.
const (
	TypeRequest  = "application/http;msgtype=request"
	TypeResponse = "application/http;msgtype=response"
	TypeFields   = "application/warc-fields"
	TypeNDJSON   = "application/x-ndjson"
)

// A Field is a named field of a record's header.
type Field struct{ Name, Value string }

// A Record is one WARC record. Content-Length is not among the Header of a record
// to be written: it is the length of Block.
type Record struct {
	Version string // "WARC/1.1"; "" to be written means that
	Header  []Field
	Block   []byte
}

// Get is the value of the first field of that name, whatever its case, or "".
func (r *Record) Get(name string) string {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Type is WARC-Type.
func (r *Record) Type() string { return r.Get("WARC-Type") }

// ID is WARC-Record-ID, without angle brackets.
func (r *Record) ID() string { return unbracket(r.Get("WARC-Record-ID")) }

// TargetURI is WARC-Target-URI; the angle brackets of WARC/1.0 are taken off.
func (r *Record) TargetURI() string { return unbracket(r.Get("WARC-Target-URI")) }

// Date is WARC-Date, zero when it is missing or no W3C date.
func (r *Record) Date() time.Time { return ParseDate(r.Get("WARC-Date")) }

// HeadDigest is the SHA-256 of the header as Writer writes it, with version line
// and Content-Length. It stands for the whole record: the digest of the block is in
// the header.
func (r *Record) HeadDigest() [sha256.Size]byte {
	return sha256.Sum256(r.appendHead(make([]byte, 0, 1024)))
}

// Add appends a field, unless its value is empty.
func (r *Record) Add(name, value string) {
	if value = strings.Trim(value, " \t"); value != "" {
		r.Header = append(r.Header, Field{name, value})
	}
}

func unbracket(s string) string {
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		return s[1 : len(s)-1]
	}
	return s
}

// FormatDate is the form of WARC-Date: UTC with nine fraction digits at most
// (WARC 1.1, section 5.4).
func FormatDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999999Z") }

// dateForms are those of W3C's profile of ISO 8601, which WARC 1.1 allows all.
var dateForms = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"}

// ParseDate reads a WARC-Date; it is zero for what is none.
func ParseDate(s string) time.Time {
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// NewID is a fresh record id: urn:uuid: and a random UUID (RFC 9562, version 4).
func NewID() string {
	var u [16]byte
	rand.Read(u[:])
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// New begins a record of the type, with its id, date and block digest.
func New(kind, uri string, at time.Time, contentType string, block []byte) *Record {
	r := &Record{Block: block}
	r.Add("WARC-Type", kind)
	r.Add("WARC-Record-ID", "<"+NewID()+">")
	r.Add("WARC-Date", FormatDate(at))
	r.Add("WARC-Target-URI", uri)
	r.Add("Content-Type", contentType)
	r.Add("WARC-Block-Digest", digest(block))
	return r
}

// An Exchange is what the records of one capture have in common.
type Exchange struct {
	URI       string
	Date      time.Time
	IP        string
	Payload   string // digest of the response's payload, "sha256:…"
	Truncated string // length, time or disconnect
}

// Response is the record of a response as it was received, header and body.
func Response(x Exchange, block []byte) *Record {
	r := New("response", x.URI, x.Date, TypeResponse, block)
	r.Add("WARC-IP-Address", x.IP)
	r.Add("WARC-Payload-Digest", x.Payload)
	r.Add("WARC-Truncated", x.Truncated)
	return r
}

// Request is the record of the request that was answered by response.
func Request(x Exchange, response *Record, block []byte) *Record {
	r := New("request", x.URI, x.Date, TypeRequest, block)
	r.Add("WARC-IP-Address", x.IP)
	r.Add("WARC-Concurrent-To", "<"+response.ID()+">")
	return r
}

// An Original is the capture that a revisit points back to. Replay tools find it
// by URI and Date.
type Original struct {
	ID   string // record id
	URI  string
	Date time.Time
}

// Revisit is the record of a response whose payload is kept already. head is its
// status line and header: the body is what the revisit saves.
func Revisit(x Exchange, profile string, of Original, head []byte) *Record {
	r := New("revisit", x.URI, x.Date, TypeResponse, head)
	r.Add("WARC-IP-Address", x.IP)
	r.Add("WARC-Payload-Digest", x.Payload)
	r.Add("WARC-Profile", profile)
	if of.ID != "" {
		r.Add("WARC-Refers-To", "<"+of.ID+">")
	}
	r.Add("WARC-Refers-To-Target-URI", of.URI)
	r.Add("WARC-Refers-To-Date", FormatDate(of.Date))
	if profile == IdenticalPayload { // the body was there, and is not in the block
		r.Add("WARC-Truncated", "length")
	}
	return r
}

// Metadata is the record of something that was not captured but says how others
// were.
func Metadata(uri string, at time.Time, contentType string, block []byte) *Record {
	return New("metadata", uri, at, contentType, block)
}

// Resource is the record of a file as such, without an exchange around it.
func Resource(uri string, at time.Time, contentType string, block []byte) *Record {
	r := New("resource", uri, at, contentType, block)
	r.Add("WARC-Payload-Digest", r.Get("WARC-Block-Digest"))
	return r
}

// Warcinfo is the first record of a segment: who made it and how.
func Warcinfo(filename string, at time.Time, fields []Field) *Record {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, oneLine(f.Value))
	}
	r := New("warcinfo", "", at, TypeFields, []byte(b.String()))
	r.Add("WARC-Filename", filename)
	return r
}

// oneLine keeps a value from beginning a field of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
