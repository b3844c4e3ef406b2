package archive

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// report is all pages of a report.
func (v visit) report(q ReportQuery) (all []URLReport) {
	v.Helper()
	for {
		rows, err := v.Report(v.Context(), q)
		if err != nil {
			v.Fatal(err)
		}
		if len(rows) > max(q.Limit, defaultReport) {
			v.Fatalf("%d rows, wanted at most %d", len(rows), q.Limit)
		}
		if len(rows) == 0 {
			return all
		}
		all = append(all, rows...)
		q.After = rows[len(rows)-1].Key
	}
}

// lines are rows as text.
func lines(rows []URLReport) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s %s %s %d\n", r.URL, r.Outcome, r.Reason, r.Status)
	}
	return b.String()
}

func TestReport(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	const host = "http://a.example/"
	list := Link{Site: "one", URL: host + "list", Role: RoleListing}
	for i, f := range []Follow{
		{Link: list, Outcome: Listed, Status: 200, Links: []Link{{Site: "one", URL: host + "waiting", Role: RoleArticle, Priority: Fresh, Via: list.URL}}},
		{Link: Link{Site: "one", URL: host + "kept"}, Outcome: Kept, Status: 200},
		{Link: Link{Site: "one", URL: host + "moved"}, Outcome: Moved, Status: 301},
		{Link: Link{Site: "one", URL: host + "gone", Via: list.URL}, Outcome: Failed, Reason: NotFound, Status: 404, Detail: "404 Not Found"},
		{Link: Link{Site: "one", URL: host + "denied"}, Outcome: Refused, Reason: RobotsDenied},
		{Link: Link{Site: "two", URL: "http://b.example:8080/gone"}, Outcome: Failed, Reason: NotFound, Status: 410},
		{Link: Link{Site: "two", URL: "http://b.example:8080/slow"}, Outcome: Retried, Reason: ServerError, Status: 503},
		{Link: Link{Site: "one", URL: host + "kept"}, Outcome: Unchanged, Status: 304},
	} {
		f.At = noon(i)
		v.follow(f)
	}
	v.flush()
	for _, c := range []struct {
		q    ReportQuery
		want []string
	}{
		{ReportQuery{}, []string{host + "gone failed not-found 404", host + "denied refused robots 0", "http://b.example:8080/gone failed not-found 410", "http://b.example:8080/slow retried http-5xx 503"}},
		{ReportQuery{Why: NotFound}, []string{host + "gone failed not-found 404", "http://b.example:8080/gone failed not-found 410"}},
		{ReportQuery{Site: "two"}, []string{"http://b.example:8080/gone failed not-found 410", "http://b.example:8080/slow retried http-5xx 503"}},
		{ReportQuery{Site: "one", Why: NotFound}, []string{host + "gone failed not-found 404"}},
		{ReportQuery{Site: "absent"}, nil},
		{ReportQuery{Time: TimeRange{From: noon(4), To: noon(6)}}, []string{host + "denied refused robots 0", "http://b.example:8080/gone failed not-found 410"}},
	} {
		for _, limit := range []int{0, 1, 3} {
			c.q.Limit = limit
			got := lines(v.report(c.q))
			if strings.Count(got, "\n") != len(c.want) {
				t.Errorf("%+v:\n%s", c.q, got)
			}
			for _, line := range c.want {
				if !strings.Contains(got, line+"\n") {
					t.Errorf("%+v lacks %s:\n%s", c.q, line, got)
				}
			}
		}
	}
	for url, want := range map[string]string{
		host + "kept":                      host + "kept unchanged  304\n",
		"https://A.example:443/./kept#top": host + "kept unchanged  304\n",
		list.URL:                           host + "list listed  200\n",
		host + "moved":                     host + "moved moved  301\n",
		host + "waiting":                   host + "waiting   0\n",
		host + "never":                     "",
	} {
		rows, err := a.Report(t.Context(), ReportQuery{URL: url})
		if err != nil || lines(rows) != want {
			t.Errorf("%s: %q, %v; want %q", url, lines(rows), err, want)
		}
	}
	rows, err := a.Report(t.Context(), ReportQuery{URL: host + "gone"})
	if err != nil {
		t.Fatal(err)
	}
	r := rows[0]
	if !r.At.Equal(noon(3)) || r.Detail != "404 Not Found" || r.Via != list.URL || r.Site != "one" || r.Location.Capture != 4 {
		t.Errorf("row %+v", r)
	}
}

// TestReportOfHost: every request is there, in order of time, robots.txt too.
func TestReportOfHost(t *testing.T) {
	a := newArchive(t, Options{})
	v := visit{t, a}
	v.follow(Follow{Link: Link{URL: "http://a.example/robots.txt", Role: RoleRobots}, At: noon(0), Outcome: Failed, Reason: NotFound, Status: 404})
	for i := range 12 {
		v.follow(Follow{Link: Link{URL: "http://a.example/one"}, At: noon(1 + i), Outcome: Failed, Reason: ServerError, Status: 500 + i})
		v.follow(Follow{Link: Link{URL: "http://a.example.cn/other"}, At: noon(1 + i), Outcome: Failed, Reason: NotFound, Status: 404})
		v.follow(Follow{Link: Link{URL: "http://a.example:81/other"}, At: noon(1 + i), Outcome: Refused, Reason: RobotsDenied})
	}
	v.flush()
	for _, limit := range []int{0, 1, 5} {
		got := v.report(ReportQuery{Host: "A.example", Limit: limit})
		if len(got) != 13 || got[0].URL != "http://a.example/robots.txt" || got[0].Site != "zgw" {
			t.Fatalf("limit %d: %d requests: %+v", limit, len(got), got)
		}
		for i, r := range got[1:] {
			last := i == 11
			if !r.At.Equal(noon(1+i)) || r.Status != 500+i || (r.Reason == ServerError) != last || strconv.FormatUint(r.Location.Capture, 10) != r.Key {
				t.Errorf("limit %d: request %d: %+v", limit, i, r)
			}
		}
	}
	for _, limit := range []int{0, 1, 2} {
		if got := v.report(ReportQuery{Host: "a.example", Limit: limit, Time: TimeRange{From: noon(3), To: noon(6)}}); len(got) != 3 || !got[0].At.Equal(noon(3)) {
			t.Errorf("limit %d: of three minutes: %+v", limit, got)
		}
	}
	if got := v.report(ReportQuery{Host: "a.example:81"}); len(got) != 0 {
		t.Errorf("requests that were not made: %+v", got)
	}
	for _, q := range []ReportQuery{{Host: "a b"}, {Host: "a.example", After: "x"}, {URL: "ftp://a.example/"}} {
		if rows, err := a.Report(t.Context(), q); err == nil {
			t.Errorf("%+v: %+v", q, rows)
		}
	}
}
