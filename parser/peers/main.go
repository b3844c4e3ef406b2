package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"runtime"

	"github.com/PuerkitoBio/goquery"

	"fangzhi/parser"
	"fangzhi/parser/internal/corpus"
)

func main() {
	root := flag.String("corpus", "../../../shared/corpus", "folder of the evaluation corpus")
	rounds := flag.Int("rounds", 5, "rounds of the race")
	flag.Parse()
	log.SetFlags(0)
	for _, set := range []string{corpus.News, corpus.Portals} {
		pages, err := articles(*root, set)
		if err != nil {
			log.Fatalf("peers: %v", err)
		}
		report(set, pages, *rounds)
	}
}

// articles are the pages of a set that are articles.
func articles(root, set string) ([]corpus.Page, error) {
	all, err := corpus.Load(root, set)
	if err != nil {
		return nil, err
	}
	var list []corpus.Page
	for _, p := range all {
		if p.Kind == "article" {
			list = append(list, p)
		}
	}
	return list, nil
}

// marks are the scores of an extractor.
func marks(pages []corpus.Page, e extractor) []corpus.Mark {
	var list []corpus.Mark
	for i := range pages {
		text, _ := parser.Decode(pages[i].Raw, "")
		list = append(list, corpus.Score(&pages[i], e.extract(pages[i].Raw, text)))
	}
	return list
}

func report(set string, pages []corpus.Page, rounds int) {
	laps := corpus.Race(rounds, runners(pages))
	fmt.Printf("\n%s, %d articles, %s\n\n", set, len(pages), runtime.Version())
	fmt.Println("| extractor | text F1 | P | R | >= .9 | < .5 | title | date | x goquery | allocations | pages/s |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|")
	f1 := map[string][]float64{}
	for i, e := range extractors {
		list := marks(pages, e)
		for _, m := range list {
			f1[e.name] = append(f1[e.name], m.F1)
		}
		row(e, corpus.Count(list), laps[i+1], len(pages))
	}
	mean, low := corpus.Bootstrap(f1[ours], f1[readabilityName], 10_000)
	fmt.Printf("\ntext F1 beside %s: %+.4f, in 95 %% of the draws above %+.4f\n", readabilityName, mean, low)
}

func row(e extractor, t corpus.Tally, lap corpus.Lap, pages int) {
	share := func(n, of int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of)) }
	text := "| - | - | - | - | - "
	if e.text {
		text = fmt.Sprintf("| %.4f | %.3f | %.3f | %s | %s ", t.F1, t.P, t.R, share(t.Good, t.Articles), share(t.Poor, t.Articles))
	}
	title, date := "-", "-"
	if e.text {
		title = share(t.Titles, t.Articles)
	}
	if e.date {
		date = share(t.Dates, t.Dated)
	}
	fmt.Printf("| %s %s| %s | %s | %.2f | %.2f | %.0f |\n", e.name, text, title, date, lap.Ratio, lap.Allocs, float64(pages)/lap.CPU.Seconds())
}

// runners are goquery and then the extractors, each over all pages. Peers are given the
// page as UTF-8; the parser decodes it itself.
func runners(pages []corpus.Page) []corpus.Runner {
	texts := make([][]byte, len(pages))
	for i := range pages {
		texts[i], _ = parser.Decode(pages[i].Raw, "")
	}
	list := []corpus.Runner{{Name: "goquery", Run: func() {
		for _, text := range texts {
			if _, err := goquery.NewDocumentFromReader(bytes.NewReader(text)); err != nil {
				log.Fatalf("peers: goquery: %v", err)
			}
		}
	}}}
	for _, e := range extractors {
		list = append(list, corpus.Runner{Name: e.name, Run: func() {
			for i := range pages {
				e.extract(pages[i].Raw, texts[i])
			}
		}})
	}
	return list
}
