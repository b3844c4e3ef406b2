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
	inherit(s, "delay", &s.Delay, c.Defaults.Delay, c.from)
	inherit(s, "jitter", &s.Jitter, c.Defaults.Jitter, c.from)
	inherit(s, "requisites", &s.Requisites, c.Defaults.Requisites, c.from)
	if s.Every.Duration == 0 && s.AllowPrivate { // a portal of one's own needs no rest
		s.Every.Duration = NoDelay
	}
	inherit(s, "every", &s.Every, c.Defaults.Every, c.from)
	inherit(s, "daily_cap", &s.DailyCap, c.Defaults.DailyCap, c.from)
	inherit(s, "hours", &s.Hours, c.Defaults.Hours, c.from)
	inherit(s, "backfill", &s.Backfill, c.Defaults.Backfill, c.from)
	inherit(s, "max_requests", &s.MaxRequests, c.Defaults.MaxRequests, c.from)
	inherit(s, "max_time", &s.MaxTime, c.Defaults.MaxTime, c.from)
	inherit(s, "max_bytes", &s.MaxBytes, c.Defaults.MaxBytes, c.from)
}

// inherit gives a key that the site leaves out the value of [defaults].
func inherit[T comparable](s *Site, name string, value *T, otherwise T, from origins) {
	var none T
	if *value != none || s.from.has(name) {
		return
	}
	*value = otherwise
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
