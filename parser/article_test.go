package parser

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// FuzzArticle: every character of a text stands in the page, in the same order; the small
// HTML has no elements but its own; every address is absolute and of the web.
func FuzzArticle(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.html")
	if err != nil || len(files) == 0 {
		f.Fatalf("no pages under testdata (%v)", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	base, err := url.Parse("http://www.qinghe.example/zwgk/202403/t20240315_88.html")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		page, _ := Decode(raw, "")
		if bytes.Contains(page, []byte("DETAIL")) {
			return // an object of a script, whose characters may be escaped
		}
		root, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			return
		}
		d := walk(root, Origin{URL: base, Fetched: goldenFetched}, len(page))
		checkArticle(t, root, d.article())
	})
}

func checkArticle(t *testing.T, root *html.Node, a *Article) {
	t.Helper()
	if rest := notInOrder(a.Text, allText(root)); rest != "" {
		t.Errorf("the page does not go on with %.60q", rest)
	}
	for _, s := range []string{a.Title, a.Source, a.Author, a.Editor, a.Category, a.Text, a.HTML} {
		if !utf8.ValidString(s) {
			t.Errorf("not UTF-8: %q", s)
		}
	}
	for _, links := range [][]Link{a.Attachments, a.Images} {
		for _, l := range links {
			checkAddress(t, l.URL)
		}
	}
	if a.Next != "" {
		checkAddress(t, a.Next)
	}
	if a.Date.Precision != PrecisionNone && a.Date.Evidence == "" {
		t.Error("a date without evidence")
	}
	checkMarkup(t, a.HTML)
}

// notInOrder is what is left of text where page stops to have its characters in order.
func notInOrder(text, page string) string {
	for i, r := range text {
		if isBlank(r) {
			continue
		}
		at := strings.IndexRune(page, r)
		if at < 0 {
			return text[i:]
		}
		page = page[at+utf8.RuneLen(r):]
	}
	return ""
}

// allText is what stands in all text nodes of a tree, that of scripts too.
func allText(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func checkMarkup(t *testing.T, markup string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(markup))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		switch token.Type {
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
		case html.TextToken:
			continue
		default:
			t.Errorf("markup has %s", token)
		}
		switch token.Data {
		case "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "th", "td", "a", "img":
		default:
			t.Errorf("markup has <%s>", token.Data)
		}
		for _, attr := range token.Attr {
			switch attr.Key {
			case "href", "src":
				checkAddress(t, attr.Val)
			case "alt", "colspan", "rowspan":
			default:
				t.Errorf("markup has the attribute %s", attr.Key)
			}
		}
	}
}
