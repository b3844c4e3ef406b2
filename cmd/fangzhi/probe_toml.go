package main

import (
	"fmt"
	"strings"

	"fangzhi/config"
	"fangzhi/parser"
)

// samples are as many rows as stand in a site file for people to look at.
const samples = 10

// toml is the site file: what was seen as comments, the site, and rows that were read.
func (s *survey) toml(site config.Site, month string) string {
	site.Seen = month
	var b strings.Builder
	comment := func(format string, args ...any) {
		fmt.Fprintf(&b, "# %s\n", printable(fmt.Sprintf(format, args...)))
	}
	comment("%s, as fangzhi probe saw it 由 fangzhi probe 写出", site.Home)
	if s.home.page.Title != "" {
		comment("%s", s.home.page.Title)
	}
	if family := s.family(); family != "" {
		comment("Family 网站软件: %s", family)
	}
	comment("Charset 编码: %s (%s)", s.home.charset.Label, s.home.charset.Method)
	for _, f := range s.found {
		if f.page != nil {
			comment("%s %s -> %s", nameOf(f), f.url, nextOf(f.page.Listing))
		}
	}
	b.WriteByte('\n')
	b.WriteString(site.TOML())
	s.sample(comment, &b)
	return b.String()
}

func nameOf(f *sight) string {
	if f.label == "" {
		return "home 首页"
	}
	return f.label
}

// nextOf says how the next page of a listing is reached.
func nextOf(l *parser.Listing) string {
	switch {
	case l.Next == nil:
		return "no next page 无下一页"
	case l.Next.Form != "":
		return "POST " + l.Next.URL
	}
	return l.Next.URL
}

// sample writes rows of the listings by turns.
func (s *survey) sample(comment func(string, ...any), b *strings.Builder) {
	var rows []parser.Item
	seen := map[string]bool{}
	for i := 0; len(rows) < samples; i++ {
		more := false
		for _, f := range s.found {
			if f.page == nil || i >= len(f.page.Listing.Items) || len(rows) == samples {
				continue
			}
			more = true
			if item := f.page.Listing.Items[i]; !seen[item.URL] {
				seen[item.URL] = true
				rows = append(rows, item)
			}
		}
		if !more {
			break
		}
	}
	if len(rows) == 0 {
		return
	}
	b.WriteByte('\n')
	comment("Rows that were read 读到的条目:")
	for _, item := range rows {
		day := item.Date.String()
		if day == "" {
			day = "----------"
		}
		comment("%s %s %s", day, item.Title, item.URL)
	}
}
