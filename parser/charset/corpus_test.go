package charset

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"fangzhi/parser/internal/corpus"
)

// corpusPages are the pages of the shared evaluation corpus as UTF-8 text.
func corpusPages(t testing.TB) map[string]string {
	t.Helper()
	root := "../../../shared/corpus"
	files, err := filepath.Glob(filepath.Join(root, "*", "html", "*"))
	if err != nil || len(files) == 0 {
		t.Skipf("no corpus at %s", root)
	}
	pages := make(map[string]string, len(files))
	for i, name := range files {
		if (testing.Short() || corpus.Instrumented) && i%8 != 0 {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := Decode(raw, "")
		pages[filepath.Base(name)] = string(text)
	}
	return pages
}

// A way is one manner of sending a page: how it is encoded and what is said of it.
type way struct {
	name         string
	enc          string
	meta, header string
	cut          bool
}

var ways = []way{
	{"gb18030", nameGB, "gb18030", "text/html; charset=gb18030", false},
	{"gbk labelled gb2312", nameGB, "gb2312", "", false},
	{"gbk, header utf-8", nameGB, "gb2312", "text/html; charset=UTF-8", false},
	{"gbk, meta utf-8", nameGB, "utf-8", "", false},
	{"gbk, all say utf-8", nameGB, "utf-8", "text/html; charset=utf-8", false},
	{"gbk, all say big5", nameGB, "big5", "text/html; charset=big5", false},
	{"gbk, header latin", nameGB, "", "text/html; charset=ISO-8859-1", false},
	{"gbk, no label", nameGB, "", "", false},
	{"gbk, header big5, meta right", nameGB, "gb2312", "text/html; charset=big5", false},
	{"gbk, meta big5", nameGB, "big5", "", false},
	{"gbk, no label, cut", nameGB, "", "", true},
	{"gbk labelled gb2312, cut", nameGB, "gb2312", "", true},
	{"gbk, all say big5, cut", nameGB, "big5", "text/html; charset=big5", true},
	{"gbk, header utf-8, cut", nameGB, "", "text/html; charset=utf-8", true},
	{"big5", nameBig5, "big5", "", false},
	{"big5, all say gbk", nameBig5, "gb2312", "text/html; charset=gbk", false},
	{"big5, header gbk, meta right", nameBig5, "big5", "text/html; charset=gbk", false},
	{"big5, meta gb2312, cut", nameBig5, "gb2312", "", true},
	{"big5, all say utf-8", nameBig5, "utf-8", "text/html; charset=utf-8", false},
	{"big5, no label", nameBig5, "", "", false},
	{"big5, no label, cut", nameBig5, "", "", true},
	{"utf-8, all say gb2312", nameUTF8, "gb2312", "text/html; charset=gb2312", false},
	{"utf-8, header gbk, meta right", nameUTF8, "utf-8", "text/html; charset=gbk", false},
	{"utf-8, header big5, cut", nameUTF8, "", "text/html; charset=big5", true},
	{"utf-8, meta big5, cut", nameUTF8, "big5", "", true},
	{"utf-8, no label", nameUTF8, "", "", false},
}

// wrongDecisions may be read wrongly, "way: page" to the reason. There are none.
var wrongDecisions = map[string]string{}

// Every page, re-encoded and labelled in every way that lies, reads as before.
func TestCorpusDecisions(t *testing.T) {
	tried := make(map[string]int)
	for name, page := range corpusPages(t) {
		page = openLabel(page)
		encoded := map[string][2]string{nameUTF8: {page, page}}
		for label, enc := range map[string]encoding.Encoding{nameGB: simplifiedchinese.GB18030, nameBig5: traditionalchinese.Big5} {
			if text, bytes, ok := encodable(page, enc); ok {
				encoded[label] = [2]string{text, bytes}
			}
		}
		for _, w := range ways {
			e, ok := encoded[w.enc]
			if !ok || high([]byte(e[1])) < 8 {
				continue // written in the other script, or as good as ASCII
			}
			tried[w.name]++
			send(t, w, name, strings.ReplaceAll(e[0], label, w.meta), strings.ReplaceAll(e[1], label, w.meta))
		}
	}
	cases := 0
	for _, w := range ways {
		t.Logf("%-24s %3d pages", w.name, tried[w.name])
		cases += tried[w.name]
	}
	t.Logf("%d cases, %d named exceptions", cases, len(wrongDecisions))
	if len(wrongDecisions) > 2 {
		t.Errorf("%d wrong decisions are excused, want at most 2", len(wrongDecisions))
	}
}

// send decodes one page sent one way.
func send(t *testing.T, w way, name, want, sent string) {
	t.Helper()
	if w.cut {
		sent = sent[:cutAt([]byte(sent))]
	}
	text, why := Decode([]byte(sent), w.header)
	got := string(text)
	if why.Label != w.enc && wrongDecisions[w.name+": "+name] == "" {
		t.Errorf("%s: %s: got %+v, want %s", w.name, name, why, w.enc)
		return
	}
	if w.cut {
		got = strings.TrimSuffix(got, "\uFFFD")
		want = want[:min(len(want), len(got))]
	}
	if got != want {
		t.Errorf("%s: %s: %+v: reads differently", w.name, name, why)
	}
}

// label stands where a page declares its charset until it is sent.
const label = "@label@"

var declaration = regexp.MustCompile(`(?i)(<meta[^>]{0,80}charset\s*=\s*["']?)[a-z0-9_-]+`)

func openLabel(page string) string {
	if !declaration.MatchString(page) {
		return `<meta charset="` + label + `">` + page
	}
	return declaration.ReplaceAllString(page, "${1}"+label)
}

// encodable is the page in an encoding, as text and as bytes, with `?` for the odd
// character that it lacks; not ok if those are more than 2 % of what is not ASCII.
func encodable(page string, enc encoding.Encoding) (text, bytes string, ok bool) {
	lacks := make(map[rune]bool)
	for _, r := range page {
		if _, seen := lacks[r]; r < utf8.RuneSelf || seen {
			continue
		}
		b, err := enc.NewEncoder().String(string(r))
		back, _ := enc.NewDecoder().String(b)
		lacks[r] = err != nil || back != string(r)
	}
	lost, all := 0, 0
	text = strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		all++
		if lacks[r] {
			lost++
			return '?'
		}
		return r
	}, page)
	if lost*50 > all {
		return "", "", false
	}
	bytes, err := enc.NewEncoder().String(text)
	return text, bytes, err == nil
}

// cutAt is a place two thirds into the page, inside a character where there is one.
func cutAt(body []byte) int {
	n := len(body) * 2 / 3
	if i := bytes.IndexFunc(body[n:], func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
		n += i + 1
	}
	return n
}
