package crawler_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/gocolly/colly/v2"
)

// A bareSpider is what one writes in ten minutes with colly and goquery: it asks
// for a page, reads title, text and hrefs, and keeps nothing. It is the measure of
// what the whole pipeline costs (TestFigures).
type bareSpider struct {
	collector *colly.Collector
	pages     int
	titles    int // bytes, so that nothing of it is left out
	texts     int
	hrefs     []string // of the last page
}

func newBareSpider(dial func(ctx context.Context, network, address string) (net.Conn, error)) *bareSpider {
	s := &bareSpider{collector: colly.NewCollector()}
	s.collector.WithTransport(&http.Transport{DialContext: dial})
	s.collector.OnResponse(func(r *colly.Response) {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(r.Body))
		if err != nil {
			return
		}
		s.pages++
		s.titles += len(doc.Find("title").Text())
		s.texts += len(doc.Find("body").Text())
		s.hrefs = s.hrefs[:0]
		doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			s.hrefs = append(s.hrefs, href)
		})
	})
	return s
}

// walk reads the listings of a host and the articles they lead to, whose hrefs
// begin with prefix.
func (s *bareSpider) walk(t *testing.T, host string, listings []string, prefix string) {
	t.Helper()
	for _, listing := range listings {
		s.visit(t, host+listing)
		for _, href := range slices.Clone(s.hrefs) {
			if strings.HasPrefix(href, prefix) {
				s.visit(t, host+href)
			}
		}
	}
}

func (s *bareSpider) visit(t *testing.T, url string) {
	t.Helper()
	if err := s.collector.Visit(url); err != nil {
		t.Fatal(err)
	}
}
