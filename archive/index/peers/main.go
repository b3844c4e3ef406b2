package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"fangzhi/archive/fold"
	"fangzhi/archive/index"
	"fangzhi/archive/index/sample"
	"fangzhi/archive/query"
)

// An engine is one of those compared.
type engine interface {
	// add indexes a batch of articles, which are numbered from first on.
	add(first int, batch []sample.Article) error
	// ask is the number of articles that hold all terms, and the best 20 of them.
	ask(terms []string) (total int, best []int, err error)
	close() error
}

var engines = []struct {
	name string
	open func(dir string) (engine, error)
}{
	{"fangzhi", openOurs},
	{"bleve cjk", openBleve},
	{"FTS5, pairs", openFTS},
}

func main() {
	n := flag.Int("n", 10000, "articles")
	tsv := flag.String("queries", "../testdata/queries.tsv", "queries of the figures")
	flag.Parse()
	log.SetFlags(0)
	if err := run(*n, *tsv); err != nil {
		log.Fatalf("peers: %v", err)
	}
}

func run(n int, tsv string) error {
	articles := make([]sample.Article, n)
	maker, size := sample.New(), 0
	for i := range articles {
		articles[i] = maker.Article(i)
		size += len(articles[i].Title) + len(articles[i].Text)
	}
	queries, err := read(tsv)
	if err != nil {
		return err
	}
	want := scan(articles, queries)
	fmt.Printf("%d articles, %d MB, %d queries\n\n", n, size/1e6, len(queries))
	fmt.Println("| engine | documents per CPU s | index / text | p50 ms | p99 ms | two characters p99 ms | found |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, e := range engines {
		if err := measure(e.name, e.open, articles, size, queries, want); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// A question is a query of the figures.
type question struct {
	class string
	terms []string // folded
}

func read(name string) (all []question, err error) {
	b, err := os.ReadFile(name)
	for line := range strings.Lines(string(b)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			continue
		}
		n, err := query.Parse(fields[2])
		if err != nil {
			return nil, err
		}
		q := question{class: fields[0]}
		for _, t := range query.Texts(n) {
			q.terms = append(q.terms, t.Text)
		}
		all = append(all, q)
	}
	return all, err
}

// scan is the right total of each query.
func scan(articles []sample.Article, queries []question) []int {
	want := make([]int, len(queries))
	for i := range articles {
		title, text := fold.String(articles[i].Title), fold.String(articles[i].Text)
		for k, q := range queries {
			if !slices.ContainsFunc(q.terms, func(t string) bool { return !strings.Contains(title, t) && !strings.Contains(text, t) }) {
				want[k]++
			}
		}
	}
	return want
}

func measure(name string, open func(string) (engine, error), articles []sample.Article, size int, queries []question, want []int) error {
	dir, err := os.MkdirTemp("", "peers-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	begin := cpuTime()
	e, err := open(dir)
	if err != nil {
		return err
	}
	batch := max(1000, min(10000, len(articles)/10))
	for at := 0; at < len(articles); at += batch {
		if err := e.add(at, articles[at:min(at+batch, len(articles))]); err != nil {
			return err
		}
	}
	if s, ok := e.(interface{ settle() error }); ok {
		if err := s.settle(); err != nil {
			return err
		}
	}
	spent := cpuTime() - begin
	bytes, err := diskUse(dir)
	if err != nil {
		return err
	}
	var all, two []time.Duration
	right := 0
	for i, q := range queries {
		best, total := time.Hour, 0
		for range 3 {
			begin := time.Now()
			n, hits, err := e.ask(q.terms)
			if err != nil {
				return fmt.Errorf("%q: %w", q.terms, err)
			}
			for _, h := range hits {
				index.Snippet(articles[h].Text, q.terms)
			}
			best, total = min(best, time.Since(begin)), n
		}
		all = append(all, best)
		if q.class == "two" {
			two = append(two, best)
		}
		if total == want[i] {
			right++
		}
	}
	fmt.Printf("| %s | %.0f | %.2f | %.2f | %.1f | %.1f | %d of %d |\n", name, float64(len(articles))/spent.Seconds(),
		float64(bytes)/float64(size), percentile(all, 50), percentile(all, 99), percentile(two, 99), right, len(queries))
	return e.close()
}

func percentile(v []time.Duration, p int) float64 {
	slices.Sort(v)
	return float64(v[min(len(v)*p/100, len(v)-1)].Microseconds()) / 1000
}

func diskUse(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ours is the index of this project.
type ours struct{ *index.Index }

type manifest struct{ entries []index.Entry }

func (m *manifest) Load() ([]index.Entry, error)     { return m.entries, nil }
func (m *manifest) Save(entries []index.Entry) error { m.entries = entries; return nil }

func openOurs(dir string) (engine, error) {
	x, err := index.Open(dir, &manifest{})
	return ours{x}, err
}

func (o ours) add(first int, batch []sample.Article) error {
	rows := make([]index.Row, len(batch))
	for i, a := range batch {
		n := uint64(first + i)
		rows[i] = index.Row{Document: n, Version: 1, From: n + 1, Replaces: index.NoRow, Rank: n, Group: a.Group, Captured: a.Captured,
			Date: a.Date, Region: a.Region, Category: a.Category, Site: a.Site,
			Fields: [query.Fields]string{query.Title: a.Title, query.Body: a.Text, query.Source: a.Source, query.Number: query.DocNumber(a.Number)}}
	}
	return o.Add(rows)
}

func (o ours) settle() error { return o.Settle() }

func (o ours) close() error { return o.Close() }

func (o ours) ask(terms []string) (int, []int, error) {
	var all query.And
	for _, t := range terms {
		all = append(all, query.Text{In: query.Anywhere, Text: t})
	}
	a, err := o.Search(context.Background(), index.Request{Query: all, Limit: 20, Facets: true})
	if err != nil {
		return 0, nil, err
	}
	var best []int
	for _, h := range a.Hits {
		best = append(best, int(h.Document))
	}
	return a.Total, best, nil
}
