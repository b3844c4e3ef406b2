package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/pflag"

	"fangzhi/archive"
	"fangzhi/parser"
	"fangzhi/parser/region"
)

// A selection is the flags that select documents; search and export share them.
type selection struct {
	region, category, site, published, captured string
}

func (s *selection) flags(f *pflag.FlagSet, a *app) {
	f.StringVar(&s.region, "region", "", a.lang.say("`PLACE`, and all below it: 江西, 江西省景德镇市, 360222", "`地区`及其下级：江西、江西省景德镇市、360222"))
	f.StringVar(&s.category, "category", "", a.lang.say("`NAME` of the category as the portal shows it", "网站所示的栏目`名称`"))
	f.StringVar(&s.site, "site", "", a.lang.say("`NAME` of the site in the configuration", "配置中的站点`名称`"))
	f.StringVar(&s.published, "published", "", a.lang.say("day on the page, `A..B`: 2022-03-31, 2022-03..2022-06, 2022..", "页面所印发布日期 `A..B`：2022-03-31、2022-03..2022-06、2022.."))
	f.StringVar(&s.captured, "captured", "", a.lang.say("time of capture, `A..B`: days, or 2026-08-01T08:00:00+08:00", "抓取时间 `A..B`：日期，或 2026-08-01T08:00:00+08:00"))
}

// query is what the flags select, with words to be found.
func (s selection) query(text string) (q archive.Query, err error) {
	q = archive.Query{Text: text, Category: s.category, Site: s.site}
	if q.Region, err = regionCode(s.region); err != nil {
		return q, err
	}
	if q.Published, err = dayRange("--published", s.published); err != nil {
		return q, err
	}
	q.Captured, err = timeRange("--captured", s.captured)
	return q, err
}

// regionCode reads a place as a person types it, and suggests others for one that
// is not known.
func regionCode(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	code, near, ok := region.Parse(text)
	if ok {
		return code, nil
	}
	if len(near) == 0 {
		return "", usage(words{fmt.Sprintf("there is no region %q", text), fmt.Sprintf("没有地区 %q", text)},
			words{"give a name such as 江西 or 江西省景德镇市, or a code of GB/T 2260 such as 360222", "请写名称，如 江西、江西省景德镇市，或 GB/T 2260 代码，如 360222"})
	}
	var names []string
	for _, place := range near {
		names = append(names, region.String(place.Code)+" "+place.Code)
	}
	return "", usage(words{fmt.Sprintf("there is no single region %q", text), fmt.Sprintf("没有唯一的地区 %q", text)},
		words{"did you mean " + strings.Join(names, ", ") + "?", "是不是 " + strings.Join(names, "、") + "？"})
}

// A span is the days that a text such as 2022, 2022-03 or 2022-03-31 covers.
type span struct{ first, last parser.Day }

// dayLayouts are the forms of a span, and how many years, months, days from its
// first day to the first one behind it.
var dayLayouts = []struct {
	layout              string
	years, months, days int
}{
	{"2006-01-02", 0, 0, 1},
	{"2006-01", 0, 1, 0},
	{"2006", 1, 0, 0},
}

func parseSpan(text string) (span, bool) {
	for _, l := range dayLayouts {
		t, err := time.ParseInLocation(l.layout, text, parser.Beijing)
		if err == nil {
			return span{parser.DayOf(t), parser.DayOf(t.AddDate(l.years, l.months, l.days).AddDate(0, 0, -1))}, true
		}
	}
	return span{}, false
}

// ends splits A..B; a text without ".." is both.
func ends(text string) (from, to string) {
	from, to, ok := strings.Cut(text, "..")
	if !ok {
		return text, text
	}
	return strings.TrimSpace(from), strings.TrimSpace(to)
}

func badRange(flag, text, en, zh string) error {
	return usage(words{fmt.Sprintf("%s %s: %s", flag, text, en), fmt.Sprintf("%s %s：%s", flag, text, zh)},
		words{"give days as 2022-03-31, 2022-03 or 2022; a range as A..B, A.. or ..B", "日期写作 2022-03-31、2022-03 或 2022；范围写作 A..B、A.. 或 ..B"})
}

// dayRange reads a range of days on pages.
func dayRange(flag, text string) (r archive.DayRange, err error) {
	if text == "" {
		return r, nil
	}
	from, to := ends(text)
	if from == "" && to == "" {
		return r, badRange(flag, text, "both ends are open", "两端都没有写")
	}
	for _, end := range []struct {
		text string
		set  func(span)
	}{
		{from, func(s span) { r.From = s.first }},
		{to, func(s span) { r.To = s.last }},
	} {
		if end.text == "" {
			continue
		}
		s, ok := parseSpan(end.text)
		if !ok {
			return r, badRange(flag, text, fmt.Sprintf("%q is no day", end.text), fmt.Sprintf("%q 不是日期", end.text))
		}
		end.set(s)
	}
	if !r.From.IsZero() && !r.To.IsZero() && r.From.Compare(r.To) > 0 {
		return r, badRange(flag, text, "it ends before it begins", "结束早于开始")
	}
	return r, nil
}

// timeRange reads a range of instants. A day is that of Beijing.
func timeRange(flag, text string) (r archive.TimeRange, err error) {
	if text == "" {
		return r, nil
	}
	from, to := ends(text)
	if from == "" && to == "" {
		return r, badRange(flag, text, "both ends are open", "两端都没有写")
	}
	if r.From, _, err = instants(flag, text, from); err != nil {
		return r, err
	}
	if _, r.To, err = instants(flag, text, to); err != nil {
		return r, err
	}
	if !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To) {
		return r, badRange(flag, text, "it ends before it begins", "结束早于开始")
	}
	return r, nil
}

// instants are the first instant of what a text names, and the first behind it.
func instants(flag, whole, text string) (first, behind time.Time, err error) {
	if text == "" {
		return first, behind, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, t.Add(time.Second), nil
	}
	s, ok := parseSpan(text)
	if !ok {
		return first, behind, badRange(flag, whole, fmt.Sprintf("%q is neither a day nor a time", text), fmt.Sprintf("%q 不是日期或时间", text))
	}
	return midnight(s.first), midnight(s.last).AddDate(0, 0, 1), nil
}

func midnight(d parser.Day) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, parser.Beijing)
}

// nearestName is the candidate that begins as name does, or differs least from it,
// "" if none is near. Cases are one.
func nearestName(name string, candidates []string) string {
	lower := strings.ToLower(name)
	for _, c := range candidates {
		if strings.HasPrefix(strings.ToLower(c), lower) {
			return c
		}
	}
	best, least := "", max(1, len([]rune(name))/3)+1
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(lower, strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}
