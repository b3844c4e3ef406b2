//go:build unix

package crawler_test

import (
	"fmt"
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

// TestFiguresMillion starts a crawl on an archive that knows a million addresses, of
// which a tenth wait: memory and goroutines do not grow with them, nor does the time
// until the first request. FANGZHI_LONG knows so many; else a fiftieth.
func TestFiguresMillion(t *testing.T) {
	known := 20_000
	if os.Getenv("FANGZHI_LONG") != "" {
		known = 1_000_000
	}
	const heap, start = 100 << 20, 2 * time.Second
	j := job{kind: "/plain/4", hosts: 1, listings: 1}
	dir := filepath.Join(t.TempDir(), "archive")
	j.know(t, dir, known, known/10)
	dial := startBulk(t)
	runtime.GC()
	began := time.Now()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	opt := j.options(a)
	opt.Dial, opt.Requests = dial, 300
	var first time.Duration
	most, goroutines := uint64(0), 0
	opt.Progress = func(e crawler.Event) {
		if first == 0 {
			first = time.Since(began)
		}
		if e.Done%20 == 0 {
			most, goroutines = max(most, inUse()), max(goroutines, runtime.NumGoroutine())
		}
	}
	sum, err := crawler.New(opt).Run(t.Context(), archive.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d addresses known, %d waiting: first answer after %.2f s, heap and stacks at most %.1f MB, %d goroutines, %d requests", known, known/10, first.Seconds(), float64(most)/(1<<20), goroutines, sum.Requests)
	if most > heap || first > start || goroutines > 50 || sum.Requests < 300 {
		t.Errorf("wanted are %d MB, %v and 50 goroutines at most", heap>>20, start)
	}
}

// know makes an archive that knows so many addresses of the job's first host, some of
// which wait to be fetched.
func (j job) know(t *testing.T, dir string, known, waiting int) {
	t.Helper()
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	run, err := a.BeginRun(ctx, archive.Run{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := a.BeginVisit(ctx, archive.Plan{Run: run.Run, Site: "portal0", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	finish := func(f archive.Follow) {
		f.Visit, f.At = plan.Visit, time.Now()
		if _, err := a.Finish(ctx, &f); err != nil {
			t.Fatal(err)
		}
	}
	link := func(n int) archive.Link {
		return archive.Link{Site: "portal0", URL: fmt.Sprintf("%s%s/a/%d.html", j.host(0), j.kind, n), Role: archive.RoleArticle, Priority: archive.Fresh}
	}
	const page = 1000
	for first := 0; first < known; first += page {
		f := archive.Follow{Link: archive.Link{Site: "portal0", URL: fmt.Sprintf("%s/list/%d", j.host(0), first), Role: archive.RoleListing}, Outcome: archive.Listed}
		for n := first; n < first+page; n++ {
			f.Links = append(f.Links, link(n))
		}
		finish(f)
	}
	for n := waiting; n < known; n++ {
		finish(archive.Follow{Link: link(n), Outcome: archive.Refused, Reason: archive.Trapped})
	}
	if err := a.EndVisit(ctx, archive.VisitEnd{Visit: plan.Visit, Site: "portal0", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// inUse is what heap and stacks take, garbage included, as it stands.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
