package portal

import (
	"slices"
	"strings"
	"time"
)

// A Truth is what a crawl that follows the rules must have found by a day: the
// first after New, the second after Advance if it visited on both days and
// rechecked everything on the second.
type Truth struct {
	Day          int
	Regions      int // labels in the navigation that lead to listings
	Categories   int
	ListingPages int

	Documents []Document // every address that gave an article by now, in order of addresses
	Texts     int        // different texts among the current versions of these
	New       int        // first seen on this day
	Edited    int        // changed on this day
	Gone      int        // withdrawn on this day

	Elsewhere  int // rows that lead off the portal or to a file
	Challenged int // rows behind a bot check
	Forbidden  int // rows that robots.txt does not let us follow
	Missing    int // rows that lead to nothing
	Moved      int // rows that lead through a redirect
}

// A Document is an article at its address.
type Document struct {
	Path      string
	Title     string
	Published string // 2022-03-31
	Source    string
	Region    string // GB/T 2260 of the place that the source names, "" if it names none
	Listing   string // GB/T 2260 of the region under which it is listed, "" for a category
	Category  string // 政企信息, 星座
	Text      string // paragraphs, one a line, without the source
	Edited    bool   // today
	Gone      bool
}

// Titles are those of the documents, in their order.
func (t Truth) Titles() []string {
	titles := make([]string, len(t.Documents))
	for i, d := range t.Documents {
		titles[i] = d.Title
	}
	return titles
}

// Document finds one by its title, the first of several.
func (t Truth) Document(title string) (Document, bool) {
	i := slices.IndexFunc(t.Documents, func(d Document) bool { return d.Title == title })
	if i < 0 {
		return Document{}, false
	}
	return t.Documents[i], true
}

// truth counts the world.
func (w *world) truth() Truth {
	t := Truth{Day: w.day, Regions: len(regions), Categories: len(categories)}
	texts := map[string]bool{}
	for _, s := range w.sections {
		t.ListingPages += (len(s.rows()) + rowsAPage - 1) / rowsAPage
		t.Elsewhere += len(s.links)
		for _, a := range s.articles {
			if !t.count(a) {
				continue
			}
			d := w.document(a)
			t.Documents = append(t.Documents, d)
			texts[d.Title+"\n"+d.Text+"\n"+d.Source] = true
			t.tally(a, d, w.day)
		}
	}
	t.Texts = len(texts)
	slices.SortFunc(t.Documents, func(a, b Document) int { return strings.Compare(a.Path, b.Path) })
	return t
}

// count counts what stands before an article, and tells whether it can be had.
func (t *Truth) count(a *article) bool {
	switch a.hurdle {
	case challenged:
		t.Challenged++
		return false
	case forbidden:
		t.Forbidden++
		return false
	case missing:
		t.Missing++
		return false
	case redirected:
		t.Moved++
	}
	return true
}

func (t *Truth) tally(a *article, d Document, day int) {
	if a.added == day {
		t.New++
	}
	if d.Edited {
		t.Edited++
	}
	if d.Gone {
		t.Gone++
	}
}

func (w *world) document(a *article) Document {
	d := Document{
		Path: a.path(), Title: a.title, Published: a.day.Format(time.DateOnly), Source: a.source, Region: a.region,
		Category: "政企信息", Text: strings.Join(a.paragraphs(), "\n"), Edited: w.day == 2 && a == w.edited, Gone: a.gone,
	}
	if a.section.region == nil {
		d.Category = a.section.label
	} else {
		d.Listing = a.section.region.code
	}
	return d
}
