package fold

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestString(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"国发〔2015〕23号", "国发〔2015〕23号"},
		{"国发〔２０１５〕２３ 号", "国发〔2015〕23号"},
		{"张　三", "张三"},
		{" 张 \n\t 三 ", "张三"},
		{"2022 年 3 月", "2022年3月"},
		{"Hello,\n  World ", "hello, world"},
		{"ＡＢＣ　ａｂｃ", "abc abc"},
		{"５Ｇ 基站", "5g基站"},
		{"（一）总则；", "(一)总则;"},
		{"①㎡℃㈠½", "1m2°c(一)1⁄2"},
		{"ﬁne ΣΑΣ", "fine σασ"},
		{"zero\u200bwidth so\u00adft", "zerowidth soft"},
		{"⼀⻢豈", "一⻢豈"}, // a radical that is compatible, one that is not
		{"会议。\n 会议", "会议。会议"},
		{"한국 사람", "한국 사람"},
		{"\xff张", "\uFFFD张"},
		{"\xe5\xbc", "\uFFFD\uFFFD"},
		{"\U0002F800", "丽"},
		{"\U00020000 \U00020001", "\U00020000\U00020001"},
	} {
		if got := String(c.in); got != c.want {
			t.Errorf("String(%q) = %q, want %q", c.in, got, c.want)
		}
		if got := string(Append([]byte("x "), []byte(c.in))); got != "x "+c.want {
			t.Errorf("Append(%q) = %q, want it behind %q", c.in, got, "x ")
		}
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct{ in, needle, want string }{
		{"姓名：张　三，男", "张三", "张　三"},
		{"姓名：张　三，男", "三,男", "三，男"},
		{"  ＡＢＣ  d", "bc d", "ＢＣ  d"},
		{"面积5㎡左右", "m2左", "㎡左"},
		{"面积5㎡左右", "5m", "5㎡"},
		{"哈哈哈", "哈", "哈"},
	} {
		folded := String(c.in)
		at := strings.Index(folded, c.needle)
		from, to := Span(c.in, at, at+len(c.needle))
		if got := c.in[from:to]; got != c.want {
			t.Errorf("%q in %q: span %q, want %q", c.needle, c.in, got, c.want)
		}
	}
}

func TestExpansionsAreShort(t *testing.T) {
	for r := rune(0); r <= 0x10FFFF; r++ {
		if s := compute(r); len(s) > 60 || utf8.ValidRune(r) && String(s) != String(string(r)) {
			t.Fatalf("%U folds to %q", r, s)
		}
		if isHanLead(string(r)[0]) && compute(r) != string(r) {
			t.Fatalf("%U does not fold to itself", r)
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	text, dst := sample(4096), make([]byte, 0, 8192)
	if n := testing.AllocsPerRun(10, func() { Append(dst, text) }); n > 0 {
		t.Errorf("Append of a string allocates %v times", n)
	}
	raw := []byte(text)
	if n := testing.AllocsPerRun(10, func() { Append(dst, raw) }); n > 0 {
		t.Errorf("Append of bytes allocates %v times", n)
	}
}

func FuzzString(f *testing.F) {
	f.Add("国发〔２０１５〕２３ 号, Hello  World ㎡ ¨ a¨", 3, 30)
	f.Add("张　三\u200b\xff ﷺ", 0, 5)
	f.Fuzz(func(t *testing.T, s string, from, to int) {
		folded := String(s)
		if !utf8.ValidString(folded) {
			t.Fatalf("%q folds to %q", s, folded)
		}
		if again := String(folded); again != folded {
			t.Fatalf("%q folds to %q, and that to %q", s, folded, again)
		}
		part := part(s, from, to)
		if !strings.Contains(folded, String(part)) {
			t.Fatalf("%q is in %q, but %q not in %q", part, s, String(part), folded)
		}
		if slow := stepwise(s); slow != folded {
			t.Fatalf("%q folds to %q, character by character to %q", s, folded, slow)
		}
		checkSpan(t, s, folded, from, to)
	})
}

// part is s[from:to] moved to boundaries between characters.
func part(s string, from, to int) string {
	runes := []rune(s)
	from = min(max(from, 0), len(runes))
	to = min(max(to, from), len(runes))
	return string(runes[from:to])
}

// stepwise folds without the fast ways of Append.
func stepwise(s string) string {
	var f folder
	for i := 0; i < len(s); {
		i += f.other(s[i:])
	}
	return string(f.dst)
}

// checkSpan: the original of a part of the folded text folds to something with
// this part in it.
func checkSpan(t *testing.T, s, folded string, from, to int) {
	needle := strings.TrimSpace(part(folded, from, to))
	if needle == "" || strings.ContainsRune(needle, utf8.RuneError) {
		return
	}
	at := strings.Index(folded, needle)
	start, end := Span(s, at, at+len(needle))
	if got := String(s[start:end]); !strings.Contains(got, needle) {
		t.Fatalf("%q at %d of %q: span %q folds to %q", needle, at, folded, s[start:end], got)
	}
}

func ExampleString() {
	fmt.Println(String("国发〔２０１５〕２３ 号　张　三"))
	// Output: 国发〔2015〕23号张三
}

// sample is n bytes of text as portals have it.
func sample(n int) string {
	rnd := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < n {
		switch rnd.IntN(12) {
		case 0:
			b.WriteString("，")
		case 1:
			b.WriteString("2022年3月")
		case 2:
			b.WriteString("。\n　　")
		default:
			b.WriteRune(rune(0x4E00 + rnd.IntN(3000)))
		}
	}
	return b.String()
}

func BenchmarkAppend(b *testing.B) {
	text := sample(3500)
	dst := make([]byte, 0, 2*len(text))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Append(dst, text)
	}
}
