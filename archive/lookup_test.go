package archive

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fangzhi/archive/warc"
)

// recordsOf are all records of an archive, segment by segment.
func recordsOf(t *testing.T, dir string) (records []*warc.Record) {
	t.Helper()
	names, err := segmentNames(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, CapturesDir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for r := warc.NewReader(f, 0); ; {
			rec, _, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			records = append(records, rec)
		}
	}
	return records
}

// TestLookups: the answer of a name server stands in front of the first capture it
// led to, once, and again when it was another.
func TestLookups(t *testing.T) {
	s := newSim(t, 1, Options{})
	link := Link{Site: simSite, URL: simHome, Role: RoleListing}
	for i, dns := range [][]string{{"192.0.2.7", "2001:db8::7"}, {"2001:db8::7", "192.0.2.7"}, {"192.0.2.8"}, nil} {
		s.must(s.a.Connected(t.Context(), 1, Connection{Key: "c", At: s.tick(), Host: "sim.example:80", DNS: dns}))
		_, _, err := s.a.Append(t.Context(), s.capture(link, 200, strings.Repeat("x", i)), link.Role)
		s.must(err)
	}
	s.must(s.a.Connected(t.Context(), 1, Connection{Key: "d", At: s.tick(), Host: "192.0.2.9:80", DNS: []string{"192.0.2.9"}})) // was no name
	_, _, err := s.a.Append(t.Context(), s.capture(link, 200, "last"), link.Role)
	s.must(err)
	s.must(s.a.Close())
	var types, blocks []string
	for _, r := range recordsOf(t, s.dir) {
		types = append(types, r.Type())
		if r.Type() == "resource" {
			if r.TargetURI() != "dns:sim.example" || r.Get("Content-Type") != "text/dns" {
				t.Errorf("record %+v", r.Header)
			}
			blocks = append(blocks, string(r.Block))
		}
	}
	pair := "response request "
	if got := strings.Join(types, " ") + " "; got != "warcinfo resource "+pair+pair+"resource "+pair+pair+pair {
		t.Errorf("records: %s", got)
	}
	want := []string{"sim.example. IN A 192.0.2.7\r\nsim.example. IN AAAA 2001:db8::7\r\n", "sim.example. IN A 192.0.2.8\r\n"}
	if diff := cmp.Diff(want, blocks); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if r, err := Rebuild(t.Context(), s.dir, s.opt); err != nil || r.Captures != 5 || len(r.Damaged) > 0 {
		t.Errorf("rebuilt %+v, %v", r, err)
	}
}

// TestOnlyURIs: a target that is no URI is refused, and nothing else is.
func TestOnlyURIs(t *testing.T) {
	s := newSim(t, 1, Options{})
	if _, _, err := s.a.Append(t.Context(), s.capture(Link{URL: "http://sim.example/江 西"}, 200, "x"), RoleArticle); err == nil {
		t.Error("kept under what is no URI")
	}
	if _, _, err := s.a.Append(t.Context(), s.capture(Link{URL: simHome + "%E6%B1%9F"}, 200, "x"), RoleArticle); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestJournalTells: what was decided about a capture stands in the journal of its visit:
// charset and evidence, outcome, way, and how its server was reached.
func TestJournalTells(t *testing.T) {
	s := newSim(t, 1, Options{})
	s.live(4)
	s.must(s.a.Close())
	var follows, connections int
	for _, r := range recordsOf(t, s.dir) {
		entries, err := readJournal(r)
		s.must(err)
		for _, e := range entries {
			if c := e.Connection; c != nil && c.Addr != "" && c.Key != "" {
				connections++
			}
			if f := e.Follow; f != nil && f.Outcome == Kept && f.Charset != "" && f.Link.Via == simHome && f.Location.Capture > 0 {
				follows++
			}
		}
	}
	if follows == 0 || connections == 0 {
		t.Errorf("%d articles and %d connections are told of", follows, connections)
	}
}
