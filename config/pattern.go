package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxExpanded bounds what one pattern may stand for; a longer one is a mistake.
const maxExpanded = 2000

// expand puts the listings in the place of a pattern that it stands for. Braces are
// those of a shell, {443,5868} and {1..20}; {code} and {label} stand for those of each
// of the site's regions, which are then not looked for on the home page.
func (s *Site) expand() {
	var all []Listing
	from, byRegion := origins{}, false
	for i, pattern := range s.Listings {
		for _, l := range s.expanded(pattern) {
			from.copyAs(s.from, fmt.Sprintf("listings.%d", i), fmt.Sprintf("listings.%d", len(all)))
			all = append(all, l)
		}
		byRegion = byRegion || namesRegion(pattern.URL)
	}
	if len(all) == len(s.Listings) {
		return
	}
	for path := range s.from {
		if strings.HasPrefix(path, "listings.") {
			delete(s.from, path)
		}
	}
	for path, origin := range from {
		s.from[path] = origin
	}
	s.Listings = all
	if byRegion {
		s.Regions = nil
		s.from["regions"] = s.from.at("regions")
	}
}

func namesRegion(pattern string) bool {
	return strings.Contains(pattern, "{code}") || strings.Contains(pattern, "{label}")
}

// expanded are the listings that a pattern stands for. One that cannot be read stays
// as it is, for Validate to complain of its braces.
func (s *Site) expanded(l Listing) []Listing {
	var all []Listing
	for _, one := range l.ofRegions(s.Regions) {
		for _, u := range braces(one.URL) {
			one.URL = u
			all = append(all, one)
		}
	}
	if len(all) == 0 || len(all) > maxExpanded {
		return []Listing{l}
	}
	return all
}

func (l Listing) ofRegions(regions []Region) []Listing {
	if !namesRegion(l.URL) {
		return []Listing{l}
	}
	var all []Listing
	for _, r := range regions {
		one := l
		one.URL = strings.NewReplacer("{code}", r.Code, "{label}", url.PathEscape(r.Label)).Replace(l.URL)
		one.Region = r.Code
		all = append(all, one)
	}
	return all
}

// braces are the texts that a text with shell braces stands for, leftmost slowest.
func braces(text string) []string {
	before, rest, open := strings.Cut(text, "{")
	inside, after, closed := strings.Cut(rest, "}")
	choices := choicesOf(inside)
	if !open || !closed || len(choices) == 0 {
		return []string{text}
	}
	var all []string
	for _, choice := range choices {
		for _, end := range braces(after) {
			if all = append(all, before+choice+end); len(all) > maxExpanded {
				return all
			}
		}
	}
	return all
}

// choicesOf are the texts of {a,b} or the numbers of {1..9}, as wide as the first is
// written; none for anything else.
func choicesOf(inside string) []string {
	if first, last, ok := strings.Cut(inside, ".."); ok {
		from, errFrom := strconv.Atoi(first)
		to, errTo := strconv.Atoi(last)
		if errFrom != nil || errTo != nil || from < 0 || to < from || to-from >= maxExpanded {
			return nil
		}
		var all []string
		for n := from; n <= to; n++ {
			all = append(all, fmt.Sprintf("%0*d", len(first), n))
		}
		return all
	}
	if all := strings.Split(inside, ","); len(all) > 1 && !slices.Contains(all, "") {
		return all
	}
	return nil
}
