package config

import (
	"regexp"
	"strings"
	"testing"
)

func TestPresetsLoad(t *testing.T) {
	families := map[string]int{}
	for _, p := range Presets() {
		c := load(t, "[[site]]\npreset = \""+p.Name+"\"\n")
		s := c.Sites[0]
		if s.Name != p.Name || s.Home != p.Home || s.Seen == "" || len(s.Regions)+len(s.Listings) == 0 {
			t.Errorf("preset %s loads as %+v", p.Name, s)
		}
		if s.AllowPrivate || s.TLS != "" || s.Proxy != "" || s.Paused {
			t.Errorf("preset %s decides what is for the operator to decide: %+v", p.Name, s)
		}
		for _, l := range s.Listings {
			checkListing(t, s, l)
		}
		text, _ := PresetText(p.Name)
		for _, family := range []string{"TRS", "Hanweb", "UCAP", "NFCMS", "VSB"} {
			if strings.Contains(text, "# Family: "+family) {
				families[family]++
			}
		}
	}
	if len(Presets()) != 12 || len(families) != 5 {
		t.Errorf("there are %d presets of families %v, want 12 of five", len(Presets()), families)
	}
}

// Codes in presets are whole provinces of the right host, but for the county.
func checkListing(t *testing.T, s Site, l Listing) {
	t.Helper()
	codes := map[string]string{
		"jilin": "220000", "tianjin": "120000", "guizhou": "520000", "ningxia": "640000", "xizang": "540000", "shandong": "370000",
		"jiangxi": "360000", "sichuan": "510000", "hainan": "460000", "guangdong": "440000", "huaxian": "410526",
	}
	if l.Region != codes[s.Name] || l.Region == "" {
		t.Errorf("%s: %s has region %q, want %q", s.Name, l.URL, l.Region, codes[s.Name])
	}
	if !strings.HasPrefix(l.URL, s.Home) {
		t.Errorf("%s: %s is not below %s", s.Name, l.URL, s.Home)
	}
	if l.Seen == "" || strings.ContainsAny(l.URL, "<> ") {
		t.Errorf("%s: %+v was never seen or cannot be asked for", s.Name, l)
	}
}

func TestPresetZGW123(t *testing.T) {
	s := load(t, "[[site]]\npreset = \"zgw123\"\n").Sites[0]
	codes := map[string]bool{}
	for _, r := range s.Regions {
		codes[r.Code] = true
	}
	for _, r := range AllRegions() {
		if !codes[r.Code] {
			t.Errorf("region %s is missing", r)
		}
	}
	if len(s.Regions) != 31 || strings.Join(s.Categories, " ") != "星座 展会 企宣" || len(s.Listings) != 0 {
		t.Errorf("zgw123 is %+v", s)
	}
}

func TestAllRegionsHaveCodes(t *testing.T) {
	form := regexp.MustCompile(`^[1-6][1-7]0000$|^[15]00000$`)
	seen := map[string]bool{}
	for _, r := range AllRegions() {
		if !form.MatchString(r.Code) && r.Code != "500000" || seen[r.Code] || r.Label == "" {
			t.Errorf("region %+v", r)
		}
		seen[r.Code] = true
	}
}
