package crawler_test

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fangzhi/archive"
	"fangzhi/archive/uri"
	"fangzhi/crawler"
)

// portals is the evaluation corpus: pages of real portals, which are no part of
// this repository.
const portals = "../../shared/corpus/portals"

// A corpusPage is a row of index.tsv with its gold.
type corpusPage struct {
	id, kind, host, url, charset string
	gold                         struct {
		Title string
		Items []struct{ Href, Title, Date string }
	}
}

// A corpusHost serves pages of the corpus at addresses that its listings give.
type corpusHost struct {
	name     string
	listings []string          // addresses
	pages    map[string]string // path -> file
	types    map[string]string // path -> media type
	articles map[string]string // address -> title
}

// corpusHosts puts the corpus back where it came from, as far as that is known.
//
// A listing is served at its address in index.tsv; where that is empty, at one of
// ours, /listing/<id>/, because the rows of mirrors are relative. An article is
// served where a listing of its host shows a row of its title: index.tsv knows the
// address of a third of them only, and mirrors changed some (17802.html in the
// row, 17802.jhtml on the portal). Articles that no listing of the corpus shows
// (news of 163, chinajsxx …) cannot be reached by a crawl; rows whose articles are
// not in the corpus are answered with 404, as a portal answers when they are gone.
func corpusHosts(t *testing.T) []*corpusHost {
	t.Helper()
	hosts := map[string]*corpusHost{}
	pages := corpusPages(t)
	for _, p := range pages {
		if p.kind != "listing" {
			continue
		}
		h := hosts[p.host]
		if h == nil {
			h = &corpusHost{name: p.host, pages: map[string]string{}, types: map[string]string{}, articles: map[string]string{}}
			hosts[p.host] = h
		}
		h.addListing(t, p, pages)
	}
	var all []*corpusHost
	for _, h := range hosts {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *corpusHost) int { return cmp.Compare(a.name, b.name) })
	return all
}

func (h *corpusHost) addListing(t *testing.T, p *corpusPage, pages []*corpusPage) {
	address := p.url
	if address == "" {
		address = "http://" + h.name + "/listing/" + p.id + "/"
	}
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	h.listings = append(h.listings, address)
	h.serve(address, p)
	for _, item := range p.gold.Items {
		article := articleOf(pages, h.name, item.Title)
		at, err := base.Parse(item.Href)
		if article == nil || err != nil {
			continue
		}
		h.articles[at.String()] = article.gold.Title
		h.serve(at.String(), article)
	}
}

// serve answers an address, in its normal form, with a page.
func (h *corpusHost) serve(address string, p *corpusPage) {
	normal, err := uri.Normalize(address)
	if err != nil {
		return
	}
	u, err := url.Parse(normal)
	if err != nil {
		return
	}
	h.pages[u.RequestURI()] = filepath.Join(portals, "html", p.id+".html")
	h.types[u.RequestURI()] = "text/html; charset=" + p.charset
}

// articleOf is the article of a host with that title, which a row may cut short.
func articleOf(pages []*corpusPage, host, title string) *corpusPage {
	title = strings.TrimRight(bare(title), ".…")
	if len([]rune(title)) < 6 {
		return nil
	}
	for _, p := range pages {
		if p.kind == "article" && p.host == host && strings.HasPrefix(bare(p.gold.Title), title) {
			return p
		}
	}
	return nil
}

func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func corpusPages(t *testing.T) []*corpusPage {
	t.Helper()
	f, err := os.Open(filepath.Join(portals, "index.tsv"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is not there: this test crawls the pages of real portals, which are not in the repository", portals)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var pages []*corpusPage
	for _, row := range rows[1:] {
		p := &corpusPage{id: row[0], kind: row[1], host: hostName(row[2]), url: row[3], charset: row[5]}
		gold, err := os.ReadFile(filepath.Join(portals, "gold", p.id+".json"))
		if err == nil {
			err = json.Unmarshal(gold, &p.gold)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) { // home pages have no gold
			t.Fatal(err)
		}
		pages = append(pages, p)
	}
	return pages
}

// hostName is a host of index.tsv; some are descriptions.
func hostName(s string) string {
	name, _, described := strings.Cut(s, " ")
	if described && !strings.Contains(name, ".") {
		name += ".test"
	}
	return name
}

// serveCorpus answers for all hosts, by http and https. What dials is to be the
// crawler's Options.Dial.
func serveCorpus(t *testing.T, hosts []*corpusHost) func(ctx context.Context, network, address string) (net.Conn, error) {
	t.Helper()
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range hosts {
			if file := h.pages[r.URL.RequestURI()]; h.name == r.Host && file != "" {
				w.Header().Set("Content-Type", h.types[r.URL.RequestURI()])
				http.ServeFile(w, r, file)
				return
			}
		}
		http.NotFound(w, r)
	})
	plain, secure := httptest.NewServer(answer), httptest.NewTLSServer(answer)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		to := plain.Listener
		if strings.HasSuffix(address, ":443") {
			to = secure.Listener
		}
		return new(net.Dialer).DialContext(ctx, network, to.Addr().String())
	}
}

// TestCorpus crawls the listing pages of real portals into an archive, and asks it
// for every listed article that there is.
func TestCorpus(t *testing.T) {
	hosts := corpusHosts(t)
	a, err := archive.Create(filepath.Join(t.TempDir(), "archive"), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	opt := crawler.Options{
		Store: a, Agent: "fangzhi/test (+mailto:archive@example.org)", Dial: serveCorpus(t, hosts),
		Full: true, Rechecks: 1, Concurrency: 4,
	}
	wanted := 0
	for _, h := range hosts {
		site := crawler.Site{Name: h.name, Home: "http://" + h.name + "/", Delay: crawler.NoDelay, TLS: "unverified"}
		for _, l := range h.listings {
			site.Listings = append(site.Listings, crawler.Listing{URL: l})
		}
		opt.Sites = append(opt.Sites, site)
		wanted += len(h.articles)
	}
	sum, err := crawler.New(opt).Run(t.Context(), archive.Run{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d hosts, %d of whose listed articles are in the corpus; crawled: %+v", len(hosts), wanted, sum)
	if wanted < 20 {
		t.Errorf("only %d listed articles are in the corpus: too few to mean anything", wanted)
	}
	exported := exportedTitles(t, a)
	for _, h := range hosts {
		for address, title := range h.articles {
			wantArticle(t, a, address, title, exported)
		}
	}
}

// wantArticle checks that an article was kept and read, is found by its title, and
// is exported.
func wantArticle(t *testing.T, a *archive.Archive, address, title string, exported map[string]string) {
	t.Helper()
	article, err := a.Article(t.Context(), address)
	if err != nil {
		report, reportErr := a.Report(t.Context(), archive.ReportQuery{URL: address})
		t.Errorf("%s: %v; %+v %v", address, err, report, reportErr)
		return
	}
	if strings.ContainsRune(article.Title+article.Text, '\uFFFD') {
		t.Errorf("%s was not decoded: %.100q", address, article.Title+article.Text)
	}
	if exported[article.ID] != article.Title || article.Title == "" {
		t.Errorf("%s %q is exported as %q", address, article.Title, exported[article.ID])
	}
	found, err := a.Search(t.Context(), archive.Query{Text: `"` + strings.ReplaceAll(title, `"`, "") + `"`})
	if err != nil {
		t.Errorf("search %q: %v", title, err)
		return
	}
	if !slices.ContainsFunc(found.Hits, func(hit archive.Hit) bool { return hit.ID == article.ID || slices.Contains(hit.Addresses, article.URL) }) {
		t.Errorf("%s %q is not found by %q: %d hits", address, article.Title, title, found.Total)
	}
}

// exportedTitles exports all articles: id -> title.
func exportedTitles(t *testing.T, a *archive.Archive) map[string]string {
	t.Helper()
	titles := map[string]string{}
	for cursor := ""; ; {
		page, err := a.Export(t.Context(), archive.Query{}, cursor, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, article := range page.Articles {
			titles[article.ID] = article.Title
		}
		if cursor = page.Cursor; cursor == "" {
			return titles
		}
	}
}
