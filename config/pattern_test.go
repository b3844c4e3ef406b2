package config

import (
	"errors"
	"strings"
	"testing"
)

func TestBraces(t *testing.T) {
	for text, want := range map[string]string{
		"col/col1":          "col/col1",
		"col/col{443,5868}": "col/col443 col/col5868",
		"list_{8..11}.html": "list_8.html list_9.html list_10.html list_11.html",
		"list_{08..10}":     "list_08 list_09 list_10",
		"{a,b}/{1..2}":      "a/1 a/2 b/1 b/2",
		"{3..1}":            "{3..1}",
		"{one}":             "{one}",
		"{a,}":              "{a,}",
		"{1..":              "{1..",
		"{1..9999999}":      "{1..9999999}",
	} {
		if got := strings.Join(braces(text), " "); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// TestPatterns: a listing may stand for many, of each region too, which is then not
// looked for on the home page.
func TestPatterns(t *testing.T) {
	c := load(t, `
[[site]]
name = "a"
home = "http://a.example/"
regions = ["江西", { code = "360222", label = "浮梁县" }]
[[site.listings]]
url = "http://a.example/list?area={code}&page={1..2}"
category = "公告"
[[site.listings]]
url = "http://a.example/{label}/"
[[site]]
name = "b"
home = "http://b.example/"
[[site.listings]]
url = "http://b.example/{code}/"
`)
	var got []string
	for _, l := range c.Sites[0].Listings {
		got = append(got, l.URL+" "+l.Region+" "+l.Category)
	}
	want := []string{
		"http://a.example/list?area=360000&page=1 360000 公告", "http://a.example/list?area=360000&page=2 360000 公告",
		"http://a.example/list?area=360222&page=1 360222 公告", "http://a.example/list?area=360222&page=2 360222 公告",
		"http://a.example/%E6%B1%9F%E8%A5%BF/ 360000 ", "http://a.example/%E6%B5%AE%E6%A2%81%E5%8E%BF/ 360222 ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || len(c.Sites[0].Regions) != 0 {
		t.Errorf("got %s\nand regions %v", strings.Join(got, "\n"), c.Sites[0].Regions)
	}
	if b := c.Sites[1]; len(b.Listings) != 31 || len(b.Regions) != 0 {
		t.Errorf("{code} without regions stands for %d listings, and there are regions %v", len(b.Listings), b.Regions)
	}
	if again := load(t, c.TOML()); again.TOML() != c.TOML() {
		t.Errorf("what is recorded of a run does not load as the same:\n%s", again.TOML())
	}
}

func TestPatternErrors(t *testing.T) {
	for _, pattern := range []string{"http://a.example/{1..99999}", "http://a.example/{page}", "http://a.example/{1..90}{1..90}"} {
		path := files(t, map[string]string{FileName: "[[site]]\nname = \"a\"\nhome = \"http://a.example/\"\n[[site.listings]]\nurl = \"http://a.example/1\"\n[[site.listings]]\nurl = \"" + pattern + "\"\n"})
		_, err := Load(path, nil)
		var e *Error
		if !errors.As(err, &e) || e.Line != 7 || !strings.Contains(e.Message, "is no pattern: want {443,5868}") {
			t.Errorf("%s: got %v", pattern, err)
		}
	}
}
