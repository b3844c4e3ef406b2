package crawler

import (
	"net/url"
	"testing"
)

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestScope(t *testing.T) {
	site := Site{
		Home:     "http://www.zgw123.cn/",
		Regions:  []Label{{Text: "江西", URL: "http://jx.zgw123.cn/list/"}},
		Listings: []Listing{{URL: "https://zwgk.example.gov.cn:8443/tzgg/"}},
		Hosts:    []string{"wap.zgw123.cn"},
	}
	tests := []struct {
		url  string
		want bool
	}{
		{"http://www.zgw123.cn/a.html", true},
		{"https://zgw123.cn/a.html", true},
		{"http://WWW.ZGW123.CN:80/a.html", true},
		{"http://jx.zgw123.cn/1.html", true},
		{"http://zwgk.example.gov.cn:8443/1.html", true},
		{"http://zwgk.example.gov.cn/1.html", false},
		{"https://wap.zgw123.cn/1.html", true},
		{"http://bj.zgw123.cn/", false},
		{"https://mp.weixin.qq.com/s/x", false},
		{"http://evilzgw123.cn/", false},
	}
	in := scopeOf(site)
	for _, test := range tests {
		if got := in.contains(mustURL(t, test.url)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.url, got, test.want)
		}
	}
}

func TestHostOf(t *testing.T) {
	tests := map[string]string{
		"http://A.cn":         "a.cn",
		"http://a.cn:80/":     "a.cn",
		"https://a.cn:443/":   "a.cn",
		"https://a.cn:80/":    "a.cn:80",
		"http://127.0.0.1:81": "127.0.0.1:81",
		"http://[::1]:81/":    "[::1]:81",
		"http://[::1]/":       "[::1]",
	}
	for in, want := range tests {
		if got := hostOf(mustURL(t, in)); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestIsFile(t *testing.T) {
	for in, want := range map[string]bool{
		"http://a/x.PDF": true, "http://a/x.docx?y=1": true, "http://a/x.html": false,
		"http://a/x": false, "http://a/show?f=x.pdf": false, "http://a.pdf/": false,
	} {
		if got := isFile(mustURL(t, in)); got != want {
			t.Errorf("%s: got %v, want %v", in, got, want)
		}
	}
}

func TestTrapped(t *testing.T) {
	long := "http://a/?"
	for range 2000 {
		long += "x"
	}
	for in, want := range map[string]bool{
		"http://a/":                                                  false,
		"http://a/zwgk/zcjd/t20220331_1.html":                        false,
		"http://a/2022/22/22/22/1.html":                              false,
		"http://a/001/001/001/1.html":                                false,
		"http://a/a/a/1.html":                                        false,
		"http://a/a/a/a/1.html":                                      true,
		"http://a/x/a/b/a/b/a/b/1.html":                              true,
		"http://a/a/b/a/b/c/a/b":                                     false,
		"http://a/1/2/1/2/1/2/":                                      true,
		"http://a/b/c/d/e/f/g/h/i/j/k/l/m/n/o":                       false,
		"http://a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z": true,
		long: true,
	} {
		if got := trapped(mustURL(t, in)); (got != "") != want {
			t.Errorf("%.60s: got %q, want a trap: %v", in, got, want)
		}
	}
}
