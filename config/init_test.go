package config

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An undocumented key fails: each stands in the text of Init, in its table.
func TestInitNamesEveryKey(t *testing.T) {
	table := ""
	documented := map[string]bool{}
	header := regexp.MustCompile(`^#?\[{1,2}([a-z_.]+)\]{1,2}`)
	pair := regexp.MustCompile(`^#?([a-z_]+) += `)
	for line := range strings.Lines(Init(InitOptions{})) {
		if m := header.FindStringSubmatch(line); m != nil {
			table = m[1]
			documented[table] = true
		} else if m := pair.FindStringSubmatch(line); m != nil {
			documented[join(table, m[1])] = true
		}
	}
	documented["site.regions.code"], documented["site.regions.label"] = true, true // inside a line: seen below
	for _, k := range schema() {
		if !documented[k.path] {
			t.Errorf("%s is not explained in init.toml or init_site.toml", k.path)
		}
		if k.want == "" {
			t.Errorf("%s has no `want` for messages", k.path)
		}
	}
	if !strings.Contains(initSiteText, `{ code = "360222", label = "浮梁县" }`) {
		t.Error("the long form of a region is not explained")
	}
}

// What Init shows behind the # is what holds without it.
func TestInitShowsTheDefaults(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#((lang|max_body|timeout|concurrency|attachments|max_attachment|reserve|platforms|requisites|delay|jitter|daily_cap|every|hours|backfill|max_requests|max_time|max_bytes) = )`).ReplaceAllString(initText, "$1")
	c := load(t, text)
	want := load(t, "")
	if diff := cmp.Diff(want, c, ignoreOrigins); diff != "" {
		t.Error(diff)
	}
	if !c.from.has("limits.max_body") || !c.from.has("defaults.daily_cap") {
		t.Error("the defaults are not in the text")
	}
}

// All examples of the text are valid at once.
func TestInitExamplesLoad(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#(include = .*)$`).ReplaceAllString(Init(InitOptions{Contact: "a@example.org", Lang: "zh"}), "")
	text = regexp.MustCompile(`(?m)^#(\[|[a-z_]+ += )`).ReplaceAllString(strings.Replace(text, "#lang", "# lang", 1), "$1")
	c := load(t, text)
	if len(c.Sites) != 2 || c.Sites[0].Name != "zgw123" || c.Sites[1].Rules.Body != "#zoom" || c.Contact != "a@example.org" || c.Lang != "zh" {
		t.Errorf("got %+v", c)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Rules]()) {
		if reflect.ValueOf(c.Sites[1].Rules).FieldByIndex(field.Index).IsZero() {
			t.Errorf("the example has no rule %s", field.Name)
		}
	}
}

func TestInitWithSites(t *testing.T) {
	site := Site{Name: "demo", Home: "http://127.0.0.1:4321/", Delay: Duration{NoDelay}, AllowPrivate: true, Categories: []string{"星座", "引\"号\\"}, Regions: AllRegions()}
	c := load(t, Init(InitOptions{Sites: []Site{site, {Preset: "jilin"}}}))
	site.DailyCap, site.Backfill, site.MaxTime, site.Every = c.Defaults.DailyCap, c.Defaults.Backfill, c.Defaults.MaxTime, Duration{NoDelay}
	site.Jitter, site.Requisites = c.Defaults.Jitter, c.Defaults.Requisites
	if diff := cmp.Diff(site, c.Sites[0], ignoreOrigins); diff != "" {
		t.Error(diff)
	}
	if c.Sites[1].Name != "jilin" {
		t.Errorf("second site is %+v", c.Sites[1])
	}
}
