package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"fangzhi/archive/disk"
)

// open is a Writer on a new segment of fs.
func open(t testing.TB, fs disk.FS) (w *Writer, name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "a.warc.gz")
	f, size, err := fs.Append(name)
	if err != nil {
		t.Fatal(err)
	}
	w = NewWriter(f, size)
	t.Cleanup(func() { w.Close() })
	return w, name
}

func content(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// segmentOf is a segment with these records.
func segmentOf(t testing.TB, records ...*Record) (file []byte, spans []Span) {
	t.Helper()
	w, name := open(t, disk.OS{})
	spans, err := w.Write(records...)
	if err != nil {
		t.Fatal(err)
	}
	return content(t, name), spans
}

func TestWrittenIsReadBackEqual(t *testing.T) {
	records := oneOfEach()
	file, spans := segmentOf(t, records...)
	got, at, err := readAll(t, string(file), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		r.Version = "WARC/1.1"
	}
	if diff := cmp.Diff(records, got); diff != "" {
		t.Errorf("records (-written +read):\n%s", diff)
	}
	if diff := cmp.Diff(spans, at); diff != "" {
		t.Errorf("spans (-written +read):\n%s", diff)
	}
}

// Other tools must be able to take a member by its offset.
func TestEveryRecordIsAMember(t *testing.T) {
	records := oneOfEach()
	file, spans := segmentOf(t, records...)
	for i, span := range spans {
		z, err := gzip.NewReader(bytes.NewReader(file[span.Offset : span.Offset+span.Length]))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("WARC/1.1\r\nWARC-Type: ")) || !bytes.HasSuffix(text, append(records[i].Block, "\r\n\r\n"...)) {
			t.Errorf("record %d is %q", i, text)
		}
	}
}

func TestWriterGoesOnWhereTheSegmentEnds(t *testing.T) {
	w, name := open(t, disk.OS{})
	if _, err := w.Write(oneOfEach()[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, size, err := disk.OS{}.Append(name)
	if err != nil {
		t.Fatal(err)
	}
	again := NewWriter(f, size)
	defer again.Close()
	spans, err := again.Write(oneOfEach()[1])
	if err != nil {
		t.Fatal(err)
	}
	if spans[0].Offset != size || again.Size() != size+spans[0].Length {
		t.Errorf("span %+v behind %d bytes, size %d", spans[0], size, again.Size())
	}
	if records, _, err := readAll(t, string(content(t, name)), 0); err != nil || len(records) != 2 {
		t.Errorf("%d records, %v", len(records), err)
	}
}

func TestForeignValuesMakeNoFields(t *testing.T) {
	for name, field := range map[string]Field{
		"line end":       {"WARC-Target-URI", "http://x/\r\nWARC-Type: warcinfo"},
		"newline":        {"WARC-Target-URI", "http://x/\n"},
		"name":           {"WARC-Type: x", "y"},
		"no name":        {"", "y"},
		"content-length": {"content-length", "1"},
	} {
		w, file := open(t, disk.OS{})
		r := New("response", "", day, TypeResponse, message)
		r.Add(field.Name, field.Value)
		if _, err := w.Write(oneOfEach()[0], r); err == nil {
			t.Errorf("%s: written", name)
		}
		if len(content(t, file)) != 0 || w.Size() != 0 {
			t.Errorf("%s: something was written", name)
		}
	}
}

// TestNoHalfRecord makes every operation fail in every way: what is in the file
// afterwards are whole records, and those that were synced are among them.
func TestNoHalfRecord(t *testing.T) {
	for fault, name := range map[disk.Fault]string{disk.ShortWrite: "short write", disk.NoSpace: "no space", disk.BrokenIO: "broken", disk.BadSync: "bad sync"} {
		for at := 1; at <= 8; at++ {
			for _, once := range []bool{true, false} {
				fs := &disk.Faulty{FS: disk.OS{}, Fault: fault, At: at, Once: once}
				w, file := open(t, fs)
				written, synced := 0, 0
				for range 4 {
					if _, err := w.Write(oneOfEach()[1:3]...); err == nil {
						written += 2
					}
					if err := w.Sync(); err == nil {
						synced = written
					}
				}
				records, _, err := readAll(t, string(content(t, file)), 0)
				if err != nil || len(records) < synced || len(records) > written {
					t.Errorf("%s at %d, once %v: %d records, %d written, %d synced, %v", name, at, once, len(records), written, synced, err)
				}
				if int64(len(content(t, file))) != w.Size() {
					t.Errorf("%s at %d, once %v: %d bytes, the writer thinks %d", name, at, once, len(content(t, file)), w.Size())
				}
			}
		}
	}
}

// A full disk is no damage: what does not fit is taken back, and when there is
// room again the writer goes on.
func TestWriterSurvivesAFullDisk(t *testing.T) {
	w, file := open(t, &disk.Faulty{FS: disk.OS{}, Fault: disk.ShortWrite, At: 2, Once: true})
	for i, want := range []error{nil, syscall.ENOSPC, nil} {
		if _, err := w.Write(oneOfEach()[1]); !errors.Is(err, want) {
			t.Errorf("write %d: %v, want %v", i, err, want)
		}
	}
	if records, _, err := readAll(t, string(content(t, file)), 0); err != nil || len(records) != 2 {
		t.Errorf("%d records, %v", len(records), err)
	}
}

// After a failed fsync the kernel may have dropped the pages and say yes the next
// time.
func TestFailedSyncPoisons(t *testing.T) {
	w, _ := open(t, &disk.Faulty{FS: disk.OS{}, Fault: disk.BadSync, At: 2, Once: true})
	if _, err := w.Write(oneOfEach()[1]); err != nil {
		t.Fatal(err)
	}
	if err := w.Sync(); !errors.Is(err, syscall.EIO) {
		t.Errorf("sync: %v", err)
	}
	if err := w.Sync(); !errors.Is(err, ErrPoisoned) || !errors.Is(err, syscall.EIO) {
		t.Errorf("second sync: %v", err)
	}
	if _, err := w.Write(oneOfEach()[1]); !errors.Is(err, ErrPoisoned) {
		t.Errorf("write: %v", err)
	}
}

// What cannot be taken back poisons, too: the next record would stand behind
// half of one.
func TestFailedUndoPoisons(t *testing.T) {
	w, _ := open(t, halfDead{disk.OS{}})
	if _, err := w.Write(oneOfEach()[1]); !errors.Is(err, syscall.EIO) {
		t.Errorf("first write: %v", err)
	}
	if _, err := w.Write(oneOfEach()[1]); !errors.Is(err, ErrPoisoned) {
		t.Errorf("second write: %v", err)
	}
}

// halfDead writes half and cannot truncate.
type halfDead struct{ disk.FS }

func (d halfDead) Append(name string) (disk.File, int64, error) {
	f, size, err := d.FS.Append(name)
	return halfDeadFile{f}, size, err
}

type halfDeadFile struct{ disk.File }

func (f halfDeadFile) Write(p []byte) (int, error) {
	n, _ := f.File.Write(p[:len(p)/2])
	return n, syscall.EIO
}

func (halfDeadFile) Truncate(int64) error { return syscall.EIO }

func TestWriteAfterClose(t *testing.T) {
	w, _ := open(t, disk.OS{})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(oneOfEach()[1]); !errors.Is(err, ErrPoisoned) {
		t.Errorf("write: %v", err)
	}
	if err := w.Sync(); !errors.Is(err, ErrPoisoned) {
		t.Errorf("sync: %v", err)
	}
}

// FuzzRoundTrip: what is written is read back equal.
func FuzzRoundTrip(f *testing.F) {
	f.Add("WARC-Target-URI", "http://x/ 政", []byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Add("X", "", []byte{0x1f, 0x8b, 8})
	f.Fuzz(func(t *testing.T, name, value string, block []byte) {
		rec := New("response", "http://x/", day, TypeResponse, block)
		rec.Header = append(rec.Header, Field{name, value})
		var file memory
		spans, err := NewWriter(&file, 0).Write(rec)
		if err != nil {
			return
		}
		got, err := ReadAt(bytes.NewReader(file.Bytes()), spans[0])
		if err != nil {
			t.Fatal(err)
		}
		last := got.Header[len(got.Header)-1]
		if !bytes.Equal(got.Block, block) || last.Name != name || last.Value != strings.TrimSpace(value) {
			t.Fatalf("wrote %q: %q and %d bytes, read %+v and %d", name, value, len(block), last, len(got.Block))
		}
	})
}

// memory is a file in memory.
type memory struct{ bytes.Buffer }

func (*memory) Sync() error                 { return nil }
func (*memory) Close() error                { return nil }
func (m *memory) Truncate(size int64) error { m.Buffer.Truncate(int(size)); return nil }

// page is 62 kB that gzip makes about as much smaller as a page of a portal.
func page() []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
	random := rand.New(rand.NewPCG(1, 2))
	for b.Len() < 62000 {
		fmt.Fprintf(&b, "<li><a href=\"/art/2022/3/31/art_%d_%d.html\" target=\"_blank\">", random.IntN(100), random.IntN(100000))
		for range 20 + random.IntN(20) {
			b.WriteRune(rune(0x4e00 + int(random.ExpFloat64()*60)))
		}
		b.WriteString("</a><span>2022-03-31</span></li>\n")
	}
	return b.Bytes()
}

// BenchmarkAppend compares with gzip alone: the ratio is the price of being a
// WARC file (digest, header, write).
func BenchmarkAppend(b *testing.B) {
	block := page()
	b.Run("warc", func(b *testing.B) {
		w, _ := open(b, disk.OS{})
		b.SetBytes(int64(len(block)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := w.Write(Response(exchange, block)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gzip", func(b *testing.B) {
		var out bytes.Buffer
		z, err := gzip.NewWriterLevel(&out, Level)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(block)))
		for b.Loop() {
			out.Reset()
			z.Reset(&out)
			z.Write(block)
			z.Close()
		}
	})
}

func BenchmarkReadAt(b *testing.B) {
	block := page()
	file, spans := segmentOf(b, Response(exchange, block))
	b.SetBytes(int64(len(block)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadAt(bytes.NewReader(file), spans[0]); err != nil {
			b.Fatal(err)
		}
	}
}
