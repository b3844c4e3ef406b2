//go:build unix

package crawler_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/crawler"
)

// The figures of the crawler are printed by
//
//	FANGZHI_LONG=1 go test ./crawler -run Figures -v
//
// Ratios are of one run on one machine: the two that are compared take turns.

// long skips a test that takes minutes unless FANGZHI_LONG asks for it.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("FANGZHI_LONG") == "" {
		t.Skip("takes minutes: set FANGZHI_LONG=1")
	}
}

// cpu is what this process used so far, of user and system time.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// costOf is the CPU time of f, garbage collection included.
func costOf(t *testing.T, f func()) time.Duration {
	t.Helper()
	runtime.GC()
	before := cpu(t)
	f()
	runtime.GC()
	return cpu(t) - before
}

// crawl does the job with the whole pipeline, into an archive, politeness off.
func (j job) crawl(t *testing.T, opt crawler.Options) archive.Summary {
	t.Helper()
	a, err := archive.Create(filepath.Join(t.TempDir(), "archive"), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := j.options(a)
	o.Dial, o.Requests, o.Progress = opt.Dial, opt.Requests, opt.Progress
	sum, err := crawler.New(o).Run(t.Context(), archive.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return sum
}

// spider does the job with the bare spider.
func (j job) spider(t *testing.T, s *bareSpider) {
	t.Helper()
	for i := range j.hosts {
		s.walk(t, j.host(i), j.paths(i), j.kind+"/a/")
	}
}

// TestFiguresCost compares the whole pipeline with the bare spider.
func TestFiguresCost(t *testing.T) {
	long(t)
	dial := startBulk(t)
	const rounds, limit = 5, 2.0
	for _, kind := range []string{"/plain/12", "/plain/62", "/gzip/12", "/gzip/62"} {
		j := job{kind: kind, hosts: 8, listings: 2}
		var bare, whole []time.Duration
		for range rounds {
			bare = append(bare, costOf(t, func() {
				s := newBareSpider(dial)
				if j.spider(t, s); s.pages != j.pages() {
					t.Fatalf("the bare spider read %d pages", s.pages)
				}
			}))
			whole = append(whole, costOf(t, func() {
				if sum := j.crawl(t, crawler.Options{Dial: dial}); sum.New != j.articles() || sum.Requests != j.pages()+j.hosts { // and robots.txt
					t.Fatalf("crawled %+v", sum)
				}
			}))
		}
		b, w := perThousand(bare, j.pages()), perThousand(whole, j.pages())
		t.Logf("%-9s kB: CPU seconds per 1000 pages: bare spider %.2f, whole pipeline %.2f, ratio %.2f", kind, b, w, w/b)
		if w/b > limit {
			t.Errorf("%s: ratio %.2f, at most %.1f is wanted", kind, w/b, limit)
		}
	}
}

// perThousand is the median cost, in seconds per 1000 pages.
func perThousand(costs []time.Duration, pages int) float64 {
	slices.Sort(costs)
	return costs[len(costs)/2].Seconds() / float64(pages) * 1000
}

// TestFiguresMemory looks at the memory while articles are fetched of a portal of
// which 100,000 addresses are known.
func TestFiguresMemory(t *testing.T) {
	long(t)
	const known, limit = 100_000, 60 << 20
	j := job{kind: "/plain/12", hosts: 1, listings: known / bulkRows}
	most, links := uint64(0), 0
	opt := crawler.Options{Dial: startBulk(t), Requests: j.listings + 500, Progress: func(e crawler.Event) {
		if links = max(links, e.Known); e.Done%50 == 0 {
			most = max(most, inUse())
		}
	}}
	runtime.GC()
	sum := j.crawl(t, opt)
	t.Logf("%d addresses known after %d requests: heap and stacks at most %.1f MB", links, sum.Requests, float64(most)/(1<<20))
	if links < known {
		t.Errorf("only %d addresses were known", links)
	}
	if most > limit {
		t.Errorf("heap and stacks of %d MB, at most %d are wanted", most>>20, limit>>20)
	}
}

// inUse is what heap and stacks take, garbage included, as it stands.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
