package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/disk"
	"fangzhi/archive/owner"
	"fangzhi/config"
)

// tellPatience bounds what a crawl waits for those whom it tells of alarms.
const tellPatience = 30 * time.Second

// tell lets everyone know that the configuration names: of alarms that began or ended,
// that a crawl ran, and how it went. Whoever cannot be told is named on standard
// error; the crawl is as good as without.
func (a *app) tell(ctx context.Context, cfg config.Alarm, end *crawlEnd, failure error) {
	if errors.As(failure, new(*owner.BusyError)) { // another one runs
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellPatience)
	defer cancel()
	var alarms []alarm
	if end != nil {
		alarms = end.alarms
	}
	for _, way := range []struct {
		name   string
		wanted bool
		tell   func() error
	}{
		{"alarm.command", len(cfg.Command) > 0 && len(alarms) > 0, func() error { return a.runCommand(ctx, cfg.Command, alarms) }},
		{"alarm.webhook", cfg.Webhook != "" && len(alarms) > 0, func() error { return a.postAlarms(ctx, cfg.Webhook, alarms) }},
		{"alarm.ping", cfg.Ping != "", func() error { return ping(ctx, cfg.Ping, failed(failure)) }},
		{"alarm.prometheus", cfg.Prometheus != "", func() error { return a.writeMetrics(cfg.Prometheus, end, failure) }},
	} {
		if !way.wanted {
			continue
		}
		if err := way.tell(); err != nil {
			fmt.Fprintln(a.stderr, a.lang.say("fangzhi: warning: %s: %v", "fangzhi: 警告：%s：%v", way.name, err))
		}
	}
}

// failed tells whether a crawl with this error did not do its work. An alarm is work
// that was done.
func failed(err error) bool {
	p := (*problem)(nil)
	return err != nil && !(errors.As(err, &p) && p.code == exitAlarm)
}

// runCommand gives a program the alarms, one a line.
func (a *app) runCommand(ctx context.Context, command []string, alarms []alarm) error {
	var b strings.Builder
	for _, m := range alarms {
		b.WriteString(m.label(a.lang) + m.sentence(a.lang) + "\n")
	}
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stdin = strings.NewReader(b.String())
	c.Env = append(slices.Clone(a.environ), "FANGZHI_ARCHIVE="+a.global.archive)
	c.WaitDelay = time.Second
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", command[0], err, bytes.TrimSpace(out[:min(len(out), 500)]))
	}
	return nil
}

// postAlarms sends one object with all alarms. Its text is for chat rooms.
func (a *app) postAlarms(ctx context.Context, address string, alarms []alarm) error {
	host, _ := os.Hostname() // "" says nothing
	message := struct {
		Type    string  `json:"type"`
		Archive string  `json:"archive"`
		Host    string  `json:"host,omitempty"`
		Text    string  `json:"text"`
		Alarms  []alarm `json:"alarms"`
	}{"alarms", a.global.archive, host, "", alarms}
	for _, m := range alarms {
		message.Text += m.label(a.lang) + m.sentence(a.lang) + "\n"
	}
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return ask(ctx, http.MethodPost, address, body)
}

func ping(ctx context.Context, address string, failed bool) error {
	if failed {
		address = strings.TrimSuffix(address, "/") + "/fail"
	}
	return ask(ctx, http.MethodGet, address, nil)
}

func ask(ctx context.Context, method, address string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "fangzhi/"+version().Version)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s answered %s", address, resp.Status)
	}
	return nil
}

// writeMetrics replaces a file in Prometheus' text format.
func (a *app) writeMetrics(file string, end *crawlEnd, failure error) error {
	m := metrics{}
	m.add("fangzhi_last_run_timestamp_seconds", "gauge", "When the last crawl ended.", float64(a.now().Unix()))
	m.add("fangzhi_last_run_failed", "gauge", "1 when it did not do its work.", map[bool]float64{true: 1}[failed(failure)])
	if end != nil {
		m.run(end, freeSpace(a.global.archive))
	}
	if end != nil && end.status != nil {
		m.archive(end.status)
	}
	return disk.WriteFile(file, m.Bytes(), 0o644)
}

// metrics are samples as text, those of one name together.
type metrics struct {
	bytes.Buffer
	named string
}

func (m *metrics) add(name, kind, help string, value float64, labels ...string) {
	if m.named != name {
		fmt.Fprintf(m, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
		m.named = name
	}
	m.WriteString(name)
	for i := 0; i+1 < len(labels); i += 2 {
		fmt.Fprintf(m, "%s%s=%q", map[bool]string{true: "{", false: ","}[i == 0], labels[i], labels[i+1])
	}
	if len(labels) > 0 {
		m.WriteByte('}')
	}
	fmt.Fprintf(m, " %v\n", value)
}

func (m *metrics) run(end *crawlEnd, free int64) {
	began, ended := counts(end.alarms)
	for _, s := range []struct {
		name, help string
		value      float64
	}{
		{"sites", "Sites the last crawl visited.", float64(end.sum.Sites)},
		{"requests", "Requests it made.", float64(end.sum.Requests)},
		{"new", "Documents it found new.", float64(end.sum.New)},
		{"edited", "Documents it found edited.", float64(end.sum.Edited)},
		{"gone", "Addresses it could not reach any more.", float64(end.sum.Gone)},
		{"received_bytes", "Bytes it received.", float64(end.sum.Bytes)},
		{"links_failed", "Links whose last attempt failed.", float64(len(end.failed.last))},
		{"alarms_began", "Alarms that began.", float64(began)},
		{"alarms_ended", "Alarms that ended.", float64(ended)},
		{"seconds", "How long it took.", end.took.Seconds()},
	} {
		m.add("fangzhi_last_run_"+s.name, "gauge", s.help, s.value)
	}
	if free >= 0 {
		m.add("fangzhi_free_bytes", "gauge", "Room on the archive's file system.", float64(free))
	}
}

func (m *metrics) archive(s *archive.Status) {
	m.add("fangzhi_archive_bytes", "gauge", "Size of captures and database.", float64(s.Bytes+s.Database))
	m.add("fangzhi_documents", "gauge", "Documents kept.", float64(s.Documents))
	m.add("fangzhi_waiting_links", "gauge", "Links in the frontier.", float64(s.Frontier))
	for _, x := range s.Sites {
		m.add("fangzhi_site_last_visit_timestamp_seconds", "gauge", "When the site's last visit ended.", float64(max(x.Last.At.Unix(), 0)), "site", x.Site)
	}
	for _, x := range s.Sites {
		m.add("fangzhi_site_backfill_left", "gauge", "Requests left for older pages, as far as known.", float64(x.Backfill.Left), "site", x.Site)
	}
	kinds := map[[2]string]int{}
	for _, x := range s.Alarms {
		kinds[[2]string{x.Site, string(x.Kind)}]++
	}
	var keys [][2]string
	for k := range kinds {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	m.add("fangzhi_alarms", "gauge", "Alarms that last.", float64(len(s.Alarms)))
	for _, k := range keys {
		m.add("fangzhi_alarm", "gauge", "Listings an alarm lasts at; our own outage has no site.", float64(kinds[k]), "site", k[0], "kind", k[1])
	}
}
