package parser

import (
	"strings"
	"time"
)

// A rowDate is the date in a row; the year may be missing.
type rowDate struct {
	stamp
	ok bool
}

// rowStamp finds the date of a row: outside the title first, then in the anchor, then
// put together from pieces.
func (d *document) rowStamp(r row) rowDate {
	a := &d.anchors[r.anchor]
	inside := rowDate{}
	for i := r.first; i < r.end; i++ {
		l := &d.lines[i]
		if l.chars > 300 {
			continue
		}
		text := d.lineText(int(i))
		for _, t := range stamps(text) {
			if t.compact || t.day == 0 {
				continue
			}
			at := l.start + int32(t.start)
			if at >= a.start && at < a.end {
				if !inside.ok && atEdge(d.text[a.start:a.end], int(at-a.start), t) {
					inside = rowDate{t, true}
				}
				continue
			}
			if t.year == 0 && !standsAlone(text, t) {
				continue
			}
			return rowDate{t, true}
		}
	}
	if inside.ok {
		return inside
	}
	return d.splitStamp(r)
}

// atEdge tells whether a date inside an anchor stands before or after the title.
func atEdge(s string, at int, t stamp) bool {
	end := at + t.end - t.start
	before, after := trim(s[:min(at, len(s))]), ""
	if end < len(s) {
		after = trim(s[end:])
	}
	return strings.Trim(before, "[(（【") == "" || strings.Trim(after, "])）】") == ""
}

// standsAlone tells whether nothing but brackets is around a date without year in
// its line, or a blank on its left.
func standsAlone(s string, t stamp) bool {
	before, after := s[:t.start], s[t.end:]
	return strings.TrimRight(after, " ])】）］日") == "" || strings.Trim(before, " [(【（［") == ""
}

// splitStamp puts a date together that stands in pieces on lines of their own: 31
// and 2022-03, or 2022 and 03-31.
func (d *document) splitStamp(r row) rowDate {
	var year, month, day int
	var rest stamp
	for i := r.first; i < r.end; i++ {
		l := &d.lines[i]
		if l.chars > 12 {
			continue
		}
		text := strings.Trim(d.lineText(int(i)), " []()【】（）/-.")
		for _, t := range stamps(text) {
			if t.precision == PrecisionMonth && !t.compact {
				year, month = t.year, t.month
			} else if t.year == 0 && t.day != 0 {
				rest = t
			}
		}
		n := numberAt(text, 0, 4)
		tail := strings.TrimLeft(text[n.end:], " ")
		switch {
		case n.digits == 4 && plausible(n.value) && (tail == "" || tail == "年"):
			year = n.value
		case n.digits > 0 && n.digits <= 2 && (tail == "" || tail == "日") && n.value >= 1 && n.value <= 31 && day == 0:
			day = n.value
		case n.digits > 0 && n.digits <= 2 && tail == "月" && n.value <= 12:
			month = n.value
		}
	}
	t := stamp{year: year, month: month, day: day, precision: PrecisionDay}
	if rest.day != 0 && year != 0 {
		t.month, t.day = rest.month, rest.day
	}
	if t.month == 0 || t.day == 0 || !isDay(max(t.year, 2000*btoi(t.year == 0)), t.month, t.day) {
		return rowDate{}
	}
	return rowDate{t, true}
}

// day completes the date of a row: a year that was not printed is that of the
// article's address, else the one that makes it the latest day not after fetched.
func (w rowDate) date(address string, fetched time.Time) Day {
	if !w.ok {
		return Day{}
	}
	if w.year != 0 {
		return DayOf(w.time())
	}
	if t, ok := stampOfURL(address); ok && t.month == w.month && (t.day == 0 || t.day == w.day) {
		return Day{t.year, w.month, w.day}
	}
	limit := DayOf(fetched.AddDate(0, 0, 1))
	day := Day{limit.Year, w.month, w.day}
	if day.Compare(limit) > 0 {
		day.Year--
	}
	if !isDay(day.Year, day.Month, day.Day) {
		return Day{}
	}
	return day
}
