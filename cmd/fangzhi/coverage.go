package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/config"
	"fangzhi/parser"
	"fangzhi/parser/region"
)

var coverageHelp = help{
	use:   "coverage",
	group: groupCare,
	short: words{"what was looked at, day by day: what an absence is worth", "逐日列出查看过什么：没有意味着什么"},
	long: words{`
Coverage prints for each region and category, and for each day, what came of looking at its listings: something new and how much, nothing new, blocked, broken, paused, not looked (our own network, or the visit ended before), inferred from a hub page; or that nobody looked. Several looks of one day count as the best of them. At the end it says how many documents were not looked at again for 90 days.

--gaps leaves only the days on which nothing was seen. Without --from it begins 30 days ago. A region means it and all below it, and the listings of the places it is in.`, `
按地区、栏目和日期列出查看列表页的结果：有新内容及条数、没有新内容、受阻、故障、暂停、未查看（本机网络问题，或访问提前结束）、由汇总页推知，或当天没有人看过。同一天多次查看取其中最好的一次。最后说明有多少文献已 90 天没有复查。

--gaps 只列出没有看到内容的日子。不写 --from 则从 30 天前开始。地区包含其下级，也包含其上级的列表页。`},
	example: "fangzhi coverage --region 江西 --from 2026-10-01 --gaps\nfangzhi coverage --category 展会 --csv",
	exits:   archiveExits(),
}

type coverageOptions struct {
	region, category, site, from, to string
	gaps, csv                        bool
}

// coverageDays is how far back coverage looks where nobody says so.
const coverageDays = 30

func (a *app) coverageCommand() *cobra.Command {
	var opt coverageOptions
	c := a.command(coverageHelp, cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.coverage(ctx, opt) })
	f := c.Flags()
	f.StringVar(&opt.region, "region", "", a.lang.say("only this `PLACE`", "只看这个`地区`"))
	f.StringVar(&opt.category, "category", "", a.lang.say("only the category of this `NAME`", "只看这个`栏目`"))
	f.StringVar(&opt.site, "site", "", a.lang.say("only the site of this `NAME`", "只看这个`站点`"))
	f.StringVar(&opt.from, "from", "", a.lang.say("from this `DAY` on: 2026-10-01, 2026-10 or 2026", "从这一`天`起：2026-10-01、2026-10 或 2026"))
	f.StringVar(&opt.to, "to", "", a.lang.say("until this `DAY`, included", "到这一`天`为止（含）"))
	f.BoolVar(&opt.gaps, "gaps", false, a.lang.say("only days on which nothing was seen", "只列出没有看到内容的日子"))
	f.BoolVar(&opt.csv, "csv", false, a.lang.say("as CSV, one line a day and place", "输出 CSV，每天每处一行"))
	return c
}

func (a *app) coverage(ctx context.Context, opt coverageOptions) (err error) {
	if err := onlyOne(given{"--csv", opt.csv}, given{"--json", a.global.json}); err != nil {
		return err
	}
	q, err := opt.query(a.now())
	if err != nil {
		return err
	}
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	if err := a.knownSite(ctx, r, opt.site); err != nil {
		return err
	}
	c, err := r.Coverage(ctx, q)
	if err != nil {
		return err
	}
	if cfg, err := a.loadConfig(); err == nil { // else the archive speaks alone
		c.Places = withConfigured(c.Places, cfg, q)
	}
	rows := calendar(c, q.Days)
	if opt.gaps {
		rows = gaps(rows)
	}
	if opt.csv {
		return a.coverageCSV(rows)
	}
	for _, place := range rows {
		a.out.Print(place)
	}
	a.out.Print(coverageSummary{"summary", "coverage", q.Days, len(rows), c.Looks, c.Listings, c.Last, c.Trouble, c.Stale})
	return nil
}

func (o coverageOptions) query(now time.Time) (q archive.CoverageQuery, err error) {
	q = archive.CoverageQuery{Site: o.site, Category: o.category, Cells: true, Stale: true}
	if q.Region, err = regionCode(o.region); err != nil {
		return q, err
	}
	q.Days.To = parser.DayOf(now)
	for _, end := range []struct {
		flag, text string
		set        func(span)
	}{
		{"--to", o.to, func(s span) { q.Days.To = s.last }},
		{"--from", o.from, func(s span) { q.Days.From = s.first }},
	} {
		if end.text == "" {
			continue
		}
		s, ok := parseSpan(end.text)
		if !ok {
			return q, usage(words{end.flag + " " + end.text + " is no day", end.flag + " " + end.text + " 不是日期"},
				words{"give it as 2026-10-31, 2026-10 or 2026", "请写作 2026-10-31、2026-10 或 2026"})
		}
		end.set(s)
	}
	if q.Days.From.IsZero() {
		q.Days.From = parser.DayOf(midnight(q.Days.To).AddDate(0, 0, 1-coverageDays))
	}
	if q.Days.From.Compare(q.Days.To) > 0 {
		return q, badRange("--from", o.from+".."+o.to, "it ends before it begins", "结束早于开始")
	}
	return q, nil
}

// withConfigured adds the places that the configuration names and nobody ever looked at.
func withConfigured(places []archive.Place, cfg *config.Config, q archive.CoverageQuery) []archive.Place {
	add := func(site string, p archive.Place) {
		if q.Selects(site, p.Region, p.Category) && !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	for _, s := range configured(cfg) {
		for _, l := range s.Regions {
			add(s.Name, archive.Place{Region: l.Region})
		}
		for _, l := range s.Categories {
			add(s.Name, archive.Place{Category: l.Text})
		}
		for _, l := range s.Listings {
			add(s.Name, archive.Place{Region: l.Region, Category: l.Category})
		}
	}
	return places
}

// notOneLook is the mark of a day on which nobody looked.
const notOneLook archive.Look = "no-look"

// A placeRow is the calendar of one place.
type placeRow struct {
	Type string `json:"type"` // place
	archive.Place
	Name string   `json:"name"`
	Days []dayRow `json:"days"`
}

// A dayRow is what one day was like.
type dayRow struct {
	Day   parser.Day   `json:"day"`
	Look  archive.Look `json:"look"`
	New   int          `json:"new,omitempty"`
	Looks int          `json:"looks,omitempty"`
}

// calendar has each day of each place, those without a look too.
func calendar(c *archive.Coverage, days archive.DayRange) []placeRow {
	cells := map[archive.Place]map[parser.Day]archive.CoverageCell{}
	for _, cell := range c.Cells {
		if cells[cell.Place] == nil {
			cells[cell.Place] = map[parser.Day]archive.CoverageCell{}
		}
		cells[cell.Place][cell.Day] = cell
	}
	var rows []placeRow
	for _, p := range c.Places {
		row := placeRow{Type: "place", Place: p, Name: placeName(p)}
		for t := midnight(days.From); !t.After(midnight(days.To)); t = t.AddDate(0, 0, 1) {
			day := dayRow{Day: parser.DayOf(t), Look: notOneLook}
			if cell, ok := cells[p][day.Day]; ok {
				day = dayRow{day.Day, cell.Look, cell.New, cell.Looks}
			}
			row.Days = append(row.Days, day)
		}
		rows = append(rows, row)
	}
	return rows
}

func placeName(p archive.Place) string {
	return strings.TrimSpace(region.String(p.Region) + " " + p.Category)
}

// gaps leaves the days on which nothing was seen, and the places that have any.
func gaps(rows []placeRow) []placeRow {
	var left []placeRow
	for _, row := range rows {
		var days []dayRow
		for _, d := range row.Days {
			if d.Look != archive.SomeNew && d.Look != archive.NothingNew && d.Look != archive.Inferred {
				days = append(days, d)
			}
		}
		if row.Days = days; len(days) > 0 {
			left = append(left, row)
		}
	}
	return left
}

// text writes days in a row that were alike as one line.
func (r placeRow) text(t *textPrinter) {
	t.line(t.bold(cmp.Or(printable(r.Name), t.lang.say("no region", "未注明地区"))))
	for i := 0; i < len(r.Days); {
		n := 1
		for i+n < len(r.Days) && r.Days[i+n].Look == r.Days[i].Look && r.Days[i].New+r.Days[i+n].New == 0 && follows(r.Days[i+n-1].Day, r.Days[i+n].Day) {
			n++
		}
		span := r.Days[i].Day.String()
		if n > 1 {
			span += ".." + r.Days[i+n-1].Day.String()
		}
		t.line("  ", span, strings.Repeat(" ", max(24-len(span), 2)), r.Days[i].words(t))
		i += n
	}
}

func follows(a, b parser.Day) bool { return midnight(a).AddDate(0, 0, 1).Equal(midnight(b)) }

func (d dayRow) words(t *textPrinter) string {
	switch d.Look {
	case archive.SomeNew:
		return t.good(t.lang.say("%d new", "新增 %d", d.New))
	case archive.NothingNew, archive.Inferred:
		return t.lang.of(lookNames[d.Look])
	case notOneLook:
		return t.warn(t.lang.say("nobody looked", "没有查看"))
	}
	return t.warn(t.lang.of(lookNames[d.Look]))
}

func (a *app) coverageCSV(rows []placeRow) error {
	w := csv.NewWriter(a.stdout)
	_ = w.Write([]string{"region", "category", "place", "day", "look", "new", "looks"}) // its error is that of Flush
	for _, row := range rows {
		for _, d := range row.Days {
			_ = w.Write([]string{row.Region, row.Category, row.Name, d.Day.String(), string(d.Look), strconv.Itoa(d.New), strconv.Itoa(d.Looks)})
		}
	}
	w.Flush()
	return w.Error()
}

// coverageSummary is the last object of a coverage.
type coverageSummary struct {
	Type     string           `json:"type"`
	Command  string           `json:"command"`
	Days     archive.DayRange `json:"days"`
	Places   int              `json:"places"` // printed
	Looks    int              `json:"looks"`
	Listings int              `json:"listings"`
	Last     time.Time        `json:"last_look,omitzero"`
	Trouble  int              `json:"trouble"` // listings that could not be read the last time
	Stale    int              `json:"not_rechecked_90_days"`
}

func (s coverageSummary) text(t *textPrinter) {
	t.say("%s of %s from %s to %s.", "%s，%s，%s 至 %s。", t.lang.count(s.Looks, "look", "looks", "次查看"), t.lang.count(s.Listings, "listing", "listings", "个列表页"), s.Days.From, s.Days.To)
	if s.Trouble > 0 {
		t.say("%d of them could not be read the last time.", "其中 %d 个最近一次没有读到。", s.Trouble)
	}
	t.say("%s not looked at again for 90 days.", "%s已 90 天没有复查。", t.lang.count(s.Stale, "document was", "documents were", "篇文献"))
}
