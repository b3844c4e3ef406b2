package warc

import (
	"bytes"
	"encoding/base32"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func check(file []byte) (faults, advice []Fault, records int) {
	c := Checker{Report: func(f Fault) {
		if f.Advice {
			advice = append(advice, f)
		} else {
			faults = append(faults, f)
		}
	}}
	records = c.Check(bytes.NewReader(file), int64(len(file)))
	return faults, advice, records
}

// A file of ours has no fault, and does all that is advised.
func TestCheckOurs(t *testing.T) {
	records := oneOfEach()
	file, _ := segmentOf(t, records...)
	faults, advice, n := check(file)
	if len(faults)+len(advice) > 0 || n != len(records) {
		t.Errorf("%d records, faults %+v, advice %+v", n, faults, advice)
	}
	var plain bytes.Buffer
	for _, r := range records {
		plain.Write(r.appendHead(nil))
		plain.Write(r.Block)
		plain.WriteString(endOfRecord)
	}
	if faults, _, n := check(plain.Bytes()); len(faults) > 0 || n != len(records) {
		t.Errorf("not compressed: %d records, %+v", n, faults)
	}
}

// What wget writes is no fault: WARC/1.0, targets in angle brackets, SHA-1 in Base32
// over the body as it came, one record a member.
func TestCheckForeign(t *testing.T) {
	block := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	file := gzipped("WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n" +
		"WARC-Target-URI: <http://x/a>\r\nWARC-Date: 2022-03-31T01:02:03Z\r\nContent-Type: application/http;msgtype=response\r\n" +
		"WARC-Payload-Digest: sha1:" + sum32("5\r\nhello\r\n0\r\n\r\n") + "\r\nWARC-Block-Digest: sha1:" + sum32(block) + "\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block))
	faults, advice, n := check([]byte(file))
	if len(faults) > 0 || n != 1 {
		t.Errorf("%d records, %+v", n, faults)
	}
	if len(advice) != 2 || advice[1].Field != "WARC-Payload-Digest" {
		t.Errorf("advice %+v", advice)
	}
}

func sum32(s string) string {
	h := newHash("sha1")
	io.WriteString(h, s)
	return encode32(h.Sum(nil))
}

// A hostile is a file that must be refused: a good record with one thing wrong.
type hostile struct {
	name  string
	field string // that the fault names
	file  func() string
}

const goodID = "<urn:uuid:00000000-0000-4000-8000-000000000001>"

// record is a record with these fields, of which later ones replace earlier ones of
// the same name, and "-" leaves one out.
func record(kind, block string, fields ...string) string {
	return recordOf("WARC/1.1", kind, block, fields...)
}

func recordOf(version, kind, block string, fields ...string) string {
	all := []string{"WARC-Type: " + kind, "WARC-Record-ID: " + goodID, "WARC-Date: 2022-03-31T01:02:03Z", "WARC-Target-URI: http://x.example/a",
		"Content-Type: application/http;msgtype=response", fmt.Sprint("Content-Length: ", len(block))}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		replaced := false
		for i, old := range all {
			if strings.HasPrefix(old, name+": ") && !strings.HasPrefix(value, "+") {
				all[i], replaced = f, true
			}
		}
		if !replaced {
			all = append(all, name+": "+strings.TrimPrefix(value, "+"))
		}
	}
	var b strings.Builder
	b.WriteString(version + "\r\n")
	for _, f := range all {
		if !strings.HasSuffix(f, ": -") {
			b.WriteString(f + "\r\n")
		}
	}
	return b.String() + "\r\n" + block + "\r\n\r\n"
}

const page200 = "HTTP/1.1 200 OK\r\n\r\nhello"

func hostiles() []hostile {
	one := func(name, field, kind string, fields ...string) hostile {
		return hostile{name, field, func() string { return record(kind, page200, fields...) }}
	}
	whole := func(name, field string, file func() string) hostile { return hostile{name, field, file} }
	good := func() string { return record("response", page200) }
	revisit := []string{"WARC-Profile: " + IdenticalPayload, "WARC-Payload-Digest: " + digest([]byte("hello"))}
	return []hostile{
		// What warcio check lets pass.
		one("no record id", "WARC-Record-ID", "response", "WARC-Record-ID: -"),
		one("no date", "WARC-Date", "response", "WARC-Date: -"),
		one("two dates", "WARC-Date", "response", "WARC-Date: +2022-03-31T01:02:03Z"),
		one("date that is no W3CDTF", "WARC-Date", "response", "WARC-Date: 20220331010203"),
		one("date with a blank", "WARC-Date", "response", "WARC-Date: 2022-03-31 01:02:03Z"),
		one("date of the 31st of February", "WARC-Date", "response", "WARC-Date: 2022-02-31T01:02:03Z"),
		one("date not in UTC", "WARC-Date", "response", "WARC-Date: 2022-03-31T01:02:03+08:00"),
		one("revisit without profile", "WARC-Profile", "revisit", "WARC-Payload-Digest: "+digest(nil)),
		one("refers-to on a response", "WARC-Refers-To", "response", "WARC-Refers-To: <urn:uuid:2>"),
		one("target in angle brackets", "WARC-Target-URI", "response", "WARC-Target-URI: <http://x.example/a>"),
		whole("truncated", "", func() string { return good()[:len(good())-7] }),
		whole("truncated member", "", func() string { z := gzipped(good()); return z[:len(z)-3] }),
		// And more.
		one("no type", "WARC-Type", "response", "WARC-Type: -"),
		one("id without brackets", "WARC-Record-ID", "response", "WARC-Record-ID: urn:uuid:1"),
		one("id that is no URI", "WARC-Record-ID", "response", "WARC-Record-ID: <1 2>"),
		one("response without target", "WARC-Target-URI", "response", "WARC-Target-URI: -"),
		one("target that is not escaped", "WARC-Target-URI", "response", "WARC-Target-URI: http://x.example/江西"),
		one("target with a blank", "WARC-Target-URI", "response", "WARC-Target-URI: http://x.example/a b"),
		one("target that is relative", "WARC-Target-URI", "response", "WARC-Target-URI: /a"),
		one("warcinfo with a target", "WARC-Target-URI", "warcinfo"),
		one("warcinfo with an address", "WARC-IP-Address", "warcinfo", "WARC-Target-URI: -", "WARC-IP-Address: 192.0.2.1"),
		one("address that is none", "WARC-IP-Address", "response", "WARC-IP-Address: x.example"),
		one("file name on a response", "WARC-Filename", "response", "WARC-Filename: a.warc"),
		one("profile on a response", "WARC-Profile", "response", "WARC-Profile: "+IdenticalPayload),
		one("identical payload without digest", "WARC-Payload-Digest", "revisit", "WARC-Profile: "+IdenticalPayload),
		one("concurrent-to on a conversion", "WARC-Concurrent-To", "conversion", "WARC-Concurrent-To: <urn:uuid:2>"),
		one("payload digest on metadata", "WARC-Payload-Digest", "metadata", "WARC-Payload-Digest: "+digest([]byte(page200))),
		one("warcinfo id on a warcinfo", "WARC-Warcinfo-ID", "warcinfo", "WARC-Target-URI: -", "WARC-Warcinfo-ID: <urn:uuid:2>"),
		one("wrong block digest", "WARC-Block-Digest", "response", "WARC-Block-Digest: "+digest([]byte("other"))),
		one("wrong payload digest", "WARC-Payload-Digest", "response", "WARC-Payload-Digest: "+digest([]byte("hallo"))),
		one("digest without algorithm", "WARC-Block-Digest", "response", "WARC-Block-Digest: 00"),
		one("digest that is too short", "WARC-Block-Digest", "response", "WARC-Block-Digest: sha256:00"),
		one("content type that is none", "Content-Type", "response", "Content-Type: html"),
		one("truncated for a reason with blanks", "WARC-Truncated", "response", "WARC-Truncated: too long"),
		one("continuation without origin", "WARC-Segment-Origin-ID", "continuation", "WARC-Segment-Number: 2"),
		one("continuation without number", "WARC-Segment-Number", "continuation", "WARC-Segment-Origin-ID: <urn:uuid:2>"),
		one("segment 0", "WARC-Segment-Number", "response", "WARC-Segment-Number: 0"),
		one("total length on a response", "WARC-Segment-Total-Length", "response", "WARC-Segment-Total-Length: 3"),
		one("control character", "X-Note", "response", "X-Note: a\x00b"),
		one("no UTF-8", "X-Note", "response", "X-Note: \xbd\xad"),
		one("name with a blank", "X Note", "response", "X Note: a"),
		one("two lengths", "Content-Length", "response", fmt.Sprint("Content-Length: +", len(page200))),
		one("length of a lie", "", "response", "Content-Length: 10737418240"),
		one("length in words", "", "response", "Content-Length: many"),
		one("length with a sign", "", "response", "Content-Length: +"+fmt.Sprint("+", len(page200))),
		one("no length", "", "response", "Content-Length: -"),
		whole("bare line ends", "header", func() string { return strings.Replace(good(), "\r\nWARC-Date", "\nWARC-Date", 1) }),
		whole("one line end too few", "", func() string { return strings.TrimSuffix(good(), "\r\n") + good() }),
		whole("garbage behind the records", "", func() string { return good() + "garbage" }),
		whole("garbage behind the members", "", func() string { return gzipped(good()) + "\x00\x00\x00" }),
		whole("all in one member", "", func() string { return gzipped(good() + record("response", page200, "WARC-Record-ID: <urn:uuid:2>")) }),
		whole("flipped byte in a member", "", func() string { z := []byte(gzipped(good())); z[len(z)/2] ^= 4; return string(z) }),
		whole("nothing", "", func() string { return "" }),
		whole("no WARC file", "", func() string { return "<html>" }),
		whole("another version", "", func() string { return recordOf("WARC/0.18", "response", page200) }),
		whole("date of WARC/1.1 in a file of 1.0", "WARC-Date", func() string { return recordOf("WARC/1.0", "response", page200, "WARC-Date: 2022-03-31T01:02:03.5Z") }),
		whole("the same id twice", "WARC-Record-ID", func() string { return good() + good() }),
		whole("request of another time", "WARC-Date", func() string {
			return good() + record("request", "GET / HTTP/1.1\r\n\r\n", "WARC-Record-ID: <urn:uuid:2>", "WARC-Concurrent-To: "+goodID, "WARC-Date: 2022-03-31T01:02:04Z")
		}),
		whole("revisit of another payload", "WARC-Payload-Digest", func() string {
			return record("response", page200, "WARC-Payload-Digest: "+digest([]byte("hello"))) +
				record("revisit", "", append(revisit, "WARC-Record-ID: <urn:uuid:2>", "WARC-Refers-To: "+goodID, "WARC-Payload-Digest: "+digest([]byte("x")))...)
		}),
		whole("revisit of another date", "WARC-Refers-To-Date", func() string {
			return record("response", page200, "WARC-Payload-Digest: "+digest([]byte("hello"))) +
				record("revisit", "", append(revisit, "WARC-Record-ID: <urn:uuid:2>", "WARC-Refers-To: "+goodID, "WARC-Refers-To-Date: 2021-03-31T01:02:03Z")...)
		}),
		whole("warcinfo that is no list of fields", "block", func() string {
			return record("warcinfo", "software: x\r\nnonsense\r\n", "WARC-Target-URI: -", "Content-Type: "+TypeFields)
		}),
	}
}

// TestCheckRefuses: every kind of hostile file is refused, and the fault names record
// and field.
func TestCheckRefuses(t *testing.T) {
	if faults, _, _ := check([]byte(record("response", page200))); len(faults) > 0 {
		t.Fatalf("the record they are made of has faults: %+v", faults)
	}
	for _, h := range hostiles() {
		faults, _, _ := check([]byte(h.file()))
		if len(faults) == 0 {
			t.Errorf("%s: no fault", h.name)
			continue
		}
		f := faults[0]
		if f.Field != h.field || f.Problem == "" {
			t.Errorf("%s: %+v, want one of field %q", h.name, f, h.field)
		}
		if f.Field != "" && f.Record == "" && f.Field != "WARC-Record-ID" {
			t.Errorf("%s: the fault names no record: %+v", h.name, f)
		}
	}
}

// TestCheckGoesOn: behind a damaged member the others are checked.
func TestCheckGoesOn(t *testing.T) {
	file, spans := segmentOf(t, oneOfEach()...)
	file[spans[1].Offset+spans[1].Length/2] ^= 0x10
	file[spans[4].Offset+spans[4].Length/2] ^= 0x10
	faults, _, n := check(file)
	var at []int64
	for _, f := range faults {
		at = append(at, f.Offset)
	}
	if diff := cmp.Diff([]int64{spans[1].Offset, spans[4].Offset}, at); diff != "" || n != len(spans)-2 {
		t.Errorf("%d records, offsets (-want +got):\n%s\n%+v", n, diff, faults)
	}
}

// TestCheckSparse: 10 GB that are claimed and not there cost nothing; those that are
// there cost no memory.
func TestCheckSparse(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.warc")
	head := record("resource", "", "Content-Type: text/plain", "Content-Length: 10737418240")
	if err := os.WriteFile(name, []byte(strings.TrimSuffix(head, endOfRecord)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 256<<20); err != nil {
		t.Skip("no sparse files here: ", err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	began := time.Now()
	var faults []Fault
	c := Checker{Report: func(f Fault) { faults = append(faults, f) }}
	c.Check(f, 256<<20)
	if len(faults) == 0 || !strings.Contains(faults[len(faults)-1].Problem, "10737418240") || time.Since(began) > 10*time.Second {
		t.Errorf("%+v after %v", faults, time.Since(began))
	}
}

func FuzzCheck(f *testing.F) {
	for _, h := range hostiles() {
		f.Add([]byte(h.file()))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		faults, _, _ := check(file)
		for _, fault := range faults {
			if fault.Offset < 0 || fault.Offset > int64(len(file)) || fault.Problem == "" {
				t.Fatalf("%+v", fault)
			}
		}
	})
}

func encode32(b []byte) string { return base32.StdEncoding.EncodeToString(b) }

// BenchmarkCheck tells how many compressed bytes are checked in a second.
func BenchmarkCheck(b *testing.B) {
	var records []*Record
	for range 100 {
		block := page()
		records = append(records, Response(Exchange{URI: "http://x.example/", Date: day, Payload: digest(block[bytes.Index(block, []byte(endOfRecord))+4:])}, block))
	}
	file, _ := segmentOf(b, records...)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if faults, _, n := check(file); len(faults) > 0 || n != len(records) {
			b.Fatal(faults)
		}
	}
}
