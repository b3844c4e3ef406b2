package robots

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

const agent = "fangzhi/1.0 (+mailto:archive@example.org)"

func verdict(t *testing.T, file, agent, target string) Verdict {
	t.Helper()
	u, err := url.Parse("http://www.zgw123.cn" + target)
	if err != nil {
		t.Fatalf("url %q: %v", target, err)
	}
	return Parse([]byte(file)).For(agent).Test(u)
}

func TestAllowed(t *testing.T) {
	const all = "User-agent: *\n"
	tests := []struct {
		name, file, target string
		want               bool
	}{
		{"no file", "", "/a", true},
		{"no rule for us", "User-agent: other\nDisallow: /", "/a", true},
		{"all forbidden", all + "Disallow: /", "/a", false},
		{"empty disallow", all + "Disallow:\n", "/a", true},
		{"empty disallow and a real one", all + "Disallow:\nDisallow: /a", "/a", false},
		{"prefix", all + "Disallow: /admin", "/administration", false},
		{"prefix with slash", all + "Disallow: /admin/", "/admin", true},
		{"case of path matters", all + "Disallow: /Admin", "/admin", true},
		{"case of fields does not", "USER-AGENT: *\nDISALLOW: /a", "/a", false},
		{"robots.txt itself", all + "Disallow: /", "/robots.txt", true},
		{"root only", all + "Disallow: /$", "/", false},
		{"root only, elsewhere", all + "Disallow: /$", "/a", true},

		{"longest wins", all + "Allow: /a/b\nDisallow: /a", "/a/b/c", true},
		{"longest wins, other order", all + "Disallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"longest wins, denied", all + "Allow: /a\nDisallow: /a/b", "/a/b", false},
		{"tie is allow", all + "Disallow: /a\nAllow: /a", "/a", true},
		{"tie is allow, other order", all + "Allow: /a\nDisallow: /a", "/a", true},
		{"RFC 5.2: /example/page", all + "Allow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/disallowed.gif", false},
		{"RFC 5.2: /example/page allowed", all + "Allow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/x", true},

		{"star", all + "Disallow: /*.php", "/a/b.php?x=1", false},
		{"star elsewhere", all + "Disallow: /*.php", "/a/b.html", true},
		{"star and end", all + "Disallow: /*.php$", "/a.php", false},
		{"star and end, query follows", all + "Disallow: /*.php$", "/a.php?x", true},
		{"star and end, twice in the path", all + "Disallow: /*.php$", "/a.php/b.php", false},
		{"two stars", all + "Disallow: /a*b*c", "/axxbxxc", false},
		{"two stars, wrong order", all + "Disallow: /a*b*c", "/axxcxxb", true},
		{"star matches nothing too", all + "Disallow: /a*b", "/ab", false},
		{"trailing star", all + "Disallow: /a*", "/a", false},
		{"overlap is no match", all + "Disallow: /aba*aba$", "/aba", true},
		{"leading star", all + "Disallow: *.jsp", "/x/y.jsp", false},
		{"dollar in the middle is literal", all + "Disallow: /a$b", "/a$b", false},
		{"dollar in the middle is no end", all + "Disallow: /a$b", "/a", true},
		{"RFC 2.2.3: escaped star", all + "Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", false},
		{"escaped star is no wildcard", all + "Disallow: /a%2Ab", "/axb", true},
		{"RFC 2.2.3: escaped dollar", all + "Disallow: /path/foo-%24", "/path/foo-$", false},

		{"RFC 2.2.2: plain and plain", all + "Disallow: /foo/bar?baz=quz", "/foo/bar?baz=quz", false},
		{"RFC 2.2.2: escaped slash stays", all + "Disallow: /foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", true},
		{"RFC 2.2.2: U+E38384 bare and escaped", all + "Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", false},
		{"RFC 2.2.2: escaped and escaped", all + "Disallow: /foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", false},
		{"RFC 2.2.2: letters escaped for nothing", all + "Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", false},
		{"letters of the target escaped", all + "Disallow: /foo/baz", "/foo/%62az", false},
		{"Chinese path, bare and bare", all + "Disallow: /政策/", "/政策/1.html", false},
		{"Chinese path, small hex digits", all + "Disallow: /政策/", "/%e6%94%bf%e7%ad%96/1.html", false},
		{"Chinese path in GBK bytes", all + "Disallow: /\xd5\xfe\xb2\xdf/", "/%D5%FE%B2%DF/1.html", false},
		{"Chinese query", all + "Disallow: /s?k=江西", "/s?k=%E6%B1%9F%E8%A5%BF", false},
		{"lone percent sign", all + "Disallow: /100%", "/100%25", false},

		{"byte order mark", "\xef\xbb\xbf" + all + "Disallow: /a", "/a", false},
		{"CR alone", "User-agent: *\rDisallow: /a\r", "/a", false},
		{"CR LF", "User-agent: *\r\nDisallow: /a\r\n", "/a", false},
		{"comment and blanks", " User-agent : * # all\n\tDisallow\t:\t/a # not this\n", "/a", false},
		{"blank line inside a group", all + "\n\nDisallow: /a", "/a", false},
		{"nonsense between", all + "hello\n:::\n\x00\xff\nDisallow: /a", "/a", false},
		{"rule before any group", "Disallow: /a\n" + all + "Disallow: /b", "/a", true},
		{"sitemap does not close a group", "User-agent: fangzhi\nSitemap: http://x/s.xml\nUser-agent: other\nDisallow: /a", "/a", false},
		{"colon missing", "User-agent *\nDisallow /a", "/a", false},
		{"full-width colon", "User-agent：*\nDisallow：/a", "/a", false},
		{"misspelt", "Useragent: *\nDissallow: /a", "/a", false},
		{"slash missing", all + "Disallow: admin/", "/admin/x", false},
		{"HTML in its place", "<!DOCTYPE html><p>\nUser-agent: *\nDisallow: /\n", "/a", true},
		{"HTML after a byte order mark", "\xef\xbb\xbf\r\n<html>\nUser-agent: *\nDisallow: /\n", "/a", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := verdict(t, test.file, agent, test.target); got.Allowed != test.want {
				t.Errorf("%s: got %+v, want allowed %v; file:\n%s", test.target, got, test.want, test.file)
			}
		})
	}
}

func TestGroups(t *testing.T) {
	const file = `
User-agent: foobot
Disallow: /foo
User-agent: *
Disallow: /star
User-agent: Fangzhi/2.0
User-agent: barbot
Disallow: /both
User-agent: foobot
Disallow: /more
`
	tests := []struct {
		name, agent, target string
		want                bool
	}{
		{"our own group", "fangzhi", "/both", false},
		{"our own group replaces the star", "fangzhi", "/star", true},
		{"header", agent, "/both", false},
		{"case", "FANGZHI/1", "/both", false},
		{"browser-like header", "Mozilla/5.0 (compatible; Fangzhi/1.0; +http://example.org/bot)", "/both", false},
		{"browser-like header is not Mozilla", "Mozilla/5.0 (compatible; Fangzhi/1.0; +http://example.org/bot)", "/star", true},
		{"longer token is another crawler", "fangzhi-news", "/both", true},
		{"shorter token is another crawler", "fang", "/both", true},
		{"second agent of a group", "barbot", "/both", false},
		{"groups of one agent are merged, first", "foobot", "/foo", false},
		{"groups of one agent are merged, second", "foobot", "/more", false},
		{"everyone else", "else", "/star", false},
		{"no name at all", "", "/star", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := verdict(t, file, test.agent, test.target); got.Allowed != test.want {
				t.Errorf("%s for %q: got %+v, want allowed %v", test.target, test.agent, got, test.want)
			}
		})
	}
}

func TestVerdictNamesTheLine(t *testing.T) {
	got := verdict(t, "User-agent: *\n\nAllow: /a\nDisallow: /a/*.doc$\n", agent, "/a/b.doc")
	if want := (Verdict{false, "/a/*.doc$", 4}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestCrawlDelay(t *testing.T) {
	tests := []struct {
		value string
		want  time.Duration
	}{
		{"5", 5 * time.Second}, {"0.5", 500 * time.Millisecond}, {"5 # s", 5 * time.Second},
		{"-1", 0}, {"NaN", 0}, {"five", 0}, {"", 0}, {"Inf", 24 * time.Hour}, {"1e300", 24 * time.Hour},
	}
	for _, test := range tests {
		f := Parse([]byte("User-agent: *\nCrawl-delay: " + test.value + "\nDisallow:"))
		if got := f.For(agent).Delay; got != test.want {
			t.Errorf("Crawl-delay %q: got %v, want %v", test.value, got, test.want)
		}
	}
}

func TestCrawlDelayDoesNotCloseTheGroup(t *testing.T) {
	f := Parse([]byte("User-agent: a\nCrawl-delay: 2\nUser-agent: b\nDisallow: /x"))
	a, b := f.For("a"), f.For("b")
	if a.Delay != 2*time.Second || b.Delay != 2*time.Second || len(a.rules) != 1 || len(b.rules) != 1 {
		t.Errorf("got %+v and %+v, want one group of both", a, b)
	}
}

func TestSitemaps(t *testing.T) {
	f := Parse([]byte("Sitemap: http://x/a.xml\nUser-agent: *\nDisallow: /\nsitemap:http://x/b.xml"))
	if got := strings.Join(f.Sitemaps, " "); got != "http://x/a.xml http://x/b.xml" {
		t.Errorf("got %q", got)
	}
}

func TestOnlyTheFirst500KiBCount(t *testing.T) {
	filler := strings.Repeat("# filler\n", MaxBytes/9)
	file := "User-agent: *\nDisallow: /first\n" + filler + "Disallow: /second\n"
	if got := verdict(t, file, agent, "/first"); got.Allowed {
		t.Error("rule inside the limit was not read")
	}
	if got := verdict(t, file, agent, "/second"); !got.Allowed {
		t.Error("rule behind the limit was read")
	}
	// Cut inside a line: "Disallow: /" alone would forbid everything.
	head := "User-agent: *\nAllow: /x\n"
	file = head + strings.Repeat("#", MaxBytes-len(head)-len("\nDisallow: /")) + "\nDisallow: /secret\n"
	if got := verdict(t, file, agent, "/a"); !got.Allowed {
		t.Errorf("half a line was read: %+v", got)
	}
}

func TestManyStarsAreCheap(t *testing.T) {
	file := "User-agent: *\nDisallow: /" + strings.Repeat("*a", 2000) + "$"
	start := time.Now()
	if got := verdict(t, file, agent, "/"+strings.Repeat("a", 4000)+"b"); !got.Allowed {
		t.Errorf("got %+v", got)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
}

// FuzzParse holds the properties that every file and URL must have: no panic, a
// verdict that names one of its lines, and equal answers for equal URLs.
func FuzzParse(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /政策", "/a/b?c=%e6")
	f.Add("\xef\xbb\xbfuser-agent：fangzhi\rcrawl-delay: 1e9\r\n<html>", "/")
	f.Fuzz(func(t *testing.T, file, target string) {
		u, err := url.Parse("http://h/" + target)
		if err != nil {
			t.Skip()
		}
		rules := Parse([]byte(file)).For(agent)
		got := rules.Test(u)
		if !got.Allowed && got.Line == 0 {
			t.Errorf("denied by no line: %+v", got)
		}
		u.RawPath = canonical(u.EscapedPath(), false)
		if again := rules.Test(u); again != got {
			t.Errorf("%q: got %+v, then %+v written canonically", target, got, again)
		}
		if c := canonical(target, true); canonical(c, true) != c {
			t.Errorf("canonical of %q is not canonical: %q", target, c)
		}
	})
}

func ExampleParse() {
	file := Parse([]byte("User-agent: *\nCrawl-delay: 3\nDisallow: /search\n"))
	rules := file.For("fangzhi/1.0 (+mailto:archive@example.org)")
	u, _ := url.Parse("http://www.zgw123.cn/search?q=%E6%B1%9F%E8%A5%BF")
	fmt.Println(rules.Test(u), rules.Delay)
	// Output: {false /search 3} 3s
}
