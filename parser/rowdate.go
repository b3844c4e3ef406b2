package parser

import (
	"sort"
	"strings"
	"time"
)

// A rowDate is the date in a row; the year may be missing, or all but the distance
// from the day on which the page was fetched.
type rowDate struct {
	stamp
	ok   bool
	back time.Duration // before the page was fetched, where the stamp is empty
}

// A trace is what in a line may be of a date. Most lines have none, and are not looked at
// more closely.
type trace uint8

const (
	traced trace = 1 << iota // the line was looked at
	aDigit                   // a digit of any script
	aDate                    // a digit, what parts days and months, and a digit
	anAgo                    // 3天前, 刚刚
)

// trace looks a line through, once.
func (d *document) trace(i int32) trace {
	if d.traces == nil {
		d.traces = make([]trace, len(d.lines))
	}
	if d.traces[i] == 0 {
		d.traces[i] = traceOf(d.lineText(int(i)))
	}
	return d.traces[i]
}

func traceOf(s string) trace {
	t := traced
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			t |= aDigit
			if t&aDate == 0 && i+1 < len(s) && partsDate(s[i+1:]) {
				t |= aDate
			}
		case c == 0xE5 && i+2 < len(s): // 刚, 前, 半
			if c := s[i : i+3]; c == "刚" || c == "前" {
				t |= anAgo
			}
		case c == 0xE4 || c == 0xE6 || c == 0xE3 || c == 0xEF:
			t |= traceWide(s[i:])
		}
	}
	return t
}

// partsDate tells whether what follows a digit parts it from the next of a date.
func partsDate(s string) bool {
	switch s[0] {
	case '-', '/', '.', ' ':
		return len(s) > 1 && s[1] >= '0' && s[1] <= '9'
	}
	return strings.HasPrefix(s, "年") || strings.HasPrefix(s, "月")
}

// traceWide looks at a character outside ASCII: full-width and Chinese digits, 今天, 昨天.
func traceWide(s string) trace {
	if _, n := digitAt(s, 0); n > 0 {
		return aDigit | aDate
	}
	if strings.HasPrefix(s, "今") || strings.HasPrefix(s, "昨") {
		return anAgo
	}
	return 0
}

// datedLines is how many lines near each other may hold the date of a row, counted up to
// most: links with one, or next to nothing beside it.
func (d *document) datedLines(most int) int {
	n, run, last := 0, 0, -rowGap
	for i := range d.lines {
		l := &d.lines[i]
		if l.chars > longestRowLine/2 || l.links == 0 && l.chars > dateLine || d.trace(int32(i))&aDate == 0 {
			continue
		}
		if i-last > rowGap {
			run = 0
		}
		run, last = run+1, i
		if n = max(n, run); n == most {
			break
		}
	}
	return n
}

// rowGap is how many lines lie at most between the dates of two rows.
const rowGap = 8

// dateLine is the length in characters of a line that holds a date and a word or two.
const dateLine = 24

// longestRowLine is the length in characters up to which a line of a row is looked
// at for a date.
const longestRowLine = 300

// rowStamp finds the date of a row: outside the title first, then in the anchor, then
// put together from pieces, then as a distance.
func (d *document) rowStamp(r row) rowDate {
	all := trace(0)
	for i := r.first; i < r.end; i++ {
		all |= d.trace(i)
	}
	if all&aDigit != 0 {
		for i := r.first; i < r.end; i++ {
			if w := d.stampBeside(i, r.anchor); w.ok {
				return d.withYear(w, r)
			}
		}
		for i := r.first; i < r.end; i++ {
			if w := d.stampBehind(i, r.anchor); w.ok {
				return w
			}
		}
		if w := d.stampInside(r); w.ok {
			return w
		}
		if w := d.splitStamp(r); w.ok {
			return w
		}
	}
	if all&anAgo != 0 {
		return d.relativeStamp(r)
	}
	return rowDate{}
}

// stampBeside finds a date in what a line holds before and behind the anchor of the
// title.
func (d *document) stampBeside(i, title int32) rowDate {
	l := &d.lines[i]
	if l.chars > longestRowLine || d.trace(i)&aDigit == 0 || d.isSummary(i, title) {
		return rowDate{}
	}
	if title < 0 || d.anchors[title].end <= l.start || d.anchors[title].start >= l.end {
		return d.stampIn(l.start, l.end)
	}
	a := &d.anchors[title]
	if w := d.stampIn(min(a.end, l.end), l.end); w.ok {
		return w
	}
	return d.stampIn(l.start, max(a.start, l.start))
}

// isSummary tells a line of sentences without the title, whose dates are of what it tells.
func (d *document) isSummary(i, title int32) bool {
	l := &d.lines[i]
	if l.punct == 0 || l.chars <= 2*minLine || l.linked*2 > l.chars || title >= 0 && d.anchors[title].line == i {
		return false
	}
	return strings.Contains(d.lineText(int(i)), "，") || hasFullStop(d.lineText(int(i)))
}

// stampBehind finds a date with its year at the end of a summary.
func (d *document) stampBehind(i, title int32) rowDate {
	if !d.isSummary(i, title) || d.trace(i)&aDate == 0 || d.lines[i].chars > 3*longestRowLine {
		return rowDate{}
	}
	s := d.lineText(int(i))
	all := stamps(s)
	if n := len(all); n > 0 {
		if t := all[n-1]; t.year != 0 && t.day != 0 && !t.compact && strings.Trim(s[t.end:], " ])】）］") == "" {
			return rowDate{stamp: t, ok: true}
		}
	}
	return rowDate{}
}

// stampIn finds a date in a piece of the text: as it reads, else between the borders
// of elements, where numbers often touch: <span>2020-12-04</span><b>139</b>.
func (d *document) stampIn(start, end int32) rowDate {
	if end-start < 3 {
		return rowDate{}
	}
	if w := listStamp(d.text[start:end]); w.ok {
		return w
	}
	for _, piece := range d.segments(start, end) {
		if w := listStamp(piece); w.ok {
			return w
		}
	}
	return rowDate{}
}

// segments are a piece of the text, parted at the borders of the elements in it.
func (d *document) segments(start, end int32) []string {
	var out []string
	k := sort.Search(len(d.cuts), func(k int) bool { return d.cuts[k] > start })
	for ; k < len(d.cuts) && d.cuts[k] < end; k++ {
		if d.cuts[k] > start {
			out = append(out, d.text[start:d.cuts[k]])
			start = d.cuts[k]
		}
	}
	return append(out, d.text[start:end])
}

// listStamp is the first date of s that a list would print.
func listStamp(s string) rowDate {
	for _, t := range stamps(s) {
		if t.day == 0 || t.compact && strings.Trim(s, " []()【】") != s[t.start:t.end] || t.year == 0 && !standsAlone(s, t) {
			continue
		}
		return rowDate{stamp: t, ok: true}
	}
	return rowDate{}
}

// stampInside finds a date before or behind the title in its anchor.
func (d *document) stampInside(r row) rowDate {
	if r.anchor < 0 {
		return rowDate{}
	}
	a := &d.anchors[r.anchor]
	s := d.text[a.start:a.end]
	if len(s) > 3*longestRowLine {
		return rowDate{}
	}
	for i := a.line; int(i) < len(d.lines) && d.lines[i].start < a.end; i++ { // lines of their own
		if l := &d.lines[i]; l.chars < 20 && isOnlyDate(d.lineText(int(i))) {
			return listStamp(d.lineText(int(i)))
		}
	}
	for _, t := range stamps(s) {
		if t.day != 0 && !t.compact && d.atEdge(s, t, a.start) {
			return rowDate{stamp: t, ok: true}
		}
	}
	w, _, _ := d.partedDate(a)
	return w
}

// partedDate finds the date in elements of their own before or behind the title in an anchor:
// <b>15</b><i>2024.03</i>, and where the title is.
func (d *document) partedDate(a *anchor) (w rowDate, start, end int32) {
	segments := d.segments(a.start, a.end)
	first, last := 0, len(segments)
	var p pieces
	for start = a.start; first < last && isDatePiece(segments[first]); first++ {
		p.add(segments[first])
		start += int32(len(segments[first]))
	}
	for end = a.end; first < last && isDatePiece(segments[last-1]); last-- {
		p.add(segments[last-1])
		end -= int32(len(segments[last-1]))
	}
	if w = p.date(); !w.ok || first == last {
		return rowDate{}, a.start, a.end
	}
	return w, start, end
}

// isDatePiece tells a text of digits and what parts a date.
func isDatePiece(s string) bool {
	s = strings.Trim(s, " []()【】")
	return strings.Trim(s, "0123456789-/.年月日 ") == "" && len(s) <= len("2024年03月15日") && (s == "" || strings.ContainsAny(s, "0123456789-/."))
}

// atEdge tells whether a date stands before or after all else in s, which begins at start,
// and apart from it: by a blank, a bracket or the border of an element. 6月1日儿童节 has none.
func (d *document) atEdge(s string, t stamp, start int32) bool {
	const around = "[](（)）【】"
	before, after := s[:t.start], s[t.end:]
	switch {
	case strings.Trim(trim(before), around) == "":
		return after != trim(after) || strings.HasPrefix(after, "]") || strings.HasPrefix(after, "】") || strings.HasPrefix(after, ")") || strings.HasPrefix(after, "）") || d.isBorder(start+int32(t.end))
	case strings.Trim(trim(after), around) == "":
		return before != trim(before) || strings.TrimRight(before, around) != before || d.isBorder(start+int32(t.start))
	}
	return false
}

// isBorder tells whether an element begins or ends at a place of the text.
func (d *document) isBorder(at int32) bool {
	k := sort.Search(len(d.cuts), func(k int) bool { return d.cuts[k] >= at })
	return k < len(d.cuts) && d.cuts[k] == at
}

// standsAlone tells whether nothing but brackets is beside a date without year, on
// one of its sides.
func standsAlone(s string, t stamp) bool {
	before, after := s[:t.start], s[t.end:]
	return strings.TrimRight(after, " ])】）］日") == "" || strings.Trim(before, " [(【（［") == ""
}

// lentStamp is the date in the unit beside a row that holds nothing else: <dt> and
// <dd>, or a paragraph of its own.
func (d *document) lentStamp(units []row, k int) rowDate {
	for _, i := range []int{k + 1, k - 1} {
		if i < 0 || i >= len(units) {
			continue
		}
		u := units[i]
		if u.end-u.first != 1 || u.from != u.to || d.lines[u.first].chars > 24 {
			continue
		}
		before := k == 0 || i == k+1
		if text := d.lineText(int(u.first)); isOnlyDate(text) && (before || d.datesLead(units)) {
			return listStamp(text)
		}
	}
	return rowDate{}
}

// datesLead tells whether the dates of units stand before their titles.
func (d *document) datesLead(units []row) bool {
	return len(units) > 0 && units[0].from == units[0].to && isOnlyDate(d.lineText(int(units[0].first)))
}

// withYear takes the year of a day that was printed without one from elsewhere in the row.
func (d *document) withYear(w rowDate, r row) rowDate {
	if w.year != 0 {
		return w
	}
	if whole := d.splitStamp(r); whole.ok && whole.year != 0 && whole.month == w.month && whole.day == w.day {
		return whole
	}
	return w
}

// splitStamp puts a date together that stands in pieces, in lines or elements of their own:
// 31 and 2022-03, or 2022 and 03-31.
func (d *document) splitStamp(r row) rowDate {
	var p pieces
	for i := r.first; i < r.end; i++ {
		l := &d.lines[i]
		if l.chars > longestRowLine || d.trace(i)&aDigit == 0 && l.chars > 9 {
			continue
		}
		for _, part := range d.beside(i, r.anchor) {
			for _, piece := range d.segments(part[0], part[1]) {
				if len(piece) <= longestPiece {
					p.add(piece)
				}
			}
		}
	}
	return p.date()
}

// longestPiece is the length in bytes of a piece of a date: September 2022.
const longestPiece = 20

// beside are the ranges of a line before and behind the anchor of the title.
func (d *document) beside(i, title int32) [][2]int32 {
	l := &d.lines[i]
	if title < 0 || d.anchors[title].end <= l.start || d.anchors[title].start >= l.end {
		return [][2]int32{{l.start, l.end}}
	}
	a := &d.anchors[title]
	return [][2]int32{{l.start, max(a.start, l.start)}, {min(a.end, l.end), l.end}}
}

// pieces of a date; 0 where one is missing.
type pieces struct {
	year, month, day int
	rest             stamp // month and day
}

func (p *pieces) add(s string) {
	s = strings.Trim(s, " []()【】/-.")
	for _, t := range stamps(s) {
		switch {
		case t.year != 0 && t.day != 0:
			p.year, p.month, p.day = t.year, t.month, t.day
			return
		case t.precision == PrecisionMonth && !t.compact:
			p.year, p.month = t.year, t.month
			return
		case t.year == 0 && t.day != 0:
			p.rest = t
			return
		}
	}
	n := numberAt(s, 0, 4)
	tail := trim(s[n.end:])
	month := strings.TrimLeft(tail, "./")
	switch {
	case n.digits == 4 && plausible(n.value) && len(month) < len(tail) && isShort(month) && atoi(month) <= 12: // 2024.03
		p.year, p.month = n.value, atoi(month)
	case n.digits == 4 && plausible(n.value) && (tail == "" || tail == "年"):
		p.year = n.value
	case n.digits > 0 && n.digits <= 2 && (tail == "" || tail == "日") && n.value >= 1 && n.value <= 31 && p.day == 0:
		p.day = n.value
	case n.digits > 0 && n.digits <= 2 && tail == "月" && n.value <= 12:
		p.month = n.value
	case n.digits == 0 && len(s) >= 3 && len(s) <= 9: // Mar
		for k, name := range months {
			if len(s) >= 3 && strings.EqualFold(s[:3], name) {
				p.month = k + 1
			}
		}
	}
}

func (p *pieces) date() rowDate {
	t := stamp{year: p.year, month: p.month, day: p.day, precision: PrecisionDay}
	if p.rest.day != 0 && p.year != 0 {
		t.month, t.day = p.rest.month, p.rest.day
	}
	if t.month == 0 || t.day == 0 || !isDay(max(t.year, 2000*btoi(t.year == 0)), t.month, t.day) {
		return rowDate{}
	}
	return rowDate{stamp: t, ok: true}
}

// relativeStamp reads how long ago a row says that it was published.
func (d *document) relativeStamp(r row) rowDate {
	for i := r.first; i < r.end; i++ {
		l := &d.lines[i]
		from := l.start
		if r.anchor >= 0 && d.anchors[r.anchor].end < l.end && d.anchors[r.anchor].start >= l.start {
			from = d.anchors[r.anchor].end
		} else if r.anchor >= 0 && l.chars > 12 {
			continue
		}
		if back, ok := howLongAgo(strings.Trim(d.text[from:l.end], " []()【】")); ok {
			return rowDate{ok: true, back: back}
		}
	}
	return rowDate{}
}

// howLongAgo reads 刚刚, 5分钟前, 半小时前, 今天 14:30, 昨天, 3天前, 2周前.
func howLongAgo(s string) (time.Duration, bool) {
	const day = 24 * time.Hour
	for word, back := range map[string]time.Duration{"刚刚": 0, "今天": 0, "今日": 0, "昨天": day, "昨日": day, "前天": 2 * day, "半小时前": time.Hour / 2} {
		if rest, ok := strings.CutPrefix(s, word); ok && len(rest) < 10 && strings.Trim(rest, " 0123456789:：") == "" {
			return back, true
		}
	}
	n := numberAt(s, 0, 4)
	if n.digits == 0 || n.digits > 2 && n.value > 999 {
		return 0, false
	}
	for word, unit := range map[string]time.Duration{"秒前": time.Second, "分钟前": time.Minute, "小时前": time.Hour, "天前": day, "周前": 7 * day, "星期前": 7 * day} {
		if trim(s[n.end:]) == word {
			return time.Duration(n.value) * unit, true
		}
	}
	return 0, false
}

// date completes the date of a row: a year that was not printed is that of the
// article's address, else the one that makes it the latest day not after fetched.
func (w rowDate) date(address string, fetched time.Time) Day {
	switch {
	case !w.ok:
		return Day{}
	case w.month == 0 && fetched.IsZero():
		return Day{}
	case w.month == 0:
		return DayOf(fetched.Add(-w.back))
	case w.year != 0:
		return DayOf(w.time())
	}
	if t, ok := stampOfURL(address); ok && t.month == w.month && (t.day == 0 || t.day == w.day) {
		return Day{t.year, w.month, w.day}
	}
	if fetched.IsZero() {
		return Day{}
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
