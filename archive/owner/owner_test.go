//go:build unix

package owner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"fangzhi/archive"
)

// documents is how many the archive of these tests has.
const documents = 97

// A backend is an archive of numbered documents. Opening it twice at a time, in
// whatever process, is an error: that is what this package must prevent.
type backend struct {
	f      *os.File
	mu     sync.Mutex
	closed bool
	paused map[string]bool
	slow   time.Duration // of Search, or until its context ends
}

func openBackend(dir string, mode Mode) (*backend, error) {
	how := unix.LOCK_EX
	if mode == ReadOnly {
		how = unix.LOCK_SH
	}
	f, err := os.OpenFile(filepath.Join(dir, "db"), os.O_RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, archive.ErrNoArchive)
	}
	if err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("opened twice: %w", err)
	}
	return &backend{f: f, paused: map[string]bool{}}, nil
}

func (b *backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.f.Close()
}

func (b *backend) check() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return archive.ErrClosed
	}
	return nil
}

func (b *backend) Search(ctx context.Context, q archive.Query) (*archive.Results, error) {
	if q.Text == "panic" {
		panic("a bug")
	}
	if b.slow > 0 {
		select {
		case <-ctx.Done():
			return &archive.Results{Total: -1, Partial: true}, b.check()
		case <-time.After(b.slow):
		}
	}
	return &archive.Results{Total: documents}, b.check()
}

func (b *backend) Article(_ context.Context, ref string) (*archive.Article, error) {
	switch ref {
	case "absent":
		return nil, fmt.Errorf("article %q: %w", ref, archive.ErrNotFound)
	case "two":
		return nil, fmt.Errorf("article %q: %w", ref, archive.ErrAmbiguous)
	case "damaged":
		return nil, &archive.DamagedError{Bucket: "documents", Key: "17"}
	case "long":
		return &archive.Article{Text: strings.Repeat("文", 1<<20)}, nil
	}
	return &archive.Article{ID: ref, Captured: time.Unix(1700000000, 0).UTC()}, b.check()
}

func (b *backend) Export(_ context.Context, _ archive.Query, cursor string, n int) (*archive.ExportPage, error) {
	from := 0
	if cursor != "" {
		from, _ = strconv.Atoi(cursor)
	}
	p := &archive.ExportPage{}
	for i := from; i < min(from+n, documents); i++ {
		p.Articles = append(p.Articles, archive.Article{ID: strconv.Itoa(i)})
	}
	if from+n < documents {
		p.Cursor = strconv.Itoa(from + n)
	}
	return p, b.check()
}

func (b *backend) Observations(_ context.Context, site string, n int) ([]archive.Observation, error) {
	return []archive.Observation{{Site: site, Items: n}}, b.check()
}

func (b *backend) Report(_ context.Context, q archive.ReportQuery) ([]archive.URLReport, error) {
	return []archive.URLReport{{URL: q.URL}}, b.check()
}

func (b *backend) Coverage(_ context.Context, q archive.CoverageQuery) (*archive.Coverage, error) {
	return &archive.Coverage{Looks: len(q.Region)}, b.check()
}

func (b *backend) Pending(context.Context) (*archive.Pending, error) {
	return &archive.Pending{Sites: []archive.PendingSite{{Site: "gd"}}}, b.check()
}

func (b *backend) Status(context.Context) (*archive.Status, error) {
	return &archive.Status{Documents: documents}, b.check()
}

func (b *backend) SetPaused(_ context.Context, site string, paused bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.paused[site] = paused
	return nil
}

func newDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "db"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// options open dir as a backend; last holds the one that was opened last.
func options(last *backend) Options {
	return Options{
		Version: "1.0", Patience: 5 * time.Second, Grace: time.Second,
		Open: func(_ context.Context, dir string, mode Mode) (Backend, error) {
			b, err := openBackend(dir, mode)
			if err != nil {
				return nil, err
			}
			if last != nil {
				last.mu.Lock()
				b.slow = last.slow
				last.mu.Unlock()
			}
			return b, nil
		},
	}
}

func open(t *testing.T, dir string, role Role) *Session {
	t.Helper()
	s, err := Open(t.Context(), dir, role, options(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustSearch(t *testing.T, s *Session) {
	t.Helper()
	r, err := s.Search(t.Context(), archive.Query{Text: "陶瓷"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Total != documents || r.Partial {
		t.Fatalf("got %+v", r)
	}
}

func (s *Session) owns() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own != nil
}

func TestEveryMethodHereAndThere(t *testing.T) {
	dir := newDir(t)
	here := open(t, dir, Read)
	there := open(t, dir, Read)
	if !here.owns() || there.owns() {
		t.Fatal("the first session should own the archive and the second ask")
	}
	for name, s := range map[string]*Session{"here": here, "there": there} {
		t.Run(name, func(t *testing.T) { checkMethods(t, s) })
	}
}

func checkMethods(t *testing.T, s *Session) {
	ctx := t.Context()
	mustSearch(t, s)
	a, err := s.Article(ctx, "abc")
	if err != nil || a.ID != "abc" || a.Captured.Unix() != 1700000000 {
		t.Errorf("Article: %+v, %v", a, err)
	}
	for ref, want := range map[string]error{"absent": archive.ErrNotFound, "two": archive.ErrAmbiguous} {
		if _, err := s.Article(ctx, ref); !errors.Is(err, want) || !strings.Contains(err.Error(), strconv.Quote(ref)) {
			t.Errorf("Article(%q): %v, want %v", ref, err, want)
		}
	}
	damaged := (*archive.DamagedError)(nil)
	if _, err := s.Article(ctx, "damaged"); !errors.As(err, &damaged) || damaged.Bucket != "documents" || damaged.Key != "17" {
		t.Errorf("Article of a damaged value: %v", err)
	}
	if a, err := s.Article(ctx, "long"); err != nil || len(a.Text) != 3<<20 {
		t.Errorf("Article of 3 MiB: %v", err)
	}
	if o, err := s.Observations(ctx, "gd", 3); err != nil || len(o) != 1 || o[0].Site != "gd" || o[0].Items != 3 {
		t.Errorf("Observations: %+v, %v", o, err)
	}
	if r, err := s.Report(ctx, archive.ReportQuery{URL: "u"}); err != nil || len(r) != 1 || r[0].URL != "u" {
		t.Errorf("Report: %+v, %v", r, err)
	}
	if c, err := s.Coverage(ctx, archive.CoverageQuery{Region: "360000"}); err != nil || c.Looks != 6 {
		t.Errorf("coverage: %+v, %v", c, err)
	}
	if p, err := s.Pending(ctx); err != nil || len(p.Sites) != 1 || p.Sites[0].Site != "gd" {
		t.Errorf("pending: %+v, %v", p, err)
	}
	if st, err := s.Status(ctx); err != nil || st.Documents != documents || st.Crawling {
		t.Errorf("Status: %+v, %v", st, err)
	}
	if err := s.SetPaused(ctx, "gd", true); err != nil {
		t.Errorf("SetPaused: %v", err)
	}
	if _, err := s.Save(ctx, "http://x/"); !errors.Is(err, ErrNoCrawl) {
		t.Errorf("Save without a crawl: %v", err)
	}
	if err := exportAll(ctx, s); err != nil {
		t.Error(err)
	}
}

// exportAll pages through the archive and checks that each document came once.
func exportAll(ctx context.Context, s *Session) error {
	cursor, next := "", 0
	for {
		p, err := s.Export(ctx, archive.Query{}, cursor, 10)
		if err != nil {
			return fmt.Errorf("export after %d: %w", next, err)
		}
		for _, a := range p.Articles {
			if a.ID != strconv.Itoa(next) {
				return fmt.Errorf("exported %s, want %d", a.ID, next)
			}
			next++
		}
		if cursor = p.Cursor; cursor == "" {
			break
		}
	}
	if next != documents {
		return fmt.Errorf("exported %d of %d", next, documents)
	}
	return nil
}

func TestReaderHandsOverToCrawlAndTakesBack(t *testing.T) {
	dir := newDir(t)
	reader, other := open(t, dir, Read), open(t, dir, Read)
	crawl := open(t, dir, Crawl)
	if !crawl.owns() {
		t.Fatal("the crawl should own the archive")
	}
	mustSearch(t, reader)
	mustSearch(t, other)
	if reader.owns() || other.owns() {
		t.Fatal("readers should ask the crawl")
	}
	if st, err := reader.Status(t.Context()); err != nil || !st.Crawling {
		t.Fatalf("status %+v, %v: want crawling", st, err)
	}
	if err := crawl.Close(); err != nil {
		t.Fatal(err)
	}
	mustSearch(t, other)
	if !other.owns() {
		t.Fatal("the reader that needed it first should have it now")
	}
	mustSearch(t, reader)
	if _, err := crawl.Status(t.Context()); !errors.Is(err, archive.ErrClosed) {
		t.Fatalf("call after Close: %v", err)
	}
}

func TestTwoCrawls(t *testing.T) {
	dir := newDir(t)
	began := time.Date(2026, 3, 1, 9, 14, 0, 0, time.UTC)
	opt := options(nil)
	opt.Now = func() time.Time { return began }
	first, err := Open(t.Context(), dir, Crawl, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	_, err = Open(t.Context(), dir, Crawl, options(nil))
	busy := (*BusyError)(nil)
	if !errors.As(err, &busy) || busy.PID != os.Getpid() || !busy.Since.Equal(began) || busy.Age(began.Add(time.Hour)) != time.Hour {
		t.Fatalf("second crawl: %v", err)
	}
}

func TestSaveAndPauseReachTheCrawl(t *testing.T) {
	dir := newDir(t)
	crawl := open(t, dir, Crawl)
	reader := open(t, dir, Read)
	if _, err := reader.Save(t.Context(), "http://x/a"); !errors.Is(err, ErrNoCrawl) {
		t.Fatalf("Save before the crawl can: %v", err)
	}
	crawl.OnSave(func(_ context.Context, url string) (Saved, error) {
		return Saved{ID: "abcdefghijkl", URL: url, Outcome: archive.Kept}, nil
	})
	saved, err := reader.Save(t.Context(), "http://x/a")
	if err != nil || saved.ID != "abcdefghijkl" || saved.URL != "http://x/a" || saved.Outcome != archive.Kept {
		t.Fatalf("Save: %+v, %v", saved, err)
	}
	if err := reader.SetPaused(t.Context(), "gd", true); err != nil {
		t.Fatal(err)
	}
	if b := crawl.own.backend.(*backend); !b.paused["gd"] {
		t.Fatal("the pause did not reach the crawl's archive")
	}
}

func TestPartialWhenTheAskersTimeIsUp(t *testing.T) {
	dir := newDir(t)
	slow := options(&backend{slow: time.Hour})
	owner, err := Open(t.Context(), dir, Read, slow)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	asker := open(t, dir, Read)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	r, err := asker.Search(ctx, archive.Query{})
	if err != nil || !r.Partial {
		t.Fatalf("got %+v, %v: want a partial answer", r, err)
	}
}

func TestCallInHandIsAskedAgainAfterTheGrace(t *testing.T) {
	dir := newDir(t)
	opt := options(&backend{slow: time.Hour}) // no answer within any grace
	opt.Grace = 20 * time.Millisecond
	reader, err := Open(t.Context(), dir, Read, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	began := make(chan struct{})
	result := make(chan error, 1)
	go func() {
		close(began)
		r, err := reader.Search(t.Context(), archive.Query{})
		if err == nil && (r.Partial || r.Total != documents) {
			err = fmt.Errorf("got %+v", r)
		}
		result <- err
	}()
	<-began
	open(t, dir, Crawl)
	if err := <-result; err != nil {
		t.Fatal(err)
	}
}

func TestPanicOfAQuestionIsItsError(t *testing.T) {
	dir := newDir(t)
	open(t, dir, Read)
	asker := open(t, dir, Read)
	if _, err := asker.Search(t.Context(), archive.Query{Text: "panic"}); err == nil || !strings.Contains(err.Error(), "bug") {
		t.Fatalf("got %v", err)
	}
	mustSearch(t, asker)
}

func TestStaleMessages(t *testing.T) {
	for name, content := range map[string]string{
		"empty":     "",
		"torn":      `{"pid":1,"role":"crawl","addr`,
		"no JSON":   "\xff\x00\n",
		"dead":      `{"pid":999999,"since":"2020-01-01T00:00:00Z","role":"crawl","address":"unix:/nowhere.sock","token":"x","protocol":1}` + "\n",
		"pid alive": fmt.Sprintf(`{"pid":%d,"role":"crawl","address":"unix:/nowhere.sock","protocol":1}`+"\n", os.Getpid()),
		"newer":     `{"pid":7,"role":"read","address":"carrier pigeon","protocol":99,"more":[1]}` + "\n",
		"promised":  fmt.Sprintf(`{"promised":1,"until":%q}`+"\n", time.Now().Add(24*time.Hour).Format(time.RFC3339)),
	} {
		for _, role := range []Role{Crawl, Read} {
			t.Run(name+" "+string(role), func(t *testing.T) {
				dir := newDir(t)
				if err := os.WriteFile(filepath.Join(dir, FileName), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
				s := open(t, dir, role)
				mustSearch(t, s)
				if !s.owns() {
					t.Fatal("nobody else can own it")
				}
			})
		}
	}
}

func TestSilentOwner(t *testing.T) {
	dir := newDir(t)
	l, err := tryLock(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	opt := options(nil)
	opt.Patience = 50 * time.Millisecond
	silent := (*SilentError)(nil)
	if _, err := Open(t.Context(), dir, Read, opt); !errors.As(err, &silent) || silent.PID != 0 {
		t.Fatalf("nameless owner: %v", err)
	}
	if err := l.say(message{PID: 4121, Role: Crawl, Address: "unix:/nowhere.sock", Protocol: protocol}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Read, opt); !errors.As(err, &silent) || silent.PID != 4121 {
		t.Fatalf("silent owner: %v", err)
	}
	busy := (*BusyError)(nil)
	if _, err := Open(t.Context(), dir, Crawl, opt); !errors.As(err, &busy) || busy.PID != 4121 {
		t.Fatalf("silent crawl: %v", err)
	}
}

func TestPromiseKeepsReadersAway(t *testing.T) {
	dir := newDir(t)
	l, err := tryLock(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.say(message{Promised: 1, Until: time.Now().Add(promiseTime)}); err != nil {
		t.Fatal(err)
	}
	l.release()
	opt := options(nil)
	opt.Patience = 50 * time.Millisecond
	if _, err := Open(t.Context(), dir, Read, opt); err == nil {
		t.Fatal("a reader took a lock that was promised to a crawl")
	}
	open(t, dir, Crawl)
}

func TestVersionSkewIsNamed(t *testing.T) {
	dir := newDir(t)
	owner := open(t, dir, Crawl)
	asker := open(t, dir, Read)
	owner.own.me.Protocol, owner.own.me.Version = 99, "9.9" // as a later version would say
	asker.peer = nil
	_, err := asker.Search(t.Context(), archive.Query{})
	skew := (*SkewError)(nil)
	if !errors.As(err, &skew) || !strings.Contains(err.Error(), "9.9") || !strings.Contains(err.Error(), "protocol 1") {
		t.Fatalf("got %v", err)
	}
}

func TestNoArchive(t *testing.T) {
	empty := t.TempDir()
	for _, dir := range []string{empty, filepath.Join(empty, "missing")} {
		if _, err := Open(t.Context(), dir, Read, options(nil)); !errors.Is(err, archive.ErrNoArchive) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if names, _ := os.ReadDir(empty); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
}

func TestSocketIsPrivateAndItsPathShort(t *testing.T) {
	dir := newDir(t)
	deep := filepath.Join(dir, strings.Repeat("很深的目录", 15), strings.Repeat("d", 200))
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(deep, "db"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	owner := open(t, deep, Read)
	path, ok := strings.CutPrefix(owner.own.me.Address, "unix:")
	if !ok || len(path) >= maxSocketPath {
		t.Fatalf("address %q", owner.own.me.Address)
	}
	for _, name := range []string{path, filepath.Join(deep, FileName)} {
		if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, st.Mode(), err)
		}
	}
	mustSearch(t, open(t, deep, Read))
	owner.Close()
	if _, err := os.Stat(path); err == nil {
		t.Error("socket left behind")
	}
}

func TestLoopbackWhereSocketsDoNotWork(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), strings.Repeat("x", 120)))
	t.Setenv("XDG_RUNTIME_DIR", "")
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "db"), nil, 0o644)
	owner := open(t, dir, Read)
	if !strings.HasPrefix(owner.own.me.Address, "tcp:127.0.0.1:") {
		t.Fatalf("address %q", owner.own.me.Address)
	}
	mustSearch(t, open(t, dir, Read))
	m, err := readMessage(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	m.Token = "guessed"
	if err := newPeer(dir, m, "1.0").hello(t.Context()); err == nil || !strings.Contains(err.Error(), "token") {
		t.Fatalf("hello with a wrong token: %v", err)
	}
}

func TestCancelledWhileSeeking(t *testing.T) {
	dir := newDir(t)
	l, err := tryLock(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, dir, Read, options(nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
}

func TestManySessionsInOneProcess(t *testing.T) {
	dir := newDir(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, err := Open(t.Context(), dir, Read, options(nil))
			if err != nil {
				t.Error(err)
				return
			}
			for range 20 {
				if r, err := s.Search(t.Context(), archive.Query{}); err != nil || r.Total != documents {
					t.Errorf("session %d: %+v, %v", i, r, err)
					return
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func FuzzMessage(f *testing.F) {
	b, _ := message{PID: 1, Address: "unix:/x"}.encode()
	f.Add(b)
	f.Add([]byte(`{"pid":1`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMessage(b)
		if err != nil {
			return
		}
		again, err := m.encode()
		if err != nil {
			return // a year beyond 9999
		}
		if n, err := parseMessage(again); err != nil || n.PID != m.PID || n.Address != m.Address {
			t.Fatalf("%q became %+v, then %+v, %v", b, m, n, err)
		}
	})
}
