package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
)

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

// plain is a record as other tools write it.
func plain(version, header, block string) string {
	return fmt.Sprintf("%s\r\nWARC-Type: response\r\n%sContent-Length: %d\r\n\r\n%s\r\n\r\n", version, header, len(block), block)
}

func readAll(t *testing.T, file string, offset int64) (records []*Record, spans []Span, err error) {
	t.Helper()
	for r := NewReader(strings.NewReader(file), offset); ; {
		rec, span, err := r.Next()
		if err == io.EOF {
			return records, spans, nil
		}
		if err != nil {
			if _, _, again := r.Next(); again != err {
				t.Errorf("after %v comes %v", err, again)
			}
			return records, spans, err
		}
		records, spans = append(records, rec), append(spans, span)
	}
}

func TestReadForeignFiles(t *testing.T) {
	old := plain("WARC/1.0", "WARC-Target-URI: <http://x/a>\r\nWARC-Record-ID: <urn:uuid:1>\r\n", "one")
	odd := plain("WARC/1.1", "warc-target-uri:http://x/b\r\nX-Long: a\r\n  b\r\n\tc\r\nX-Empty:\r\n", "two\r\n\r\n")
	bare := strings.ReplaceAll(plain("WARC/1.1", "", "three"), "\r\nC", "\nC")
	for name, file := range map[string]string{
		"plain": old + odd + bare, "gzip": gzipped(old) + gzipped(odd) + gzipped(bare), "mixed": old + gzipped(odd) + bare,
	} {
		const offset = 1000
		records, spans, err := readAll(t, file, offset)
		if err != nil || len(records) != 3 {
			t.Fatalf("%s: %d records, %v", name, len(records), err)
		}
		if r := records[0]; r.Version != "WARC/1.0" || r.TargetURI() != "http://x/a" || r.ID() != "urn:uuid:1" || string(r.Block) != "one" {
			t.Errorf("%s: first %+v", name, r)
		}
		if r := records[1]; r.TargetURI() != "http://x/b" || r.Get("X-Long") != "a b c" || string(r.Block) != "two\r\n\r\n" {
			t.Errorf("%s: second %+v", name, r)
		}
		if string(records[2].Block) != "three" {
			t.Errorf("%s: third %+v", name, records[2])
		}
		end := int64(offset)
		for i, span := range spans {
			if span.Offset != end {
				t.Errorf("%s: record %d at %d, want %d", name, i, span.Offset, end)
			}
			end = span.Offset + span.Length
			again, err := ReadAt(strings.NewReader(file), Span{span.Offset - offset, span.Length})
			if err != nil {
				t.Fatalf("%s: record %d: %v", name, i, err)
			}
			if diff := cmp.Diff(records[i], again); diff != "" {
				t.Errorf("%s: record %d (-in order +by offset):\n%s", name, i, diff)
			}
		}
		if end != offset+int64(len(file)) {
			t.Errorf("%s: ends at %d of %d", name, end, len(file))
		}
	}
}

func TestErrorsNameTheOffset(t *testing.T) {
	good := plain("WARC/1.1", "", "fine")
	packed := gzipped(good)
	damaged := []byte(gzipped(plain("WARC/1.1", "", strings.Repeat("0123456789", 50))))
	damaged[len(damaged)-6] ^= 1
	for name, bad := range map[string]string{
		"garbage":            "\x00\x00\x00\x00",
		"text":               "HTTP/1.1 200 OK\r\n\r\n",
		"version":            plain("WARC/2.0", "", "x"),
		"no length":          "WARC/1.1\r\nWARC-Type: response\r\n\r\n",
		"negative length":    "WARC/1.1\r\nContent-Length: -1\r\n\r\n",
		"huge length":        "WARC/1.1\r\nContent-Length: 99999999999999\r\n\r\n",
		"large lie":          "WARC/1.1\r\nContent-Length: 2000000000\r\n\r\nx",
		"two lengths":        "WARC/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx\r\n\r\n",
		"no colon":           "WARC/1.1\r\nWARC-Type response\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
		"long header":        "WARC/1.1\r\nX: " + strings.Repeat("x", maxHeader) + "\r\n\r\n",
		"many fields":        "WARC/1.1\r\n" + strings.Repeat("X: y\r\n", maxHeader/6) + "Content-Length: 0\r\n\r\n\r\n\r\n",
		"no line ends":       "WARC/1.1\r\nContent-Length: 1\r\n\r\nxWARC",
		"cut in the version": "WARC/1",
		"cut in the header":  good[:20],
		"cut in the block":   good[:len(good)-6],
		"cut at the end":     good[:len(good)-1],
		"gzip cut":           packed[:len(packed)-1],
		"gzip head":          packed[:5],
		"gzip damaged":       string(damaged),
		"gzip of two":        gzipped(good + good),
		"gzip of nothing":    gzipped(""),
	} {
		for prefix, file := range map[string]string{"plain": good + bad, "gzip": packed + bad} {
			records, _, err := readAll(t, file, 0)
			var format *FormatError
			want := int64(len(file) - len(bad))
			if len(records) != 1 || !errors.As(err, &format) || format.Offset != want || errors.Is(err, io.EOF) {
				t.Errorf("%s behind %s: %d records, error %v, want one at offset %d", name, prefix, len(records), err, want)
			}
		}
	}
}

func TestReadAtNothing(t *testing.T) {
	_, err := ReadAt(strings.NewReader(""), Span{0, 0})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
}

// Wherever a crash cuts a segment, Tail finds the end of the last whole record.
func TestTail(t *testing.T) {
	file, spans := segmentOf(t, oneOfEach()...)
	for cut := range len(file) + 1 {
		want, whole := int64(0), 0
		for _, s := range spans {
			if end := s.Offset + s.Length; end <= int64(cut) {
				want, whole = end, whole+1
			}
		}
		seen := 0
		end, err := Tail(bytes.NewReader(file[:cut]), 0, int64(cut), func(*Record, Span) { seen++ })
		if end != want || seen != whole || (err == nil) != (want == int64(cut)) {
			t.Fatalf("cut at %d: end %d after %d records, error %v; want %d after %d", cut, end, seen, err, want, whole)
		}
	}
	from := spans[3].Offset
	if end, err := Tail(bytes.NewReader(file), from, int64(len(file)), nil); err != nil || end != int64(len(file)) {
		t.Errorf("from %d: end %d, %v", from, end, err)
	}
}

// FuzzReader: no input makes the reader panic, and what it reads of a file is
// whole.
func FuzzReader(f *testing.F) {
	f.Add([]byte(plain("WARC/1.0", "WARC-Target-URI: <http://x>\r\n", "x")))
	f.Add([]byte(gzipped(plain("WARC/1.1", "", "x")) + plain("WARC/1.1", "A:\r\n b\r\n", "")))
	f.Add([]byte("WARC/1.1\nContent-Length: 0\n\n\r\n\r\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r := NewReader(bytes.NewReader(file), 0)
		for end := int64(0); ; {
			rec, span, err := r.Next()
			if err != nil {
				return
			}
			if span.Offset != end || span.Length <= 0 || span.Offset+span.Length > int64(len(file)) {
				t.Fatalf("record at %+v in a file of %d bytes, want it at %d", span, len(file), end)
			}
			end = span.Offset + span.Length
			again, err := ReadAt(bytes.NewReader(file), span)
			if err != nil || !cmp.Equal(rec, again) {
				t.Fatalf("by offset: %v, %v", again, err)
			}
		}
	})
}
