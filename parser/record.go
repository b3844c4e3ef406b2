package parser

import (
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Keys of records in answers and scripts, the surest first; compared in lower case
// and without underscores.
var (
	titleKeys = strings.Fields("title doctitle showtitle infotitle articletitle displaytitle headers header subject name")
	urlKeys   = strings.Fields("url docpuburl publishurl linkurl posturl puburl articleurl infourl detailurl visiturl urls href link loc")
	dateKeys  = strings.Fields("publishedtimestr docreltime publishtime publishdate pubdate pubtime publishedtime webdate infodate releasetime showdate displaypublishtime firstpublishtime trstime createdat createtime savetime date time updatetime")
)

// longestName is the length in characters up to which a value can be a title.
const longestName = 200

// A record is an object with its keys made alike.
type record map[string]any

func recordOf(m map[string]any) record {
	r := make(record, len(m))
	for k, v := range m {
		r[strings.ToLower(strings.ReplaceAll(k, "_", ""))] = v
	}
	return r
}

// itemOf reads a record as a row. ok is false when it has no title and address.
func (d *document) itemOf(m map[string]any) (item Item, ok bool) {
	r := recordOf(m)
	title, address := r.title(), r.address()
	if title == "" || address == "" {
		return item, false
	}
	item = Item{Title: title, URL: d.address.resolve(address), Date: r.day(d.from.Fetched)}
	for _, key := range []string{"istop", "zhiding", "top"} {
		v := r.text(key)
		item.Pinned = item.Pinned || v == "1" || v == "true"
	}
	return item, item.URL != ""
}

// text is the value of a key as text.
func (r record) text(key string) string {
	switch v := r[key].(type) {
	case string:
		return collapse(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (r record) title() string {
	for _, key := range titleKeys {
		if s := cleanTitle(r.text(key)); s != "" && leadingDigits(s) < len(s) {
			return s
		}
	}
	return r.hanTitle()
}

// hanTitle is the longest value that could be a title: some sites name all fields by
// numbers.
func (r record) hanTitle() string {
	best := ""
	for _, v := range r {
		s, _ := v.(string)
		if len(s) > 3*longestName || strings.ContainsAny(s, "<>{}\n") || !strings.ContainsFunc(s, isHan) || isOnlyDate(s) {
			continue
		}
		if s = cleanTitle(s); len(s) > len(best) || len(s) == len(best) && s < best {
			best = s
		}
	}
	if runes(best) < shortTitle {
		return ""
	}
	return best
}

// cleanTitle drops marks of hits and entities from a title in an answer.
func cleanTitle(s string) string {
	if strings.ContainsAny(s, "<&") {
		for _, mark := range []string{"<em>", "</em>", "<b>", "</b>", "<strong>", "</strong>"} { // no blanks for them
			s = strings.ReplaceAll(s, mark, "")
		}
		s = untag(html.UnescapeString(s))
	}
	return collapse(s)
}

func (r record) address() string {
	for _, key := range urlKeys {
		if s := r.text(key); s != "" && !isScript(s) && (looksLikeAddress(s) || strings.HasPrefix(s, "//")) {
			return html.UnescapeString(s)
		}
	}
	return ""
}

// day is the day of publication of a record.
func (r record) day(fetched time.Time) Day {
	for _, key := range dateKeys {
		if day := dayOfValue(r.text(key), fetched); !day.IsZero() {
			return day
		}
	}
	var p pieces
	for _, key := range []string{"year", "month", "day"} {
		p.add(r.text(key) + map[string]string{"month": "月"}[key])
	}
	return p.date().date("", fetched)
}

// dayOfValue reads a date in words, or as seconds or milliseconds since 1970.
func dayOfValue(s string, fetched time.Time) Day {
	if n := leadingDigits(s); n == len(s) && (n == 10 || n == 13) {
		sec, err := strconv.ParseInt(s[:10], 10, 64)
		if t := time.Unix(sec, 0); err == nil && plausible(t.Year()) {
			return DayOf(t)
		}
		return Day{}
	}
	return listStamp(s).date("", fetched)
}

// An answer is what was found in a value of an answer or script.
type answer struct {
	items  []Item
	markup string         // the longest piece with links in it
	totals map[string]int // numbers beside the records, by their keys made alike
}

// collect looks for records and numbers under v.
func (d *document) collect(v any, out *answer, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			d.note(k, v[k], out)
			d.collect(v[k], out, depth+1)
		}
	case []any:
		d.collectList(v, out, depth)
	case string:
		d.collectText(v, out, depth)
	}
}

// note enters a number beside the records.
func (d *document) note(key string, v any, out *answer) {
	text := record{"n": v}.text("n")
	if n := leadingDigits(text); n > 0 && n == len(text) && n < 9 {
		key = strings.ToLower(strings.ReplaceAll(key, "_", ""))
		out.totals[key] = max(out.totals[key], atoi(text))
	}
}

// collectList reads a list of records; the one with the most rows is kept.
func (d *document) collectList(list []any, out *answer, depth int) {
	var items []Item
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			if item, ok := d.itemOf(m); ok {
				items = append(items, item)
				continue
			}
		}
		d.collect(v, out, depth+1)
	}
	if len(items) > len(out.items) {
		out.items = items
	}
}

// collectText looks into a text: some answers hold JSON or markup in a string.
func (d *document) collectText(s string, out *answer, depth int) {
	trimmed := strings.TrimSpace(s)
	if len(trimmed) < 20 {
		return
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		if v, ok := decodeJSON(trimmed); ok {
			d.collect(v, out, depth+1)
			return
		}
	}
	if len(s) > len(out.markup) && strings.Contains(s, "<a ") && strings.Contains(s, "href") {
		out.markup = s
	}
}

// decodeJSON reads a whole text as JSON, numbers as json.Number.
func decodeJSON(s string) (any, bool) {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, false
	}
	return v, true
}

func newAnswer() *answer { return &answer{totals: map[string]int{}} }
