package crawler_test

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gocolly/colly/v2"
)

// A bareSpider is what one writes in ten minutes with colly, as its README shows:
// callbacks for title, body and links over colly's goquery document. No link is
// made absolute and nothing is kept. It is the measure of what the whole pipeline
// costs (TestFiguresCost).
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
	s.collector.OnHTML("title", func(e *colly.HTMLElement) {
		s.titles += len(e.Text)
		s.pages++
		s.hrefs = s.hrefs[:0]
	})
	s.collector.OnHTML("body", func(e *colly.HTMLElement) { s.texts += len(e.Text) })
	s.collector.OnHTML("a[href]", func(e *colly.HTMLElement) { s.hrefs = append(s.hrefs, e.Attr("href")) })
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
