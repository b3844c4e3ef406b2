package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/parser"
)

func TestStatus(t *testing.T) {
	a := newArchive(t, Options{Now: func() time.Time { return noon(50) }})
	v := visit{t, a}
	empty, err := a.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Status{Dir: a.Dir(), Database: empty.Database}, empty); diff != "" || empty.Database == 0 {
		t.Errorf("of an empty archive, %d bytes: %s", empty.Database, diff)
	}
	run, err := a.BeginRun(t.Context(), Run{At: noon(0), Software: "fangzhi/test", Args: []string{"crawl"}})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := a.BeginVisit(t.Context(), Plan{Run: run.Run, At: noon(0), Site: "one", Links: []Link{
		{Site: "one", URL: "http://a.example/list", Role: RoleListing}, {Site: "one", URL: "http://a.example/x", Role: RoleArticle},
	}})
	if err != nil {
		t.Fatal(err)
	}
	list := Link{Site: "one", URL: "http://a.example/list", Role: RoleListing}
	v.follow(Follow{Link: list, At: noon(1), Outcome: Listed, Status: 200,
		Items: []Link{{Site: "one", URL: "http://b.example/", Role: RoleArticle, Via: list.URL, Title: "外站"}},
		Seen:  &Observation{Visit: plan.Visit, At: noon(1), Site: "one", Listing: list.URL, Look: SomeNew, Items: 2, New: 2}})
	v.keep(Link{Site: "one", URL: "http://a.example/1"}, parser.Article{Title: "一"}, noon(2))
	v.keep(Link{Site: "one", URL: "http://a.example/1"}, parser.Article{Title: "改"}, noon(3))
	if err := a.SetPaused(t.Context(), "two", true); err != nil {
		t.Fatal(err)
	}
	end := VisitEnd{Visit: plan.Visit, At: noon(4), Site: "one", Why: "budget", Summary: Summary{New: 1}}
	if err := a.EndVisit(t.Context(), end); err != nil {
		t.Fatal(err)
	}
	if err := a.EndRun(t.Context(), run.Run, Summary{Sites: 1, New: 1}); err != nil {
		t.Fatal(err)
	}
	want := &Status{
		Dir: a.Dir(), Documents: 1, Items: 1, Versions: 2, Captures: 3, URLs: 4, Frontier: 1,
		Sites: []SiteStatus{
			{Site: "one", Documents: 1, Frontier: 1, Last: end, LastLook: noon(1), Backfill: Backlog{Known: true}},
			{Site: "two", Paused: true, Backfill: Backlog{Known: true}},
		},
		LastRun: &RunStatus{Run: run, Ended: noon(50), Summary: Summary{Sites: 1, New: 1}},
	}
	got, err := a.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(a.Dir(), CapturesDir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("captures: %v, %v", files, err)
	}
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		want.Bytes += info.Size()
	}
	want.Database, want.LastRun.Bytes = got.Database, got.LastRun.Bytes
	if got.LastRun.Bytes <= got.Database || got.LastRun.Bytes > got.Bytes+got.Database {
		t.Errorf("%d bytes at the end of the run, %d and %d now", got.LastRun.Bytes, got.Bytes, got.Database)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestObservations(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	for i := range 50 {
		o := Observation{At: noon(i), Site: fmt.Sprint("s", i%2), Listing: fmt.Sprint("http://s0.example/", i), Look: NothingNew, Items: i}
		v.follow(Follow{Link: Link{URL: o.Listing, Role: RoleListing}, At: o.At, Outcome: Listed, Status: 200, Seen: &o})
	}
	v.flush()
	for _, c := range []struct {
		site        string
		n           int
		first, step int
		want        int
	}{
		{"", 7, 49, 1, 7}, {"", 50, 49, 1, 50}, {"", 1000, 49, 1, 50}, {"s0", 3, 48, 2, 3}, {"s1", 1000, 49, 2, 25}, {"s", 5, 0, 0, 0}, {"absent", 5, 0, 0, 0}, {"", 0, 0, 0, 0}, {"", -1, 0, 0, 0},
	} {
		got, err := a.Observations(t.Context(), c.site, c.n)
		if err != nil || len(got) != c.want {
			t.Errorf("%q, %d: %d, %v; want %d", c.site, c.n, len(got), err, c.want)
			continue
		}
		for i, o := range got {
			if want := c.first - i*c.step; o.Items != want || o.Seq != uint64(want+1) || !o.At.Equal(noon(want)) {
				t.Errorf("%q, %d: observation %d is %+v", c.site, c.n, i, o)
			}
		}
	}
	if got, err := newArchive(t, Options{}).Observations(t.Context(), "", 5); err != nil || len(got) != 0 {
		t.Errorf("of an empty archive: %v, %v", got, err)
	}
}
