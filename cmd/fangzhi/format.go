package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhi/archive"
	"fangzhi/config"
	"fangzhi/parser"
)

// size is a number of bytes in the unit that suits it: 12.3 MB.
func size(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, units := float64(n), []string{"kB", "MB", "GB", "TB", "PB"}
	i := -1
	for v >= 999.5 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if v < 10 {
		return fmt.Sprintf("%.1f %s", v, units[i])
	}
	return fmt.Sprintf("%.0f %s", v, units[i])
}

// duration is a span of seconds as people read it: 0.4s, 3m12s, 24h, 3分12秒.
func (l lang) duration(seconds float64) string {
	text := strconv.FormatFloat(math.Round(seconds*10)/10, 'f', -1, 64) + "s"
	if seconds >= 10 {
		d := time.Duration(seconds * float64(time.Second))
		text = config.Duration{Duration: d.Round(time.Second)}.String()
	}
	if l == chinese {
		text = chineseUnits.Replace(text)
	}
	return text
}

var chineseUnits = strings.NewReplacer("h", "小时", "m", "分", "s", "秒")

// reasons are counts by reason, most frequent first: not-found 3, challenge 1.
func reasons(counts map[archive.Reason]int) string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b archive.Reason) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(string(a), string(b)))
	})
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = fmt.Sprintf("%s %d", k, counts[k])
	}
	return strings.Join(parts, ", ")
}

// moment is an instant as people in China read it, "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(parser.Beijing).Format("2006-01-02 15:04")
}

// middle is the median.
func middle(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}

// spanText is "A to B" of two instants, or the one.
func spanText(first, last time.Time) string {
	a, b := moment(first), moment(last)
	if a == b || b == "" {
		return a
	}
	return a + " .. " + b
}
