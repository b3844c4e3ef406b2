package main

import (
	"path/filepath"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"

	"fangzhi/archive/index/sample"
)

// A bleveIndex analyses title and text with the cjk analyzer, and stores neither.
type bleveIndex struct{ bleve.Index }

func openBleve(dir string) (engine, error) {
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.Store, text.IncludeInAll, text.DocValues = cjk.AnalyzerName, false, false, false
	word := bleve.NewKeywordFieldMapping()
	word.Store, word.IncludeInAll = false, false
	date := bleve.NewNumericFieldMapping()
	date.Store, date.IncludeInAll = false, false
	doc := bleve.NewDocumentStaticMapping()
	for name, field := range map[string]*mapping.FieldMapping{"title": text, "text": text, "region": word, "category": word, "site": word, "date": date} {
		doc.AddFieldMappingsAt(name, field)
	}
	m := bleve.NewIndexMapping()
	m.DefaultMapping = doc
	x, err := bleve.New(filepath.Join(dir, "bleve"), m)
	return bleveIndex{x}, err
}

func (x bleveIndex) add(first int, batch []sample.Article) error {
	const size = 1000
	for at := 0; at < len(batch); at += size {
		b := x.NewBatch()
		for i := at; i < min(at+size, len(batch)); i++ {
			a := &batch[i]
			err := b.Index(strconv.Itoa(first+i), map[string]any{"title": a.Title, "text": a.Text, "region": a.Region, "category": a.Category, "site": a.Site, "date": float64(a.Date)})
			if err != nil {
				return err
			}
		}
		if err := x.Batch(b); err != nil {
			return err
		}
	}
	return nil
}

func (x bleveIndex) close() error { return x.Close() }

func (x bleveIndex) ask(terms []string) (int, []int, error) {
	var all []query.Query
	for _, t := range terms {
		title, text := bleve.NewMatchPhraseQuery(t), bleve.NewMatchPhraseQuery(t)
		title.SetField("title")
		title.SetBoost(4)
		text.SetField("text")
		all = append(all, bleve.NewDisjunctionQuery(title, text))
	}
	r := bleve.NewSearchRequestOptions(bleve.NewConjunctionQuery(all...), 20, 0, false)
	for _, field := range []string{"region", "category", "site"} {
		r.AddFacet(field, bleve.NewFacetRequest(field, 10))
	}
	found, err := x.Search(r)
	if err != nil {
		return 0, nil, err
	}
	var best []int
	for _, h := range found.Hits {
		n, err := strconv.Atoi(h.ID)
		if err != nil {
			return 0, nil, err
		}
		best = append(best, n)
	}
	return int(found.Total), best, nil
}
