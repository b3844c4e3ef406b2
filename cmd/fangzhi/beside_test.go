//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/cmd/fangzhi/portal"
	"fangzhi/config"
)

// TestFiguresBesideReaders is the figure "crawl every 10 seconds beside an open reader
// and a long export, 100 runs: no exit 11, no failed query". The crawls are processes
// of their own and follow each other without the ten seconds, which leaves readers less
// time than they would have. FANGZHI_LONG=1 makes 100 of them.
func TestFiguresBesideReaders(t *testing.T) {
	const listings = 34
	runs := 5
	if os.Getenv("FANGZHI_LONG") != "" {
		runs = 100
	}
	dir := filepath.Join(t.TempDir(), "archive")
	p := portal.New(portal.Options{})
	server, err := p.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := config.Create(filepath.Join(dir, configName), demoConfig(server.URL+"/", time.Now())); err != nil {
		t.Fatal(err)
	}
	crawlBeside(t, dir)
	documents := len(exportWhole(t, dir))

	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var queries, exports atomic.Int64
	readers.Go(func() { readOn(ctx, t, dir, &queries, oneQuery) })
	readers.Go(func() {
		readOn(ctx, t, dir, &exports, func(ctx context.Context, r archive.Reader) error { return slowExport(ctx, r, documents) })
	})
	for i := range runs {
		if i == runs/2 {
			p.Advance()
		}
		before := p.Requests()
		crawlBeside(t, dir)
		if n := p.Requests() - before; n < listings {
			t.Errorf("crawl %d made %d requests, there are %d listings", i+1, n, listings)
		}
	}
	stop()
	readers.Wait()
	t.Logf("%d crawls with %d requests, none ended with 11; beside them %d queries and %d exports of at least %d documents, none failed", runs, p.Requests(), queries.Load(), exports.Load(), documents)
	if queries.Load() < int64(runs) || exports.Load() == 0 {
		t.Errorf("only %d queries and %d exports were made meanwhile", queries.Load(), exports.Load())
	}
}

// crawlBeside runs `fangzhi crawl`, which must end with 0.
func crawlBeside(t *testing.T, dir string) {
	t.Helper()
	if out, err := command(t, "crawl", "--archive", dir).CombinedOutput(); err != nil {
		t.Fatalf("crawl: %v\n%s", err, out)
	}
}

func exportWhole(t *testing.T, dir string) []string {
	t.Helper()
	out, err := command(t, "export", "--archive", dir, "-o", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(bytes.TrimSpace(out)), "\n")
}

// command is this program as a process of its own.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{Path: self, Args: append([]string{"fangzhi"}, args...), Env: []string{"LANG=C", "HOME=" + t.TempDir()}}
}

// readOn keeps an archive open and asks it again and again until ctx ends.
func readOn(ctx context.Context, t *testing.T, dir string, asked *atomic.Int64, ask func(context.Context, archive.Reader) error) {
	a := newApp([]string{"--archive", dir}, strings.NewReader(""), io.Discard, io.Discard, nil)
	r, err := a.reader(context.WithoutCancel(ctx))
	if err != nil {
		t.Error(err)
		return
	}
	for ctx.Err() == nil {
		if err := ask(context.WithoutCancel(ctx), r); err != nil {
			t.Error(err)
			break
		}
		asked.Add(1)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func oneQuery(ctx context.Context, r archive.Reader) error {
	found, err := r.Search(ctx, archive.Query{Text: "国家试验区", Limit: 10})
	if err == nil && (found.Total == 0 || found.Partial) {
		err = fmt.Errorf("search found %d, partial %v", found.Total, found.Partial)
	}
	return err
}

// slowExport exports a few articles at a time, so that crawls come in between.
func slowExport(ctx context.Context, r archive.Reader, atLeast int) error {
	seen := map[string]bool{}
	for cursor := ""; ; {
		page, err := r.Export(ctx, archive.Query{}, cursor, 5)
		if err != nil {
			return fmt.Errorf("export after %d: %w", len(seen), err)
		}
		for i := range page.Articles {
			if id := page.Articles[i].ID; seen[id] {
				return fmt.Errorf("export gives %s twice", id)
			}
			seen[page.Articles[i].ID] = true
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	if len(seen) < atLeast {
		return fmt.Errorf("export gives %d documents, there were %d before", len(seen), atLeast)
	}
	return nil
}
