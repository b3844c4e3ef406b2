package corpus

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Literals are the words of all string literals in the Go files of a folder, tests left
// out, with the files they are in: whatever was learned by looking at pages is among
// them. Literals are parted at blanks and at what means something in a regular
// expression; `_` in a list stands for a blank.
func Literals(folder string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				s, _ := strconv.Unquote(l.Value)
				s = strings.ReplaceAll(s, `\.`, ".")
				for _, w := range strings.FieldsFunc(s, isBreak) {
					words[strings.ReplaceAll(w, "_", " ")], words[w] = name, name
				}
			}
			return true
		})
	}
	maps.DeleteFunc(words, func(w, _ string) bool { return !saysSomething(w) })
	return words, nil
}

func isBreak(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`\^$*+?{}|()[]`, r) }

// saysSomething tells a word that could have been learned: Chinese, or three letters.
func saysSomething(w string) bool {
	letters := 0
	for _, r := range w {
		switch {
		case unicode.Is(unicode.Han, r):
			return true
		case r|0x20 >= 'a' && r|0x20 <= 'z':
			letters++
		}
	}
	return letters >= 3
}

// A dictionary finds words by their first two characters. Letters of ASCII are the same
// in either case.
type dictionary map[string][]string

func newDictionary(words []string) dictionary {
	d := dictionary{}
	for _, w := range words {
		w = lower(w)
		d[prefix(w, 2)] = append(d[prefix(w, 2)], w)
	}
	for _, list := range d { // longest first
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	}
	return d
}

// at calls f with the words that s, in lower case, begins with, until it returns false.
func (d dictionary) at(s string, f func(word string) bool) {
	for n := 2; n > 0; n-- {
		for _, w := range d[prefix(s, n)] {
			if strings.HasPrefix(s, w) && !f(w) {
				return
			}
		}
	}
}

// lower is s with letters of ASCII in lower case, as long as s.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, s)
}

// A Teacher knows which words could have been learned from which pages only.
type Teacher struct {
	groups map[string]string // word to the one group whose pages have it, "" for several
}

// Teach looks for words in pages, which are UTF-8. group names what is left out
// together, such as the page's domain.
func Teach(words []string, pages []Page, group func(*Page) string) *Teacher {
	t, d := &Teacher{map[string]string{}}, newDictionary(words)
	for i := range pages {
		g, text := group(&pages[i]), teachable(pages[i].Raw)
		for at := range text {
			d.at(text[at:], func(w string) bool {
				if first, seen := t.groups[w]; seen && first != g {
					t.groups[w] = ""
				} else {
					t.groups[w] = g
				}
				return true
			})
		}
	}
	return t
}

// Only are the words that pages of this group alone have.
func (t *Teacher) Only(group string) []string {
	var out []string
	for w, g := range t.groups {
		if g == group {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// longestLabel is how long a piece of text may be that teaches words: they stand in short
// lines.
const longestLabel = 60

// teachable is what a page can teach words with, one piece a line, lower case: short
// texts, the names of tags, the values of attributes but addresses, scripts, comments.
func teachable(page []byte) string {
	var b strings.Builder
	z := html.NewTokenizer(bytes.NewReader(page))
	for within := ""; ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return lower(b.String())
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			within = string(name)
			b.WriteString(within + "\n")
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if k := string(key); k != "href" && k != "src" && k != "style" {
					b.Write(value)
					b.WriteByte('\n')
				}
			}
		case html.TextToken:
			if text := bytes.TrimSpace(z.Text()); within == "script" || utf8.RuneCount(text) <= longestLabel && within != "style" {
				b.Write(text)
				b.WriteByte('\n')
			}
		default:
			within = ""
			if kind == html.CommentToken {
				b.Write(z.Text())
				b.WriteByte('\n')
			}
		}
	}
}

// LeaveOut is the page, and its gold, with these words put into a language that nobody
// knows, so that a reader who has them in a list gains nothing from it.
func LeaveOut(p Page, words []string) Page {
	if len(words) == 0 {
		return p
	}
	change := newDictionary(words).garble
	p.Raw = []byte(change(string(p.Raw)))
	if p.Gold != nil {
		p.Gold = changeGold(p.Gold, change)
	}
	return p
}

func changeGold(g *Gold, change func(string) string) *Gold {
	other := *g
	for _, text := range []*string{&other.Title, &other.Text, &other.Next, &other.Source.Text, &other.Body.Text} {
		*text = change(*text)
	}
	for to, from := range map[*[]Item][]Item{&other.Items: g.Items, &other.Dead: g.Dead} {
		*to = slices.Clone(from)
		for i, item := range from {
			(*to)[i] = Item{change(item.Href), change(item.Title), item.Date, change(item.Attr)}
		}
	}
	return &other
}

// garble replaces the words in s.
func (d dictionary) garble(s string) string {
	var b strings.Builder
	from, low := 0, lower(s)
	for at := range low {
		if at < from {
			continue
		}
		d.at(low[at:], func(w string) bool {
			b.WriteString(s[from:at])
			from = at + len(w)
			b.WriteString(garble(s[at:from]))
			return false
		})
	}
	return b.String() + s[from:]
}

// garble replaces letters by letters and Chinese by characters that nobody uses.
func garble(s string) string {
	h := fnv.New32a()
	h.Write([]byte(lower(s)))
	n := rune(h.Sum32() % 4096)
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Han, r):
			return 0x3400 + (r*31+n)%6000
		case r >= 'a' && r <= 'z':
			return 'b' + (r*7+n)%3
		case r >= 'A' && r <= 'Z':
			return 'B' + (r*7+n)%3
		}
		return r
	}, s)
}

// Handbook are the words of the notes at root/.. that are no pages: what they say did
// not have to be learned from one.
func Handbook(root string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(root, "..", "PORTALS.md"))
	return strings.ToLower(string(raw)), err
}
