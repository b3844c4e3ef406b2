package archive

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fangzhi/archive/disk"
	"fangzhi/archive/warc"
)

// writeSegment writes records to a segment and tells where each lies.
func writeSegment(t *testing.T, dir, name string, records ...*warc.Record) []Location {
	t.Helper()
	path := filepath.Join(dir, CapturesDir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, size, err := disk.OS{}.Append(path)
	if err != nil {
		t.Fatal(err)
	}
	w := warc.NewWriter(f, size)
	defer w.Close()
	spans, err := w.Write(records...)
	if err != nil {
		t.Fatal(err)
	}
	var locs []Location
	for _, s := range spans {
		locs = append(locs, Location{Segment: name, Offset: s.Offset, Length: s.Length})
	}
	return locs
}

func exchange(uri string, minute int) warc.Exchange {
	return warc.Exchange{URI: uri, Date: time.Date(2022, 3, 31, 9, minute, 0, 0, time.UTC), IP: "127.0.0.1"}
}

func TestWARCExport(t *testing.T) {
	dir := t.TempDir()
	body := []byte("HTTP/1.1 200 OK\r\n\r\n\x1f\x8b\x08 looks like gzip")
	a, b, c := warc.Response(exchange("http://x/a", 0), body), warc.Response(exchange("http://x/b", 1), body), warc.Response(exchange("http://x/c", 2), body)
	reqA := warc.Request(exchange("http://x/a", 0), a, []byte("GET /a HTTP/1.1\r\n\r\n"))
	reqB := warc.Request(exchange("http://x/b", 1), b, []byte("GET /b HTTP/1.1\r\n\r\n"))
	first := writeSegment(t, dir, "p-1.warc.gz", a, reqA, reqB, b, c) // either order, and one without its request
	again := warc.Revisit(exchange("http://x/a", 9), warc.IdenticalPayload, warc.Original{ID: a.ID(), URI: "http://x/a", Date: a.Date()}, []byte("HTTP/1.1 200 OK\r\n\r\n"))
	nameless := warc.Revisit(exchange("http://x/b", 9), warc.NotModified, warc.Original{URI: "http://x/b", Date: b.Date()}, []byte("HTTP/1.1 304 Not Modified\r\n\r\n"))
	second := writeSegment(t, dir, "p-2.warc.gz", again, nameless)

	var out bytes.Buffer
	e, err := NewWARCExport(&out, dir, "out.warc.gz", time.Now(), []warc.Field{{Name: "software", Value: "fangzhi"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, loc := range []Location{second[0], first[4], first[0], second[1], second[0], {}} {
		if err := e.Add(loc); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{a.ID(), reqA.ID(), again.ID(), c.ID(), b.ID(), reqB.ID(), nameless.ID()}
	checkRecords(t, out.Bytes(), want)
	raw, err := os.ReadFile(filepath.Join(dir, CapturesDir, "p-1.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if member := raw[first[0].Offset:][:first[0].Length]; !bytes.Contains(out.Bytes(), member) {
		t.Error("the member was not copied byte for byte")
	}
}

func checkRecords(t *testing.T, file []byte, ids []string) {
	t.Helper()
	r := warc.NewReader(bytes.NewReader(file), 0)
	info, _, err := r.Next()
	if err != nil || info.Type() != "warcinfo" {
		t.Fatalf("first record: %v, %v", info, err)
	}
	for i, id := range ids {
		rec, _, err := r.Next()
		if err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
		if rec.ID() != id {
			t.Errorf("record %d is the %s of %s", i, rec.Type(), rec.TargetURI())
		}
	}
	if _, _, err := r.Next(); err != io.EOF {
		t.Errorf("after the last record: %v", err)
	}
}

func TestWARCExportOfWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	lost := warc.Revisit(exchange("http://x/a", 9), warc.IdenticalPayload, warc.Original{ID: "urn:uuid:lost", URI: "http://x/a"}, nil)
	locs := writeSegment(t, dir, "p-1.warc.gz", lost)
	e, err := NewWARCExport(io.Discard, dir, "out.warc.gz", time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(locs[0]); !errors.Is(err, ErrNotFound) {
		t.Errorf("revisit of nothing: %v", err)
	}
	for _, segment := range []string{"absent.warc.gz", "../p-1.warc.gz", "/etc/passwd", ".."} {
		if err := e.Add(Location{Segment: segment, Length: 10}); err == nil {
			t.Errorf("segment %q was read", segment)
		}
	}
}
