package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/warc"
	"fangzhi/parser"
)

// A sim plays the crawler: it visits a portal of its own that changes from visit
// to visit, and stores what it sees. The same seed stores the same.
type sim struct {
	t     *testing.T
	dir   string
	opt   Options
	a     *Archive
	rnd   *rand.Rand
	clock time.Time
	run   Run
	plan  Plan
	conn  int

	articles int         // there are on the portal
	edits    map[int]int // of each
	gone     map[int]bool
}

const simSite, simHome = "sim", "http://sim.example/"

func newSim(t *testing.T, seed uint64, opt Options) *sim {
	s := &sim{t: t, dir: t.TempDir(), opt: opt, rnd: rand.New(rand.NewPCG(seed, 2)), clock: time.Date(2022, 3, 31, 1, 0, 0, 0, time.UTC),
		edits: map[int]int{}, gone: map[int]bool{}}
	s.opt.Now = func() time.Time { return s.clock }
	s.opt.CommitEvery, s.opt.IndexEvery = time.Hour, time.Hour // by count only: no timer in tests
	var err error
	if s.a, err = Create(s.dir, s.opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.a.Close() })
	return s
}

func (s *sim) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *sim) tick() time.Time {
	s.clock = s.clock.Add(1700 * time.Millisecond)
	return s.clock
}

// reopen closes the archive and opens it again.
func (s *sim) reopen() {
	s.t.Helper()
	s.must(s.a.Close())
	var err error
	s.a, err = Open(s.dir, s.opt)
	s.must(err)
}

// killed is the archive as it would be found if the process had been killed now.
func (s *sim) killed() string {
	s.t.Helper()
	dir := s.t.TempDir()
	s.must(os.CopyFS(dir, os.DirFS(s.dir)))
	if err := os.Chmod(filepath.Join(dir, KeyName), 0o600); !errors.Is(err, fs.ErrNotExist) {
		s.must(err) // CopyFS is no cp -p
	}
	return dir
}

func (s *sim) begin() {
	s.t.Helper()
	ctx := context.Background()
	var err error
	s.run, err = s.a.BeginRun(ctx, Run{At: s.tick(), Software: "sim", Parser: parser.Version, Config: "lang = \"zh\"\n"})
	s.must(err)
	due, err := s.a.Due(ctx, simSite, 5)
	s.must(err)
	links := append([]Link{{Site: simSite, URL: simHome, Role: RoleListing, Region: "360000", Category: "政企信息"}}, due...)
	s.plan, err = s.a.BeginVisit(ctx, Plan{Run: s.run.Run, At: s.tick(), Site: simSite, Links: links})
	s.must(err)
	s.conn++
	s.must(s.a.Connected(ctx, s.plan.Visit, Connection{Key: fmt.Sprint("c", s.conn), At: s.clock, Host: "sim.example:80", DNS: []string{"127.0.0.1"}, Addr: "127.0.0.1:80"}))
}

// walk follows links until the frontier has none, or n were followed.
func (s *sim) walk(n int) (followed int) {
	s.t.Helper()
	for ; followed < n; followed++ {
		link, ok, err := s.a.Next(context.Background(), simSite)
		s.must(err)
		if !ok {
			break
		}
		s.follow(link)
	}
	return followed
}

func (s *sim) follow(link Link) Change {
	s.t.Helper()
	f := s.fetch(link)
	change, err := s.a.Finish(context.Background(), f)
	s.must(err)
	return change
}

// fetch asks the portal for a link and reads what it answers.
func (s *sim) fetch(link Link) *Follow {
	s.t.Helper()
	f := &Follow{Visit: s.plan.Visit, Link: link, At: s.tick()}
	status, page := s.answer(link.URL)
	if status == 0 { // no answer: again later
		f.Outcome, f.Reason = Retried, NoConnection
		f.Link.Attempts++
		f.Link.After = s.clock.Add(10 * time.Second)
		return f
	}
	c := s.capture(link, status, page)
	loc, repeated, err := s.a.Append(context.Background(), c, link.Role)
	s.must(err)
	f.Status, f.Location = status, loc
	s.read(f, c, repeated)
	return f
}

func (s *sim) capture(link Link, status int, page string) *Capture {
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: sim.example\r\n\r\n", strings.TrimPrefix(link.URL, "http://sim.example"))
	if link.Form != "" {
		request = "POST" + strings.TrimSuffix(strings.TrimPrefix(request, "GET"), "\r\n") + "Content-Type: application/x-www-form-urlencoded\r\n\r\n" + link.Form
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"%x\"\r\n\r\n", status, http.StatusText(status), len(page))
	c := &Capture{
		URL: link.URL, Time: s.clock, Request: []byte(request), Response: []byte(head + page), HeaderLen: len(head),
		Status: status, IP: "127.0.0.1", Via: link.Via, Conn: fmt.Sprint("c", s.conn),
	}
	read, err := captureOf(warc.Response(warc.Exchange{URI: link.URL}, c.Response))
	s.must(err)
	c.Header = read.Header
	return c
}

func (s *sim) read(f *Follow, c *Capture, repeated bool) {
	s.t.Helper()
	switch {
	case c.Status == http.StatusNotFound:
		f.Outcome, f.Reason, f.Detail = Failed, NotFound, "404 Not Found"
	case repeated && f.Link.Role == RoleArticle:
		f.Outcome = Unchanged
	case f.Link.Role == RoleListing:
		f.Outcome = Listed
		s.list(f)
	default:
		article, err := ReadArticle(c, parser.Rules{})
		s.must(err)
		if article == nil {
			s.t.Fatalf("no article in %s", c.Response)
		}
		f.Outcome, f.Article = Kept, article
	}
}

// list finds links on the listing: all articles, some rows that lead off the site,
// and a page that is asked for with a form.
func (s *sim) list(f *Follow) {
	for i := range s.articles {
		f.Links = append(f.Links, Link{Site: simSite, URL: fmt.Sprint(simHome, "art/", i, ".html"), Role: RoleArticle, Priority: Fresh, Via: f.Link.URL,
			Region: f.Link.Region, Category: f.Link.Category, Title: fmt.Sprint("列出的第", i, "篇"), Date: parser.Day{Year: 2022, Month: 3, Day: 1 + i%28}})
	}
	f.Items = append(f.Items, Link{Site: simSite, URL: fmt.Sprint("http://elsewhere.example/", s.articles/3), Role: RoleArticle, Via: f.Link.URL,
		Title: "别处的一篇", Date: parser.Day{Year: 2022, Month: 2, Day: 3}})
	if f.Link.Form == "" {
		f.Links = append(f.Links, Link{Site: simSite, URL: simHome + "more", Form: "page=2", Role: RoleListing, Priority: Backfill, Via: f.Link.URL, Depth: 1})
	}
	f.Seen = &Observation{Visit: f.Visit, At: f.At, Site: simSite, Listing: f.Link.URL, Look: SomeNew, Items: s.articles, New: 1}
}

// answer is what the portal says; status 0 is no answer.
func (s *sim) answer(url string) (status int, page string) {
	var i int
	if _, err := fmt.Sscanf(strings.TrimPrefix(url, simHome), "art/%d.html", &i); err != nil {
		return 200, fmt.Sprintf("<html><head><title>列表</title></head><body>%d 篇，%s</body></html>", s.articles, s.clock)
	}
	if s.rnd.IntN(9) == 0 {
		return 0, ""
	}
	if s.gone[i] {
		return 404, "<html><body>没有</body></html>"
	}
	text := i // some texts stand at several addresses
	if i%7 == 3 {
		text = 3
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<html><head><title>第%d篇通知</title></head><body><h1>第%d篇通知</h1><p>发布时间：2022-03-%02d 来源：模拟网</p><div>", i, i, 1+i%28)
	for p := range 4 {
		fmt.Fprintf(&b, "<p>这是第%d篇通知的第%d段，说的是景德镇市浮梁县的陶瓷产业，第%d次修改。经研究决定，现将有关事项通知如下，请认真贯彻执行。</p>", text, p, s.edits[i])
	}
	b.WriteString("</div></body></html>")
	return 200, b.String()
}

func (s *sim) end() {
	s.t.Helper()
	ctx := context.Background()
	s.must(s.a.SetHost(ctx, s.plan.Visit, HostState{Host: "sim.example", Day: "2022-03-31", Requests: s.articles, Robots: []byte("User-agent: *\nDisallow:\n"), RobotsAt: s.clock}))
	s.must(s.a.EndVisit(ctx, VisitEnd{Visit: s.plan.Visit, At: s.tick(), Site: simSite, Complete: true, Summary: Summary{New: 1}}))
	s.must(s.a.EndRun(ctx, s.run.Run, Summary{Sites: 1}))
}

// live lets some days pass on the portal, with a visit on each.
func (s *sim) live(days int) {
	s.t.Helper()
	for range days {
		s.articles += 1 + s.rnd.IntN(4)
		s.edits[s.rnd.IntN(s.articles)]++
		if s.rnd.IntN(2) == 0 {
			i := s.rnd.IntN(s.articles)
			s.gone[i] = !s.gone[i]
		}
		s.begin()
		s.walk(1000)
		s.clock = s.clock.Add(11 * time.Second)
		s.walk(1000) // what had to wait
		s.end()
		s.clock = s.clock.Add(20 * time.Hour)
	}
}

// A dump is the whole database, readable, by bucket and key.
type dump map[string]string

// dumpOf reads a database, leaving out what a Rebuild cannot know: journals that
// are not in captures/ yet, and what is sealed.
func dumpOf(t *testing.T, dir string) dump {
	t.Helper()
	db, err := openDatabase(filepath.Join(dir, DatabaseName), true)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	d := dump{}
	err = db.View(func(tx *bbolt.Tx) error {
		for _, bucket := range buckets {
			c := tx.Bucket(bucket).Cursor()
			for k, v := c.First(); k != nil; k, v = c.Next() {
				d[fmt.Sprintf("%s/%s", bucket, printable(k))] = readable(v)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// readable is a value in the diagnostic notation of CBOR, where it is CBOR.
func readable(v []byte) string {
	body, err := unseal(v)
	if err != nil {
		return fmt.Sprintf("%x", v)
	}
	if words, err := diagnose(body); err == nil {
		return words
	}
	return fmt.Sprintf("%x", body)
}
