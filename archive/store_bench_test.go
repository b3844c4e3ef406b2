package archive

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"fangzhi/archive/disk"
	"fangzhi/parser"
)

// BenchmarkKeep keeps one new article of 12 kB and one of 62 kB: Append, the
// fsync it waits for left out, and Finish.
func BenchmarkKeep(b *testing.B) {
	for _, size := range []int{12 << 10, 62 << 10} {
		b.Run(fmt.Sprint(size>>10, "kB"), func(b *testing.B) {
			a, err := Create(b.TempDir(), Options{FS: unsynced{}})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			a.db.NoSync = true
			rnd := rand.New(rand.NewPCG(1, 2))
			pages := make([]string, 64)
			for i := range pages {
				pages[i] = "<html><body>" + sampleText(rnd, size) + "</body></html>"
			}
			text := sampleText(rnd, 3500)
			b.SetBytes(int64(size))
			for i := 0; b.Loop(); i++ {
				link := Link{Site: "b", URL: fmt.Sprintf("http://bench.example/art/2022/%d.html", i), Role: RoleArticle, Priority: Fresh, Via: "http://bench.example/"}
				head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
				c := &Capture{URL: link.URL, Time: time.Now(), Request: []byte("GET / HTTP/1.1\r\n\r\n"), Response: []byte(head + pages[i%64] + fmt.Sprint(i)), HeaderLen: len(head), Status: 200}
				loc, _, err := a.Append(b.Context(), c, RoleArticle)
				if err != nil {
					b.Fatal(err)
				}
				article := &parser.Article{Title: fmt.Sprint("标题", i), Text: fmt.Sprint(i, text)}
				if _, err := a.Finish(b.Context(), &Follow{Visit: 1, Link: link, At: time.Now(), Outcome: Kept, Status: 200, Location: loc, Article: article}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// unsynced is a disk whose fsync takes no time.
type unsynced struct{ disk.OS }

type unsyncedFile struct{ disk.File }

func (unsyncedFile) Sync() error { return nil }

func (u unsynced) Append(name string) (disk.File, int64, error) {
	f, size, err := u.OS.Append(name)
	return unsyncedFile{f}, size, err
}

// BenchmarkLedger compares what the ledger costs a capture with what Append costs
// it: the second figure is the share in per cent, which must stay below three.
func BenchmarkLedger(b *testing.B) {
	a, err := Create(b.TempDir(), Options{FS: unsynced{}, CommitEvery: time.Hour, CommitOps: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	a.db.NoSync = true
	rnd := rand.New(rand.NewPCG(1, 2))
	page := "<html><body>" + sampleText(rnd, 62<<10) + "</body></html>"
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
	var appending, growing time.Duration
	for i := 0; b.Loop(); i++ {
		c := &Capture{URL: fmt.Sprintf("http://bench.example/art/2022/%d.html", i), Time: time.Now(), Request: []byte("GET / HTTP/1.1\r\n\r\n"), Response: []byte(head + page + fmt.Sprint(i)), HeaderLen: len(head), Status: 200}
		began := time.Now()
		if _, _, err := a.Append(b.Context(), c, RoleArticle); err != nil {
			b.Fatal(err)
		}
		appending += time.Since(began)
		if i%200 != 199 {
			continue
		}
		began = time.Now()
		err := a.update(b.Context(), a.growLedger)
		if err != nil {
			b.Fatal(err)
		}
		growing += time.Since(began)
	}
	b.ReportMetric(float64(growing.Nanoseconds())/float64(b.N), "ns-ledger/op")
	b.ReportMetric(100*float64(growing)/float64(growing+appending), "%ledger")
}
