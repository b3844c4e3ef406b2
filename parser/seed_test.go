package parser

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// TestSeed reads the first portal's article, in GBK and between navigation and footer as
// the portal shows it, and wants exactly the values of the design.
func TestSeed(t *testing.T) {
	const file = "../../shared/seed/zgw123-article.txt"
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no seed at %s", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	page, paragraphs := seedPage(t, string(text))
	for name, layout := range map[string]*strings.Replacer{
		"paragraphs": strings.NewReplacer(),
		"breaks":     strings.NewReplacer("<p>", "", "</p>", "<br><br>", "<h1>", "<div>", "</h1>", "</div>"),
		"table":      strings.NewReplacer("<div>", "<table><tr><td>", "</div>", "</td></tr></table>", "<h1>", "<b>", "</h1>", "</b><br>"),
	} {
		t.Run(name, func(t *testing.T) { checkSeed(t, layout.Replace(page), paragraphs) })
	}
}

func checkSeed(t *testing.T, page string, paragraphs []string) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse("http://www.zgw123.cn/x/88.html")
	if err != nil {
		t.Fatal(err)
	}
	body, evidence := Decode([]byte(gbk), "text/html")
	if evidence.Label != "gb18030" {
		t.Errorf("read as %q", evidence.Label)
	}
	p, err := Parse(body, Origin{URL: u, Fetched: goldenFetched})
	if err != nil {
		t.Fatal(err)
	}
	a := p.Article
	if a == nil {
		t.Fatalf("kind %s (%s), want an article", p.Kind, p.Why)
	}
	got := []string{a.Title, a.Date.Day().String(), string(a.Date.Precision), a.Source, a.Region, a.Category, strings.Join(a.Breadcrumb, " > "), a.Text}
	want := []string{
		"景德镇市浮梁县:国家试验区新平先行区管委会第一次全体会议召开", "2022-03-31", "day", "江西省景德镇市浮梁县人民政府", "360222",
		"政企信息", "首页 > 江西政企信息", strings.Join(paragraphs, "\n"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if a.Date.Weak {
		t.Error("the date is called weak")
	}
}

// seedPage makes the page of its text: title, three lines of navigation and more, the
// breadcrumb, the title again, the date, the paragraphs with the source last, the foot.
func seedPage(t *testing.T, text string) (page string, paragraphs []string) {
	t.Helper()
	var b strings.Builder
	lines := strings.Split(text, "\n")
	inBody := false
	fmt.Fprintf(&b, "<html><head><meta charset=gb2312><title>%s</title></head><body>\n<div>", lines[0])
	for _, line := range lines[1:] {
		line = strings.Trim(line, " \u3000\r")
		switch {
		case line == "":
		case strings.HasPrefix(line, "当前位置"):
			home, column, _ := strings.Cut(strings.TrimPrefix(line, "当前位置:"), " > ")
			fmt.Fprintf(&b, "</div>\n<div>当前位置:<a href=\"/\">%s</a> &gt; <a href=\"/jiangxi/\">%s</a></div>\n", home, column)
		case strings.HasPrefix(line, "发布时间"):
			fmt.Fprintf(&b, "<div>%s</div>\n<div>\n", line)
			inBody = true
		case strings.HasPrefix(line, "(来源"):
			fmt.Fprintf(&b, "<p>&nbsp;&nbsp;%s</p>\n</div><hr>\n<div>", line)
			inBody = false
		case inBody:
			fmt.Fprintf(&b, "<p>&nbsp;&nbsp;%s</p>\n", line)
			paragraphs = append(paragraphs, line)
		case strings.HasPrefix(lines[0], line) && len(line) > 60:
			fmt.Fprintf(&b, "<h1>%s</h1>\n", line)
		case len(paragraphs) > 0:
			fmt.Fprintf(&b, "%s<br>\n", line)
		default:
			for label := range strings.FieldsSeq(line) {
				fmt.Fprintf(&b, "<a href=\"/%x/\">%s</a> ", label, label)
			}
		}
	}
	b.WriteString("</div></body></html>\n")
	if len(paragraphs) < 5 {
		t.Fatalf("only %d paragraphs in the seed", len(paragraphs))
	}
	return b.String(), paragraphs
}
