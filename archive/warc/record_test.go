package warc

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	day      = time.Date(2022, 3, 31, 9, 8, 7, 123456789, time.FixedZone("CST", 8*3600))
	exchange = Exchange{
		URI: "http://www.example.gov.cn/a", Date: day, IP: "192.0.2.1",
		Payload: "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
	}
	message = []byte("HTTP/1.1 200 OK\r\nx-ODD:  政 \r\nContent-Length: 5\r\n\r\nhello")
)

// one of each kind, in the order they stand in a segment.
func oneOfEach() []*Record {
	response := Response(exchange, message)
	truncated := exchange
	truncated.Truncated, truncated.Payload = "time", digest([]byte("hel"))
	original := Original{ID: response.ID(), URI: exchange.URI, Date: day}
	return []*Record{
		Warcinfo("a.warc.gz", day, []Field{{"software", "fangzhi/0.1"}, {"operator", "an\r\narchive"}}),
		response,
		Request(exchange, response, []byte("GET /a HTTP/1.1\r\nHost: www.example.gov.cn\r\n\r\n")),
		Response(truncated, message[:len(message)-2]),
		Revisit(exchange, IdenticalPayload, original, message[:len(message)-5]),
		Revisit(exchange, NotModified, Original{URI: exchange.URI, Date: day}, []byte("HTTP/1.1 304 Not Modified\r\n\r\n")),
		Metadata("urn:fangzhi:visit:17", day, TypeNDJSON, []byte("{}\n")),
		Resource("urn:fangzhi:file", day, "text/plain", []byte("hello")),
	}
}

// TestRecordsAreWhatTheStandardAsksFor checks the fields by the table of WARC 1.1,
// section 5: which must be there, which must not.
func TestRecordsAreWhatTheStandardAsksFor(t *testing.T) {
	always := "WARC-Type WARC-Record-ID WARC-Date WARC-Block-Digest Content-Type"
	for i, want := range []string{
		"WARC-Filename",
		"WARC-Target-URI WARC-IP-Address WARC-Payload-Digest",
		"WARC-Target-URI WARC-IP-Address WARC-Concurrent-To",
		"WARC-Target-URI WARC-IP-Address WARC-Payload-Digest WARC-Truncated",
		"WARC-Target-URI WARC-IP-Address WARC-Payload-Digest WARC-Profile WARC-Refers-To WARC-Refers-To-Target-URI WARC-Refers-To-Date WARC-Truncated",
		"WARC-Target-URI WARC-IP-Address WARC-Payload-Digest WARC-Profile WARC-Refers-To-Target-URI WARC-Refers-To-Date",
		"WARC-Target-URI",
		"WARC-Target-URI WARC-Payload-Digest",
	} {
		r := oneOfEach()[i]
		var got []string
		for _, f := range r.Header {
			got = append(got, f.Name)
			if f.Value == "" {
				t.Errorf("%s: %s is empty", r.Type(), f.Name)
			}
		}
		wanted := strings.Fields(always + " " + want)
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s\n got %v\nwant %v", r.Type(), got, wanted)
		}
	}
}

func TestFields(t *testing.T) {
	all := oneOfEach()
	response, request, revisit := all[1], all[2], all[4]
	for what, pair := range map[string][2]string{
		"date":               {response.Get("WARC-Date"), "2022-03-31T01:08:07.123456789Z"},
		"target":             {response.Get("warc-target-uri"), "http://www.example.gov.cn/a"},
		"concurrent":         {request.Get("WARC-Concurrent-To"), response.Get("WARC-Record-ID")},
		"same event":         {request.Get("WARC-Date"), response.Get("WARC-Date")},
		"refers to":          {revisit.Get("WARC-Refers-To"), response.Get("WARC-Record-ID")},
		"refers to date":     {revisit.Get("WARC-Refers-To-Date"), response.Get("WARC-Date")},
		"refers to target":   {revisit.Get("WARC-Refers-To-Target-URI"), response.TargetURI()},
		"revisit of digest":  {revisit.Get("WARC-Payload-Digest"), response.Get("WARC-Payload-Digest")},
		"profile":            {revisit.Get("WARC-Profile"), "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"},
		"profile of 304":     {all[5].Get("WARC-Profile"), "http://netpreserve.org/warc/1.1/revisit/server-not-modified"},
		"digest of a block":  {all[7].Get("WARC-Block-Digest"), "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
		"warcinfo one field": {string(all[0].Block), "software: fangzhi/0.1\r\noperator: an archive\r\n"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
}

func TestNewID(t *testing.T) {
	a, b := NewID(), NewID()
	if a == b || len(a) != len("urn:uuid:")+36 || a[len("urn:uuid:")+14] != '4' || !strings.Contains("89ab", a[len("urn:uuid:")+19:][:1]) {
		t.Errorf("ids %q and %q", a, b)
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]time.Time{
		"2022-03-31T01:08:07Z":           time.Date(2022, 3, 31, 1, 8, 7, 0, time.UTC),
		"2022-03-31T01:08:07.5Z":         time.Date(2022, 3, 31, 1, 8, 7, 5e8, time.UTC),
		"2022-03-31T01:08:07.123456789Z": time.Date(2022, 3, 31, 1, 8, 7, 123456789, time.UTC),
		"2022-03-31":                     time.Date(2022, 3, 31, 0, 0, 0, 0, time.UTC),
		"2022-03":                        time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC),
		"2022":                           time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC),
		"2022-03-31T01:08Z":              time.Date(2022, 3, 31, 1, 8, 0, 0, time.UTC),
		"yesterday":                      {},
		"":                               {},
	} {
		if got := ParseDate(in); !got.Equal(want) {
			t.Errorf("%q: got %v, want %v", in, got, want)
		}
	}
}
