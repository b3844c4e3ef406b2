package uri

import (
	"net/url"
	"strings"
	"testing"
)

func TestNormalize(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"fragment", "http://a.cn/x.html#top", "http://a.cn/x.html"},
		{"case of scheme and host, not of path", "HTTP://A.CN/X.html", "http://a.cn/X.html"},
		{"default ports", "http://a.cn:80/x", "http://a.cn/x"},
		{"default port of https", "https://a.cn:443/x", "https://a.cn/x"},
		{"other port", "http://a.cn:8083/x", "http://a.cn:8083/x"},
		{"no path", "http://a.cn", "http://a.cn/"},
		{"dot segments", "http://a.cn/a/../b/./c", "http://a.cn/b/c"},
		{"dot segments above the root", "http://a.cn/../../b", "http://a.cn/b"},
		{"doubled slashes", "http://a.cn//a///b/", "http://a.cn/a/b/"},
		{"index page", "http://a.cn/zwgk/index.html", "http://a.cn/zwgk/"},
		{"second page is not the index page", "http://a.cn/zwgk/index_1.html", "http://a.cn/zwgk/index_1.html"},
		{"index page with a query", "http://a.cn/index.php?m=content&id=7", "http://a.cn/?m=content&id=7"},
		{"session id in the path", "http://a.cn/x.do;jsessionid=AB12?id=3", "http://a.cn/x.do?id=3"},
		{"session id in the query", "http://a.cn/x?PHPSESSID=1&id=3", "http://a.cn/x?id=3"},
		{"tracking", "http://a.cn/x?utm_source=w&id=3&spm=1.2", "http://a.cn/x?id=3"},
		{"order of parameters stays", "http://a.cn/x?b=1&a=2", "http://a.cn/x?b=1&a=2"},
		{"print twin", "http://a.cn/x?id=3&print=1", "http://a.cn/x?id=3"},
		{"print twin in a folder", "http://a.cn/zwgk/print/1.html", "http://a.cn/zwgk/1.html"},
		{"a folder of that name", "http://a.cn/zwgk/print/", "http://a.cn/zwgk/print/"},
		{"a folder of a longer name", "http://a.cn/blueprint/1.html", "http://a.cn/blueprint/1.html"},
		{"share links of WeChat", "http://a.cn/x?id=3&from_wecom=1&isappinstalled=0", "http://a.cn/x?id=3"},
		{"Chinese path", "http://a.cn/浙江/x", "http://a.cn/%E6%B5%99%E6%B1%9F/x"},
		{"needless escape", "http://a.cn/%7Ejoe/%61", "http://a.cn/~joe/a"},
		{"lower-case escape", "http://a.cn/%e6", "http://a.cn/%E6"},
		{"escaped slash stays", "http://a.cn/a%2Fb", "http://a.cn/a%2Fb"},
		{"lone per cent", "http://a.cn/100%/x", "http://a.cn/100%25/x"},
		{"backslashes", `http://a.cn\b\c.html`, "http://a.cn/b/c.html"},
		{"blanks around and inside", " http://a.cn/a b \n", "http://a.cn/a%20b"},
		{"host in Chinese", "http://政务.cn/x", "http://xn--zfr164b.cn/x"},
		{"trailing dot of the host", "http://a.cn./x", "http://a.cn/x"},
		{"empty query", "http://a.cn/x?", "http://a.cn/x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Normalize(test.in)
			if err != nil || got != test.want {
				t.Errorf("Normalize(%q) = %q, %v; want %q", test.in, got, err, test.want)
			}
		})
	}
}

func TestNormalizeRefuses(t *testing.T) {
	for _, in := range []string{"", "x.html", "javascript:void(0)", "mailto:a@b.cn", "http://", "http:///x", "ftp://a.cn/", "http://a b/", "http://a.cn/" + strings.Repeat("a", 5000)} {
		if got, err := Normalize(in); err == nil {
			t.Errorf("Normalize(%.40q) = %q, want an error", in, got)
		}
	}
}

func TestID(t *testing.T) {
	http, https := ID(Key("http://a.cn/x")), ID(Key("https://a.cn/x"))
	if http != https {
		t.Errorf("twins of http and https have ids %s and %s", http, https)
	}
	if want := "fajfrpauutbe"; http != want { // for ever: never mend this line
		t.Errorf("ID = %s, want %s", http, want)
	}
	for _, s := range []string{"", "a", "b.cn/c", "政"} {
		id := ID(s)
		if len(id) != IDLength || id[0] < 'a' || id[0] > 'z' {
			t.Errorf("ID(%q) = %q", s, id)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"http://a.cn/x", "https://A.cn:443//b/../c;jsessionid=1?utm_a=1&b=%e6#d", `http://a.cn\x%`, "http://[::1]:80/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, err := Normalize(s)
		if err != nil {
			return
		}
		twice, err := Normalize(once)
		if err != nil || twice != once {
			t.Errorf("Normalize(%q) = %q, then %q, %v", s, once, twice, err)
		}
		u, err := url.Parse(once)
		if err != nil || u.Host == "" || !strings.HasPrefix(u.Scheme, "http") {
			t.Errorf("Normalize(%q) = %q: %v", s, once, err)
		}
		for _, c := range []byte(once) {
			if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
				t.Errorf("Normalize(%q) = %q has %q", s, once, c)
			}
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	for b.Loop() {
		Normalize("http://www.example.gov.cn/zwgk/../art/2022/3/31/art_1543973_58942886.html?utm_source=x#top")
	}
}
