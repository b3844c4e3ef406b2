package parser

import "strings"

// stampOfURL reads the date in the address of an article, in the shapes that content
// management systems give it (PORTALS 1.A); day is 0 when only the month is there.
func stampOfURL(address string) (stamp, bool) {
	path, _, _ := strings.Cut(address, "?")
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
	}
	if i := strings.IndexByte(path, '/'); i >= 0 {
		path = path[i:]
	}
	var month stamp
	for rest := path; rest != ""; {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
		if t, ok := datedSegment(rest); ok {
			if t.day != 0 {
				return t, true
			}
			month = t
		}
	}
	return month, month.month != 0
}

// datedSegment reads a date at the start of a path.
func datedSegment(path string) (stamp, bool) {
	s, rest, _ := strings.Cut(path, "/")
	s = strings.TrimPrefix(s, "t") // TRS: t20220331_12.html
	digits := leadingDigits(s)
	switch {
	case digits == 8, digits == 17, digits == 14, digits > 8 && digits < 14 && strings.HasPrefix(rest, "index."), digits >= 14:
		return ofDigits(s[:8])
	case digits == 6 && len(s) == 6:
		if t, ok := ofDigits(s + leading(rest, 2)); ok && leadingDigits(rest) == 2 {
			return t, true
		}
		return ofDigits(s)
	case digits == 4 && len(s) == 4:
		return ofYear(s, rest)
	case digits == 4 && s[4] == '-':
		return ofDashes(s, rest)
	}
	return stamp{}, false
}

// ofYear reads 2022/03/31, 2022/3/31, 2022/0331 and 2022/03-31.
func ofYear(year, rest string) (stamp, bool) {
	s, rest, _ := strings.Cut(rest, "/")
	switch n := leadingDigits(s); {
	case n == 4 && len(s) == 4:
		return ofDigits(year + s)
	case n == 2 && len(s) == 5 && s[2] == '-':
		return ofDigits(year + s[:2] + s[3:])
	case n <= 2 && n > 0 && n == len(s):
		day, _, _ := strings.Cut(rest, "/")
		if k := leadingDigits(day); k > 0 && k <= 2 && k == len(day) {
			return ofDigits(year + pad(s) + pad(day))
		}
		return ofDigits(year + pad(s))
	}
	return stamp{}, false
}

// ofDashes reads 2022-03-31 and 2022-03/31.
func ofDashes(s, rest string) (stamp, bool) {
	if len(s) < 6 {
		return stamp{}, false
	}
	month, day, found := strings.Cut(s[5:], "-")
	if !found {
		day, _, _ = strings.Cut(rest, "/")
	}
	if !isShort(month) {
		return stamp{}, false
	}
	if n := leadingDigits(day); n > 0 && n <= 2 {
		return ofDigits(s[:4] + pad(month) + pad(day[:n]))
	}
	return ofDigits(s[:4] + pad(month))
}

func isShort(s string) bool { return len(s) > 0 && len(s) <= 2 && leadingDigits(s) == len(s) }

// ofDigits reads YYYYMMDD or YYYYMM.
func ofDigits(s string) (stamp, bool) {
	if n := leadingDigits(s); n != len(s) || n != 8 && n != 6 {
		return stamp{}, false
	}
	t := stamp{year: atoi(s[:4]), month: atoi(s[4:6]), precision: PrecisionMonth}
	if len(s) == 8 {
		t.day, t.precision = atoi(s[6:]), PrecisionDay
	}
	return t, plausible(t.year) && isDay(t.year, t.month, max(t.day, btoi(len(s) == 6)))
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func leading(s string, n int) string { return s[:min(n, len(s))] }

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}
