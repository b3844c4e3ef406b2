package parser

import (
	"strings"
	"time"
	"unicode/utf8"
)

// A stamp is a date as it was printed somewhere in a text.
type stamp struct {
	start, end   int // bytes
	year         int // 0 when not printed
	month, day   int // day 0 when only the month was printed
	hour, minute int
	second       int
	precision    Precision
	zulu         bool // given in UTC
	compact      bool // 20220331
	short        bool // two digits for the year
}

// stamps lists the dates in s, in every form of PORTALS 2.1 that says at least
// month and day or year and month. Lunar dates and days that no calendar has are
// none.
func stamps(s string) []stamp {
	var out []stamp
	for i := 0; i < len(s); {
		if !mayBegin(s, i) {
			i++
			for i < len(s) && s[i]&0xC0 == 0x80 {
				i++
			}
			continue
		}
		t, ok := readStamp(s, i)
		if ok && !isLunar(s, t) {
			out = append(out, t)
		}
		i = skipNumber(s, i)
		if ok {
			i = max(i, t.end)
		}
	}
	return out
}

// firstStamp is the first date in s with a year.
func firstStamp(s string) (stamp, bool) {
	for _, t := range stamps(s) {
		if t.year != 0 && t.day != 0 {
			return t, true
		}
	}
	return stamp{}, false
}

// mayBegin tells whether a date may begin at i: at a digit of any script, or at the
// name of a month, that does not continue a number or word.
func mayBegin(s string, i int) bool {
	c := s[i]
	if c < utf8.RuneSelf {
		digit := c >= '0' && c <= '9'
		if !digit && !(c >= 'A' && c <= 'Z') {
			return false
		}
		return i == 0 || !isWordByte(s[i-1]) || digit && (s[i-1] == 't' || s[i-1] == 'P' || s[i-1] == 'W')
	}
	_, n := digitAt(s, i)
	return n > 0
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// skipNumber is the place after the number or word at i.
func skipNumber(s string, i int) int {
	begin := i
	for i < len(s) {
		if _, n := digitAt(s, i); n > 0 {
			i += n
			continue
		}
		if s[i] < utf8.RuneSelf && isWordByte(s[i]) {
			i++
			continue
		}
		break
	}
	if i == begin {
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	return i
}

// digitAt is the digit at i and its size; full-width and Chinese ones included.
// Tens are 10 (十), 20 (廿) and 30 (卅).
func digitAt(s string, i int) (value, size int) {
	c := s[i]
	if c < utf8.RuneSelf {
		if c >= '0' && c <= '9' {
			return int(c - '0'), 1
		}
		return 0, 0
	}
	if c < 0xE2 || c > 0xEF || i+3 > len(s) {
		return 0, 0
	}
	r := rune(c&0xF)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)
	switch r {
	case '〇', '○', '◯', '零':
		return 0, 3
	case '一':
		return 1, 3
	case '二':
		return 2, 3
	case '三':
		return 3, 3
	case '四':
		return 4, 3
	case '五':
		return 5, 3
	case '六':
		return 6, 3
	case '七':
		return 7, 3
	case '八':
		return 8, 3
	case '九':
		return 9, 3
	case '十':
		return 10, 3
	case '廿':
		return 20, 3
	case '卅':
		return 30, 3
	}
	if r >= '０' && r <= '９' {
		return int(r - '０'), 3
	}
	return 0, 0
}

// A number is a run of digits read at once.
type number struct {
	value  int
	digits int
	end    int
	han    bool // written in Chinese
	tens   bool // 十 was the last
}

// numberAt reads at most limit digits at i. 二〇二二 is 2022, 三十一 is 31.
func numberAt(s string, i, limit int) number {
	n := number{end: i}
	for n.end < len(s) && n.digits < limit {
		v, size := digitAt(s, n.end)
		if size == 0 {
			if n.han && n.digits > 0 && n.digits < 4 && strings.ContainsRune("OoＯ", firstRune(s[n.end:])) { // 二O二二
				_, size = utf8.DecodeRuneInString(s[n.end:])
				n.value, n.digits, n.end = n.value*10, n.digits+1, n.end+size
				continue
			}
			break
		}
		han := size > 1 && s[n.end] != 0xEF
		if n.digits > 0 && han != n.han && v != 0 {
			break
		}
		if n.digits == 0 {
			n.han = han
		}
		n.take(v)
		n.end += size
	}
	return n
}

// take adds a digit: a ten after a digit multiplies it.
func (n *number) take(v int) {
	switch {
	case v >= 10 && n.digits > 0:
		n.value *= v
	case v < 10 && n.tens:
		n.value += v // 三十一
	case v < 10:
		n.value = n.value*10 + v
	default:
		n.value = v
	}
	n.tens = v >= 10
	n.digits++
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// readStamp reads the date at i.
func readStamp(s string, i int) (stamp, bool) {
	if c := s[i]; c >= 'A' && c <= 'Z' {
		return readEnglish(s, i)
	}
	n := numberAt(s, i, 14)
	t := stamp{start: i}
	switch {
	case n.digits == 4 && plausible(n.value):
		t.year = n.value
		return t.afterYear(s, n.end)
	case !n.han && (n.digits == 8 || n.digits == 12 || n.digits == 14 || n.digits == 6) && n.end-i == n.digits:
		return t.fromCompact(s, n)
	case n.digits == 2 || n.digits == 1 || n.han && n.digits <= 3:
		return t.withoutYear(s, n)
	case n.digits == 3 && !n.han: // 民國111年
		return t.minguo(s, n)
	}
	return t, false
}

// plausible tells whether a page of today may be of that year.
func plausible(year int) bool { return year >= 1949 && year < 2100 }

// afterYear reads month and day after a year that ended at i.
func (t stamp) afterYear(s string, i int) (stamp, bool) {
	sep, at := separator(s, i)
	if sep == 0 {
		return t, false
	}
	m := numberAt(s, at, 3)
	if m.digits == 0 && strings.HasPrefix(s[at:], "元月") {
		m = number{value: 1, digits: 1, end: at + len("元"), han: true}
	}
	if m.digits == 0 || m.digits > 2 && !m.han || m.value < 1 || m.value > 12 {
		return t, false
	}
	t.month = m.value
	second, at := separator(s, m.end)
	if second == 0 || second != sep && !(sep == '年' && second == '月') {
		if sep == '年' {
			return t, false
		}
		return t.monthOnly(sep, m.end)
	}
	d := numberAt(s, at, 3)
	if d.digits == 0 || d.digits > 2 && !d.han {
		if sep == '年' {
			return t.monthOnly(sep, at)
		}
		return t, false
	}
	if !isDay(t.year, t.month, d.value) || tooLong(s, d) {
		return t, false
	}
	t.day = d.value
	return t.clock(s, d.end), true
}

// tooLong tells that digits follow the day that are no clock: 2026-02-00018.
func tooLong(s string, d number) bool {
	next := numberAt(s, d.end, 3)
	if d.han || next.digits == 0 {
		return false
	}
	colon := firstRune(s[next.end:])
	return d.digits < 2 || next.digits > 2 || !isColon(colon)
}

// monthOnly is a date of which the day was not printed; 2022/3 alone is none.
func (t stamp) monthOnly(sep rune, end int) (stamp, bool) {
	if sep != '年' && sep != '-' {
		return t, false
	}
	t.precision, t.end = PrecisionMonth, end
	return t, true
}

// separator reads what may stand between year, month and day: '-' for all dashes,
// and where it ends.
func separator(s string, i int) (sep rune, end int) {
	i = skipBlanks(s, i)
	if i >= len(s) {
		return 0, i
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	switch r {
	case '-', '–', '—', '―', '－', '‐', '−':
		sep = '-'
	case '/', '／':
		sep = '/'
	case '.', '．':
		sep = '.'
	case '年', '月':
		sep = r
	default:
		return 0, i
	}
	return sep, skipBlanks(s, i+n)
}

func skipBlanks(s string, i int) int {
	for i < len(s) {
		if s[i] == ' ' || s[i] == '\t' {
			i++
		} else if strings.HasPrefix(s[i:], "\u3000") {
			i += 3
		} else if strings.HasPrefix(s[i:], "\u00a0") {
			i += 2
		} else {
			break
		}
	}
	return i
}

// fromCompact reads 20220331, 20220331080509 and 202203.
func (t stamp) fromCompact(s string, n number) (stamp, bool) {
	digits := s[t.start:n.end]
	t.year, t.month, t.compact = atoi(digits[:4]), atoi(digits[4:6]), true
	t.end = n.end
	if len(digits) == 6 {
		t.precision = PrecisionMonth
		return t, plausible(t.year) && t.month >= 1 && t.month <= 12
	}
	t.day, t.precision = atoi(digits[6:8]), PrecisionDay
	if !plausible(t.year) || !isDay(t.year, t.month, t.day) {
		return t, false
	}
	if len(digits) >= 12 {
		t.hour, t.minute, t.precision = atoi(digits[8:10]), atoi(digits[10:12]), PrecisionMinute
	}
	if len(digits) == 14 {
		t.second, t.precision = atoi(digits[12:14]), PrecisionSecond
	}
	return t, t.hour < 24 && t.minute < 60 && t.second < 60
}

// withoutYear reads 03-31, 3月31日 and 22-03-31.
func (t stamp) withoutYear(s string, n number) (stamp, bool) {
	sep, at := separator(s, n.end)
	if sep == 0 || sep == '.' && !isDigitAt(s, at) {
		return t, false
	}
	if n.digits == 3 && !n.han {
		return t, false
	}
	m := numberAt(s, at, 3)
	if m.digits == 0 || m.digits > 2 && !m.han || n.digits > 2 && !n.han {
		return t, false
	}
	third, after := separator(s, m.end)
	if n.digits == 2 && !n.han && (third == sep || sep == '年' && third == '月') && isDigitAt(s, after) && sep != '月' {
		t.year, t.short = 2000+n.value, true
		return t.afterYear(s, n.end)
	}
	if sep == '年' || n.value < 1 || n.value > 12 || !isDay(2024, n.value, m.value) || tooLong(s, m) {
		return t, false
	}
	if third == sep && sep != '月' || third == '年' || third == '月' { // 1.2.3 is no date
		return t, false
	}
	t.month, t.day = n.value, m.value
	return t.clock(s, m.end), true
}

// minguo reads the years of the Republic, which Taiwan counts in: 民國111年3月31日.
func (t stamp) minguo(s string, n number) (stamp, bool) {
	head := trim(s[:t.start])
	if !strings.HasSuffix(head, "民國") && !strings.HasSuffix(head, "民国") {
		return t, false
	}
	t.year = n.value + 1911
	return t.afterYear(s, n.end)
}

func isDigitAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	_, n := digitAt(s, i)
	return n > 0
}

func isDay(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	return d <= 28 || time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() == d
}

func atoi(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// clock reads the time of day after a date that ends at i, if there is one.
func (t stamp) clock(s string, i int) stamp {
	t.precision, t.end = PrecisionDay, i
	for _, unit := range []string{"日", "号", "號"} {
		if strings.HasPrefix(s[skipBlanks(s, i):], unit) {
			t.end = skipBlanks(s, i) + len(unit)
		}
	}
	at, shift := beforeClock(s, t.end)
	h := numberAt(s, at, 2)
	if h.digits == 0 || h.han || h.value > 24 {
		return t
	}
	i = skipBlanks(s, h.end)
	colon := firstRune(s[i:])
	if i >= len(s) || !isColon(colon) && colon != '时' && colon != '時' && colon != '点' && colon != '點' {
		return t
	}
	i = skipBlanks(s, i+utf8.RuneLen(colon))
	m := numberAt(s, i, 2)
	if m.digits == 0 || m.value > 59 || m.han {
		return t
	}
	t.hour, t.minute, t.precision, t.end = h.value, m.value, PrecisionMinute, m.end
	if shift != 0 && t.hour < 12 && shift == 12 {
		t.hour += 12
	}
	if shift == -12 && t.hour == 12 {
		t.hour = 0
	}
	return t.seconds(s)
}

// beforeClock skips what may stand between day and clock: a T, a weekday, 上午.
// shift is 12 for the afternoon, -12 for the morning.
func beforeClock(s string, i int) (at, shift int) {
	for range 4 {
		i = skipBlanks(s, i)
		rest := s[i:]
		switch r := firstRune(rest); {
		case rest == "":
			return i, shift
		case r == 'T' || r == ',' || r == '，' || r == '(' || r == '（' || r == ')' || r == '）' || r == '|' || r == '-' && strings.HasPrefix(rest, "- "):
			i += utf8.RuneLen(r)
		case strings.HasPrefix(rest, "星期"), strings.HasPrefix(rest, "周"):
			i += len("周")
			for range 2 {
				if _, n := utf8.DecodeRuneInString(s[i:]); n == 3 && !isDigitAt(s, i-1) {
					i += n
					if isDigitAt(s, i-n) || strings.HasPrefix(s[i-n:], "日") {
						break
					}
				}
			}
		case strings.HasPrefix(rest, "下午"), strings.HasPrefix(rest, "晚上"), strings.HasPrefix(rest, "中午"), strings.HasPrefix(rest, "晚間"):
			i, shift = i+len("下午"), 12
		case strings.HasPrefix(rest, "上午"), strings.HasPrefix(rest, "凌晨"), strings.HasPrefix(rest, "早上"), strings.HasPrefix(rest, "早晨"):
			i, shift = i+len("上午"), -12
		default:
			return i, shift
		}
	}
	return i, shift
}

// seconds reads what may follow the minutes: seconds, a fraction, a zone.
func (t stamp) seconds(s string) stamp {
	i := skipBlanks(s, t.end)
	r := firstRune(s[i:])
	if r == '分' {
		t.end = i + len("分")
		i = skipBlanks(s, t.end)
		r = ':'
		if n := numberAt(s, i, 2); n.digits == 0 || !strings.HasPrefix(s[skipBlanks(s, n.end):], "秒") {
			return t.midnight()
		}
		i--
	}
	if isColon(r) && i < len(s) {
		at := i + 1
		if s[i] >= utf8.RuneSelf {
			at = i + utf8.RuneLen(r)
		}
		if n := numberAt(s, at, 2); n.digits > 0 && n.value < 60 {
			t.second, t.precision, t.end = n.value, PrecisionSecond, n.end
			if strings.HasPrefix(s[t.end:], "秒") {
				t.end += len("秒")
			}
		}
	}
	if strings.HasPrefix(s[t.end:], ".") { // fraction
		if n := numberAt(s, t.end+1, 9); n.digits > 0 {
			t.end = n.end
		}
	}
	if strings.HasPrefix(s[t.end:], "Z") {
		t.zulu = true
		t.end++
	}
	if zone := strings.TrimLeft(s[t.end:], " "); strings.HasPrefix(zone, "GMT") || strings.HasPrefix(zone, "UTC") {
		t.zulu = t.zulu || len(zone) == 3 || zone[3] != '+' && zone[3] != '-'
	}
	return t.midnight()
}

// midnight turns 24:00 into 0:00 of the next day.
func (t stamp) midnight() stamp {
	if t.hour == 24 && t.year > 0 {
		next := time.Date(t.year, time.Month(t.month), t.day+1, 0, 0, 0, 0, time.UTC)
		t.year, t.month, t.day, t.hour = next.Year(), int(next.Month()), next.Day(), 0
	}
	t.hour %= 24
	return t
}

func isColon(r rune) bool { return r == ':' || r == '：' || r == '∶' || r == '︰' }

// time is the instant, or the start of the day or month, in Beijing.
func (t stamp) time() time.Time {
	zone := Beijing
	if t.zulu {
		zone = time.UTC
	}
	return time.Date(t.year, time.Month(t.month), max(t.day, 1), t.hour, t.minute, t.second, 0, zone).In(Beijing)
}

// isLunar tells a date of the lunar calendar, which looks like any other.
func isLunar(s string, t stamp) bool {
	head := s[max(0, t.start-30):t.start]
	for _, word := range []string{"农历", "農曆", "阴历", "陰曆", "旧历", "夏历"} {
		if i := strings.LastIndex(head, word); i >= 0 && !strings.ContainsAny(head[i:], "月日)）,，;；。") {
			return true
		}
	}
	return false
}

var months = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// readEnglish reads Mar 31, 2022; the day before the month is read there too.
func readEnglish(s string, i int) (stamp, bool) {
	t := stamp{start: i}
	for k, name := range months {
		if !strings.HasPrefix(s[i:], name) {
			continue
		}
		at := i + len(name)
		for at < len(s) && s[at]|0x20 >= 'a' && s[at]|0x20 <= 'z' || at < len(s) && s[at] == '.' {
			at++
		}
		if at-i > len("September.") {
			return t, false
		}
		t.month = k + 1
		return t.englishDay(s, at)
	}
	return t, false
}

func (t stamp) englishDay(s string, at int) (stamp, bool) {
	d := numberAt(s, skipBlanks(s, at), 4)
	if d.digits == 4 && plausible(d.value) { // 31 March 2022
		before := strings.TrimRight(s[:t.start], " ")
		j := len(before)
		for j > 0 && before[j-1] >= '0' && before[j-1] <= '9' && len(before)-j < 2 {
			j--
		}
		if j == len(before) {
			return t, false
		}
		t.start, t.day, t.year = j, atoi(before[j:]), d.value
		if !isDay(t.year, t.month, t.day) {
			return t, false
		}
		return t.clock(s, d.end), true
	}
	at = d.end
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		at += len(suffix) * btoi(strings.HasPrefix(s[at:], suffix))
	}
	at = skipBlanks(s, at)
	if strings.HasPrefix(s[at:], ",") {
		at = skipBlanks(s, at+1)
	}
	y := numberAt(s, at, 4)
	if y.digits != 4 || !plausible(y.value) || !isDay(y.value, t.month, d.value) {
		return t, false
	}
	t.year, t.day = y.value, d.value
	return t.clock(s, y.end), true
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
