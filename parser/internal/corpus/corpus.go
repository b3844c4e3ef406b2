package corpus

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Base is the address that saved pages are read at: it says nothing about them.
const Base = "http://page/a/b/c/d/page.html"

// The sets of the corpus.
const (
	News    = "news"
	Portals = "portals"
)

// A Page is a saved page.
type Page struct {
	Set  string // News or Portals
	ID   string
	Host string // as the index has it, sometimes with a remark
	Kind string // article, listing or home
	Raw  []byte // as saved
	Gold *Gold  // nil for home pages
}

// Gold is what a person read on a page. Text is the title and the body (news), Body
// the body alone (portals); a listing has Items.
type Gold struct {
	Title  string
	Date   string // 2006-01-02, "" where the page has none
	Source Maybe
	Text   string
	Body   Maybe
	Items  []Item
	Dead   []Item `json:"dead_items"`
	Next   string
}

// Maybe is a field that gold may say, be it null, or leave out.
type Maybe struct {
	Said bool
	Text string
}

// UnmarshalJSON reads a string or null.
func (m *Maybe) UnmarshalJSON(raw []byte) error {
	m.Said = true
	return json.Unmarshal(raw, &m.Text)
}

// An Item is a row of a listing; Attr is the title attribute of its link.
type Item struct {
	Href  string `json:"href"`
	Title string `json:"title"`
	Date  string `json:"date"`
	Attr  string `json:"title_attr,omitempty"`
}

// Output is what an extractor made of a page, in the form that score.py reads.
type Output struct {
	Kind   string `json:"kind,omitempty"`
	Title  string `json:"title"`
	Date   string `json:"date"`
	Source string `json:"source"`
	Text   string `json:"text"`
	Items  []Item `json:"items,omitempty"`
	Next   string `json:"next,omitempty"`
}

// Load reads the pages of a set. The error wraps fs.ErrNotExist where there is no
// corpus at root.
func Load(root, set string) ([]Page, error) {
	rows, err := index(filepath.Join(root, set, "index.tsv"))
	if err != nil {
		return nil, err
	}
	pages := make([]Page, 0, len(rows))
	for _, r := range rows {
		p := Page{Set: set, ID: r["id"], Host: r["host"], Kind: r["kind"]}
		if p.Kind == "" {
			p.Kind = "article"
		}
		if p.Raw, err = os.ReadFile(filepath.Join(root, set, "html", p.ID+".html")); err != nil {
			return nil, fmt.Errorf("page %s: %w", p.ID, err)
		}
		if p.Gold, err = readGold(filepath.Join(root, set, "gold", p.ID+".json")); err != nil {
			return nil, fmt.Errorf("gold of %s: %w", p.ID, err)
		}
		pages = append(pages, p)
	}
	return pages, nil
}

// index reads a table with a header line.
func index(name string) ([]map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = '\t', true, -1
	lines, err := in.ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	rows := make([]map[string]string, 0, len(lines)-1)
	for _, line := range lines[1:] {
		row := make(map[string]string, len(line))
		for i, field := range line {
			row[lines[0][i]] = field
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func readGold(name string) (*Gold, error) {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g := new(Gold)
	return g, json.Unmarshal(raw, g)
}

// Hosts are the hosts that the corpus and the table of portals at root/.. name.
func Hosts(root string) ([]string, error) {
	var hosts []string
	for name, column := range map[string]string{"corpus/news/index.tsv": "host", "corpus/portals/index.tsv": "host", "sites.tsv": "site"} {
		rows, err := index(filepath.Join(root, "..", name))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			for _, word := range strings.FieldsFunc(r[column], func(c rune) bool { return strings.ContainsRune(" ()（）,/;|", c) }) {
				if isHost(word) {
					hosts = append(hosts, strings.ToLower(word))
				}
			}
		}
	}
	return hosts, nil
}

func isHost(s string) bool {
	return strings.Contains(s, ".") && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == ""
}

// Domain is the registered domain of a host, the host itself where there is none.
func Domain(host string) string {
	host, _, _ = strings.Cut(host, " ")
	d, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host))
	if err != nil {
		return host
	}
	return d
}
