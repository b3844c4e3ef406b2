package parser

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequestAfter(t *testing.T) {
	tests := []struct {
		name   string
		ask    Request
		shown  int
		totals map[string]int
		want   *Request
	}{
		{"a page in the query", Request{URL: "http://a/x?c=7&page=2"}, 10, nil, &Request{URL: "http://a/x?c=7&page=3"}},
		{"a page in a form", Request{URL: "http://a/x", Form: "perPage=20&pageno=9"}, 20, nil, &Request{URL: "http://a/x", Form: "perPage=20&pageno=10"}},
		{"a page in JSON", Request{URL: "http://a/x", Form: `{"pageNo":"3","n":1}`}, 5, nil, &Request{URL: "http://a/x", Form: `{"pageNo":"4","n":1}`}},
		{"a page in JSON in the query", Request{URL: "http://a/x?p=%7B%22pageNo%22%3A1%7D"}, 5, nil, &Request{URL: "http://a/x?p=%7B%22pageNo%22%3A2%7D"}},
		{"an offset", Request{URL: "http://a/x", Form: `{"pn":20,"rn":10}`}, 10, nil, &Request{URL: "http://a/x", Form: `{"pn":30,"rn":10}`}},
		{"a range of rows", Request{URL: "http://a/x?startrecord=46&endrecord=90", Form: "unitid=1"}, 45, nil, &Request{URL: "http://a/x?startrecord=91&endrecord=135", Form: "unitid=1"}},
		{"the last of all pages", Request{URL: "http://a/x?pageNumber=3"}, 10, map[string]int{"totalpages": 3}, nil},
		{"the last row of all", Request{URL: "http://a/x?page=2&_pageSize=20"}, 11, map[string]int{"total": 31}, nil},
		{"the last of a range", Request{URL: "http://a/x?startrecord=46&endrecord=90"}, 5, map[string]int{"totalrecord": 50}, nil},
		{"a page without rows", Request{URL: "http://a/x?page=2"}, 0, nil, nil},
		{"no counter", Request{URL: "http://a/x?id=2"}, 10, nil, nil},
		{"a name that only ends so", Request{URL: "http://a/x?homepage=2"}, 10, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.ask.after(test.shown, test.totals)); diff != "" {
				t.Errorf("after %+v (-want +got):\n%s", test.ask, diff)
			}
		})
	}
}

func TestReadCount(t *testing.T) {
	tests := []struct {
		in          string
		here, pages int
	}{
		{"1/144", 1, 144}, {"共1432条  2/144", 2, 144}, {"第1页/共657页", 1, 657}, {"当前第 1/24 页", 1, 24}, {"共 9 页 当前第3页", 3, 9},
		{"2024/03/15", 0, 0}, {"3/15", 3, 15}, {"15/3", 0, 0}, {"第五页 共六页", 0, 0}, {"比例 1/3 左右", 0, 0}, {"", 0, 0},
	}
	for _, test := range tests {
		here, pages, ok := readCount(test.in)
		if ok != (test.pages > 0) || ok && (here != test.here || pages != test.pages) {
			t.Errorf("readCount(%q) = %d, %d, %v, want %d, %d", test.in, here, pages, ok, test.here, test.pages)
		}
	}
}

func TestReadLiteral(t *testing.T) {
	tests := []struct {
		in   string
		want any
		ok   bool
	}{
		{`{a:1, 'b':"x\u4e00", c:[true,false,],}`, map[string]any{"a": num("1"), "b": "x一", "c": []any{true, false}}, true},
		{"{a: f(1, '}'), // why\n b: /* not */ -2.5}", map[string]any{"a": nil, "b": num("-2.5")}, true},
		{`'it\'s'`, "it's", true},
		{`{a:1`, map[string]any{"a": num("1")}, false},
		{`[`, []any(nil), false},
		{``, nil, false},
	}
	for _, test := range tests {
		got, _, ok := readLiteral(test.in)
		if diff := cmp.Diff(test.want, got); diff != "" || ok != test.ok {
			t.Errorf("readLiteral(%s): ok %v, want %v (-want +got):\n%s", test.in, ok, test.ok, diff)
		}
	}
}

func num(s string) json.Number { return json.Number(s) }

func TestHowLongAgo(t *testing.T) {
	for s, want := range map[string]time.Duration{"刚刚": 0, "今天 14:30": 0, "5分钟前": 5 * time.Minute, "半小时前": 30 * time.Minute, "昨天": 24 * time.Hour, "2周前": 14 * 24 * time.Hour} {
		if got, ok := howLongAgo(s); !ok || got != want {
			t.Errorf("howLongAgo(%q) = %v, %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "今天是个好日子", "3天", "前天津市长", "2024年前"} {
		if got, ok := howLongAgo(s); ok {
			t.Errorf("howLongAgo(%q) = %v, want none", s, got)
		}
	}
}
