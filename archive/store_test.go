package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"fangzhi/archive/disk"
)

var diagnose = cbor.Diagnose

// TestRebuild: what is made anew out of captures/ is what was there, field by
// field.
func TestRebuild(t *testing.T) {
	s := newSim(t, 1, Options{SegmentSize: 20 << 10})
	s.live(12)
	s.articles += 5
	s.begin()
	s.walk(4) // and some links are left
	s.end()
	s.must(s.a.SetPaused(t.Context(), "other", true))
	s.must(s.a.SetPaused(t.Context(), simSite, true))
	s.must(s.a.SetPaused(t.Context(), simSite, false))
	alarm, err := s.a.Alarm(t.Context(), Alarm{Site: simSite, Kind: AlarmBroken, Began: s.tick()})
	s.must(err)
	alarm.Ended = s.tick()
	_, err = s.a.Alarm(t.Context(), alarm)
	s.must(err)
	s.must(s.a.Close())
	want := dumpOf(t, s.dir)
	counts := map[string]int{}
	for k := range want {
		bucket, _, _ := strings.Cut(k, "/")
		counts[bucket]++
	}
	for _, bucket := range buckets {
		if n := counts[string(bucket)]; n == 0 && !slices.Contains([]string{"unread", "visit", "journal", "index"}, string(bucket)) {
			t.Errorf("the simulation left bucket %s empty", bucket)
		}
	}
	if counts["segment"] < 3 {
		t.Errorf("%d segments", counts["segment"])
	}

	s.must(os.Remove(filepath.Join(s.dir, DatabaseName)))
	if _, err := Open(s.dir, s.opt); !errors.Is(err, ErrNoDatabase) {
		t.Errorf("open without a database: %v", err)
	}
	r, err := Rebuild(t.Context(), s.dir, s.opt)
	s.must(err)
	if len(r.Damaged) > 0 || r.Unread > 0 || r.Captures != counts["capture"] {
		t.Errorf("rebuilt: %+v, of %d captures", r, counts["capture"])
	}
	if diff := cmp.Diff(withoutViews(want), withoutViews(dumpOf(t, s.dir))); diff != "" {
		t.Errorf("the database differs (-was +rebuilt):\n%s", diff)
	}
	entries, err := os.ReadDir(s.dir)
	s.must(err)
	for _, e := range entries {
		if strings.Contains(e.Name(), "rebuild") {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}

// withoutViews leaves out whether segments are sealed, which nothing depends on, and the
// files of the index, which is made anew.
func withoutViews(d dump) dump {
	d = maps.Clone(d)
	for k, v := range d {
		switch {
		case strings.HasPrefix(k, "segment/"):
			d[k] = strings.Replace(v, ", 2: true", "", 1)
		case strings.HasPrefix(k, "index/"):
			delete(d, k)
		}
	}
	return d
}

// TestKilled: whatever was acknowledged before a kill is there after it, and the
// crawl goes on to the same end.
func TestKilled(t *testing.T) {
	whole := newSim(t, 5, Options{CommitOps: 7})
	whole.live(3)
	want := articlesOf(t, whole.a)
	for kill := 1; kill < 40; kill += 3 {
		s := newSim(t, 5, Options{CommitOps: 7})
		left := kill
		s.livesUntil(3, &left)
		acknowledged := committedIDs(t, s)
		dir := s.killed()
		a, err := Open(dir, s.opt)
		if err != nil {
			t.Fatalf("killed after %d links: %v", kill, err)
		}
		for id := range acknowledged {
			if _, err := a.Article(t.Context(), id); err != nil {
				t.Errorf("killed after %d links: acknowledged document %s: %v", kill, id, err)
			}
		}
		old := s.a
		s.a, s.dir = a, dir
		s.goOn()
		for url, title := range want {
			if got := articlesOf(t, s.a); got[url] != title {
				t.Errorf("killed after %d links: %s is %q in the end, want %q", kill, url, got[url], title)
				break
			}
		}
		s.must(errors.Join(a.Close(), old.Close()))
		if found, _ := verify(t, dir, VerifyOptions{Strict: true}); len(found) > 0 {
			t.Errorf("killed after %d links: verify: %v", kill, found)
		}
		r, err := Rebuild(t.Context(), dir, s.opt)
		if err != nil || len(r.Damaged) > 0 {
			t.Fatalf("killed after %d links: rebuild: %+v, %v", kill, r, err)
		}
	}
}

// livesUntil is live, but stops after some links, wherever that is.
func (s *sim) livesUntil(days int, links *int) {
	s.t.Helper()
	for range days {
		s.articles += 1 + s.rnd.IntN(4)
		s.begin()
		if *links -= s.walk(*links); *links <= 0 {
			return
		}
		s.end()
		s.clock = s.clock.Add(20 * time.Hour)
	}
}

// goOn visits until all that the portal has is known.
func (s *sim) goOn() {
	s.t.Helper()
	s.articles = 10
	for range 3 {
		s.begin()
		s.walk(1000)
		s.clock = s.clock.Add(11 * time.Second)
		s.walk(1000)
		s.clock = s.clock.Add(11 * time.Second)
		s.walk(1000)
		s.end()
		s.clock = s.clock.Add(20 * time.Hour)
	}
}

// articlesOf are the titles of all documents by URL.
func articlesOf(t *testing.T, a *Archive) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := a.view(func(tx *bbolt.Tx) error {
		return each(tx, bucketDocument, nil, func(key []byte, d *documentRecord) error {
			v, err := loadVersion(tx, numberOf(key), d.Versions)
			if err == nil && !d.Item {
				all[d.URL] = v.Title
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// committedIDs are the ids of documents in the database as others see it.
func committedIDs(t *testing.T, s *sim) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	err := s.a.view(func(tx *bbolt.Tx) error {
		return each(tx, bucketDocument, nil, func(_ []byte, d *documentRecord) error {
			ids[d.ID] = true
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestTornTail: a segment that was cut anywhere in its last record loses that one
// and nothing else.
func TestTornTail(t *testing.T) {
	s := newSim(t, 3, Options{})
	s.articles = 3
	s.begin()
	s.walk(2)
	s.must(s.a.Flush(t.Context()))
	segment := filepath.Join(CapturesDir, s.a.main.name)
	before := s.a.main.w.Size()
	link := Link{Site: simSite, URL: simHome + "art/2.html", Role: RoleArticle}
	loc, _, err := s.a.Append(t.Context(), s.capture(link, 200, "<p>尾巴</p>"), RoleArticle)
	s.must(err)
	whole := s.a.main.w.Size()
	for size := before; size <= whole; size += 1 + (whole-before)/40 {
		dir := s.killed()
		s.must(os.Truncate(filepath.Join(dir, segment), size))
		a, err := Open(dir, s.opt)
		if err != nil {
			t.Fatalf("cut to %d of %d bytes: %v", size, whole, err)
		}
		_, got, ok, err := a.Unread(t.Context(), link)
		s.must(err)
		if want := size >= loc.Offset+loc.Length; ok != want || ok && got != loc {
			t.Errorf("cut to %d of %d bytes: unread %v, want %v", size, whole, ok, want)
		}
		if next, _, err := a.Append(t.Context(), s.capture(link, 200, "<p>neu</p>"), RoleArticle); err != nil || next.Capture <= loc.Capture-1 {
			t.Errorf("cut to %d of %d bytes: next capture %+v, %v", size, whole, next, err)
		}
		s.must(a.Close())
		if r, err := Rebuild(t.Context(), dir, s.opt); err != nil || len(r.Damaged) > 0 {
			t.Errorf("cut to %d of %d bytes: rebuild %+v, %v", size, whole, r, err)
		}
	}
}

// TestDiskFaults: whatever fails in the captures, nothing acknowledged is lost,
// and nothing is acknowledged afterwards.
func TestDiskFaults(t *testing.T) {
	for _, fault := range []disk.Fault{disk.ShortWrite, disk.NoSpace, disk.BrokenIO, disk.BadSync} {
		for at := 2; at < 40; at += 5 {
			name := fmt.Sprintf("fault %d at operation %d", fault, at)
			fs := &disk.Faulty{FS: disk.OS{}, Fault: fault, At: at}
			s := newSim(t, 9, Options{FS: fs, CommitOps: 5})
			s.articles = 8
			acknowledged, err := s.untilFault()
			if err == nil {
				t.Fatalf("%s: no error", name)
			}
			if fault != disk.BrokenIO && fault != disk.BadSync && !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := s.a.BeginVisit(t.Context(), Plan{Site: simSite}); err == nil {
				t.Errorf("%s: writes go on", name)
			}
			s.a.Close()
			opt := s.opt
			opt.FS = nil
			a, err := Open(s.dir, opt)
			if err != nil {
				t.Fatalf("%s: open: %v", name, err)
			}
			for id := range acknowledged {
				if _, err := a.Article(t.Context(), id); err != nil {
					t.Errorf("%s: acknowledged %s: %v", name, id, err)
				}
			}
			s.must(a.Close())
			if found, _ := verify(t, s.dir, VerifyOptions{Strict: true}); len(found) > 0 {
				t.Errorf("%s: verify: %v", name, found)
			}
			if r, err := Rebuild(t.Context(), s.dir, opt); err != nil || len(r.Damaged) > 0 {
				t.Errorf("%s: rebuild %+v, %v", name, r, err)
			}
		}
	}
}

// untilFault crawls, flushing after every link, until something fails; it returns
// the documents that a Flush acknowledged.
func (s *sim) untilFault() (acknowledged map[string]bool, err error) {
	ctx := context.Background()
	acknowledged = map[string]bool{}
	if s.run, err = s.a.BeginRun(ctx, Run{At: s.tick()}); err != nil {
		return acknowledged, err
	}
	links := []Link{{Site: simSite, URL: simHome, Role: RoleListing}}
	if s.plan, err = s.a.BeginVisit(ctx, Plan{Run: s.run.Run, At: s.tick(), Site: simSite, Links: links}); err != nil {
		return acknowledged, err
	}
	for range 200 {
		link, ok, err := s.a.Next(ctx, simSite)
		if err != nil {
			return acknowledged, err
		}
		if !ok {
			link = Link{Site: simSite, URL: fmt.Sprint(simHome, "art/", s.rnd.IntN(s.articles), ".html"), Role: RoleArticle}
		}
		status, page := 200, ""
		for page == "" {
			status, page = s.answer(link.URL)
		}
		f := &Follow{Visit: s.plan.Visit, Link: link, At: s.tick(), Status: status}
		c := s.capture(link, status, page)
		var repeated bool
		if f.Location, repeated, err = s.a.Append(ctx, c, link.Role); err != nil {
			return acknowledged, err
		}
		s.read(f, c, repeated)
		change, err := s.a.Finish(ctx, f)
		if err == nil {
			err = s.a.Flush(ctx)
		}
		if err != nil {
			return acknowledged, err
		}
		if change == Created {
			acknowledged[string(urlID(link.URL, ""))] = true
		}
	}
	return acknowledged, nil
}

// TestSegments: a segment is closed when it is full and when the month ends, is
// taken up again by the next run, and unchanged rechecks go to their own.
func TestSegments(t *testing.T) {
	s := newSim(t, 4, Options{})
	s.articles = 2
	link := Link{Site: simSite, URL: simHome + "art/1.html", Role: RoleArticle}
	put := func(page string) string {
		t.Helper()
		s.tick()
		loc, _, err := s.a.Append(t.Context(), s.capture(link, 200, page), RoleArticle)
		s.must(err)
		f := &Follow{Link: link, At: s.clock, Outcome: Unchanged, Status: 200, Location: loc}
		_, err = s.a.Finish(t.Context(), f)
		s.must(err)
		return loc.Segment
	}
	page := strings.Repeat("景德镇 ", 100)
	first := put(page)
	if again := put(page); !strings.Contains(again, "-same-") {
		t.Errorf("an unchanged recheck is in %s", again)
	}
	s.reopen()
	if next := put(page + "2"); next != first {
		t.Errorf("after a restart: segment %s, want %s", next, first)
	}
	s.clock = s.clock.AddDate(0, 1, 0)
	may := put(page + "3")
	if may == first {
		t.Error("the segment of March has a capture of April")
	}
	s.a.opt.SegmentSize = 1
	if full := put(page + "4"); full == may {
		t.Error("a full segment was appended to")
	}
	for _, name := range []string{first, may} {
		if !strings.HasPrefix(name, "fangzhi-20220") || !strings.HasSuffix(name, ".warc.gz") {
			t.Errorf("segment name %s", name)
		}
	}
	s.must(s.a.Close())
	if r, err := Rebuild(t.Context(), s.dir, s.opt); err != nil || len(r.Damaged) > 0 || r.Captures != 5 {
		t.Errorf("rebuild %+v, %v", r, err)
	}
}

// TestRebuildPassesOverDamage: a damaged record is named, and costs nothing but
// itself.
func TestRebuildPassesOverDamage(t *testing.T) {
	s := newSim(t, 6, Options{})
	s.live(3)
	s.must(s.a.Close())
	before := dumpOf(t, s.dir)
	names, err := segmentNames(s.dir)
	s.must(err)
	name := filepath.Join(s.dir, CapturesDir, names[0])
	b, err := os.ReadFile(name)
	s.must(err)
	var victim captureRecord
	a, err := Open(s.dir, s.opt)
	s.must(err)
	s.must(a.look(t.Context(), func(tx *bbolt.Tx) error {
		_, err := get(tx, bucketCapture, number(2), &victim)
		return err
	}))
	s.must(a.Close())
	b[victim.Offset+victim.Length/2] ^= 0xFF
	s.must(os.WriteFile(name, b, 0o640))
	r, err := Rebuild(t.Context(), s.dir, s.opt)
	s.must(err)
	after := dumpOf(t, s.dir)
	if len(r.Damaged) < 2 || !strings.Contains(r.Damaged[0], fmt.Sprint("offset ", victim.Offset)) || !strings.Contains(r.Damaged[1], victim.URL) {
		t.Errorf("damaged: %q, want the record at %d and then the link %s", r.Damaged, victim.Offset, victim.URL)
	}
	lost := 0
	for k := range before {
		if _, ok := after[k]; !ok && strings.HasPrefix(k, "document-id/") {
			lost++
		}
	}
	if lost > 1 {
		t.Errorf("%d documents are lost with one record", lost)
	}
}

func TestOpenRefuses(t *testing.T) {
	empty := t.TempDir()
	if _, err := Open(empty, Options{}); !errors.Is(err, ErrNoArchive) {
		t.Errorf("a directory that is none: %v", err)
	}
	s := newSim(t, 1, Options{})
	s.must(s.a.Close())
	if err := s.a.Flush(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("flush after close: %v", err)
	}
	if _, _, err := s.a.Append(t.Context(), s.capture(Link{URL: simHome}, 200, "x"), RoleArticle); !errors.Is(err, ErrClosed) {
		t.Errorf("append after close: %v", err)
	}
	db, err := openDatabase(filepath.Join(s.dir, DatabaseName), false)
	s.must(err)
	s.must(db.Update(func(tx *bbolt.Tx) error {
		return put(tx, bucketMeta, metaKey, &metaRecord{Format: Format + 1})
	}))
	s.must(db.Close())
	if _, err := Open(s.dir, Options{}); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer archive: %v", err)
	}
}
