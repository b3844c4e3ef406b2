package archive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"go.etcd.io/bbolt"

	"fangzhi/archive/disk"
	"fangzhi/archive/warc"
)

// verify checks an archive as the command does, with its database opened to read.
func verify(t *testing.T, dir string, opt VerifyOptions) (found []Finding, sum *Verified) {
	t.Helper()
	opt.Report = func(f Finding) { found = append(found, f) }
	a, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		sum, err = VerifyCaptures(t.Context(), dir, err, opt)
		if err != nil {
			t.Fatal(err)
		}
		return found, sum
	}
	defer a.Close()
	if sum, err = a.Verify(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	if sum.Findings != len(found) {
		t.Errorf("%d findings were told, the sum says %d", len(found), sum.Findings)
	}
	return found, sum
}

// aged is an archive that has seen some days: several segments, sealed and open,
// revisits, forms, robots.txt, events.
func aged(t *testing.T) *sim {
	t.Helper()
	s := newSim(t, 11, Options{SegmentSize: 12 << 10})
	s.live(7)
	robots := Link{Site: simSite, URL: simHome + "robots.txt", Role: RoleRobots}
	_, _, err := s.a.Append(t.Context(), s.capture(robots, 200, "User-agent: *\n"), RoleRobots)
	s.must(err)
	s.live(1)
	s.must(s.a.Close())
	return s
}

// TestVerifyClean: an archive of ours has nothing to be told, by the strictest
// rules, also after a rebuild, a kill, and against what was signed long ago.
func TestVerifyClean(t *testing.T) {
	s := aged(t)
	b, err := os.ReadFile(filepath.Join(s.dir, LedgerDir, CheckpointsName))
	s.must(err)
	first, _, _ := bytes.Cut(b, []byte("\n\n\xe2\x80\x94"))
	old := b[:len(first)+bytes.Index(b[len(first)+2:], []byte("\n\n"))+3]
	check := func(when, dir string) {
		t.Helper()
		found, sum := verify(t, dir, VerifyOptions{Strict: true, Against: old})
		if len(found) > 0 {
			t.Errorf("%s: %v", when, found)
		}
		if sum.Segments < 3 || sum.Records < 50 || sum.Leaves < 50 || sum.Checkpoints < 8 || sum.Bytes == 0 || sum.Left != 0 {
			t.Errorf("%s: %+v", when, sum)
		}
	}
	check("as it is", s.dir)
	_, err = Rebuild(t.Context(), s.dir, s.opt)
	s.must(err)
	check("rebuilt", s.dir)
	s.a, err = Open(s.dir, s.opt)
	s.must(err)
	s.begin()
	s.walk(5)
	check("killed", s.killed())
}

// TestVerifyBudget: segments take their turns, so that each is looked at.
func TestVerifyBudget(t *testing.T) {
	s := aged(t)
	now := s.clock
	tick := func() time.Time { now = now.Add(time.Minute); return now }
	_, all := verify(t, s.dir, VerifyOptions{Now: tick})
	s.must(os.Remove(filepath.Join(s.dir, VerifiedName)))
	looked, runs := 0, 0
	for left := -1; left != 0 && runs < 100; runs++ {
		_, sum := verify(t, s.dir, VerifyOptions{Now: tick, Budget: time.Minute})
		looked += sum.Segments
		if left = sum.LeftNever; sum.Segments == 0 || sum.Segments+sum.Left != all.Segments {
			t.Fatalf("run %d: %+v", runs, sum)
		}
	}
	if runs < 2 || looked != all.Segments {
		t.Errorf("%d segments in %d runs, there are %d", looked, runs, all.Segments)
	}
	if _, sum := verify(t, s.dir, VerifyOptions{Now: tick, Budget: time.Minute}); sum.LeftSince.IsZero() || sum.LeftNever > 0 {
		t.Errorf("afterwards: %+v", sum)
	}
}

// TestVerifyNames: what somebody did to an archive, with right checksums, is found
// and named.
func TestVerifyNames(t *testing.T) {
	original := aged(t)
	names, err := segmentNames(original.dir)
	original.must(err)
	first := captureFile(names[0])
	const checkpoints = LedgerDir + "/" + CheckpointsName
	for name, test := range map[string]struct {
		do    func(s *sim)
		file  string
		field string
		words string
	}{
		"address in the database": {func(s *sim) {
			change(s, bucketCapture, func(c *captureRecord) { c.URL += "x" })
		}, first, "url", "the database says"},
		"time in the database": {func(s *sim) {
			change(s, bucketCapture, func(c *captureRecord) { c.Time++ })
		}, DatabaseName, "leaf", "another hash"},
		"capture out of the database": {func(s *sim) {
			s.write(func(tx *bbolt.Tx) error { return tx.Bucket(bucketCapture).Delete(number(2)) })
		}, first, "", "does not know capture 2"},
		"capture that never was": {func(s *sim) {
			s.write(func(tx *bbolt.Tx) error {
				return put(tx, bucketCapture, number(1000), &captureRecord{Segment: names[0], URL: simHome, Leaf: 1})
			})
			change(s, bucketSegment, func(r *segmentRecord) { r.Last = 1000 })
		}, first, "", "capture 1000"},
		"version of another capture": {func(s *sim) {
			s.write(func(tx *bbolt.Tx) error {
				return each(tx, bucketVersion, nil, func(k []byte, v *versionRecord) error {
					if v.Location.IsZero() {
						return nil
					}
					v.Location.Offset++
					return put(tx, bucketVersion, k, v)
				})
			})
		}, DatabaseName, "location", "is not there"},
		"value of another kind": {func(s *sim) {
			s.write(func(tx *bbolt.Tx) error { return tx.Bucket(bucketSite).Put([]byte("x"), seal([]byte("x"))) })
		}, DatabaseName, "", "cannot be decoded"},
		"value of a key that says all": {func(s *sim) {
			s.write(func(tx *bbolt.Tx) error { return tx.Bucket(bucketDue).Put([]byte("x"), []byte("x")) })
		}, DatabaseName, "", "should have none"},
		"event": {func(s *sim) {
			change(s, bucketEvent, func(e *eventRecord) { e.Event.Subject += "x" })
		}, DatabaseName, "leaf", "another hash"},
		"index that is missing": {func(s *sim) { s.must(os.Remove(s.file(captureFile(indexName(names[0]))))) }, captureFile(indexName(names[0])), "", "missing"},
		"index without a line": {func(s *sim) {
			s.edit(captureFile(indexName(names[0])), func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] })
		}, captureFile(indexName(names[0])), "", "not what the captures say"},
		"index without its last line": {func(s *sim) {
			s.edit(captureFile(indexName(names[0])), func(b []byte) []byte { return b[:bytes.LastIndexByte(b[:len(b)-1], '\n')+1] })
		}, captureFile(indexName(names[0])), "", "is missing"},
		"segment that is missing":      {func(s *sim) { s.must(os.Remove(s.file(first))) }, first, "", "missing"},
		"segment that is shorter":      {func(s *sim) { s.edit(first, func(b []byte) []byte { return b[:len(b)-10] }) }, first, "", "ends here"},
		"segment with more in it":      {func(s *sim) { s.edit(first, func(b []byte) []byte { return append(b, member(s.t)...) }) }, first, "sha256", "the ledger says"},
		"segment nobody knows":         {func(s *sim) { s.must(os.WriteFile(s.file(captureFile("a.warc.gz")), member(s.t), 0o600)) }, captureFile("a.warc.gz"), "", "does not know the file"},
		"gzip header":                  {func(s *sim) { s.edit(first, func(b []byte) []byte { b[5] = 1; return b }) }, first, "gzip header", "not as we write it"},
		"checkpoint":                   {func(s *sim) { s.edit(checkpoints, func(b []byte) []byte { b[40] ^= 1; return b }) }, checkpoints, "", "signature"},
		"checkpoint that is not whole": {func(s *sim) { s.edit(checkpoints, func(b []byte) []byte { return b[:len(b)-5] }) }, checkpoints, "", "not whole"},
		"keys":                         {func(s *sim) { s.edit(LedgerDir+"/"+KeysName, func(b []byte) []byte { b[20] ^= 1; return b }) }, LedgerDir + "/" + KeysName, "", "not a verifier key"},
		"key for all to read":          {func(s *sim) { s.must(os.Chmod(s.file(KeyName), 0o644)) }, KeyName, "", "0644"},
		"database of nothing":          {func(s *sim) { s.edit(DatabaseName, func(b []byte) []byte { return b[:100] }) }, DatabaseName, "", ""},
	} {
		s := &sim{t: t, dir: original.killed(), opt: original.opt}
		test.do(s)
		found, _ := verify(t, s.dir, VerifyOptions{})
		if !slices.ContainsFunc(found, func(f Finding) bool {
			return f.File == test.file && strings.HasPrefix(f.Field, test.field) && strings.Contains(f.Problem, test.words)
		}) {
			t.Errorf("%s: %v, want %s, field %q, %q", name, found, test.file, test.field, test.words)
		}
	}
	other := aged(t)
	for name, against := range map[string][]byte{"another archive": must(Checkpoint(other.dir)), "nonsense": []byte("x")} {
		found, _ := verify(t, original.dir, VerifyOptions{Against: against})
		if len(found) != 1 || found[0].File != "checkpoint" {
			t.Errorf("against %s: %v", name, found)
		}
	}
}

func (s *sim) file(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *sim) edit(name string, change func([]byte) []byte) {
	s.t.Helper()
	b, err := os.ReadFile(s.file(name))
	s.must(err)
	s.must(os.WriteFile(s.file(name), change(b), 0o640))
}

func (s *sim) write(change func(tx *bbolt.Tx) error) {
	s.t.Helper()
	db, err := openDatabase(filepath.Join(s.dir, DatabaseName), false)
	s.must(err)
	s.must(db.Update(change))
	s.must(db.Close())
}

// changeFirst changes the first value of a bucket, with a right checksum.
func (s *sim) changeFirst(bucket []byte, change func(key, value []byte) []byte) {
	s.t.Helper()
	s.write(func(tx *bbolt.Tx) error {
		k, v := tx.Bucket(bucket).Cursor().First()
		return tx.Bucket(bucket).Put(bytes.Clone(k), change(k, v))
	})
}

func change[T any](s *sim, bucket []byte, f func(*T)) {
	s.changeFirst(bucket, func(k, v []byte) []byte {
		value := new(T)
		s.must(decode(bucket, k, v, value))
		f(value)
		b, err := encoding.Marshal(value)
		s.must(err)
		return seal(b)
	})
}

// member is a record that is as it must be, and of nobody.
func member(t *testing.T) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "m")
	f, _, err := disk.OS{}.Append(name)
	if err != nil {
		t.Fatal(err)
	}
	w := warc.NewWriter(f, 0)
	if _, err := w.Write(warc.Metadata("urn:x:y", time.Now(), "text/plain", []byte("x"))); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b
}

// A spot is a byte that something reads.
type spot struct {
	file   string
	offset int64
}

// spots picks bytes of all kinds of files: segments, indexes, the ledger, and values
// of the database.
func (s *sim) spots(rnd *rand.Rand, n int) (all []spot) {
	s.t.Helper()
	var files []string
	for _, pattern := range []string{"captures/*", "ledger/*"} {
		names, err := filepath.Glob(s.file(pattern))
		s.must(err)
		files = append(files, names...)
	}
	values := s.values()
	for i := range n {
		if i%3 == 0 {
			v := values[rnd.IntN(len(values))]
			all = append(all, spot{s.file(DatabaseName), v[0] + rnd.Int64N(v[1])})
			continue
		}
		name := files[rnd.IntN(len(files))]
		info, err := os.Stat(name)
		s.must(err)
		if info.Size() > 0 {
			all = append(all, spot{name, rnd.Int64N(info.Size())})
		}
	}
	return all
}

// values are the places of all values in the database's file: offset and length.
func (s *sim) values() (places [][2]int64) {
	s.t.Helper()
	db, err := openDatabase(s.file(DatabaseName), true)
	s.must(err)
	defer db.Close()
	base := db.Info().Data
	s.must(db.View(func(tx *bbolt.Tx) error {
		for _, bucket := range buckets {
			c := tx.Bucket(bucket).Cursor()
			for k, v := c.First(); k != nil; k, v = c.Next() {
				if len(v) == 0 {
					continue
				}
				at := int64(uintptr(unsafe.Pointer(&v[0])) - base)
				if 0 <= at && at < tx.Size() { // else bbolt made a copy of it
					places = append(places, [2]int64{at, int64(len(v))})
				}
			}
		}
		return nil
	}))
	return places
}

// TestCorruptions flips single bits in bytes that something reads: each is found,
// and named by its file; none makes anything crash.
func TestCorruptions(t *testing.T) {
	n := 20
	if os.Getenv("FANGZHI_LONG") != "" {
		n = 200
	}
	s := aged(t)
	rnd := rand.New(rand.NewPCG(7, 7))
	for i, at := range s.spots(rnd, n) {
		b, err := os.ReadFile(at.file)
		s.must(err)
		good := b[at.offset]
		b[at.offset] ^= 1 << rnd.IntN(8)
		info, err := os.Stat(at.file)
		s.must(err)
		s.must(os.WriteFile(at.file, b, info.Mode()))
		found, _ := verify(t, s.dir, VerifyOptions{})
		name, err := filepath.Rel(s.dir, at.file)
		s.must(err)
		name = filepath.ToSlash(name)
		where := fmt.Sprintf("corruption %d: byte %d of %s", i, at.offset, name)
		named := slices.ContainsFunc(found, func(f Finding) bool {
			return f.File == name && f.Problem != "" && (f.Offset < 0 || f.Offset <= at.offset)
		})
		if !named {
			t.Errorf("%s: %v", where, found)
		}
		b[at.offset] = good
		s.must(os.WriteFile(at.file, b, info.Mode()))
	}
	if found, _ := verify(t, s.dir, VerifyOptions{Strict: true}); len(found) > 0 {
		t.Errorf("all undone: %v", found)
	}
}
