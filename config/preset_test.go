package config

import (
	"os"
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

// TestPresetsAreOnRecord: each listing of a preset stands in ../shared/sites.tsv, of the
// family and last seen when the preset says.
func TestPresetsAreOnRecord(t *testing.T) {
	text, err := os.ReadFile("../../shared/sites.tsv")
	if err != nil {
		t.Skipf("the record of portals is not here: %v", err)
	}
	record := map[string][]string{} // by listing_url
	lines := strings.Split(string(text), "\n")
	column := map[string]int{}
	for i, name := range strings.Split(lines[0], "\t") {
		column[name] = i
	}
	for _, line := range lines[1:] {
		if row := strings.Split(line, "\t"); len(row) > column["seen"] {
			record[row[column["listing_url"]]] = row
		}
	}
	family := regexp.MustCompile(`# Family: (\w+)`)
	for _, p := range Presets() {
		presetText, _ := PresetText(p.Name)
		for _, l := range p.Listings {
			row := record[l.URL]
			if row == nil {
				t.Errorf("%s: %s is not on record", p.Name, l.URL)
				continue
			}
			if seen := strings.Replace(row[column["seen"]], "-2026", "..2026", 1); seen != l.Seen {
				t.Errorf("%s: %s was last seen %s, the preset says %s", p.Name, l.URL, seen, l.Seen)
			}
			if name := family.FindStringSubmatch(presetText); name == nil || !strings.Contains(row[column["cms"]], name[1]) {
				t.Errorf("%s: %s is made by %s, the preset says %v", p.Name, l.URL, row[column["cms"]], name)
			}
		}
	}
}
