package config

import (
	"fmt"
	"slices"
)

// complete fills in what sites leave to others, and makes codes of regions.
func (c *Config) complete() {
	for i := range c.Sites {
		s := &c.Sites[i]
		if s.from == nil {
			s.from = origins{}
		}
		c.fillDefaults(s)
		s.fillRegions()
		s.expand()
	}
}

func (c *Config) fillDefaults(s *Site) {
	if s.Name == "" && s.Preset != "" {
		s.Name = s.Preset
		s.from["name"] = Origin{Preset: s.Preset}
	}
	if s.Delay.Duration == 0 {
		s.Delay = c.Defaults.Delay
		s.inherit("delay", c.from)
	}
	if s.DailyCap == 0 && !s.from.has("daily_cap") {
		s.DailyCap = c.Defaults.DailyCap
		s.inherit("daily_cap", c.from)
	}
}

// inherit notes that the value of a key is the one of [defaults].
func (s *Site) inherit(name string, from origins) {
	if origin, ok := from["defaults."+name]; ok {
		s.from[name] = origin
	}
}

// fillRegions gives the 31 to a site that names nothing to look for, or whose listings
// are one of each region, and every region its code and label.
func (s *Site) fillRegions() {
	nothing := len(s.Categories) == 0 && len(s.Listings) == 0
	byRegion := slices.ContainsFunc(s.Listings, func(l Listing) bool { return namesRegion(l.URL) })
	if len(s.Regions) == 0 && (nothing || byRegion) && !s.from.has("regions") {
		s.Regions = AllRegions()
	}
	for i := range s.Regions {
		s.Regions[i] = s.Regions[i].completed()
	}
	for i := range s.Listings {
		s.Listings[i].Region = s.labelCode(s.Listings[i].Region)
	}
}

// completed has code and label where one of them tells the other. A region that is
// not known keeps an empty code.
func (r Region) completed() Region {
	if r.Code == "" {
		r.Code, _ = regionCode(r.Label)
	} else if code, ok := regionCode(r.Code); ok {
		r.Code = code
	}
	if p := provinceOf(r.Code); p != nil && r.Code == p.code+"0000" && (r.Label == "" || r.Label == p.code || r.Label == r.Code) {
		r.Label = p.label
	}
	return r
}

// labelCode is the code of a label of one of the site's regions or of a province.
// What is neither stays, for Validate to complain of.
func (s *Site) labelCode(text string) string {
	for _, r := range s.Regions {
		if r.Label == text && r.Code != "" {
			return r.Code
		}
	}
	if code, ok := regionCode(text); ok {
		return code
	}
	return text
}

// String is the label with the code, 江西 360000.
func (r Region) String() string { return fmt.Sprintf("%s %s", r.Label, r.Code) }
