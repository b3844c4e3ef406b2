package parser

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestRequisites(t *testing.T) {
	base, err := url.Parse("http://www.example.cn/zwgk/1.html")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, page string
		want       []string // below http://www.example.cn/
	}{
		{"style sheet", `<link rel="stylesheet" href="/css/a.css?v=1&amp;x=2">`, []string{"css/a.css?v=1&x=2"}},
		{"other links", `<link rel="canonical" href="/1.html"><link rel=alternate href=/feed>`, nil},
		{"icon", `<LINK HREF='/i.ico' REL='shortcut icon'>`, []string{"i.ico"}},
		{"images", `<p><img src=a.png alt="x > y"><img data-src="b.jpg" src="a.png"/><img  src = "/c d.gif"></p>`, []string{"zwgk/a.png", "zwgk/b.jpg", "c%20d.gif"}},
		{"picture button", `<input type=image src=/b.png><input type="text" src="/no.png">`, []string{"b.png"}},
		{"backgrounds", `<body background="/bg.gif"><td style="background:url('/td.png') no-repeat; color: red">`, []string{"bg.gif", "td.png"}},
		{"style element", `<style>@import "a.css"; @import url(b.css); p{background:url( "c.png" )}</style><img src=d.png>`, []string{"zwgk/b.css", "zwgk/c.png", "zwgk/a.css", "zwgk/d.png"}},
		{"in a script, a comment, a text", `<script>document.write('<img src="/s.png">')</script><!-- <img src=/c.png> --><textarea><img src=/t.png></textarea>`, nil},
		{"data", `<img src="data:image/png;base64,AAAA"><img src="javascript:x()"><img src="">`, nil},
		{"base", `<base href="/other/"><img src=a.png>`, []string{"other/a.png"}},
		{"a name that ends so", `<img mysrc="/no.png" src="/yes.png">`, []string{"yes.png"}},
		{"cut off", `<img src="/a.png`, nil},
		{"not closed", `<script>var a = 1`, nil},
		{"nothing", `1 < 2 and <3`, nil},
	}
	for _, test := range tests {
		var got []string
		for _, address := range Requisites([]byte(test.page), base) {
			got = append(got, strings.TrimPrefix(address, "http://www.example.cn/"))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if n := len(Requisites([]byte(strings.Repeat("<img src=x", 3)+strings.Join(strings.Fields(strings.Repeat("<img> ", 9)), "")), base)); n > 1 {
		t.Errorf("%d requisites", n)
	}
}

func TestRequisitesAreBounded(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "a.example", Path: "/"}
	var page strings.Builder
	for i := range 5000 {
		page.WriteString("<img src=" + strings.Repeat("x", 1+i%300) + ".png>")
	}
	if n := len(Requisites([]byte(page.String()), base)); n != maxRequisites {
		t.Errorf("%d requisites, want %d", n, maxRequisites)
	}
}

func FuzzRequisites(f *testing.F) {
	f.Add([]byte(`<link rel=stylesheet href=a><style>p{background:url(b)}</style><img src='c'>`))
	base := &url.URL{Scheme: "http", Host: "a.example", Path: "/"}
	f.Fuzz(func(t *testing.T, page []byte) {
		for _, address := range append(Requisites(page, base), StyleRequisites(page, base)...) {
			u, err := url.Parse(address)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				t.Errorf("%q", address)
			}
		}
	})
}
