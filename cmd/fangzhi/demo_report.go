package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"fangzhi/archive"
	"fangzhi/parser/region"
)

// demoDay is what one crawl of a demo did.
type demoDay struct {
	Type    string       `json:"type"`
	Day     int          `json:"day"`
	Summary crawlSummary `json:"summary"`
}

func (r demoDay) text(t *textPrinter) {
	t.line(t.bold(t.lang.say("Day %d", "第 %d 天", r.Day)))
	t.line("  ", demoCounts(t, r.Summary))
}

func demoCounts(t *textPrinter, s crawlSummary) string {
	parts := []string{t.lang.count(s.Requests, "request", "requests", "次请求"), t.good(t.lang.say("%d new", "新增 %d", s.New))}
	for _, c := range []struct {
		n      int
		en, zh string
	}{
		{s.Edited, "%d edited", "改动 %d"},
		{s.Gone, "%d cannot be reached any more", "%d 篇原址已无法访问"},
		{s.Reasons[archive.Challenged], "%d blocked by a bot check", "%d 篇被人机验证阻挡"},
		{s.Items, "%d listed only, leading elsewhere", "%d 条指向别处、仅列出"},
		{s.Refused, "%d not asked for (robots.txt and the like)", "%d 个未请求（robots.txt 等）"},
	} {
		if c.n > 0 {
			parts = append(parts, t.lang.say(c.en, c.zh, c.n))
		}
	}
	return strings.Join(parts, t.lang.say(", ", "，"))
}

// A tallied name is a region or category with its number of documents.
type tallied struct {
	Name      string `json:"name"`
	Documents int    `json:"documents"`
}

// A demoReport ends the demo.
type demoReport struct {
	Type       string    `json:"type"`
	Command    string    `json:"command"`
	Archive    string    `json:"archive"`
	Documents  int       `json:"documents"`
	Items      int       `json:"listed_only"`
	Regions    []tallied `json:"regions"`
	Categories []tallied `json:"categories"`
	Edited     []string  `json:"edited"`      // ids
	Gone       []string  `json:"unreachable"` // ids
	Try        []string  `json:"try"`
}

// report counts the archive and finds the documents worth looking at.
func (d *demonstration) report(ctx context.Context) (report demoReport, err error) {
	r, err := d.app.reader(ctx)
	if err != nil {
		return report, err
	}
	defer closing(r, &err)
	report = demoReport{Type: "summary", Command: "demo", Archive: d.dir}
	regions, categories := map[string]int{}, map[string]int{}
	for cursor := ""; ; {
		page, err := r.Export(ctx, archive.Query{}, cursor, exportPage)
		if err != nil {
			return report, err
		}
		for i := range page.Articles {
			report.count(&page.Articles[i], regions, categories)
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	report.Regions, report.Categories = byCount(regions), byCount(categories)
	report.suggest(d.dir)
	return report, nil
}

func (r *demoReport) count(a *archive.Article, regions, categories map[string]int) {
	if a.Type == "item" {
		r.Items++
		return
	}
	r.Documents++
	if len(a.RegionCode) >= 2 {
		regions[shortRegion(a.RegionCode)]++
	}
	if a.Category != "" {
		categories[a.Category]++
	}
	if a.Versions > 1 {
		r.Edited = append(r.Edited, a.ID)
	}
	if a.Unreachable != nil {
		r.Gone = append(r.Gone, a.ID)
	}
}

// shortRegion is the province of a code as a navigation names it.
func shortRegion(code string) string {
	if place, ok := region.Lookup(code[:2] + "0000"); ok {
		return place.Short()
	}
	return code[:2]
}

func byCount(counts map[string]int) []tallied {
	var all []tallied
	for name, n := range counts {
		all = append(all, tallied{name, n})
	}
	slices.SortFunc(all, func(a, b tallied) int { return cmp.Or(b.Documents-a.Documents, strings.Compare(a.Name, b.Name)) })
	return all
}

// suggest names three commands that work as printed.
func (r *demoReport) suggest(dir string) {
	program := programName() + " "
	at := " --archive " + quoted(dir)
	r.Try = []string{program + "search 陶瓷 --region 江西" + at}
	if len(r.Edited) > 0 {
		r.Try = append(r.Try, program+"show "+r.Edited[0]+"@1"+at)
	}
	r.Try = append(r.Try, program+"export -o "+quoted(filepath.Base(dir)+".csv")+at)
}

// quoted is a name as a shell wants it.
func quoted(name string) string {
	if !strings.ContainsAny(name, " '\"\\$`*?[]{}()<>|&;~#!") {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// programName is what this program is to be typed as.
func programName() string {
	self, err := os.Executable()
	if err != nil {
		return "fangzhi"
	}
	if strings.Contains(self, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/fangzhi"
	}
	if found, err := exec.LookPath("fangzhi"); err == nil && sameFile(found, self) {
		return "fangzhi"
	}
	if here, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(here, self); err == nil && !strings.HasPrefix(short, "..") {
			return "." + string(filepath.Separator) + short
		}
	}
	return quoted(self)
}

func (r demoReport) text(t *textPrinter) {
	t.line()
	t.line(t.bold(t.lang.say("In %s now: %s", "%s 中现有 %s", r.Archive, t.lang.count(r.Documents, "document", "documents", "篇文献"))),
		t.lang.say(", and %d known from listings only", "，另有 %d 条只见于列表页", r.Items))
	t.table(t.lang.say("by region", "按地区"), r.Regions)
	t.table(t.lang.say("by category", "按栏目"), r.Categories)
	t.say("  edited: %d, address cannot be reached: %d", "  有改动：%d，原址已无法访问：%d", len(r.Edited), len(r.Gone))
	t.line()
	t.say("Try:", "可以试试：")
	for _, command := range r.Try {
		t.line("  ", t.good(command))
	}
}

// table prints counts side by side, as wide as they may be.
func (t *textPrinter) table(title string, rows []tallied) {
	t.line("  ", t.dim(title))
	line := "   "
	for _, row := range rows {
		cell := fmt.Sprintf(" %s %d", row.Name, row.Documents)
		if columns(line)+columns(cell) > 78 {
			t.line(line)
			line = "   "
		}
		line += cell
	}
	if strings.TrimSpace(line) != "" {
		t.line(line)
	}
}
