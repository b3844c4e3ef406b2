//go:build unix

package owner

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fangzhi/archive"
)

// These tests run this test binary again as other processes, which do one of
// the actors below and say on standard output how far they are.

const actorEnv = "FANGZHI_OWNER_ACTOR"

func TestMain(m *testing.M) {
	if actor, dir, ok := strings.Cut(os.Getenv(actorEnv), ":"); ok {
		os.Exit(act(actor, dir))
	}
	os.Exit(m.Run())
}

// act plays an actor until its standard input is closed, and exits like the
// commands do: 11 for another crawl.
func act(actor, dir string) int {
	err := actors[actor](dir)
	busy := (*BusyError)(nil)
	switch {
	case errors.As(err, &busy):
		fmt.Fprintln(os.Stderr, err)
		return 11
	case err != nil:
		fmt.Fprintln(os.Stderr, actor, err)
		return 1
	}
	return 0
}

var actors = map[string]func(dir string) error{
	"crawl": func(dir string) error { return stay(dir, Crawl) },
	"read":  func(dir string) error { return stay(dir, Read) },
	"query": func(dir string) error { return repeat(dir, search) },
	"export": func(dir string) error {
		return repeat(dir, exportAll)
	},
	"nobody": func(dir string) error { // without any rights of its own
		if err := syscall.Setgid(65534); err != nil {
			return err
		}
		if err := syscall.Setuid(65534); err != nil {
			return err
		}
		return once(dir)
	},
}

func search(ctx context.Context, s *Session) error {
	r, err := s.Search(ctx, archive.Query{})
	if err == nil && (r.Total != documents || r.Partial) {
		err = fmt.Errorf("search found %+v", r)
	}
	return err
}

// stay opens the archive, uses it and keeps it to the end of input.
func stay(dir string, role Role) error {
	s, err := Open(context.Background(), dir, role, options(nil))
	if err != nil {
		return err
	}
	if err := search(context.Background(), s); err != nil {
		return err
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	return s.Close()
}

// repeat calls what until input ends, and prints how often.
func repeat(dir string, what func(context.Context, *Session) error) error {
	s, err := Open(context.Background(), dir, Read, options(nil))
	if err != nil {
		return err
	}
	fmt.Println("ready")
	ended := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	for n := 0; ; n++ {
		select {
		case <-ended:
			fmt.Println(n)
			return s.Close()
		default:
		}
		if err := what(context.Background(), s); err != nil {
			return fmt.Errorf("call %d: %w", n, err)
		}
	}
}

func once(dir string) error {
	s, err := Open(context.Background(), dir, Read, options(nil))
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.SetPaused(context.Background(), "gd", true); !errors.Is(err, ErrReadOnly) {
		return fmt.Errorf("pause in a read-only directory: %v", err)
	}
	if _, err := Open(context.Background(), dir, Crawl, options(nil)); !errors.Is(err, ErrReadOnly) {
		return fmt.Errorf("crawl in a read-only directory: %v", err)
	}
	return search(context.Background(), s)
}

// A process is an actor at work.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
	stderr strings.Builder
}

func start(t *testing.T, actor, dir string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0])}
	// The race detector would sleep a second at each exit.
	p.cmd.Env = append(os.Environ(), actorEnv+"="+actor+":"+dir, "GORACE=atexit_sleep_ms=0")
	p.cmd.Stderr = &p.stderr
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin, p.stdout = stdin, bufio.NewReader(stdout)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// ready waits until the actor has said so.
func (p *process) ready() *process {
	p.t.Helper()
	if line, _ := p.stdout.ReadString('\n'); line != "ready\n" {
		p.cmd.Wait()
		p.t.Fatalf("%q instead of ready: %s %s", line, p.cmd.ProcessState, p.stderr.String())
	}
	return p
}

// end lets the actor end well and returns what else it said.
func (p *process) end() string {
	p.t.Helper()
	p.stdin.Close()
	said, _ := io.ReadAll(p.stdout)
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("%v: %s", err, p.stderr.String())
	}
	return strings.TrimSpace(string(said))
}

func (p *process) exitCode() int {
	p.stdin.Close()
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// TestCrawlsBesideReaderAndExport is the figure "crawl every 10 seconds beside an
// open reader and a long export, 100 runs: no exit 11, no failed query", without
// the ten seconds. FANGZHI_LONG=1 makes 100 runs.
func TestCrawlsBesideReaderAndExport(t *testing.T) {
	runs := 12
	if os.Getenv("FANGZHI_LONG") != "" {
		runs = 100
	}
	dir := newDir(t)
	reader := start(t, "read", dir).ready()
	export := start(t, "export", dir).ready()
	query := start(t, "query", dir).ready()
	for range runs {
		start(t, "crawl", dir).ready().end()
	}
	exports, queries := export.end(), query.end()
	reader.end()
	t.Logf("%d crawls; %s exports of %d documents and %s queries besides", runs, exports, documents, queries)
	if exports == "0" || queries == "0" {
		t.Error("nothing was asked meanwhile")
	}
}

func TestSecondCrawlExits11(t *testing.T) {
	dir := newDir(t)
	first := start(t, "crawl", dir).ready()
	second := start(t, "crawl", dir)
	if code := second.exitCode(); code != 11 {
		t.Fatalf("exit %d: %s", code, second.stderr.String())
	}
	if want := fmt.Sprintf("pid %d", first.cmd.Process.Pid); !strings.Contains(second.stderr.String(), want) {
		t.Errorf("%q does not name the %s", second.stderr.String(), want)
	}
	first.end()
	start(t, "crawl", dir).ready().end()
}

func TestRacingCrawlsHaveOneWinner(t *testing.T) {
	dir := newDir(t)
	const racers = 4
	for range 3 {
		reader := start(t, "read", dir).ready()
		var crawls []*process
		for range racers {
			crawls = append(crawls, start(t, "crawl", dir))
		}
		won, lost := 0, 0
		for _, p := range crawls { // the winner stays until its input is closed
			line, _ := p.stdout.ReadString('\n')
			if line == "ready\n" {
				won++
			} else if p.exitCode() == 11 {
				lost++
			}
		}
		if won != 1 || lost != racers-1 {
			t.Fatalf("%d won and %d lost", won, lost)
		}
		for _, p := range crawls {
			p.exitCode()
		}
		reader.end()
	}
}

func TestOwnerKilled(t *testing.T) {
	for _, role := range []string{"crawl", "read"} {
		t.Run(role, func(t *testing.T) {
			dir := newDir(t)
			owner := start(t, role, dir).ready()
			asker := open(t, dir, Read)
			mustSearch(t, asker)
			if asker.owns() {
				t.Fatal("two owners")
			}
			owner.cmd.Process.Kill()
			owner.cmd.Wait()
			mustSearch(t, asker)
			if !asker.owns() {
				t.Fatal("nobody took over")
			}
			crawl := start(t, "crawl", dir).ready()
			mustSearch(t, asker)
			crawl.end()
			sockets, _ := filepath.Glob(filepath.Join(os.TempDir(), socketPrefix(dir)+"*"))
			if len(sockets) > 1 {
				t.Errorf("sockets of the dead left behind: %v", sockets)
			}
		})
	}
}

func TestOwnerKilledAgainAndAgainWhileAsked(t *testing.T) {
	dir := newDir(t)
	query := start(t, "query", dir).ready()
	for range 6 {
		p := start(t, "crawl", dir).ready()
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
	if n := query.end(); n == "0" {
		t.Error("nothing was asked meanwhile")
	}
}

func TestReaderThatIsStoppedIsNamed(t *testing.T) {
	dir := newDir(t)
	p := start(t, "read", dir).ready()
	p.cmd.Process.Signal(syscall.SIGSTOP)
	// Signal returns before the other process has stopped.
	if _, err := syscall.Wait4(p.cmd.Process.Pid, nil, syscall.WUNTRACED, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, dir, Crawl, options(nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	p.cmd.Process.Signal(syscall.SIGCONT)
	open(t, dir, Crawl)
}

func TestReadOnlyDirectoryIsReadWithoutALock(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become nobody")
	}
	dir := newDir(t)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if p := start(t, "nobody", dir); p.exitCode() != 0 {
		t.Fatal(p.stderr.String())
	}
	if _, err := os.Stat(filepath.Join(dir, FileName)); err == nil {
		t.Error("owner.json was made")
	}
}
