package main

import (
	"strings"
	"testing"
	"time"
)

// TestCoverage: an answer of nothing says what it is worth.
func TestCoverage(t *testing.T) {
	looked := time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		coverage
		want []string
	}{
		{coverage{Documents: 5}, []string{"Nothing found among 5 documents.", "No listing of what you asked for was ever looked at"}},
		{coverage{Documents: 1, Looks: 2, Listings: 1, Last: looked}, []string{"among 1 document.", "Looked at: 1 listing of what you asked for, last on 2026-11-25 12:00."}},
		{coverage{Looks: 4, Listings: 2, Trouble: 1, Last: looked}, []string{"2 listings", "1 of them could not be read the last time."}},
		{coverage{Looks: 4, Listings: 2, Trouble: 2}, []string{"None of the 2 listings of what you asked for could ever be read."}},
		{coverage{Unread: 3}, []string{"3 captures of a crawl that did not end are not searched; the next crawl reads them."}},
	} {
		var b strings.Builder
		a := newApp(nil, strings.NewReader(""), &b, &b, []string{"LANG=C"})
		a.out.Print(searchSummary{Coverage: &c.coverage})
		if err := a.out.Flush(); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%+v: got %q, want %q in it", c.coverage, b.String(), want)
			}
		}
	}
}

// TestIncompleteAnswer: what was not searched is said beside what was found.
func TestIncompleteAnswer(t *testing.T) {
	var b strings.Builder
	a := newApp(nil, strings.NewReader(""), &b, &b, []string{"LANG=C"})
	a.out.Print(searchSummary{Total: 2, Shown: 2, Left: 1, Trouble: "the index is behind", Missing: []string{"a.segment"}})
	if err := a.out.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "not searched: 1 version; the index is behind\nNot searched, because damaged: a.segment; `fangzhi rebuild` mends it.\n2 found.\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
