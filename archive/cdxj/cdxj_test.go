package cdxj

import (
	"strings"
	"testing"
	"time"
)

// TestKey: the keys are those that warcio.js 2.4 makes.
func TestKey(t *testing.T) {
	for raw, want := range map[string]string{
		"http://www.zgw123.cn":                     "cn,zgw123)/",
		"https://WWW2.a.gov.cn/Art/1.HTML?b=2&a=1": "cn,gov,a,www2)/art/1.html?a=1&b=2", "https://www2.a.gov.cn/": "cn,gov,a)/",
		"http://wwwx.a.cn:8080/":                     "cn,a,wwwx:8080)/",
		"http://a.cn:80/x?":                          "cn,a)/x",
		"https://a.cn:443/%E6%B1%9F/../y/./":         "cn,a)/y/",
		"http://a.cn/%E6%B1%9F?q=%BD%AD&p":           "cn,a)/%e6%b1%9f?p&q=%bd%ad",
		"http://a.cn/?page=2&page=1&Page=10":         "cn,a)/?page=1&page=10&page=2",
		"http://1.2.3.4/a":                           "4,3,2,1)/a",
		"http://[2001:db8::1]:8080/a":                "[2001:db8::1]:8080)/a",
		"dns:www.zgw123.cn":                          "dns:www.zgw123.cn",
		"urn:fangzhi:visit:1":                        "urn:fangzhi:visit:1",
		"http://a.cn/a;jsessionid=B?c#Fragment-here": "cn,a)/a;jsessionid=b?c",
	} {
		if got := Key(raw); got != want {
			t.Errorf("key of %s is %s, want %s", raw, got, want)
		}
	}
	for _, test := range [][3]string{
		{"http://a.cn/list", "page=2&Size=10", "cn,a)/list?__wb_method=post&page=2&size=10"},
		{"http://a.cn/list?z=1", "k=%E6%B1%9F%2F", "cn,a)/list?__wb_method=post&k=%E6%B1%9F%2f&z=1"},
		{"http://a.cn/list", "k=%BD%AD", "cn,a)/list?&__wb_method=post"},
		{"http://a.cn/list", "k=%4", "cn,a)/list?&__wb_method=post"},
	} {
		if got := KeyOfForm(test[0], test[1]); got != test[2] {
			t.Errorf("key of %s with form %s is %s, want %s", test[0], test[1], got, test[2])
		}
	}
}

func TestPosted(t *testing.T) {
	if got := Posted("application/x-www-form-urlencoded; charset=gbk", []byte("a=1")); got != "a=1" {
		t.Errorf("a form: %s", got)
	}
	if got := Posted("", []byte("page=2")); got != "__wb_post_data=cGFnZT0y" {
		t.Errorf("of no type: %s", got)
	}
}

func TestLine(t *testing.T) {
	l := Line{Key: "cn,a)/", Time: time.Date(2022, 3, 31, 9, 8, 7, 600, time.FixedZone("", 8*3600)), Entry: Entry{
		URL: "http://www.a.cn/?a&b<", Mime: Mime("Text/HTML; charset=gbk"), Status: "200", Digest: "sha256:00", Length: "12", Offset: "0", Filename: "a.warc.gz",
	}}
	const want = `cn,a)/ 20220331010807 {"url":"http://www.a.cn/?a&b<","mime":"text/html","status":"200","digest":"sha256:00","length":"12","offset":"0","filename":"a.warc.gz"}`
	if got := l.String(); got != want {
		t.Errorf("line\n%s, want\n%s", got, want)
	}
	got, err := Parse(want)
	if err != nil || got.String() != want {
		t.Errorf("read back %+v, %v", got, err)
	}
	l.Status, l.Mime = "304", Revisit
	if s := l.String(); strings.Contains(s, "status") {
		t.Errorf("the line of a 304 would be replayed as an empty page: %s", s)
	}
}

func TestParseRefuses(t *testing.T) {
	const object = `{"url":"http://a/","length":"1","offset":"0","filename":"f"}`
	for line, field := range map[string]string{
		"":                                       "key",
		"cn,a)/":                                 "key",
		" 20220331010807 " + object:              "key",
		"cn,a)/ 2022 " + object:                  "timestamp",
		"cn,a)/ 20221331010807 " + object:        "timestamp",
		"cn,a)/ 20220331010807123 " + object[:9]: "json",
		"cn,a)/ 20220331010807":                  "json",
		"cn,a)/ 20220331010807 " + object + "x":  "json",
		"cn,a)/ 20220331010807 " + strings.Replace(object, `"1"`, `1`, 1):               "json",
		"cn,a)/ 20220331010807 " + strings.Replace(object, `"1"`, `"0"`, 1):             "length",
		"cn,a)/ 20220331010807 " + strings.Replace(object, `"0"`, `"-1"`, 1):            "offset",
		"cn,a)/ 20220331010807 " + strings.Replace(object, `"0"`, `"007"`, 1):           "offset",
		"cn,a)/ 20220331010807 " + strings.Replace(object, `"http://a/"`, `""`, 1):      "url",
		"cn,a)/ 20220331010807 " + strings.Replace(object, `"f"`, `""`, 1):              "filename",
		"cn,a)/ 20220331010807 " + strings.Replace(object, `{`, `{"status":"2000",`, 1): "status",
	} {
		if _, err := Parse(line); err == nil || !strings.HasPrefix(err.Error(), field+":") {
			t.Errorf("%q: error %v, want one of %s", line, err, field)
		}
	}
}

func TestCheck(t *testing.T) {
	a := Line{Key: "cn,a)/", Time: time.Unix(1e9, 0), Entry: Entry{URL: "http://a.cn/", Length: "12", Offset: "0", Filename: "f"}}.String() + "\n"
	b := strings.ReplaceAll(strings.ReplaceAll(a, "cn,a)", "cn,b)"), "//a.cn", "//b.cn")
	form := Line{Key: "cn,a)/?__wb_method=post&p=2", Time: time.Unix(1e9, 0), Entry: Entry{URL: "http://a.cn/", Length: "12", Offset: "0", Filename: "f", Method: "POST", Body: "p=2"}}.String() + "\n"
	for _, test := range []struct {
		name, file string
		line       int // of the fault, 0 for none, negative for advice
		field      string
	}{
		{"good", "!meta {}\n" + a + form + b, 0, ""},
		{"empty", "", 0, ""},
		{"not sorted", b + a, 2, ""},
		{"cut", a + b[:len(b)-1], 2, ""},
		{"another key", a + strings.Replace(b, "cn,b", "cn,bb", 1), 2, "key"},
		{"key of a session", strings.Replace(a, "cn,a)/", "cn,a)/x", 1), -1, "key"},
		{"another form", strings.Replace(form, "p=2", "p=3", 1), -1, "key"},
		{"no json", a + "cn,b)/ 20220331010807 x\n", 2, "json"},
		{"long", strings.Repeat("x", maxLine+1), 1, ""},
		{"binary", "\x00\x01\n", 1, "key"},
	} {
		var faults []Fault
		visited := 0
		lines, err := Check(strings.NewReader(test.file), func(f Fault) { faults = append(faults, f) }, func(int64, Line) { visited++ })
		switch {
		case test.line < 0 && (len(faults) != 1 || !faults[0].Advice || faults[0].Line != -test.line || faults[0].Field != test.field):
			t.Errorf("%s: %+v, want advice on line %d", test.name, faults, -test.line)
		case err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.line == 0 && (len(faults) > 0 || lines != strings.Count(test.file, "\n") || visited != strings.Count(test.file, "\n")-strings.Count(test.file, "!")):
			t.Errorf("%s: %d lines, %d visited, %+v", test.name, lines, visited, faults)
		case test.line > 0 && (len(faults) == 0 || faults[0].Line != test.line || faults[0].Field != test.field || faults[0].Problem == ""):
			t.Errorf("%s: %+v, want line %d, field %q", test.name, faults, test.line, test.field)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`cn,a)/ 20220331010807 {"url":"http://a/","length":"1","offset":"0","filename":"f"}`)
	f.Fuzz(func(t *testing.T, s string) {
		l, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(l.String())
		if err != nil || again.Entry != l.Entry && l.Status != "304" {
			t.Fatalf("%q: %+v, %v", l.String(), again, err)
		}
	})
}
