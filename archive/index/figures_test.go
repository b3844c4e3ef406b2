package index

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"fangzhi/archive/index/sample"
	"fangzhi/archive/query"
)

// TestFigures measures what searching costs, and prints a table:
//
//	FANGZHI_LONG=1 go test ./archive/index -run TestFigures -v -timeout 2h
//
// on 10,000 and 100,000 articles of package sample, and on 1,000,000 with
// FANGZHI_DOCUMENTS=10000,100000,1000000. The index is filled with ten batches for each
// 100,000 and merged; then the 240 queries of testdata/queries.tsv are asked, by
// relevance with facets and 20 snippets, and by date. The peers are measured on the same
// articles by the module peers.
func TestFigures(t *testing.T) {
	if os.Getenv("FANGZHI_LONG") == "" {
		t.Skip("takes minutes: set FANGZHI_LONG=1")
	}
	sizes := os.Getenv("FANGZHI_DOCUMENTS")
	if sizes == "" {
		sizes = "10000,100000"
	}
	for _, size := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		f := &figures{dir: t.TempDir(), documents: n}
		f.fill(t)
		f.open(t)
		f.ask(t)
		f.year(t)
		f.ask(t)
	}
}

// year adds 365 batches of 20 articles, as daily crawls do.
func (f *figures) year(t *testing.T) {
	maker := sample.New()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		t.Fatal(err)
	}
	for day := range 365 {
		var rows []Row
		for i := range 20 {
			n := f.documents + day*20 + i
			a := maker.Article(n)
			f.keep(t, encoder.EncodeAll([]byte(a.Text), nil))
			rows = append(rows, rowOf(n, &a))
		}
		if err := f.index.Add(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.index.Settle(); err != nil {
		t.Fatal(err)
	}
	t.Logf("after 365 batches of 20 more, %d segments:", f.index.Segments())
}

type figures struct {
	dir       string
	documents int
	manifest  memory
	texts     *os.File // compressed, as the archive has them
	ends      []int64  // of the texts in it
	text      int      // bytes, not compressed
	index     *Index
}

const batchSize = 10000

func rowOf(n int, a *sample.Article) Row {
	r := Row{Document: uint64(n), Version: 1, From: uint64(n + 1), Replaces: NoRow, Rank: uint64(n), Group: a.Group, Captured: a.Captured,
		Date: a.Date, Region: a.Region, Category: a.Category, Site: a.Site}
	r.Fields[query.Title], r.Fields[query.Body], r.Fields[query.Source], r.Fields[query.Number] = a.Title, a.Text, a.Source, query.DocNumber(a.Number)
	return r
}

// fill makes the articles first, batch by batch, and counts only what the index does.
func (f *figures) fill(t *testing.T) {
	maker := sample.New()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(f.dir, &f.manifest)
	if err != nil {
		t.Fatal(err)
	}
	size := min(batchSize, max(1000, f.documents/10))
	var spent, wall time.Duration
	for at := 0; at < f.documents; at += size {
		rows := make([]Row, 0, size)
		for n := at; n < min(at+size, f.documents); n++ {
			a := maker.Article(n)
			f.keep(t, encoder.EncodeAll([]byte(a.Text), nil))
			f.text += len(a.Title) + len(a.Text)
			rows = append(rows, rowOf(n, &a))
		}
		begin, cpu := time.Now(), cpuTime()
		if err := x.Add(rows); err != nil {
			t.Fatal(err)
		}
		if err := x.Settle(); err != nil {
			t.Fatal(err)
		}
		spent += cpuTime() - cpu
		wall += time.Since(begin)
	}
	t.Logf("%d documents, %.0f MB of text", f.documents, float64(f.text)/1e6)
	t.Logf("  ingest: %.0f documents per CPU second (%.0f per second of the clock), %d segments", float64(f.documents)/spent.Seconds(), float64(f.documents)/wall.Seconds(), x.Segments())
	bytes := diskUse(t, f.dir)
	t.Logf("  index: %.0f MB, %.2f of the text", float64(bytes)/1e6, float64(bytes)/float64(f.text))
	t.Logf("  peak memory so far: %s, the articles of a batch with it", peakMemory())
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// keep writes a text, in order, where answers find it.
func (f *figures) keep(t *testing.T, text []byte) {
	if f.texts == nil {
		var err error
		if f.texts, err = os.Create(filepath.Join(t.TempDir(), "texts")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.texts.Close() })
		f.ends = []int64{0}
	}
	if _, err := f.texts.Write(text); err != nil {
		t.Fatal(err)
	}
	f.ends = append(f.ends, f.ends[len(f.ends)-1]+int64(len(text)))
}

func diskUse(t *testing.T, dir string) (bytes int64) {
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		bytes += info.Size()
	}
	return bytes
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMemory is what Linux says, "unknown" elsewhere.
func peakMemory() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}

func (f *figures) open(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin := time.Now()
	f.index = open(t, f.dir, &f.manifest)
	took := time.Since(begin)
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("  open: %.1f ms, Go heap %.0f MB", float64(took.Microseconds())/1000, float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1e6)
}

// ask asks each query three times and takes the fastest: others use the machine too.
func (f *figures) ask(t *testing.T) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	relevance, date := map[string][]time.Duration{}, []time.Duration{}
	for _, q := range queries(t) {
		n, err := query.Parse(q.text)
		if err != nil {
			t.Fatal(err)
		}
		once := func(r Request) time.Duration {
			best := time.Hour
			for range 3 {
				begin := time.Now()
				f.answer(t, r, decoder)
				best = min(best, time.Since(begin))
			}
			return best
		}
		took := once(Request{Query: n, Limit: 20, Facets: true})
		relevance[q.class] = append(relevance[q.class], took)
		relevance["all"] = append(relevance["all"], took)
		day := once(Request{Query: query.And{n, query.Region{Code: "360000"}}, Sort: ByPublished, Limit: 20, Facets: true})
		date = append(date, day)
	}
	for _, class := range []string{"all", "one", "two", "phrase", "mixed", "both"} {
		t.Logf("  relevance, facets, 20 snippets, %-7s %s", class+":", percentiles(relevance[class]))
	}
	t.Logf("  by date in a province, facets, 20 snippets: %s", percentiles(date))
}

func (f *figures) answer(t *testing.T, r Request, decoder *zstd.Decoder) {
	a, err := f.index.Search(t.Context(), r)
	if err != nil || len(a.Missing) > 0 {
		t.Fatal(a, err)
	}
	var terms []string
	for _, text := range query.Texts(r.Query) {
		terms = append(terms, text.Text)
	}
	for _, h := range a.Hits {
		packed := make([]byte, f.ends[h.Document+1]-f.ends[h.Document])
		if _, err := f.texts.ReadAt(packed, f.ends[h.Document]); err != nil {
			t.Fatal(err)
		}
		text, err := decoder.DecodeAll(packed, nil)
		if err != nil {
			t.Fatal(err)
		}
		Snippet(string(text), terms)
	}
}

func percentiles(v []time.Duration) string {
	slices.Sort(v)
	at := func(p int) float64 { return float64(v[min(len(v)*p/100, len(v)-1)].Microseconds()) / 1000 }
	return fmt.Sprintf("p50 %.2f ms, p99 %.2f ms, %d queries", at(50), at(99), len(v))
}

type figureQuery struct{ class, text string }

// queries are those of testdata/queries.tsv: class, the share of the documents that
// have it, query.
func queries(t *testing.T) (all []figureQuery) {
	b, err := os.ReadFile(filepath.Join("testdata", "queries.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(fields) == 3 {
			all = append(all, figureQuery{fields[0], fields[2]})
		}
	}
	return all
}
