package query

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"　 \n", ""},
		{`"" “　”`, ""},
		{"陶瓷", "陶瓷"},
		{"陶瓷　试验区", "陶瓷 试验区"},
		{"陶瓷 AND 试验区", "陶瓷 试验区"},
		{"“张　三” ＡＢ", "张三 ab"},
		{`"Hello  World"`, `"hello world"`},
		{`"没有关上`, "没有关上"},
		{"国发〔２０１５〕23号", `"国发〔2015〕23号"`},
		{"国发（2015）23号", `"国发(2015)23号"`},
		{"陶瓷 OR 瓷器", "陶瓷 | 瓷器"},
		{"陶瓷｜瓷器|瓷", "陶瓷 | 瓷器 | 瓷"},
		{"（陶瓷 | 瓷器） －景德镇", "(陶瓷 | 瓷器) -景德镇"},
		{"a (b c) d", "a b c d"},
		{"a (b | c d)", "a (b | (c d))"},
		{"-(a b) NOT c", "-(a b) -c"},
		{"5G-基站 a-b", `"5g-基站" "a-b"`},
		{"title：陶瓷 body:会议", "title:陶瓷 body:会议"},
		{"TITLE:(陶瓷 | 瓷器)", "title:陶瓷 | title:瓷器"},
		{"(陶瓷 source:新华社 in:attachment) 会议", "attachment:陶瓷 source:新华社 会议"},
		{"会议：陶瓷 http://a.cn", `"会议:陶瓷" "http://a.cn"`},
		{"docno:国发[2015]23号 docno:国发【2015】 docno:“国发 (2015)”", `docno:"国发〔2015〕23号" docno:"国发〔2015〕"`},
		{"region:江西 region:浮梁县", "region:360000 region:360222"},
		{"category:通知公告 site:“jx zf”", `category:通知公告 site:"jx zf"`},
		{"published:2022-03..2022-04", "published:2022-03-01..2022-04-30"},
		{"published:2022 published:2022-2 published：2022/3/31", "published:2022-01-01..2022-12-31 published:2022-02-01..2022-02-28 published:2022-03-31..2022-03-31"},
		{"published:2022.. captured:..2022-03", "published:2022-01-01.. captured:..2022-03-31"},
		{"陶瓷 NEAR 出口 NEAR/５ 会议", "(陶瓷 NEAR/20 出口) (出口 NEAR/5 会议)"},
		{"title:a NEAR title:b", "title:a NEAR/20 title:b"},
		{"a a", "a"},
		{"\xff", "\"\uFFFD\""},
		{"a\x00b", "a b"},
	} {
		n, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if got := n.String(); got != c.want {
			t.Errorf("Parse(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		in   string
		at   int
		says string
	}{
		{"-", 1, "exclude"},
		{"陶瓷 - ", 4, "exclude"},
		{"OR", 1, "before OR"},
		{"陶瓷 OR", 6, "follow OR"},
		{"陶瓷 | | 瓷", 6, "before OR"},
		{"AND 陶瓷", 5, "AND"},
		{"陶瓷 AND", 7, "AND"},
		{"(陶瓷 | 瓷", 1, "not closed"},
		{"陶瓷 )", 4, "nothing was opened"},
		{"NEAR a", 1, "word is missing"},
		{"a NEAR region:江西", 3, "NEAR stands"},
		{"a NEAR/x b", 3, "NEAR/"},
		{"region:亚特兰蒂斯", 8, "no region"},
		{"region:鼓楼区", 8, "is one of these meant"},
		{"published:2022-04..2022-03", 11, "before it begins"},
		{"published:上周", 11, "no span"},
		{"published:..", 11, "no span"},
		{"captured:2022-13", 10, "no span"},
		{"site:", 1, "needs a value"},
		{"in:anywhere", 1, "in: takes"},
		{strings.Repeat("a b ", 5000), 129, "more than 64"},
		{strings.Repeat("(", 5000), 33, "parentheses"},
		{strings.Repeat("-", 5000), 65, "more than 64"},
	} {
		_, err := Parse(c.in)
		var syntax *SyntaxError
		switch {
		case !errors.As(err, &syntax):
			t.Errorf("Parse(%.20q): %v", c.in, err)
		case syntax.At != c.at || !strings.Contains(syntax.Message, c.says):
			t.Errorf("Parse(%.20q): %v; want character %d and %q", c.in, err, c.at, c.says)
		}
	}
}

// FuzzParse: a query that was printed reads as the same tree; an error points into
// the query or right behind it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`陶瓷 "一字 不差" OR (title:瓷 | -排除) NEAR/3 x`, "region:江西 published:2022..2023 captured:2022-03", "in:title a docno:[1] （b）", "a NEAR b NEAR c | d) e",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.At < 1 || syntax.At > utf8.RuneCountInString(s)+1 {
				t.Fatalf("Parse(%q): %v", s, err)
			}
			return
		}
		again, err := Parse(n.String())
		if err != nil || again.String() != n.String() {
			t.Fatalf("Parse(%q) = %s, which reads as %v, %v", s, n, again, err)
		}
	})
}

func ExampleParse() {
	n, _ := Parse("（陶瓷｜瓷器） －景德镇 region：江西")
	fmt.Println(n)
	_, err := Parse("陶瓷 (试验区")
	fmt.Println(err)
	// Output:
	// (陶瓷 | 瓷器) -景德镇 region:360000
	// query, character 4: this parenthesis is not closed
}
