package parser

import (
	"strings"
	"time"
)

// A rank orders the kinds of evidence for a day of publication, best first
// (PORTALS 2.4).
type rank int8

const (
	fromRule     rank = iota // the site's own selector
	fromMeta                 // PubDate and its kin
	fromLabel                // 发布时间： between title and body
	fromScript               // var pubdata='2017年07月10日', written where the date stands
	fromPlace                // a date without label between title and body
	fromTable                // 发布日期 of the disclosure table
	fromModified             // 更新时间
	fromMachine              // JSON-LD, <time datetime>
	fromTail                 // a label after the body
	fromURL
	fromSigned // 成文日期
	fromEnd    // the date under the last paragraph
)

var rankNames = [...]string{"rule", "meta", "label", "script", "place", "table", "modified", "machine", "tail", "url", "signed", "end"}

// isWeak tells evidence that is often wrong: 日期存疑.
func (r rank) isWeak() bool { return r == fromModified || r >= fromURL }

// A candidate is a date that may be that of publication.
type candidate struct {
	stamp
	rank    rank
	shown   string // as it stood
	refused string // why it was not taken, "" if it may be
}

// A scene is where the parts of an article stand: title line, and the first and the
// line after the last of the body.
type scene struct {
	title       int32 // -1 for none
	first, last int32
}

// head is the range of lines that may hold an article's fields before its body.
func (s scene) head() (from, end int32) {
	if s.title < 0 {
		return max(0, s.first-20), s.first
	}
	return max(0, s.title-5), max(s.first, s.title)
}

// tail is the same after its body.
func (s scene) tail(d *document) (from, end int32) {
	return s.last, min(s.last+12, int32(len(d.lines)))
}

// dates gathers what the page says of its day, best first.
func (d *document) dates(s scene, fields []field) []candidate {
	var out []candidate
	add := func(r rank, text string) {
		for _, t := range stamps(text) {
			if t.year != 0 && t.day != 0 {
				out = append(out, candidate{stamp: t, rank: r, shown: clip(text)})
				return
			}
		}
	}
	add(fromRule, d.ruledText(d.from.Rules.Date))
	for _, m := range d.metas {
		if pubMetas[m.name] {
			add(fromMeta, m.content)
		}
	}
	d.labelledDates(s, fields, add)
	d.placedDates(s, fields, add)
	d.machineDates(s, add)
	if d.from.URL != nil {
		if t, ok := stampOfURL(d.from.URL.String()); ok && t.day != 0 {
			out = append(out, candidate{stamp: t, rank: fromURL, shown: d.from.URL.Path})
		}
	}
	for i := min(s.last+3, int32(len(d.lines))) - 1; i >= s.first && i > s.last-4; i-- {
		if d.lines[i].chars < 30 {
			add(fromEnd, d.lineText(int(i)))
		}
	}
	return out
}

// pubMetas are the metas of the day of publication, in lower case (PORTALS 2.3).
var pubMetas = map[string]bool{
	"pubdate": true, "publishdate": true, "publish_time": true, "firstpublishedtime": true, "published": true, "createdate": true,
	"createtime": true, "apub:time": true, "article:published_time": true, "og:release_date": true, "_pubtime": true, "datepublished": true,
	"publishtime": true, "pubtime": true, "og:pubdate": true, "dc.date": true, "dc.date.issued": true, "dcterms.created": true, "dcterms.issued": true,
	"weibo: article:create_at": true, "weibo:article:create_at": true, "releasedate": true, "article.published": true, "date": true,
}

// stampMetas are metas that say when the page was made.
var stampMetas = map[string]bool{"others": true, "maketime": true, "htmlgeneratetime": true, "generatetime": true, "createpagetime": true}

func (d *document) labelledDates(s scene, fields []field, add func(rank, string)) {
	from, end := s.head()
	for _, f := range fields {
		inHead := f.line >= from && f.line < end
		switch {
		case f.kind&isPublished != 0 && inHead && f.line >= s.title-1:
			add(fromLabel, f.value)
		case f.kind&isPublished != 0 && f.line < end:
			if isLong(f.label) {
				add(fromTable, f.value)
			}
		case f.kind&isPublished != 0:
			if isLong(f.label) {
				add(fromTail, f.value)
			}
		case f.kind&isModified != 0:
			add(fromModified, f.value)
		case f.kind&isSigned != 0:
			add(fromSigned, f.value)
		}
	}
}

// isLong tells labels that say more than 日期.
func isLong(label string) bool { return len(label) > len("时间") }

// placedDates are dates without label in short lines between title and body, and in
// the line above the title. A line with a label of something else does not count.
func (d *document) placedDates(s scene, fields []field, add func(rank, string)) {
	from, end := s.head()
	if s.title >= 0 {
		from = max(0, s.title-2)
		end = min(end, s.title+12)
	}
	labelled := map[int32]bool{}
	for _, f := range fields {
		if f.kind&(isPublished|isModified|isSigned|isOtherDate) != 0 {
			labelled[f.line] = true
		}
	}
	for i := max(0, s.title-10); i < from; i++ {
		if text := d.lineText(int(i)); isCrumbs(text) {
			add(fromPlace, text)
		}
	}
	for pass := range 2 { // after the title first
		for i := from; i < s.first; i++ {
			if i >= end && i < s.first-firstProse/2 {
				continue // of two far apart the nearer to title or body
			}
			if (i <= s.title) != (pass == 1) || labelled[i] || i == s.title || i < s.title && isClock(d.lineText(int(i))) {
				continue
			}
			if text := d.lineText(int(i)); d.lines[i].chars <= 100 && !hasFullStop(text) {
				add(fromPlace, text)
			}
		}
	}
	for _, sc := range d.scripts {
		if sc.line >= max(0, s.title-1) && sc.line <= end && sc.node.FirstChild != nil {
			if code := sc.node.FirstChild.Data; len(code) < 2000 {
				add(fromScript, scriptDate(code))
			}
		}
	}
}

// scriptDate is the literal of a short script that holds a date, if the script says
// that it writes one.
func scriptDate(code string) string {
	if strings.Contains(code, "new Date") || strings.Contains(code, "getFullYear") {
		return ""
	}
	lower := strings.ToLower(code)
	for _, word := range []string{"pub", "date", "time", "document.write"} {
		if !strings.Contains(lower, word) {
			continue
		}
		for _, s := range literals(code) {
			if t, ok := firstStamp(s); ok && len(s) < 60 && !t.compact {
				return s
			}
		}
		return ""
	}
	return ""
}

// isClock tells a line that shows the day of today.
func isClock(s string) bool {
	if isCrumbs(s) || strings.Count(s, ">") > 1 {
		return false
	}
	return strings.Contains(s, "今天") || strings.Contains(s, "现在") || strings.Contains(s, "星期") || strings.Contains(s, "農曆") || strings.Contains(s, "农历") || strings.Contains(s, "截止") || strings.Contains(s, "有效期")
}

// machineDates are dates that elements keep for programs.
func (d *document) machineDates(s scene, add func(rank, string)) {
	for _, sc := range d.scripts {
		if sc.node.FirstChild == nil || !strings.EqualFold(attr(sc.node, "type"), "application/ld+json") {
			continue
		}
		code := sc.node.FirstChild.Data
		if i := strings.Index(code, `"datePublished"`); i >= 0 {
			add(fromMachine, code[i+len(`"datePublished"`):min(len(code), i+60)])
		}
	}
	from, end := s.head()
	for _, e := range d.times {
		if e.line >= from && e.line <= end {
			add(fromMachine, attr(e.node, "datetime"))
		}
	}
}

// pickDate decides between the candidates and says of each that is refused why.
func (d *document) pickDate(all []candidate) Date {
	d.refuse(all)
	best := -1
	for i := range all {
		if all[i].refused == "" && (best < 0 || all[i].rank < all[best].rank) {
			best = i
		}
	}
	if best < 0 {
		return Date{}
	}
	c := all[best]
	if i := better(all, c); i >= 0 {
		c.stamp = all[i].stamp
	}
	for i := range all {
		if i != best && all[i].refused == "" {
			all[i].refused = "outranked by " + rankNames[c.rank]
		}
	}
	return c.date()
}

// date is the candidate as a Date.
func (c candidate) date() Date {
	if c.rank == fromMeta && c.hour == 0 && c.minute == 0 && c.second == 0 {
		c.precision = PrecisionDay // PubDate 00:00 is no midnight
	}
	return Date{Time: c.time(), Precision: c.precision, Evidence: rankNames[c.rank] + ": " + c.shown, Weak: c.rank.isWeak()}
}

// refuse marks the candidates that cannot be: days to come, the moment the page was
// made, and a meta that the visible label and the address contradict.
func (d *document) refuse(all []candidate) {
	made := d.made()
	var label, url *candidate
	for i := range all {
		c := &all[i]
		switch t := c.time(); {
		case !d.from.Fetched.IsZero() && t.After(d.from.Fetched.Add(36*time.Hour)):
			c.refused = "after the page was fetched"
		case c.year < 1990:
			c.refused = "before there were portals"
		case c.rank == fromLabel && label == nil, c.rank == fromPlace && label == nil:
			label = c
		case c.rank == fromURL:
			url = c
		}
	}
	for i := range all {
		c := &all[i]
		if c.rank != fromMeta || c.refused != "" || label == nil {
			continue
		}
		apart := c.time().Sub(label.time()).Abs()
		switch {
		case made != "" && sameMoment(c.stamp, made) && c.day0() != label.day0():
			c.refused = "is when the page was made"
		case apart > 72*time.Hour && url != nil && url.day0() == label.day0():
			c.refused = "label and address say otherwise"
		}
	}
}

func (t stamp) day0() Day { return DayOf(t.time()) }

// made is what the page says of the moment it was made.
func (d *document) made() string {
	for _, m := range d.metas {
		if stampMetas[m.name] {
			return m.content
		}
	}
	return ""
}

func sameMoment(t stamp, s string) bool {
	for _, u := range stamps(s) {
		if u.year == t.year && u.month == t.month && u.day == t.day && (u.hour == t.hour && u.minute == t.minute || t.precision == PrecisionDay) {
			return true
		}
	}
	return false
}

// better is a candidate of the same day that says the time of day when c does not.
func better(all []candidate, c candidate) int {
	clock := c.hour+c.minute+c.second > 0
	if c.precision == PrecisionSecond && clock || c.precision == PrecisionMinute && clock && c.rank != fromMeta {
		return -1
	}
	for i, o := range all {
		if o.refused == "" && o.day0() == c.day0() && o.rank < fromURL && finer(o.stamp, c.stamp) {
			return i
		}
	}
	return -1
}

func finer(a, b stamp) bool {
	return a.hour+a.minute+a.second > 0 && (b.hour+b.minute+b.second == 0 || a.precision == PrecisionSecond && b.precision == PrecisionMinute && a.hour == b.hour && a.minute == b.minute)
}

// clip is s as evidence: its first 80 bytes or so.
func clip(s string) string {
	s = collapse(s)
	if len(s) <= 80 {
		return s
	}
	end := 80
	for end > 0 && s[end]&0xC0 == 0x80 {
		end--
	}
	return s[:end] + "…"
}
