package archive_test

import (
	"net/http"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/searchtest"
	"fangzhi/parser"
)

// TestSearcher runs the suite of all searchers on an archive that was filled as a
// crawl fills it.
func TestSearcher(t *testing.T) {
	searchtest.Run(t, func(t *testing.T, articles []archive.Article) archive.Searcher {
		a, err := archive.Create(t.TempDir(), archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
		for i := range articles {
			if err := crawl(t, a, &articles[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		return a
	})
}

// crawl takes the link of an article through its life.
func crawl(t *testing.T, a *archive.Archive, want *archive.Article) error {
	link := archive.Link{Site: want.Site, URL: want.URL, Role: archive.RoleArticle}
	plan, err := a.BeginVisit(t.Context(), archive.Plan{At: want.Captured, Site: want.Site, Links: []archive.Link{link}})
	if err != nil {
		return err
	}
	article := &parser.Article{Title: want.Title, Text: want.Text, Region: want.RegionCode, Category: want.Category}
	if want.Date != "" {
		day, err := parser.ParseDay(want.Date)
		if err != nil {
			return err
		}
		article.Date = parser.Date{Time: time.Date(day.Year, time.Month(day.Month), day.Day, 0, 0, 0, 0, parser.Beijing), Precision: parser.PrecisionDay}
	}
	const header = "HTTP/1.1 200 OK\r\n\r\n"
	c := &archive.Capture{
		URL: want.URL, Time: want.Captured, Status: http.StatusOK, Header: http.Header{},
		Request:  []byte("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"),
		Response: []byte(header + want.Title + want.Text), HeaderLen: len(header),
	}
	loc, _, err := a.Append(t.Context(), c, archive.RoleArticle)
	if err != nil {
		return err
	}
	f := &archive.Follow{Visit: plan.Visit, Link: link, At: want.Captured, Outcome: archive.Kept, Status: http.StatusOK, Location: loc, Article: article}
	if _, err := a.Finish(t.Context(), f); err != nil {
		return err
	}
	return a.EndVisit(t.Context(), archive.VisitEnd{Visit: plan.Visit, At: want.Captured, Site: want.Site, Complete: true})
}
