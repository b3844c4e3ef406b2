package index

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"fangzhi/archive/disk"
	"fangzhi/archive/query"
)

// onDisk is a Manifest that survives its process.
type onDisk struct{ name string }

func (m onDisk) Load() (entries []Entry, err error) {
	b, err := os.ReadFile(m.name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return entries, errors.Join(err, json.Unmarshal(b, &entries))
}

func (m onDisk) Save(entries []Entry) error {
	b, err := json.Marshal(entries)
	return errors.Join(err, disk.WriteFile(m.name, b, 0o640))
}

// refusing is a Manifest that does not save.
type refusing struct{ memory }

func (m *refusing) Save([]Entry) error { return errors.New("disk full") }

// TestCrashBeforeManifest: a segment that was written and not named is removed, and the
// rows can be added again.
func TestCrashBeforeManifest(t *testing.T) {
	dir := t.TempDir()
	rnd := rand.New(rand.NewPCG(8, 8))
	r := randomRow(rnd, nil, 1)
	x := open(t, dir, &refusing{})
	if err := x.Add([]Row{r}); err == nil || x.Rows() != 0 {
		t.Fatalf("added %d rows without a manifest: %v", x.Rows(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, segmentName(9, 9)+temporarySuffix), []byte("half"), 0o640); err != nil {
		t.Fatal(err)
	}
	m := &memory{}
	x = open(t, dir, m)
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
	if err := x.Add([]Row{r}); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 || x.Rows() != 1 {
		t.Errorf("%d files, %d rows", len(files), x.Rows())
	}
}

// TestFullDiskInMerge: merging ends, nothing is lost, and the next Open merges.
func TestFullDiskInMerge(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("needs /dev/full, a disk that is full: ", runtime.GOOS, " has none")
	}
	dir, m := t.TempDir(), &memory{}
	full := filepath.Join(dir, segmentName(0, fanIn)+temporarySuffix)
	if err := os.Symlink("/dev/full", full); err != nil {
		t.Fatal(err)
	}
	x := &Index{dir: dir, manifest: m} // Open would remove the link
	rnd := rand.New(rand.NewPCG(9, 9))
	var rows naive
	add := func(x *Index) {
		r := randomRow(rnd, rows, uint64(len(rows)+1))
		rows.add(r)
		if err := x.Add([]Row{r}); err != nil {
			t.Fatal(err)
		}
	}
	for range fanIn + 3 {
		add(x)
	}
	if err := x.Settle(); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Fatalf("merge on a full disk: %v", err)
	}
	compare(t, x, rows, query.And{}, uint64(len(rows)))
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir, m)
	add(again)
	if err := again.Settle(); err != nil || again.Segments() > fanIn {
		t.Errorf("%d segments, %v", again.Segments(), err)
	}
	compare(t, again, rows, query.And{}, uint64(len(rows)))
}

// TestKill kills a process that adds and merges, again and again in one directory (30
// times with FANGZHI_LONG). What it acknowledged is found, and no more than one batch
// beyond.
func TestKill(t *testing.T) {
	if dir := os.Getenv("FANGZHI_KILL_ME"); dir != "" {
		addForEver(dir)
	}
	rounds := 3
	if os.Getenv("FANGZHI_LONG") != "" {
		rounds = 30
	}
	dir := t.TempDir()
	for round := range rounds {
		acknowledged := runAndKill(t, dir)
		m := onDisk{filepath.Join(dir, "manifest")}
		x, err := Open(dir, m)
		if err != nil {
			t.Fatal(err)
		}
		rows := x.Rows()
		if rows < acknowledged || rows > acknowledged+1 {
			t.Errorf("round %d: %d rows of %d acknowledged", round, rows, acknowledged)
		}
		a, err := x.Search(t.Context(), Request{Query: query.Text{In: query.Body.Set(), Text: "瓷"}, Limit: int(rows)})
		if err != nil || a.Total != int(rows) || len(a.Missing) > 0 {
			t.Errorf("round %d: %d of %d rows found, missing %v, %v", round, a.Total, rows, a.Missing, err)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
}

// addForEver is the process that is killed. It prints how many rows there are after
// each batch.
func addForEver(dir string) {
	x, err := Open(dir, onDisk{filepath.Join(dir, "manifest")})
	for err == nil {
		n := x.Rows()
		err = x.Add([]Row{{Document: n, From: n + 1, Replaces: NoRow, Fields: [query.Fields]string{"题", fmt.Sprint("瓷器", n)}}})
		fmt.Println(n + 1)
	}
	fmt.Println(err)
	os.Exit(1)
}

// runAndKill lets the process add some rows, and tells how many it acknowledged.
func runAndKill(t *testing.T, dir string) (rows uint64) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), "FANGZHI_KILL_ME="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var timer *time.Timer
	for n := 0; lines.Scan(); n++ {
		if _, err := fmt.Sscan(lines.Text(), &rows); err != nil {
			t.Errorf("the process says: %s", lines.Text())
		}
		if n == 20 { // at any moment from now on
			timer = time.AfterFunc(time.Duration(rand.IntN(30_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	if timer == nil {
		t.Fatal("the process ended by itself")
	}
	_ = cmd.Wait() // says that it was killed
	return rows
}

// TestYear adds 365 small batches, as a year of daily crawls does: few segments are
// left, and searching while they are added always finds all that was added.
func TestYear(t *testing.T) {
	x := open(t, t.TempDir(), &memory{})
	days := 365
	if testing.Short() {
		days = 60
	}
	most := 0
	for day := range days {
		var rows []Row
		for i := range 3 {
			n := uint64(day*3 + i)
			rows = append(rows, Row{Document: n, From: n + 1, Replaces: NoRow, Fields: [query.Fields]string{"题", strings.Repeat("陶瓷", 20)}})
		}
		if err := x.Add(rows); err != nil {
			t.Fatal(err)
		}
		a, err := x.Search(t.Context(), Request{Query: query.Text{In: query.Anywhere, Text: "瓷陶"}})
		if err != nil || a.Total != 3*(day+1) {
			t.Fatalf("day %d: %d found, %v", day, a.Total, err)
		}
		most = max(most, x.Segments())
	}
	if err := x.Settle(); err != nil {
		t.Fatal(err)
	}
	if n := x.Segments(); n > 3*(fanIn-1) || most > 5*fanIn { // three levels
		t.Errorf("%d segments are left, at most there were %d", n, most)
	}
}
