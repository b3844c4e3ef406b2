package archive

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fangzhi/archive/warc"
)

// TestWarcio has npm's warcio read every record of an archive and compare every line
// of its indexes. FANGZHI_NPM is the folder with node_modules/warcio; .ci/run makes it.
func TestWarcio(t *testing.T) {
	npm := os.Getenv("FANGZHI_NPM")
	if npm == "" {
		t.Skip("FANGZHI_NPM does not say where node_modules/warcio is; .ci/run installs it")
	}
	s := newSim(t, 11, Options{SegmentSize: 6 << 10})
	s.live(4)
	s.odd()
	s.live(6)
	s.must(s.a.Close())
	found, sum := verify(t, s.dir, VerifyOptions{Strict: true})
	if len(found) > 0 {
		t.Fatal(found)
	}
	script, err := filepath.Abs("../.ci/warcio.mjs")
	s.must(err)
	out, err := exec.Command("node", script, npm, s.file(CapturesDir), fmt.Sprint(sum.Records)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	if !strings.Contains(string(out), " 2 of them chunked") {
		t.Error("two chunked responses are in it")
	}
}

// odd keeps responses as servers send them: chunked, compressed, redirecting, not
// modified, without a type, with what is no UTF-8. Headers whose lines end without a
// carriage return are not among them: warcio finds no body behind those.
func (s *sim) odd() {
	s.t.Helper()
	for i, response := range []string{
		"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=GBK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\xbd\xad\xce\xf7x\r\n3;ext=1\r\nabc\r\n0\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("4\r\nabcd\r\n", 100) + "0\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\nContent-Type: Text/Plain;charset=x\r\n\r\nno",
	} {
		link := Link{Site: simSite, URL: fmt.Sprintf("%sOdd/%%E6%%B1%%9F?b=%d&A=1", simHome, []int{0, 1, 2, 2, 4}[i]), Role: RoleArticle}
		head := headerLen([]byte(response))
		request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: sim.example\r\n\r\n", strings.TrimPrefix(link.URL, "http://sim.example"))
		c := &Capture{URL: link.URL, Time: s.tick(), Request: []byte(request), Response: []byte(response), HeaderLen: head, IP: "127.0.0.1"}
		read, err := captureOf(warc.Response(warc.Exchange{URI: link.URL}, c.Response))
		s.must(err)
		c.Status, c.Header = read.Status, read.Header
		loc, _, err := s.a.Append(s.t.Context(), c, link.Role)
		s.must(err)
		_, err = s.a.Finish(s.t.Context(), &Follow{Link: link, At: s.clock, Outcome: Unchanged, Status: c.Status, Location: loc})
		s.must(err)
	}
}
