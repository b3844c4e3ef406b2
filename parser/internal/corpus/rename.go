package corpus

import (
	"bytes"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/publicsuffix"
)

// Rename is the page as another portal might have it: the words of class names and
// ids, and the hosts of addresses, are replaced by invented ones, the same word by the
// same. p.Raw must be UTF-8. Numbers are kept, style sheets too, and what a script says but
// for ids and hosts.
func Rename(p Page) Page {
	ids := map[string]bool{}
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(p.Raw))
	for within := ""; ; {
		kind := z.Next()
		raw := bytes.Clone(z.Raw())
		switch kind {
		case html.ErrorToken:
			out.Write(raw)
			p.Raw = renameIDs(out.Bytes(), ids)
			p.Gold = renameGold(p.Gold)
			return p
		case html.StartTagToken, html.SelfClosingTagToken:
			out.WriteString(renameTag(z, raw, ids, &within))
		case html.TextToken:
			if within == "script" {
				raw = []byte(renameHosts(string(raw)))
			}
			out.Write(raw)
		default:
			within = ""
			out.Write(raw)
		}
	}
}

// renameTag writes a start tag anew if there is something to rename in it.
func renameTag(z *html.Tokenizer, raw []byte, ids map[string]bool, within *string) string {
	name, more := z.TagName()
	*within = string(name)
	var b strings.Builder
	b.WriteString("<" + string(name))
	changed := false
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		old := string(value)
		val := renameHosts(old)
		switch string(key) {
		case "id":
			ids[old] = true
			val = invent(old)
		case "class":
			val = invent(old)
		}
		changed = changed || val != old
		b.WriteString(" " + string(key) + `="` + html.EscapeString(val) + `"`)
	}
	if !changed {
		return string(raw)
	}
	if bytes.HasSuffix(raw, []byte("/>")) {
		b.WriteString(" /")
	}
	return b.String() + ">"
}

// idUse is where a script names an id.
var idUse = regexp.MustCompile(`(getElementById\(\s*['"]|['"]#)([\w-]+)`)

func renameIDs(page []byte, ids map[string]bool) []byte {
	return idUse.ReplaceAllFunc(page, func(s []byte) []byte {
		m := idUse.FindSubmatch(s)
		if !ids[string(m[2])] {
			return s
		}
		return append(slices.Clone(m[1]), invent(string(m[2]))...)
	})
}

var address = regexp.MustCompile(`(?i)(https?:|["'(=\s]|^)//([a-z0-9-]+\.)+[a-z]{2,}`)

// renameHosts renames the hosts of addresses in s.
func renameHosts(s string) string {
	if !strings.Contains(s, "//") {
		return s
	}
	return address.ReplaceAllStringFunc(s, func(at string) string {
		i := strings.Index(at, "//") + 2
		return at[:i] + renameHost(at[i:])
	})
}

// renameHost keeps www and the public suffix, which says what kind of host it is.
func renameHost(host string) string {
	suffix, _ := publicsuffix.PublicSuffix(strings.ToLower(host))
	inner := strings.TrimSuffix(host[:len(host)-len(suffix)], ".")
	if inner == "" {
		return host
	}
	labels := strings.Split(inner, ".")
	for i, l := range labels {
		if l != "www" {
			labels[i] = invent(strings.ToLower(l))
		}
	}
	return strings.Join(labels, ".") + "." + suffix
}

func renameGold(g *Gold) *Gold {
	if g == nil {
		return nil
	}
	other := *g
	other.Next = renameHosts(g.Next)
	for _, list := range []*[]Item{&other.Items, &other.Dead} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i].Href = renameHosts((*list)[i].Href)
		}
	}
	return &other
}

// invent replaces each word of a class or id that has a letter. Without vowels no
// invented word contains one that says something.
func invent(names string) string {
	words := strings.Fields(names)
	for i, w := range words {
		if strings.Trim(w, "0123456789-_") != "" {
			words[i] = nonsense(w, 8)
		}
	}
	return strings.Join(words, " ")
}

func nonsense(s string, n int) string {
	const letters = "bcdfghjkmnpqrtvwxz"
	h := fnv.New64a()
	h.Write([]byte(s))
	word, sum := make([]byte, n), h.Sum64()
	for i := range word {
		word[i] = letters[sum%uint64(len(letters))]
		sum /= uint64(len(letters))
	}
	return string(word)
}
