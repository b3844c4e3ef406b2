package crawler_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fangzhi/archive"
	"fangzhi/crawler"
)

// crawlEnv is set in a process that crawls and is to be killed: the archive's
// directory and the portal's address.
const crawlEnv = "FANGZHI_TEST_CRAWL"

// killJob is what such a process crawls.
var killJob = job{kind: "/plain/4", hosts: 2, listings: 2}

// crawlInProcess takes a crawl up where the last process left it.
func crawlInProcess() int {
	dir, address, _ := strings.Cut(os.Getenv(crawlEnv), "|")
	err := func() error {
		open := archive.Open
		if !archive.Exists(dir) {
			open = archive.Create
		}
		a, err := open(dir, archive.Options{})
		if err != nil {
			return err
		}
		opt := killJob.options(a)
		opt.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		}
		if _, err := crawler.New(opt).Run(context.Background(), archive.Run{}); err != nil {
			return err
		}
		return a.Close()
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// A countingPortal is a bulk portal that tells when it was asked so many times.
type countingPortal struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int // by host and path
	left  int            // requests until due is closed
	due   chan struct{}
}

func newCountingPortal(t *testing.T) *countingPortal {
	p := &countingPortal{asked: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.count(r.Host + r.URL.Path)
		answerBulk(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *countingPortal) count(url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[url]++
	if p.left--; p.left == 0 {
		close(p.due)
	}
}

// after is closed when the portal is asked for the nth time from now.
func (p *countingPortal) after(n int) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.due = n, make(chan struct{})
	return p.due
}

// TestFiguresKill kills a crawl with SIGKILL again and again, at moments of chance, and
// starts it anew each time. In the end the archive has every article, and nothing
// was asked for twice but what was on its way when the process died: a page, its
// host's robots.txt. FANGZHI_LONG kills fifty times.
func TestFiguresKill(t *testing.T) {
	kills := 5
	if os.Getenv("FANGZHI_LONG") != "" {
		kills = 50
	}
	for killed := 0; killed < kills; {
		killed += crawlWithKills(t, kills-killed)
	}
}

// crawlWithKills is one crawl that dies so many times at most. It returns how
// often it did.
func crawlWithKills(t *testing.T, kills int) (killed int) {
	t.Helper()
	portal, dir := newCountingPortal(t), filepath.Join(t.TempDir(), "archive")
	for crawlOnce(t, portal, dir, killed < kills) {
		killed++
	}
	wantAll(t, dir, portal, killed)
	return killed
}

// crawlOnce starts a process that crawls, and tells whether it was killed before
// it had done.
func crawlOnce(t *testing.T, portal *countingPortal, dir string, kill bool) (killed bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.Command(self)
	process.Env = append(os.Environ(), crawlEnv+"="+dir+"|"+portal.Listener.Addr().String())
	process.Stderr = os.Stderr
	due := portal.after(1 + rand.IntN(killJob.pages()/3))
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	if !kill {
		due = nil
	}
	select {
	case <-due:
		process.Process.Kill()
		return (<-ended) != nil
	case err := <-ended:
		if err != nil {
			t.Fatalf("the crawl failed: %v", err)
		}
		return false
	}
}

func wantAll(t *testing.T, dir string, portal *countingPortal, killed int) {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	status, err := a.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if status.Documents != killJob.articles() || status.Frontier != 0 || status.Unread != 0 {
		t.Errorf("killed %d times: %d articles of %d, %d links wait, %d captures are unread", killed, status.Documents, killJob.articles(), status.Frontier, status.Unread)
	}
	again := 0
	for url, n := range portal.asked {
		if again += n - 1; n > 3 && !strings.HasSuffix(url, "/robots.txt") {
			t.Errorf("%s was asked for %d times", url, n)
		}
	}
	if most := killed * 2 * killJob.hosts; again > most {
		t.Errorf("killed %d times: %d requests were made again, at most %d may be", killed, again, most)
	}
	t.Logf("killed %d times: %d articles, %d requests made again", killed, status.Documents, again)
}
