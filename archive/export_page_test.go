package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fangzhi/parser"
)

// export is all pages of an export, with something done after each.
func export(v *visit, q Query, n int, between func(page int)) (all []Article) {
	v.Helper()
	cursor := ""
	for page := 0; ; page++ {
		p, err := v.Export(v.Context(), q, cursor, n)
		if err != nil {
			v.Fatal(err)
		}
		if len(p.Articles) > n {
			v.Fatalf("page %d has %d articles, wanted at most %d", page, len(p.Articles), n)
		}
		all = append(all, p.Articles...)
		if cursor = p.Cursor; cursor == "" {
			return all
		}
		if between != nil {
			between(page)
		}
	}
}

// TestExportWhileWritten: what is added and edited after the first page is not in
// an export, whatever the size of its pages, nor after the archive was opened anew.
func TestExportWhileWritten(t *testing.T) {
	for _, n := range []int{1, 7, 100, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir := t.TempDir()
			a, err := Create(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			v := &visit{t, a}
			defer func() { v.Close() }()
			v.fill(150, 60)
			v.keep(Link{URL: "http://a.example/0.html"}, parser.Article{Title: "改", Text: "第二版"}, noon(500))
			v.flush()
			want := export(v, Query{}, 1000, nil)
			if len(want) != 150 || want[0].Version != 2 {
				t.Fatalf("%d articles, the first %+v", len(want), want[0])
			}
			got := export(v, Query{}, n, func(page int) {
				if page > 20 {
					return
				}
				for i := range 20 {
					v.keep(Link{URL: fmt.Sprintf("http://a.example/%d.html", page*20+i)}, parser.Article{Title: fmt.Sprint("改", page), Text: "改了"}, noon(1000+page))
				}
				if v.flush(); page%7 != 0 {
					return
				}
				if err := v.Close(); err != nil {
					t.Fatal(err)
				}
				if v.Archive, err = Open(dir, Options{}); err != nil {
					t.Fatal(err)
				}
			})
			// Of the addresses of a text the newest versions count, now.
			for i := range got {
				got[i].Addresses = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestExportSelects: an export has what a search finds, in order of documents.
func TestExportSelects(t *testing.T) {
	a := newArchive(t, Options{})
	v := &visit{t, a}
	v.fill(700, 60)
	for _, q := range []Query{
		{}, {Text: "新平先行区"}, {Site: "s1"}, {Site: "absent"}, {Region: "360222"}, {Category: "新闻", Text: "2022年"},
		{Published: DayRange{From: parser.Day{Year: 2022, Month: 3, Day: 1}}}, {Captured: TimeRange{To: noon(100)}},
	} {
		got := export(v, q, 9, nil)
		q.Limit = 1000
		r, err := a.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != r.Total {
			t.Errorf("%+v: exported %d, found %d", q, len(got), r.Total)
		}
		for i := 1; i < len(got); i++ {
			if got[i-1].Captured.After(got[i].Captured) {
				t.Errorf("%+v: not in order of documents at %d", q, i)
			}
		}
	}
}

// TestExportKeepsItem: a document that was known from a listing only when the
// export began, and has become an article since, is not lost.
func TestExportKeepsItem(t *testing.T) {
	a := newArchive(t, Options{})
	v := &visit{t, a}
	v.fill(1, 10)
	item := Link{Site: "s1", URL: "http://other.example/", Role: RoleArticle, Via: "http://a.example/list", Title: "外站"}
	v.follow(Follow{Link: Link{URL: item.Via, Role: RoleListing}, At: noon(0), Outcome: Listed, Status: 200, Items: []Link{item}})
	v.flush()
	got := export(v, Query{}, 1, func(page int) {
		v.keep(Link{URL: item.URL}, parser.Article{Title: "外站", Text: "正文"}, noon(1))
		v.flush()
	})
	if len(got) != 2 || got[1].URL != item.URL || got[1].Version != 1 {
		t.Errorf("exported %+v", got)
	}
}

// TestExportOfLongTexts: a page ends when it has much text.
func TestExportOfLongTexts(t *testing.T) {
	a := newArchive(t, Options{})
	v := &visit{t, a}
	for i := range 5 {
		v.keep(Link{URL: fmt.Sprint("http://a.example/", i)}, parser.Article{Text: strings.Repeat(fmt.Sprint(i), maxExportBytes/2)}, noon(i))
	}
	v.flush()
	pages := 1
	if got := export(v, Query{}, 100, func(int) { pages++ }); len(got) != 5 || pages != 3 {
		t.Errorf("%d articles on %d pages, want 5 on 3", len(got), pages)
	}
}

func TestExportRefuses(t *testing.T) {
	a := newArchive(t, Options{})
	visit{t, a}.fill(10, 10)
	first, err := a.Export(t.Context(), Query{}, "", 3)
	if err != nil || len(first.Articles) != 3 {
		t.Fatalf("%+v, %v", first, err)
	}
	for _, cursor := range []string{"x", " ", "1-2", "0", first.Cursor + " ", "+" + first.Cursor, "0" + first.Cursor, "11-10-4", "10-11-4", "10-10-11", "10-10-0", "10-10-4-1"} {
		if p, err := a.Export(t.Context(), Query{}, cursor, 3); err == nil || !strings.Contains(err.Error(), "cursor") {
			t.Errorf("cursor %q: %+v, %v", cursor, p, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p, err := a.Export(ctx, Query{}, first.Cursor, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context: %+v, %v", p, err)
	}
	if p, err := a.Export(t.Context(), Query{}, "", 0); err != nil || len(p.Articles) != 1 {
		t.Errorf("a page of 0: %+v, %v; want 1", p, err)
	}
	empty := newArchive(t, Options{})
	if p, err := empty.Export(t.Context(), Query{}, "", 3); err != nil || p.Articles == nil || len(p.Articles) != 0 || p.Cursor != "" {
		t.Errorf("export of nothing: %+v, %v", p, err)
	}
}
