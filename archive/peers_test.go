package archive

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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

// TestReplay has ReplayWeb.page show pages of a segment as a browser would: one that
// came chunked and compressed, again when it was the same, when it was not modified, and
// at another address, behind a redirect, and one in GBK that only its header tells of.
func TestReplay(t *testing.T) {
	peers := os.Getenv("FANGZHI_NPM")
	if peers == "" {
		t.Skip("FANGZHI_NPM does not say where ReplayWeb.page is; .ci/run installs it")
	}
	const title, province, provinceGBK = "景德镇陶瓷", "江西省", "\xbd\xad\xce\xf7\xca\xa1"
	page := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nETag: \"1\"\r\n\r\n" +
		chunked(gzipped("<!doctype html><h1>"+title+"</h1>"+strings.Repeat("<p>段落</p>", 200)), 50)
	s := newSim(t, 1, Options{})
	args := []string{must(filepath.Abs("../.ci/replay.mjs")), peers, filepath.Join(t.TempDir(), "all.warc.gz")}
	for _, x := range []struct{ path, response, text string }{
		{"page", page, title},
		{"moved", "HTTP/1.1 302 Found\r\nLocation: " + simHome + "page\r\nContent-Length: 0\r\n\r\n", title},
		{"page", page, title},
		{"other", page, title},
		{"page", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", title},
		{"gbk", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gb2312\r\n\r\n<!doctype html><h1>" + provinceGBK + "</h1>", province},
	} {
		s.clock = s.clock.Add(time.Hour)
		c := s.keep(simHome+x.path, x.response)
		args = append(args, c.URL, c.Time.Format("20060102150405"), x.text)
	}
	s.must(s.a.Close())
	names, err := segmentNames(s.dir)
	s.must(err)
	var all []byte // members follow each other, as in a file of one
	for _, name := range names {
		all = append(all, must(os.ReadFile(s.file(captureFile(name))))...)
	}
	s.must(os.WriteFile(args[2], all, 0o600))
	out, err := exec.Command("node", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func chunked(b []byte, size int) string {
	var out strings.Builder
	for part := range slices.Chunk(b, size) {
		fmt.Fprintf(&out, "%x\r\n%s\r\n", len(part), part)
	}
	return out.String() + "0\r\n\r\n"
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
		s.tick()
		s.keep(fmt.Sprintf("%sOdd/%%E6%%B1%%9F?b=%d&A=1", simHome, []int{0, 1, 2, 2, 4}[i]), response)
	}
}

// keep stores a response as it came.
func (s *sim) keep(url, response string) *Capture {
	s.t.Helper()
	c := &Capture{
		URL: url, Time: s.clock, Request: fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: sim.example\r\n\r\n", strings.TrimPrefix(url, "http://sim.example")),
		Response: []byte(response), HeaderLen: headerLen([]byte(response)), IP: "127.0.0.1",
	}
	read, err := captureOf(warc.Response(warc.Exchange{URI: url}, c.Response))
	s.must(err)
	c.Status, c.Header = read.Status, read.Header
	link := Link{Site: simSite, URL: url, Role: RoleArticle}
	loc, _, err := s.a.Append(s.t.Context(), c, link.Role)
	s.must(err)
	_, err = s.a.Finish(s.t.Context(), &Follow{Link: link, At: s.clock, Outcome: Unchanged, Status: c.Status, Location: loc})
	s.must(err)
	return c
}
