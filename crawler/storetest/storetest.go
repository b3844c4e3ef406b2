package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/archive"
	"fangzhi/crawler"
)

// A Store is what Run tests: a crawler's store whose sites an operator may pause.
type Store interface {
	crawler.Store
	SetPaused(ctx context.Context, site string, paused bool) error
}

// An Open makes an empty Store that takes the time from now. What kill returns is
// the Store as the next process finds it when this one is killed.
type Open func(t *testing.T, now func() time.Time) (s Store, kill func() Store)

// Run tests the contract of crawler.Store.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(s *suite)
	}{
		{"numbers", numbers},
		{"order", order},
		{"one link an address", oneLinkAnAddress},
		{"one address in two schemes", oneAddressInTwoSchemes},
		{"a link stays until it is finished", stays},
		{"sites apart", sitesApart},
		{"retries wait", retriesWait},
		{"a retry may have another address", retryElsewhere},
		{"only what is unknown enters", onlyUnknownEnters},
		{"files and requisites", parts},
		{"looks at a listing", listingStates},
		{"plans merge with what waits", plansMerge},
		{"items are known", itemsAreKnown},
		{"state", state},
		{"repeated payloads", repeatedPayloads},
		{"what is repeated for one address only", repeatedAtOneAddress},
		{"changes", changes},
		{"rechecks", rechecks},
		{"hosts", hosts},
		{"pauses", pauses},
		{"unread after a kill", unreadAfterKill},
		{"unread revisits", unreadRevisits},
		{"forms apart", formsApart},
		{"what is committed survives a kill", survives},
		{"ended contexts", endedContexts},
		{"sites side by side", sideBySide},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &suite{T: t, now: time.Date(2022, 3, 31, 4, 0, 0, 0, time.UTC)}
			s.Store, s.kill = open(t, func() time.Time { return s.now })
			test.run(s)
		})
	}
}

// A suite is one test with a Store, a clock that the test moves, and the visit it
// is in.
type suite struct {
	*testing.T
	Store
	kill  func() Store
	now   time.Time
	visit uint64
}

const (
	site = "zgw"
	home = "http://www.zgw123.cn"
)

func (s *suite) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// link is one to a path of the site.
func link(path string, p archive.Priority) archive.Link {
	role := archive.RoleArticle
	if p == archive.Heads || p == archive.Backfill {
		role = archive.RoleListing
	}
	return archive.Link{Site: site, URL: home + path, Role: role, Priority: p}
}

// begin opens a visit with these links.
func (s *suite) begin(links ...archive.Link) {
	s.Helper()
	plan, err := s.BeginVisit(s.Context(), archive.Plan{At: s.now, Site: site, Links: links})
	s.check(err)
	s.visit = plan.Visit
}

func (s *suite) end() {
	s.Helper()
	s.check(s.EndVisit(s.Context(), archive.VisitEnd{Visit: s.visit, At: s.now, Site: site, Complete: true}))
}

func (s *suite) next() archive.Link {
	s.Helper()
	l, ok, err := s.Next(s.Context(), site)
	s.check(err)
	if !ok {
		s.Fatal("nothing in the frontier")
	}
	return l
}

// wantFrontier empties the frontier and compares the paths that were in it.
func (s *suite) wantFrontier(want ...string) {
	s.Helper()
	var got []string
	for {
		l, ok, err := s.Next(s.Context(), site)
		s.check(err)
		if !ok || len(got) > len(want) {
			break
		}
		got = append(got, strings.TrimPrefix(l.URL, home))
		s.finish(archive.Follow{Link: l, Outcome: archive.Refused, Reason: archive.RobotsDenied})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("frontier (-want +got):\n%s", diff)
	}
}

// finish completes f and stores it.
func (s *suite) finish(f archive.Follow) archive.Change {
	s.Helper()
	f.Visit, f.At = s.visit, s.now
	change, err := s.Finish(s.Context(), &f)
	s.check(err)
	return change
}

func (s *suite) url(path string) archive.URLState {
	s.Helper()
	state, err := s.URL(s.Context(), home+path)
	s.check(err)
	return state
}

// keep stores a capture.
func (s *suite) keep(c *archive.Capture, role archive.Role) (archive.Location, bool) {
	s.Helper()
	loc, repeated, err := s.Append(s.Context(), c, role)
	s.check(err)
	return loc, repeated
}

// receive keeps a capture and finishes its link with the outcome; reading is left
// out.
func (s *suite) receive(l archive.Link, c *archive.Capture, o archive.Outcome) (repeated bool) {
	s.Helper()
	loc, repeated := s.keep(c, l.Role)
	s.finish(archive.Follow{Link: l, Outcome: o, Status: c.Status, Location: loc})
	return repeated
}

// answer is a capture of a path with this status and body; header are whole lines.
func (s *suite) answer(path string, status int, body string, header ...string) *archive.Capture {
	return s.exchange("GET", path, "", status, body, header...)
}

func (s *suite) exchange(method, path, form string, status int, body string, header ...string) *archive.Capture {
	head := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Type: text/html\r\nContent-Length: %d\r\n", status, len(body))
	c := &archive.Capture{
		URL: home + path, Time: s.now, Status: status, IP: "192.0.2.1", Conn: "c1",
		Request: fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: www.zgw123.cn\r\nContent-Length: %d\r\n\r\n%s", method, path, len(form), form),
		Header:  map[string][]string{"Content-Type": {"text/html"}, "Content-Length": {fmt.Sprint(len(body))}},
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		c.Header.Set(name, value)
		head += line + "\r\n"
	}
	c.HeaderLen = len(head) + 2
	c.Response = []byte(head + "\r\n" + body)
	return c
}

// page is text that is long enough to be stored once only.
func page(s string) string { return strings.Repeat(s+"\n", 200) }

func (s *suite) wantCancelled(what string, err error) {
	s.Helper()
	if !errors.Is(err, context.Canceled) {
		s.Errorf("%s with an ended context: error %v", what, err)
	}
}
