package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// files writes files of a text archive of the form "name:\ntext" and returns the
// path of fangzhi.toml.
func files(t testing.TB, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, FileName)
}

func load(t testing.TB, text string, environ ...string) *Config {
	t.Helper()
	c, err := Load(files(t, map[string]string{FileName: text}), environ)
	if err != nil {
		t.Fatalf("load: %v\n%s", err, text)
	}
	return c
}

func TestLoadReadsEveryKey(t *testing.T) {
	c := load(t, `
lang = "zh"
contact = "archive@example.org"
user_agent = "Example Library"
ntp = "ntp.example.org:123"
signing_key = "/keys/k"
platforms = ["*.example.gov.cn"]
[limits]
max_body = "5MiB"
timeout = "30s"
concurrency = 4
attachments = ["pdf"]
max_attachment = "6MiB"
reserve = "1GiB"
[defaults]
delay = "5s"
jitter = "1s"
daily_cap = 100
every = "12h"
hours = "20:00-24:00"
backfill = 50
max_requests = 10
max_time = "1h"
max_bytes = "5MB"
requisites = "none"
[alarm]
command = ["mail", "ops@example.org"]
webhook = "https://example.org/hook"
ping = "https://example.org/ping"
prometheus = "/var/lib/f.prom"
[access]
operators = "fangzhi"
readers = "press"
[[site]]
name = "portal"
home = "https://www.example.gov.cn/"
regions = ["江西", "北京市", { code = "360222", label = "浮梁县" }, "44"]
categories = ["展会"]
hosts = ["zwgk.example.gov.cn:8080"]
delay = "90s"
jitter = "2s"
daily_cap = 0
every = "24h"
hours = "22:00-06:00"
backfill = 0
max_requests = 0
requisites = "page"
tls = "legacy"
proxy = "socks5://127.0.0.1:1080"
allow_private = true
paused = true
seen = "2026-08"
[[site.listings]]
url = "https://www.example.gov.cn/tzgg/"
region = "浮梁县"
category = "通知公告"
[site.rules]
item = "li"
item_date = "span"
next = "a.next"
title = "h1"
date = ".d"
source = ".s"
body = "#zoom"
`)
	want := &Config{
		Lang: "zh", Contact: "archive@example.org", UserAgent: "Example Library", NTP: "ntp.example.org:123", Key: "/keys/k",
		Platforms: []string{"*.example.gov.cn"},
		Limits:    Limits{MaxBody: 5 << 20, Timeout: Duration{30 * time.Second}, Concurrency: 4, Attachments: []string{"pdf"}, Reserve: 1 << 30, MaxAttachment: 6 << 20},
		Defaults: Defaults{
			Delay: Duration{5 * time.Second}, Jitter: Duration{time.Second}, DailyCap: 100, Every: Duration{12 * time.Hour}, Hours: "20:00-24:00", Backfill: 50,
			MaxRequests: 10, MaxTime: Duration{time.Hour}, MaxBytes: 5e6, Requisites: "none",
		},
		Alarm:  Alarm{Command: []string{"mail", "ops@example.org"}, Webhook: "https://example.org/hook", Ping: "https://example.org/ping", Prometheus: "/var/lib/f.prom"},
		Access: Access{Operators: "fangzhi", Readers: "press"},
		Sites: []Site{{
			Name: "portal", Home: "https://www.example.gov.cn/",
			Regions:    []Region{{"360000", "江西"}, {"110000", "北京市"}, {"360222", "浮梁县"}, {"440000", "广东"}},
			Categories: []string{"展会"}, Hosts: []string{"zwgk.example.gov.cn:8080"},
			Listings: []Listing{{URL: "https://www.example.gov.cn/tzgg/", Region: "360222", Category: "通知公告"}},
			Every:    Duration{24 * time.Hour}, Hours: "22:00-06:00", MaxTime: Duration{time.Hour}, MaxBytes: 5e6,
			Delay: Duration{90 * time.Second}, Jitter: Duration{2 * time.Second}, Requisites: "page", TLS: "legacy", Proxy: "socks5://127.0.0.1:1080",
			AllowPrivate: true, Paused: true, Seen: "2026-08",
			Rules: Rules{"li", "span", "a.next", "h1", ".d", ".s", "#zoom"},
		}},
	}
	if diff := cmp.Diff(want, c, ignoreOrigins); diff != "" {
		t.Error(diff)
	}
}

var ignoreOrigins = cmp.Options{
	cmpopts.IgnoreUnexported(Config{}, Site{}), cmpopts.IgnoreFields(Config{}, "Files"), cmpopts.EquateEmpty(),
}

func TestDefaults(t *testing.T) {
	c := load(t, "[[site]]\nname = \"a\"\nhome = \"http://a.example/\"\n")
	s := c.Sites[0]
	if s.Delay.Duration != 3*time.Second || s.DailyCap != 10000 {
		t.Errorf("site has delay %v and daily cap %d, want those of [defaults]", s.Delay, s.DailyCap)
	}
	if s.Every.Duration != 6*time.Hour || s.Backfill != 2000 || s.Hours != "" || s.MaxTime.Duration != NoDelay {
		t.Errorf("site is due every %v with a backfill of %d, in hours %q, for %v", s.Every, s.Backfill, s.Hours, s.MaxTime)
	}
	if own := load(t, "[[site]]\nname = \"a\"\nhome = \"http://127.0.0.1/\"\nallow_private = true\n").Sites[0]; own.Every.Duration != NoDelay {
		t.Errorf("a portal of one's own is due every %v, want always", own.Every)
	}
	if len(s.Regions) != 31 || s.Regions[13] != (Region{"360000", "江西"}) {
		t.Errorf("a site that names nothing to look for has regions %v, want the 31", s.Regions)
	}
	if err := Default().Validate(); err != nil {
		t.Errorf("the default is not valid: %v", err)
	}
}

func TestZeroDelayIsNoDelay(t *testing.T) {
	c := load(t, "[[site]]\nname = \"a\"\nhome = \"http://127.0.0.1:8080/\"\ndelay = \"0s\"\nallow_private = true\n")
	if got := c.Sites[0].Delay; got.Duration != NoDelay || got.String() != "0s" {
		t.Errorf("delay = %d %s, want NoDelay and 0s", got.Duration, got)
	}
}

func TestHours(t *testing.T) {
	for text, want := range map[string]Hours{"": {}, "22:00-06:00": {1320, 360}, "08:30 - 24:00": {510, 1440}, "00:00-00:01": {0, 1}} {
		if got, err := ParseHours(text); err != nil || got != want {
			t.Errorf("ParseHours(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"22", "22:00", "22:00-", "25:00-06:00", "10:00-10:00", "night"} {
		if got, err := ParseHours(text); err == nil {
			t.Errorf("ParseHours(%q) = %v, want an error", text, got)
		}
	}
}

func TestLoadWithoutFile(t *testing.T) {
	c, err := Load("", []string{"FANGZHI_CONTACT=a@example.org"})
	if err != nil || c.Contact != "a@example.org" {
		t.Errorf("Load of no file = %+v, %v", c, err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), FileName), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of a file that is not there = %v, want fs.ErrNotExist", err)
	}
}

func TestEnvironmentOverridesFile(t *testing.T) {
	c := load(t, "lang = \"zh\"\n[limits]\ntimeout = \"10s\"\n",
		"FANGZHI_LANG=en", "FANGZHI_LIMITS_TIMEOUT=20s", "FANGZHI_LIMITS_MAX_BODY=1MiB", "FANGZHI_DEFAULTS_DAILY_CAP=7",
		"FANGZHI_CONTACT=", "FANGZHI_ARCHIVE=/data", "HOME=/root")
	if c.Lang != "en" || c.Limits.Timeout.Duration != 20*time.Second || c.Limits.MaxBody != 1<<20 || c.Defaults.DailyCap != 7 {
		t.Errorf("environment was not heard: %+v", c)
	}
}

func TestByteOrderMarkIsPassedOver(t *testing.T) {
	if c := load(t, "\xef\xbb\xbflang = \"zh\"\r\n"); c.Lang != "zh" {
		t.Errorf("lang = %q", c.Lang)
	}
}

func TestIncludedSites(t *testing.T) {
	path := files(t, map[string]string{
		FileName:              "include = [\"sites/*.toml\"]\n[[site]]\nname = \"main\"\nhome = \"http://main.example/\"\n",
		"sites/b.toml":        "include = [\"more/c.toml\"]\n[[site]]\npreset = \"zgw123\"\n",
		"sites/more/c.toml":   "[[site]]\nname = \"c\"\nhome = \"http://c.example/\"\n",
		"sites/a.toml":        "[[site]]\nname = \"a\"\nhome = \"http://a.example/\"\n",
		"sites/ignored.toml~": "nonsense",
	})
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range c.Sites {
		names = append(names, s.Name)
	}
	if got, want := strings.Join(names, " "), "main a zgw123 c"; got != want {
		t.Errorf("sites are %s, want %s", got, want)
	}
	if len(c.Files) != 4 {
		t.Errorf("read %v, want four files", c.Files)
	}
	if c.Site("ZGW123") == nil || c.Site("nobody") != nil {
		t.Error("Site does not find by name")
	}
}

func TestPresetIsOverriddenKeyByKey(t *testing.T) {
	c := load(t, "[defaults]\ndelay = \"4s\"\n[[site]]\npreset = \"jilin\"\ndaily_cap = 5\n[[site]]\npreset = \"jilin\"\nname = \"mine\"\n[[site.listings]]\nurl = \"http://www.jl.gov.cn/other/\"\n")
	preset, mine := c.Sites[0], c.Sites[1]
	if preset.Name != "jilin" || preset.Home != "http://www.jl.gov.cn/" || len(preset.Listings) != 3 || preset.DailyCap != 5 || preset.Delay.Duration != 4*time.Second {
		t.Errorf("preset with an override is %+v", preset)
	}
	if mine.Home != preset.Home || len(mine.Listings) != 1 || mine.Listings[0].URL != "http://www.jl.gov.cn/other/" {
		t.Errorf("preset with listings of its own is %+v", mine)
	}
	preset.Listings[0].URL = "changed"
	if load(t, "[[site]]\npreset = \"jilin\"\n").Sites[0].Listings[0].URL == "changed" {
		t.Error("two configurations share the lists of a preset")
	}
}

func TestMayCrawl(t *testing.T) {
	text := "[[site]]\nname = \"public\"\nhome = \"http://www.example.gov.cn/\"\n" +
		"[[site]]\nname = \"own\"\nhome = \"http://127.0.0.1:8080/\"\nallow_private = true\n" +
		"[[site]]\nname = \"mixed\"\nhome = \"http://localhost/\"\nallow_private = true\n[[site.listings]]\nurl = \"http://www.example.gov.cn/a/\"\n"
	c := load(t, text)
	for name, want := range map[string]bool{"public": false, "own": true, "mixed": false} {
		err := c.MayCrawl(c.Site(name))
		var e *Error
		if (err == nil) != want || err != nil && (!errors.As(err, &e) || e.Key != "contact" || !strings.HasSuffix(e.File, FileName)) {
			t.Errorf("MayCrawl(%s) without contact = %v", name, err)
		}
	}
	if c.MayAsk("http://[::1]:80/a") != nil || c.MayAsk("http://example.gov.cn/a") == nil {
		t.Error("MayAsk does not tell private from public")
	}
	c = load(t, "contact = \"a@example.org\"\n"+text)
	if err := c.MayCrawl(c.Site("public")); err != nil {
		t.Errorf("MayCrawl with contact = %v", err)
	}
}

func TestAgent(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "fangzhi/1.0 | ",
		"contact = \"a@example.org\"\n":   "fangzhi/1.0 (+a@example.org) | a@example.org",
		"contact = \"https://e.org/b\"\n": "fangzhi/1.0 (+https://e.org/b) | ",
		"contact = \"https://e.org/b\"\nuser_agent = \"Example Library\"\n": "fangzhi/1.0 (Example Library; +https://e.org/b) | ",
	} {
		c := load(t, text)
		if got := c.Agent("1.0") + " | " + c.From(); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}

func ExampleLoad() {
	dir, _ := os.MkdirTemp("", "fangzhi")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, FileName)
	os.WriteFile(path, []byte("[[site]]\npreset = \"zgw123\"\ndealy = \"5s\"\n"), 0o666)

	_, err := Load(path, nil)
	var e *Error
	if errors.As(err, &e) {
		fmt.Printf("line %d, column %d: %s; did you mean %s?\n", e.Line, e.Column, e.Message, e.Nearest)
	}
	// Output: line 3, column 1: unknown key dealy in [[site]]; did you mean delay?
}
