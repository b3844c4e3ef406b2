package crawler

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"fangzhi/archive"
)

func TestOffCalendar(t *testing.T) {
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	for query, want := range map[string]bool{
		"year=2031&month=5": true, "year=1900&month=5": true, "date=2031-05-01": true, "Y=2040": true, "month=2031-05": true,
		"year=2026&month=5": false, "year=2027&month=1": false, "date=2022-03-31": false, "month=5": false,
		"year=2031&id=7": false, "id=2031": false, "": false, "y": false,
	} {
		u := &url.URL{Scheme: "http", Host: "portal.test", Path: "/rili", RawQuery: query}
		if got := offCalendar(u, now); got != want {
			t.Errorf("%q: got %v, want %v", query, got, want)
		}
	}
}

func TestParameterExplosion(t *testing.T) {
	s := newSnares()
	test := func(address string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return s.trapped(u)
	}
	for i := range 500 { // as many pages as there are, with parameters in any order
		if why := test(fmt.Sprintf("http://portal.test/info.jsp?id=%d&col=%d", i, i%7)); why != "" {
			t.Fatal(why)
		}
		if why := test(fmt.Sprintf("http://portal.test/info.jsp?col=%d&id=%d", i%7, i)); why != "" {
			t.Fatal(why)
		}
	}
	traps := 0
	for i := range 20 {
		if test(fmt.Sprintf("http://portal.test/info.jsp?id=1&sort%d=x&view%d=y", i, i)) != "" {
			traps++
		}
	}
	if traps != 20-maxSets+1 {
		t.Errorf("%d of 20 sets of parameters refused, want all but %d", traps, maxSets-1)
	}
	if why := test("http://portal.test/info.jsp?id=1000&col=1"); why != "" {
		t.Errorf("a set that was there before: %s", why)
	}
}

// TestIdenticalBodies: of two forms of addresses that show the same articles, the one
// with more parameters is refused, whichever came first; pages that only share a body
// now and then are not.
func TestIdenticalBodies(t *testing.T) {
	for _, order := range [][]string{{"http://portal.test/a/%d.html", "http://portal.test/view?id=%d&skin=2"}, {"http://portal.test/view?id=%d&skin=2", "http://portal.test/a/%d.html"}} {
		s := newSnares()
		for i := range 10 + maxCopies {
			for _, form := range order {
				s.note(archive.Link{Role: archive.RoleArticle, URL: fmt.Sprintf(form, 100+i)}, []byte(fmt.Sprint("article ", i)))
			}
		}
		for form, want := range map[string]bool{"http://portal.test/a/999.html": false, "http://portal.test/view?id=999&skin=2": true, "http://portal.test/b/999.html": false} {
			u, err := url.Parse(form)
			if err != nil {
				t.Fatal(err)
			}
			if why := s.trapped(u); (why != "") != want {
				t.Errorf("%s: got %q, want a trap %v", form, why, want)
			}
		}
	}
}
