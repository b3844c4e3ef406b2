package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/config"
)

// TestExitCodes: whatever an error is wrapped in, it has the code of the table, and
// the user reads what to do about it.
func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{fmt.Errorf("open: %w", archive.ErrNoArchive), exitNoArchive},
		{fmt.Errorf("open: %w", archive.ErrNewer), exitNewer},
		{fmt.Errorf("open: %w", archive.ErrNoDatabase), exitFailed},
		{&archive.DamagedError{Bucket: "url", Key: "k"}, exitFixity},
		{&fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}, exitDiskFull},
		{fmt.Errorf("store: %w", syscall.EFBIG), exitDiskFull},
		{&config.Error{Kind: config.Syntax, Message: "no TOML"}, exitConfig},
		{&owner.BusyError{Dir: "/a", PID: 7, Since: time.Now()}, exitBusy},
		{fmt.Errorf("pause: %w", owner.ErrReadOnly), exitFailed},
		{archive.ErrNotFound, exitFailed},
		{archive.ErrAmbiguous, exitFailed},
		{&fs.PathError{Op: "open", Path: "a", Err: fs.ErrPermission}, exitFailed},
	} {
		p := explain(context.Background(), c.err)
		if p.code != c.code || p.what.en == "" || p.what.zh == "" || p.hint.en == "" || p.hint.zh == "" {
			t.Errorf("%v: got %d %v %v, want %d and words in both languages", c.err, p.code, p.what, p.hint, c.code)
		}
	}
	if p := explain(context.Background(), errors.New("something else")); p.code != exitFailed || p.what.en != "something else" {
		t.Errorf("got %v", p)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p := explain(ctx, fmt.Errorf("visit: %w", ctx.Err())); p.code != exitInterrupted {
		t.Errorf("interrupted: got %d", p.code)
	}
}

// TestComplain: three lines for people, one object for programs.
func TestComplain(t *testing.T) {
	err := fmt.Errorf("/data/gd: %w", archive.ErrNoArchive)
	for _, c := range []struct {
		args    []string
		environ string
		want    []string
	}{
		{nil, "LANG=C", []string{"fangzhi: error: /data/gd: no archive here\n", "fangzhi: hint: "}},
		{nil, "LANG=zh_CN.UTF-8", []string{"fangzhi: 错误：此处没有档案库：", "fangzhi: 提示："}},
		{[]string{"--json"}, "LANG=C", []string{`{"type":"error","code":10,"error":"/data/gd: no archive here","hint":"`}},
	} {
		var stderr bytes.Buffer
		a := newApp(c.args, strings.NewReader(""), new(bytes.Buffer), &stderr, []string{c.environ})
		if code := a.conclude(context.Background(), err); code != exitNoArchive {
			t.Errorf("code %d", code)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%v: got %q, want %q in it", c, stderr.String(), want)
			}
		}
		if lines := strings.Count(stderr.String(), "\n"); lines > 3 {
			t.Errorf("%d lines", lines)
		}
	}
}

// TestQuietBusy: cron hears of another crawl only when it runs for more than a day.
func TestQuietBusy(t *testing.T) {
	for _, c := range []struct {
		age    time.Duration
		args   []string
		silent bool
	}{
		{time.Hour, []string{"--quiet"}, true},
		{25 * time.Hour, []string{"--quiet"}, false},
		{time.Hour, nil, false},
	} {
		var stderr bytes.Buffer
		a := newApp(c.args, strings.NewReader(""), new(bytes.Buffer), &stderr, nil)
		code := a.conclude(context.Background(), fmt.Errorf("open: %w", &owner.BusyError{Dir: "/a", PID: 7, Since: time.Now().Add(-c.age)}))
		if code != exitBusy || (stderr.Len() == 0) != c.silent {
			t.Errorf("%v after %v: code %d, said %q", c.args, c.age, code, &stderr)
		}
	}
}

// TestRunErrors: what is typed wrongly ends with 2 and names what was meant, also
// before any flag was understood.
func TestRunErrors(t *testing.T) {
	for _, c := range []struct {
		args []string
		hint string
	}{
		{[]string{"serach"}, "search"},
		{[]string{"config", "chekc"}, "check"},
		{[]string{"search", "--regoin", "36"}, "--region"},
		{[]string{"search", "--xyz", "36"}, "--help"},
		{[]string{"show"}, "show ID"},
		{[]string{"show", "a", "b"}, "show ID"},
		{[]string{"search", "--published", "soon"}, "A..B"},
		{[]string{"search", "--region", "浮粱县"}, "浮梁县"},
		{[]string{"search", "--limit", "0"}, ""},
		{[]string{"export"}, "-o"},
		{[]string{"export", "-o", "-", "--format", "xlsx"}, "jsonl"},
		{[]string{"show", "a", "--raw", "--html"}, "one of them"},
		{[]string{"report", "--host", "a", "--why", "robots"}, "one of them"},
		{[]string{"report", "--why", "robot"}, "robots"},
		{[]string{"config", "init", "--archive", t.TempDir() + "/x", "zgw"}, "zgw123"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), append(c.args, "--json"), strings.NewReader(""), &stdout, &stderr, nil)
		var got jsonError
		if err := json.Unmarshal(stderr.Bytes(), &got); err != nil {
			t.Errorf("%v: %v in %q", c.args, err, &stderr)
		}
		if code != exitUsage || got.Code != exitUsage || !strings.Contains(got.Hint, c.hint) || stdout.Len() > 0 {
			t.Errorf("%v: got %d, %+v, %q; want 2 and a hint with %q", c.args, code, got, &stdout, c.hint)
		}
	}
}
