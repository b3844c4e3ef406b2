package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/config"
)

// TestTell: who is told what, after which crawl.
func TestTell(t *testing.T) {
	var heard []string
	var posted []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard = append(heard, r.Method+" "+r.URL.Path)
		if r.Method == http.MethodPost {
			posted, _ = io.ReadAll(r.Body)
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	cfg := config.Alarm{Command: []string{"sh", "-c", "cat >" + filepath.Join(dir, "told")}, Webhook: server.URL + "/hook", Ping: server.URL + "/ping", Prometheus: filepath.Join(dir, "f.prom")}
	end := func(alarms ...alarm) *crawlEnd {
		return &crawlEnd{failed: &failures{last: map[string]archive.Reason{}}, alarms: alarms, status: &archive.Status{Sites: []archive.SiteStatus{{Site: `a"b`}}}}
	}
	began := alarm{Type: "alarm", Site: "gd", Kind: archive.AlarmBroken, Reason: archive.TimedOut, Listing: "http://gd.example/", Listings: 1, Began: time.Unix(0, 0).UTC()}
	for _, c := range []struct {
		name string
		end  *crawlEnd
		err  error
		want string
	}{
		{"nothing new", end(), nil, "GET /ping"},
		{"an alarm", end(began), &problem{code: exitAlarm}, "POST /hook, GET /ping"},
		{"it failed", nil, errors.New("bug"), "GET /ping/fail"},
		{"another one runs", nil, &owner.BusyError{}, ""},
	} {
		heard = nil
		var b bytes.Buffer
		a := newApp(nil, strings.NewReader(""), &b, &b, []string{"LANG=C", "PATH=" + os.Getenv("PATH")})
		a.tell(t.Context(), cfg, c.end, c.err)
		if got := strings.Join(heard, ", "); got != c.want || b.Len() > 0 {
			t.Errorf("%s: %s, want %s; said %q", c.name, got, c.want, b.String())
		}
	}
	var message struct {
		Type, Text string
		Alarms     []alarm
	}
	if err := json.Unmarshal(posted, &message); err != nil || message.Type != "alarms" || len(message.Alarms) != 1 || message.Alarms[0] != began ||
		message.Text != "alarm: gd cannot be read (timeout): http://gd.example/\n" {
		t.Errorf("posted %s, %v", posted, err)
	}
	if told, err := os.ReadFile(filepath.Join(dir, "told")); err != nil || string(told) != message.Text {
		t.Errorf("the command was told %q, %v", told, err)
	}
}

// TestMetrics: the file is one that Prometheus reads: each name is explained once, all
// its samples follow, and labels are quoted.
func TestMetrics(t *testing.T) {
	m := metrics{}
	m.archive(&archive.Status{Sites: []archive.SiteStatus{{Site: `a"b\`}, {Site: "c"}},
		Alarms: []archive.Alarm{{Site: "c", Kind: archive.AlarmBroken, Listing: "1"}, {Site: "c", Kind: archive.AlarmBroken, Listing: "2"}, {Kind: archive.AlarmOutage}}})
	text := m.String()
	for _, want := range []string{
		`fangzhi_site_backfill_left{site="a\"b\\"} 0` + "\n", `fangzhi_alarm{site="",kind="outage"} 1` + "\n", `fangzhi_alarm{site="c",kind="broken"} 2` + "\n", "fangzhi_alarms 3\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s:\n%s", want, text)
		}
	}
	seen, last := map[string]bool{}, ""
	for line := range strings.Lines(text) {
		name := strings.FieldsFunc(strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE "), func(r rune) bool { return r == ' ' || r == '{' })[0]
		if name != last && seen[name] {
			t.Errorf("%s stands in two places", name)
		}
		seen[name], last = true, name
	}
}
