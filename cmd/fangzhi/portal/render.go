package portal

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

//go:embed page.tmpl
var pageText string

//go:embed challenge.html
var challengeText string

var pages = template.Must(template.New("page").Funcs(template.FuncMap{
	"seventh": func(i int) bool { return i%7 == 0 },
	"cut":     cut,
	"file":    listingFile,
}).Parse(pageText))

// A page is an answer.
type page struct {
	status      int
	contentType string
	body        []byte
	location    string    // of a redirect
	etag        string    // of a page that a static file stands behind, "" for others
	modified    time.Time // the same
	cookie      string
}

// gbkType is what the portal says of nearly all its pages.
const gbkType = "text/html; charset=gb2312"

// A view is what the templates show.
type view struct {
	Label    string // charset
	Title    string
	Sections []navigation
	Rows     []row

	Slug, Crumb            string
	Page, Last, Prev, Next int

	Heading, Day, Source, File, FileURL string
	Paragraphs                          []string
}

type navigation struct{ Label, Slug string }

type row struct {
	Title, Href, Day string
	Pinned           bool
}

// render makes all pages of a day.
func (w *world) render() map[string]*page {
	r := renderer{world: w, pages: map[string]*page{}}
	for _, s := range w.sections {
		r.nav = append(r.nav, navigation{s.label, s.slug})
	}
	r.pages["/robots.txt"] = &page{status: http.StatusOK, contentType: "text/plain", body: []byte("User-agent: *\nDisallow: /neibu/\nDisallow: /admin/\n")}
	r.parts()
	r.home()
	for _, s := range w.sections {
		r.listing(s)
		for _, a := range s.articles {
			r.article(a)
		}
		for _, l := range s.links {
			if strings.HasPrefix(l.url, "/") {
				r.pages[l.url] = file(l.title, l.day)
			}
		}
	}
	return r.pages
}

// A renderer collects pages.
type renderer struct {
	world *world
	nav   []navigation
	pages map[string]*page
}

// html runs a template and spells the result.
func (r *renderer) html(name string, v view, as spelling) []byte {
	v.Label, v.Sections = "gb2312", r.nav
	if as == gbkAsUTF {
		v.Label = "utf-8"
	}
	var b strings.Builder
	if err := pages.ExecuteTemplate(&b, name, v); err != nil {
		panic("portal: " + err.Error()) // our own template with our own values
	}
	if as == utfAsGB2312 {
		return []byte(b.String())
	}
	out, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
	if err != nil {
		panic("portal: " + err.Error()) // GB 18030 writes everything
	}
	return []byte(out)
}

func (r *renderer) home() {
	var rows []row
	for _, s := range r.world.sections {
		for _, a := range s.articles {
			if !a.pinned && !a.gone && a.hurdle == unhindered {
				rows = append(rows, row{Title: a.title, Href: a.path(), Day: a.day.Format(time.DateOnly)})
				break
			}
		}
	}
	body := r.html("home", view{Title: "政公网-全国政企信息", Rows: rows}, gbk)
	r.pages["/"] = &page{status: http.StatusOK, contentType: gbkType, body: body}
}

// rows are those of a section, newest first, links to elsewhere among them.
func (s *section) rows() []row {
	var rows []row
	for _, a := range s.articles {
		if !a.gone {
			rows = append(rows, row{a.title, relative(s, a.href()), a.day.Format(time.DateOnly), a.pinned})
		}
	}
	for _, l := range s.links {
		rows = append(rows, row{Title: l.title, Href: l.url, Day: l.day.Format(time.DateOnly)})
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if a.Pinned || b.Pinned {
			return 0 // it stands first already
		}
		return strings.Compare(b.Day, a.Day)
	})
	return rows
}

// relative is how rows are written: against the directory of their listing.
func relative(s *section, path string) string {
	if rest, ok := strings.CutPrefix(path, "/"+s.slug+"/"); ok {
		return rest
	}
	return path
}

func (r *renderer) listing(s *section) {
	chunks := slices.Collect(slices.Chunk(s.rows(), rowsAPage))
	for i, rows := range chunks {
		v := view{Title: s.crumb + "-政公网", Crumb: s.crumb, Slug: s.slug, Rows: rows, Page: i + 1, Last: len(chunks), Prev: i, Next: i + 2}
		p := &page{status: http.StatusOK, contentType: gbkType, body: r.html("listing", v, gbk)}
		r.pages["/"+s.slug+"/"+listingFile(i+1)] = p
		if i == 0 {
			r.pages["/"+s.slug+"/"] = p
		}
	}
}

// listingFile is the name of the n-th page of a listing, from 1.
func listingFile(n int) string {
	if n == 1 {
		return "index.html"
	}
	return fmt.Sprintf("list_%d.html", n)
}

func (r *renderer) article(a *article) {
	switch a.hurdle {
	case challenged:
		r.pages[a.path()] = &page{status: http.StatusPreconditionFailed, contentType: "text/html; charset=utf-8", body: []byte(challengeText), cookie: "FSSBBIl1UgzbN7N80S=demo; Path=/; HttpOnly"}
		return
	case missing:
		return
	case forbidden:
		r.pages[a.path()] = &page{status: http.StatusForbidden, contentType: "text/plain; charset=utf-8", body: []byte("robots.txt\n")}
		return
	case redirected:
		r.pages[a.href()] = &page{status: http.StatusMovedPermanently, location: a.path()}
	}
	if a.gone {
		return
	}
	if a.file != "" {
		r.pages[a.attachment()] = file(a.file, a.day)
	}
	body := r.html("article", a.view(), a.spelling)
	p := &page{status: http.StatusOK, contentType: gbkType, body: body, etag: etagOf(body), modified: a.modified(r.world)}
	if a.spelling == gbkAsUTF {
		p.contentType = "text/html; charset=utf-8"
	}
	r.pages[a.path()] = p
}

func (a *article) view() view {
	return view{
		Title: a.title + "-" + a.section.crumb + "-政公网", Slug: a.section.slug, Crumb: a.section.crumb,
		Heading: a.title, Day: a.day.Format(time.DateOnly), Source: a.source, Paragraphs: a.paragraphs(), File: a.file, FileURL: a.attachment(),
	}
}

// modified is when the file was written: on its day after nine, and again when it
// was edited.
func (a *article) modified(w *world) time.Time {
	day := a.day
	if a == w.edited && w.day > 1 {
		day = firstDay.AddDate(0, 0, 1)
	}
	return day.Add(9*time.Hour + time.Duration(a.id%480)*time.Minute)
}

// file is a PDF that says its title in its own way.
func file(title string, day time.Time) *page {
	body := []byte("%PDF-1.4\n% " + title + "\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	return &page{status: http.StatusOK, contentType: "application/pdf", body: body, etag: etagOf(body), modified: day.Add(9 * time.Hour)}
}

func etagOf(body []byte) string { return fmt.Sprintf(`"%x"`, sha256.Sum256(body))[:18] + `"` }

// cut is a title as listings show it: at most 28 characters.
func cut(title string) string {
	if r := []rune(title); len(r) > 28 {
		return string(r[:27]) + "…"
	}
	return title
}
