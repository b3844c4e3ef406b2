package main

import (
	"bytes"
	"log"
	"net/url"
	"strings"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"
	distiller "github.com/markusmobius/go-domdistiller"
	"github.com/markusmobius/go-htmldate"
	"github.com/markusmobius/go-trafilatura"

	"fangzhi/parser"
	"fangzhi/parser/internal/corpus"
)

// An extractor reads a page, given as saved and as UTF-8. What a peer does not look for,
// or fails at, stays empty.
type extractor struct {
	name       string
	text, date bool // what it reads
	extract    func(raw, text []byte) corpus.Output
}

const (
	ours            = "fangzhi"
	readabilityName = "go-readability v2.1.3"
)

var extractors = []extractor{
	{ours, true, true, fangzhi},
	{readabilityName, true, false, readable},
	{"go-domdistiller v1.0.0", true, false, distilled},
	{"go-trafilatura v1.12.2", true, true, trafilated(false)},
	{"go-trafilatura v1.12.2 with fallback", true, true, trafilated(true)},
	{"go-htmldate v1.10.1", false, true, dated},
}

var (
	base = func() *url.URL {
		u, err := url.Parse(corpus.Base)
		if err != nil {
			log.Fatalf("peers: %v", err)
		}
		return u
	}()
	fetched = time.Date(2026, 11, 1, 12, 0, 0, 0, parser.Beijing)
)

func fangzhi(raw, _ []byte) corpus.Output {
	text, _ := parser.Decode(raw, "")
	p, err := parser.Parse(text, parser.Origin{URL: base, Fetched: fetched})
	if err != nil || p.Article == nil {
		return corpus.Output{}
	}
	a := p.Article
	return corpus.Output{Title: a.Title, Date: a.Date.Day().String(), Source: a.Source, Text: a.Text}
}

func readable(_, text []byte) corpus.Output {
	a, err := readability.FromReader(bytes.NewReader(text), base)
	if err != nil || a.Node == nil {
		return corpus.Output{}
	}
	var b strings.Builder
	if a.RenderText(&b) != nil {
		return corpus.Output{}
	}
	return corpus.Output{Title: a.Title(), Text: b.String()}
}

func distilled(_, text []byte) corpus.Output {
	r, err := distiller.ApplyForReader(bytes.NewReader(text), &distiller.Options{OriginalURL: base, SkipPagination: true})
	if err != nil {
		return corpus.Output{}
	}
	return corpus.Output{Title: r.Title, Text: r.Text}
}

func trafilated(fallback bool) func(raw, text []byte) corpus.Output {
	return func(_, text []byte) corpus.Output {
		r, err := trafilatura.Extract(bytes.NewReader(text), trafilatura.Options{
			OriginalURL: base, EnableFallback: fallback, ExcludeComments: true,
		})
		if err != nil {
			return corpus.Output{}
		}
		return corpus.Output{Title: r.Metadata.Title, Date: day(r.Metadata.Date), Text: r.ContentText}
	}
}

// dated asks for any date: with UseOriginalDate fewer are right.
func dated(_, text []byte) corpus.Output {
	r, err := htmldate.FromReader(bytes.NewReader(text), htmldate.Options{})
	if err != nil {
		return corpus.Output{}
	}
	return corpus.Output{Date: day(r.DateTime)}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
