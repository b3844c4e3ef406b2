package parser

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
)

// FuzzParse: whatever a server sends, nothing panics, every address is absolute and of the
// web, and all text is UTF-8.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.[hjx]*")
	if err != nil || len(files) == 0 {
		f.Fatalf("no pages under testdata (%v)", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, "http://www.qinghe.example/zwgk/list_2.html?page=2", "")
	}
	f.Add([]byte(`{"data":{"results":[{"title":"一二三四","url":"/a"}]}}`), "http://a.example/x?page=99999999", "page=1")
	f.Fuzz(func(t *testing.T, raw []byte, address, form string) {
		u, err := url.Parse(address)
		if err != nil {
			u = nil
		}
		body, _ := Decode(raw, "")
		p, err := Parse(body, Origin{URL: u, Fetched: goldenFetched, Form: form})
		if err != nil {
			return
		}
		checkPage(t, p)
	})
}

func checkPage(t *testing.T, p *Page) {
	t.Helper()
	if p.Kind == "" || p.Why == "" {
		t.Errorf("kind %q, why %q", p.Kind, p.Why)
	}
	if (p.Kind == KindArticle) != (p.Article != nil) || p.Kind == KindListing && p.Listing == nil {
		t.Errorf("kind %q with article %v, listing %v", p.Kind, p.Article != nil, p.Listing != nil)
	}
	for _, l := range p.Links {
		checkAddress(t, l.URL)
	}
	if p.Redirect != "" {
		checkAddress(t, p.Redirect)
	}
	if p.Listing == nil {
		return
	}
	for _, item := range p.Listing.Items {
		checkAddress(t, item.URL)
		if !utf8.ValidString(item.Title) {
			t.Errorf("title %q", item.Title)
		}
		if d := item.Date; !d.IsZero() && !isDay(d.Year, d.Month, d.Day) {
			t.Errorf("day %v", d)
		}
	}
	if next := p.Listing.Next; next != nil {
		checkAddress(t, next.URL)
	}
}
