//go:build unix

package archive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sys/unix"
)

// BenchmarkAppend compares the processor time of Append, fsync in batches and ledger
// included, with that of gzip -6 alone on the same bytes: the figure is the speed in per
// cent of gzip's, which must be eighty at least. The second one is of wall time, which
// has the wait for the disk in it.
func BenchmarkAppend(b *testing.B) {
	a, err := Create(b.TempDir(), Options{CommitEvery: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	rnd := rand.New(rand.NewPCG(1, 2))
	page := "<html><body>" + sampleText(rnd, 62<<10) + "</body></html>"
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, 6)
	if err != nil {
		b.Fatal(err)
	}
	const batch = 16 // captures that share an fsync, as sixteen visits do
	var appending, packing, appendingWall, packingWall time.Duration
	for i := 0; b.Loop(); i++ {
		var captures []*Capture
		for k := range batch {
			captures = append(captures, &Capture{URL: fmt.Sprintf("http://bench.example/%d/%d.html", i, k), Time: time.Now(), Request: []byte("GET / HTTP/1.1\r\n\r\n"), Response: []byte(head + page + fmt.Sprint(i, k)), HeaderLen: len(head), Status: 200})
		}
		began, cpu := time.Now(), processorTime(b)
		for _, c := range captures {
			out.Reset()
			z.Reset(&out)
			z.Write(c.Response)
			z.Close()
		}
		packingWall += time.Since(began)
		packing += processorTime(b) - cpu
		began, cpu = time.Now(), processorTime(b)
		var wg sync.WaitGroup
		for _, c := range captures {
			wg.Go(func() {
				if _, _, err := a.Append(b.Context(), c, RoleArticle); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
		appendingWall += time.Since(began)
		appending += processorTime(b) - cpu
	}
	b.SetBytes(int64(batch * len(page)))
	b.ReportMetric(100*float64(packing)/float64(appending), "%ofgzip")
	b.ReportMetric(100*float64(packingWall)/float64(appendingWall), "%ofgzip-wall")
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
