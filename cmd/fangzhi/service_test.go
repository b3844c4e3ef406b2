//go:build unix

package main

import (
	"bytes"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestService: systemd hears that a crawl is ready, alive, and how far it is.
func TestService(t *testing.T) {
	dir := t.TempDir()
	heard, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: filepath.Join(dir, "notify")})
	if err != nil {
		t.Fatal(err)
	}
	defer heard.Close()
	hear := func() string {
		b := make([]byte, 1000)
		if err := heard.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := heard.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
	a := testApp("NOTIFY_SOCKET="+filepath.Join(dir, "notify"), "WATCHDOG_USEC=600000000")
	s := a.newService()
	s.status("1/2")
	s.status("2/2") // at once: not told
	s.stop()
	got := map[string]bool{hear(): true, hear(): true, hear(): true, hear(): true}
	for _, want := range []string{"READY=1", "WATCHDOG=1", "STATUS=1/2", "STOPPING=1"} {
		if !got[want] {
			t.Errorf("systemd heard %v, want %s", got, want)
		}
	}
}

// TestServiceLives: the watchdog hears of it twice in its time.
func TestServiceLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		s := &service{conn: ours, done: make(chan struct{})}
		s.wait.Go(func() { s.live(time.Minute) })
		began := time.Now()
		b := make([]byte, 100)
		for range 5 {
			if n, err := theirs.Read(b); err != nil || string(b[:n]) != "WATCHDOG=1" {
				t.Fatal(string(b[:n]), err)
			}
		}
		if d := time.Since(began); d != 4*time.Minute {
			t.Errorf("five signs of life in %v, want 4 minutes", d)
		}
		close(s.done)
		s.wait.Wait()
	})
}

// TestServiceAlone: without systemd nothing happens; a socket that is not there is
// said once, and ends nothing.
func TestServiceAlone(t *testing.T) {
	s := testApp().newService()
	s.status("1/2")
	s.stop()
	var b bytes.Buffer
	a := newApp(nil, strings.NewReader(""), &b, &b, []string{"NOTIFY_SOCKET=/no/such/socket"})
	s = a.newService()
	s.status("1/2")
	s.stop()
	if got := b.String(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "fangzhi: warning: NOTIFY_SOCKET: ") {
		t.Errorf("said %q", got)
	}
}

func TestQuotes(t *testing.T) {
	for _, c := range []struct{ in, shell, unit string }{
		{"/srv/fangzhi", "/srv/fangzhi", "/srv/fangzhi"},
		{"/srv/my archive", "'/srv/my archive'", `"/srv/my archive"`},
		{"/srv/100%", `'/srv/100\%'`, "/srv/100%%"},
		{"/srv/it's", `'/srv/it'\''s'`, `"/srv/it's"`},
		{"/srv/$HOME", "'/srv/$HOME'", "/srv/$$HOME"},
		{"/档案", "'/档案'", "/档案"},
	} {
		if got := shellQuoted(c.in); got != c.shell {
			t.Errorf("shell: %s, want %s", got, c.shell)
		}
		if got := unitQuoted(c.in); got != c.unit {
			t.Errorf("systemd: %s, want %s", got, c.unit)
		}
	}
}
