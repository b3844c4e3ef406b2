package main

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"fangzhi/archive"
)

// A column of the CSV export. Columns are added at the end, never moved.
type column struct {
	name  string
	value func(*archive.Article) string
}

var csvColumns = []column{
	{"id", func(a *archive.Article) string { return a.ID }},
	{"version", func(a *archive.Article) string { return strconv.Itoa(a.Version) }},
	{"type", func(a *archive.Article) string { return a.Type }},
	{"title", func(a *archive.Article) string { return a.Title }},
	{"date", func(a *archive.Article) string { return a.Date }},
	{"datetime", func(a *archive.Article) string { return a.DateTime }},
	{"date_evidence", func(a *archive.Article) string { return a.DateEvidence }},
	{"date_weak", func(a *archive.Article) string { return flag(a.DateWeak) }},
	{"source", func(a *archive.Article) string { return a.Source }},
	{"author", func(a *archive.Article) string { return a.Author }},
	{"issuer", func(a *archive.Article) string { return a.Issuer }},
	{"doc_number", func(a *archive.Article) string { return a.DocNumber }},
	{"index_number", func(a *archive.Article) string { return a.IndexNumber }},
	{"signed_on", func(a *archive.Article) string { return a.SignedOn }},
	{"region", func(a *archive.Article) string { return a.Region }},
	{"region_code", func(a *archive.Article) string { return a.RegionCode }},
	{"category", func(a *archive.Article) string { return a.Category }},
	{"site", func(a *archive.Article) string { return a.Site }},
	{"url", func(a *archive.Article) string { return a.URL }},
	{"captured", func(a *archive.Article) string { return stamp(a.Captured) }},
	{"first_seen", func(a *archive.Article) string { return stamp(a.FirstSeen) }},
	{"last_seen", func(a *archive.Article) string { return stamp(a.LastSeen) }},
	{"unreachable_since", func(a *archive.Article) string {
		if a.Unreachable == nil {
			return ""
		}
		return stamp(a.Unreachable.Since)
	}},
	{"digest", func(a *archive.Article) string { return a.Digest }},
	{"warc", func(a *archive.Article) string { return a.Location.Segment }},
	{"warc_offset", func(a *archive.Article) string {
		if a.Location.IsZero() {
			return ""
		}
		return strconv.FormatInt(a.Location.Offset, 10)
	}},
	{"addresses", func(a *archive.Article) string { return strings.Join(a.Addresses, " ") }},
}

var textColumn = column{"text", func(a *archive.Article) string { return a.Text }}

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// A csvExport writes articles as RFC 4180 with a line of names.
type csvExport struct {
	w       *csv.Writer
	columns []column
	begun   bool
	bom     io.Writer // gets a byte order mark first; nil for none
}

// newCSV writes to w. In files a byte order mark tells spreadsheets that the text
// is UTF-8; in a pipe it would be in the way.
func newCSV(w io.Writer, isFile, withText bool) *csvExport {
	e := &csvExport{w: csv.NewWriter(w), columns: csvColumns}
	if isFile {
		e.bom = w
	}
	if withText {
		e.columns = append(e.columns[:len(e.columns):len(e.columns)], textColumn)
	}
	return e
}

func (e *csvExport) Write(a *archive.Article) error {
	if err := e.begin(); err != nil {
		return err
	}
	row := make([]string, len(e.columns))
	for i, c := range e.columns {
		row[i] = inert(c.value(a))
	}
	return e.w.Write(row)
}

func (e *csvExport) begin() error {
	if e.begun {
		return nil
	}
	e.begun = true
	if e.bom != nil {
		if _, err := io.WriteString(e.bom, "\ufeff"); err != nil {
			return err
		}
	}
	names := make([]string, len(e.columns))
	for i, c := range e.columns {
		names[i] = c.name
	}
	return e.w.Write(names)
}

func (e *csvExport) Close() error {
	e.w.Flush()
	return e.w.Error()
}

// inert keeps a spreadsheet from taking a cell for a formula: an apostrophe stands
// before what begins like one, as OWASP's "CSV Injection" advises. Full-width signs
// count too: some programs fold them.
func inert(cell string) string {
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", firstRune(cell)) && cell != "" {
		return "'" + cell
	}
	return cell
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
