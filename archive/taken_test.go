package archive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// TestTaken: of several captures of a URL the one is found that was there at a time.
func TestTaken(t *testing.T) {
	s := newSim(t, 2, Options{})
	link := Link{Site: simSite, URL: simHome + "art/1.html", Role: RoleArticle}
	var times []time.Time
	for _, page := range []string{"one", "two", "three"} {
		_, _, err := s.a.Append(t.Context(), s.capture(Link{URL: simHome + page}, 200, page), RoleArticle)
		s.must(err)
		times = append(times, s.tick())
		_, _, err = s.a.Append(t.Context(), s.capture(link, 200, page), RoleArticle)
		s.must(err)
		s.clock = s.clock.Add(time.Hour)
	}
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{times[0].Add(-time.Hour), "one"}, {times[0], "one"}, {times[1].Add(-1), "one"}, {times[1], "two"},
		{times[1].Add(time.Minute), "two"}, {times[2], "three"}, {times[2].AddDate(9, 0, 0), "three"},
	} {
		c, loc, err := s.a.Taken(t.Context(), link.URL, test.at)
		if err != nil || string(c.Payload()) != test.want || loc.IsZero() {
			t.Errorf("at %v: %v, want %s", test.at, err, test.want)
		}
	}
	if _, _, err := s.a.Taken(t.Context(), simHome+"never", times[0]); !errors.Is(err, ErrNotFound) {
		t.Errorf("never captured: %v", err)
	}
}

// TestFiguresTaken measures how long it takes to read one capture by URL and time,
// warm, among a million.
//
//	FANGZHI_LONG=1 go test ./archive -run FiguresTaken -v
func TestFiguresTaken(t *testing.T) {
	if os.Getenv("FANGZHI_LONG") == "" {
		t.Skip("takes minutes: set FANGZHI_LONG=1")
	}
	const records, pages = 1_000_000, 1000
	s := newSim(t, 2, Options{FS: unsynced{}})
	s.a.db.NoSync = true
	rnd := rand.New(rand.NewPCG(1, 2))
	page := sampleText(rnd, 20<<10)
	var places []captureRecord
	for i := range pages { // the bytes; all other captures share them
		loc, _, err := s.a.Append(t.Context(), s.capture(Link{URL: fmt.Sprint(simHome, i)}, 200, page+fmt.Sprint(i)), RoleRobots)
		s.must(err)
		s.must(s.a.look(t.Context(), func(tx *bbolt.Tx) error {
			var c captureRecord
			_, err := get(tx, bucketCapture, number(loc.Capture), &c)
			places = append(places, c)
			return err
		}))
	}
	for i := pages; i < records; i++ {
		c := places[i%pages]
		c.URL, c.Leaf = fmt.Sprint(simHome, i), 0
		c.ID = captureID(&Capture{URL: c.URL})
		s.must(s.a.update(t.Context(), func(tx *bbolt.Tx) error {
			s.a.meta.Captures++
			return putCapture(tx, s.a.meta.Captures, &c, RoleRobots)
		}))
	}
	s.must(s.a.Flush(t.Context()))
	var took []time.Duration
	for range 20_000 {
		url := fmt.Sprint(simHome, rnd.IntN(records))
		began := time.Now()
		_, _, err := s.a.Taken(t.Context(), url, s.clock.Add(time.Hour))
		took = append(took, time.Since(began))
		s.must(err)
	}
	slices.Sort(took)
	info, err := os.Stat(s.file(DatabaseName))
	s.must(err)
	t.Logf("one capture of 20 kB among %d: p50 %v, p99 %v; %d bytes of the database each", records, took[len(took)/2], took[len(took)*99/100], info.Size()/records)
	if p99 := took[len(took)*99/100]; p99 > time.Millisecond {
		t.Errorf("p99 %v, want 1 ms at most", p99)
	}
}
