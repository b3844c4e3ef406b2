package archive

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fangzhi/archive/fold"
)

func TestTerms(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"　 \n", nil},
		{"陶瓷", []string{"陶瓷"}},
		{"陶瓷　景德镇 陶瓷", []string{"陶瓷", "景德镇"}},
		{`"Hello  World" 张`, []string{"hello world", "张"}},
		{"“张　三”李", []string{"张三", "李"}},
		{`＂ＡＢ＂`, []string{"ab"}},
		{`a"b c`, []string{"a", "b c"}},
		{`"" " "`, nil},
		{"国发〔２０１５〕23号", []string{"国发〔2015〕23号"}},
		{"\xff\"", []string{"\uFFFD"}},
	} {
		if got := Terms(c.in); !slices.Equal(got, c.want) {
			t.Errorf("Terms(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzTerms(f *testing.F) {
	f.Add(`陶瓷 "景 德" “a`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, term := range Terms(s) {
			if term == "" || fold.String(term) != term {
				t.Fatalf("Terms(%q) has %q", s, term)
			}
			if again := Terms(`"` + term + `"`); !strings.ContainsFunc(term, isQuote) && !slices.Equal(again, []string{term}) {
				t.Fatalf("%q in quotes is %q", term, again)
			}
		}
	})
}

func TestAnchorsAreFoldedToByNothingElse(t *testing.T) {
	for r := rune(0); r <= 0x10FFFF; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		for _, to := range fold.String(string(r)) {
			if to != r && anchor(string(to)) != nil {
				t.Fatalf("%U folds to %U, which is an anchor", r, to)
			}
		}
	}
	if a := anchor("国家瓷"); string(a) != "瓷" {
		t.Errorf("anchor %q", a)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("姓名：张　三，男。ＡＢＣ 国发〔2015〕23 号", "三，男", "abc")
	f.Add("⼀般 一 般", "一般", "般")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		terms := Terms(`"` + a + `" ` + b)
		if len(terms) == 0 || len(terms) > maxTerms {
			return
		}
		m := newMatcher(terms)
		got, folded := m.find([]byte(text), 0), fold.String(text)
		for i, term := range terms {
			if want := strings.Contains(folded, term); want != (got&(1<<i) != 0) {
				t.Fatalf("%q in %q: %v", term, text, !want)
			}
		}
		part, match := snippet(text, terms)
		if !utf8.ValidString(text) {
			return
		}
		if !utf8.ValidString(part) || match[0] > match[1] || match[1] > len(part) || got != 0 && match[0] == match[1] {
			t.Fatalf("snippet %q, match %v", part, match)
		}
	})
}

func TestSnippet(t *testing.T) {
	text := strings.Repeat("前", 30) + "\n姓名：张　三，男\n" + strings.Repeat("后", 100)
	part, match := snippet(text, []string{"缺", "张三"})
	if got := part[match[0]:match[1]]; got != "张　三" {
		t.Errorf("match %q in %q", got, part)
	}
	if !strings.HasPrefix(part, "…前") || !strings.HasSuffix(part, "后…") || strings.Contains(part, "\n") {
		t.Errorf("snippet %q", part)
	}
	if part, match := snippet("短", []string{"缺"}); part != "短" || match != [2]int{} {
		t.Errorf("snippet without a match: %q %v", part, match)
	}
}

func BenchmarkFind(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	texts := make([][]byte, 256)
	n := 0
	for i := range texts {
		texts[i] = []byte(sampleText(rnd, 3500))
		n += len(texts[i])
	}
	for _, q := range []string{"陶瓷", "会议", "2015", "国发〔2015〕23号"} {
		b.Run(q, func(b *testing.B) {
			m := newMatcher(Terms(q))
			b.SetBytes(int64(n))
			for b.Loop() {
				for _, t := range texts {
					m.find(t, 0)
				}
			}
		})
	}
}

// sampleText is n bytes with characters as unevenly frequent as in real texts.
func sampleText(rnd *rand.Rand, n int) string {
	common := []rune(commonest)
	var b strings.Builder
	for b.Len() < n {
		switch k := rnd.IntN(20); {
		case k == 0:
			b.WriteString("，")
		case k == 1:
			b.WriteString("。\n　　")
		case k == 2:
			b.WriteString("2022年3月")
		case k < 14:
			b.WriteRune(common[rnd.IntN(rnd.IntN(len(common))+1)])
		default:
			b.WriteRune(rune(0x4E00 + rnd.IntN(6000)))
		}
	}
	return b.String()
}
