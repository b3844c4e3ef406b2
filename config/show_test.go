package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const shownText = `lang = "zh"
[defaults]
delay = "4s"
[[site]]
preset = "jilin"
proxy = "http://user:secret@proxy.example:8080"
[[site]]
name = "own"
home = "http://127.0.0.1/"
regions = ["江西", { code = "360222", label = "浮梁县" }]
daily_cap = 0
`

func TestShowTellsWhereValuesComeFrom(t *testing.T) {
	var got []string
	for _, s := range load(t, shownText, "FANGZHI_CONTACT=a@example.org").Show() {
		if !strings.Contains(s.Key, "listings") {
			got = append(got, s.Key+" = "+s.Value+" # "+s.Origin)
		}
	}
	want := []string{
		`lang = "zh" # fangzhi.toml:1`,
		`contact = "a@example.org" # environment FANGZHI_CONTACT`,
		`user_agent = "" # default`,
		`ntp = "" # default`,
		`signing_key = "" # default`,
		`platforms = ["*.cq.gov.cn"] # default`,
		`include = [] # default`,
		`limits.max_body = "20MiB" # default`,
		`limits.timeout = "1m" # default`,
		`limits.concurrency = 16 # default`,
		`limits.attachments = ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "dps", "ofd", "ceb", "rtf", "txt", "csv", "zip", "rar", "7z"] # default`,
		`limits.reserve = "256MiB" # default`,
		`limits.max_attachment = "50MiB" # default`,
		`defaults.delay = "4s" # fangzhi.toml:3`,
		`defaults.jitter = "300ms" # default`,
		`defaults.daily_cap = 10000 # default`,
		`defaults.every = "6h" # default`,
		`defaults.hours = "" # default`,
		`defaults.backfill = 2000 # default`,
		`defaults.max_requests = 0 # default`,
		`defaults.max_time = "0s" # default`,
		`defaults.max_bytes = "0B" # default`,
		`defaults.requisites = "page" # default`,
		`alarm.command = [] # default`,
		`alarm.webhook = "" # default`,
		`alarm.ping = "" # default`,
		`alarm.prometheus = "" # default`,
		`access.operators = "" # default`,
		`access.readers = "" # default`,
		`site.jilin.name = "jilin" # preset jilin`,
		`site.jilin.preset = "jilin" # fangzhi.toml:5`,
		`site.jilin.home = "http://www.jl.gov.cn/" # preset jilin`,
		`site.jilin.delay = "4s" # fangzhi.toml:3`,
		`site.jilin.jitter = "300ms" # default`,
		`site.jilin.daily_cap = 10000 # default`,
		`site.jilin.every = "6h" # default`,
		`site.jilin.hours = "" # default`,
		`site.jilin.backfill = 2000 # default`,
		`site.jilin.max_requests = 0 # default`,
		`site.jilin.max_time = "0s" # default`,
		`site.jilin.max_bytes = "0B" # default`,
		`site.jilin.requisites = "page" # default`,
		`site.jilin.proxy = "http://user:xxxxx@proxy.example:8080" # fangzhi.toml:6`,
		`site.jilin.seen = "2026-08" # preset jilin`,
		`site.own.name = "own" # fangzhi.toml:8`,
		`site.own.home = "http://127.0.0.1/" # fangzhi.toml:9`,
		`site.own.regions = ["江西", { code = "360222", label = "浮梁县" }] # fangzhi.toml:10`,
		`site.own.delay = "4s" # fangzhi.toml:3`,
		`site.own.jitter = "300ms" # default`,
		`site.own.daily_cap = 0 # fangzhi.toml:11`,
		`site.own.every = "6h" # default`,
		`site.own.hours = "" # default`,
		`site.own.backfill = 2000 # default`,
		`site.own.max_requests = 0 # default`,
		`site.own.max_time = "0s" # default`,
		`site.own.max_bytes = "0B" # default`,
		`site.own.requisites = "page" # default`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The record of a run means what was in effect, and gives no secret away.
func TestEffectiveTOMLLoadsToTheSame(t *testing.T) {
	c := load(t, shownText)
	text := c.TOML()
	if strings.Contains(text, "secret") {
		t.Errorf("a password stands in\n%s", text)
	}
	again := load(t, text)
	c.Sites[0].Preset, c.Sites[0].Proxy = "", again.Sites[0].Proxy
	if diff := cmp.Diff(c, again, ignoreOrigins); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
}

func TestVariables(t *testing.T) {
	vars := Variables()
	for _, name := range []string{"FANGZHI_CONTACT", "FANGZHI_USER_AGENT", "FANGZHI_LIMITS_MAX_BODY", "FANGZHI_DEFAULTS_DELAY"} {
		if vars[name] == "" {
			t.Errorf("%s is not known", name)
		}
	}
	for name, path := range vars {
		if slices.Contains([]string{"include", "limits", "site"}, path) || strings.HasPrefix(path, "site.") {
			t.Errorf("%s for %s makes no sense", name, path)
		}
	}
}
