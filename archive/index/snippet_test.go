package index

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fangzhi/archive/fold"
)

func TestSnippet(t *testing.T) {
	text := strings.Repeat("前", 30) + "\n姓名：张　三，男，张三\n" + strings.Repeat("后", 100)
	for _, c := range []struct {
		terms []string
		want  []string
	}{
		{[]string{"缺", "三,男"}, []string{"三，男"}},
		{[]string{"张三"}, []string{"张　三", "张三"}},
		{[]string{"姓名", "张三", "三,男"}, []string{"姓名", "张　三，男", "张三"}},
	} {
		part, marks := Snippet(text, c.terms)
		var got []string
		for _, m := range marks {
			got = append(got, part[m[0]:m[1]])
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q: marked %q in %q, want %q", c.terms, got, part, c.want)
		}
		if !strings.HasPrefix(part, "…前") || !strings.HasSuffix(part, "后…") || strings.Contains(part, "\n") {
			t.Errorf("snippet %q", part)
		}
	}
	if part, marks := Snippet("短", []string{"缺"}); part != "短" || marks != nil {
		t.Errorf("snippet without a match: %q %v", part, marks)
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("姓名：张　三，男。ＡＢＣ 国发〔2015〕23 号", "三，男")
	f.Add("a ⼀般 一 般", "一般")
	f.Fuzz(func(t *testing.T, text, word string) {
		word = fold.String(word)
		if word == "" || !utf8.ValidString(text) {
			return
		}
		part, marks := Snippet(text, []string{word})
		if !utf8.ValidString(part) || strings.Contains(fold.String(text), word) != (len(marks) > 0) {
			t.Fatalf("%q in %q: snippet %q, marks %v", word, text, part, marks)
		}
		for i, m := range marks {
			if m[0] >= m[1] || m[1] > len(part) || i > 0 && marks[i-1][1] > m[0] || !utf8.ValidString(part[m[0]:m[1]]) {
				t.Fatalf("%q in %q: snippet %q, marks %v", word, text, part, marks)
			}
		}
	})
}
