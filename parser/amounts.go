package parser

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// currencies are the words before 元, and the units that are none, with their codes of
// ISO 4217.
var currencies = []struct{ word, code string }{
	{"美元", "USD"}, {"港元", "HKD"}, {"欧元", "EUR"}, {"日元", "JPY"}, {"澳元", "AUD"}, {"加元", "CAD"}, {"韩元", "KRW"}, {"澳门元", "MOP"},
	{"新台币元", "TWD"}, {"台币", "TWD"}, {"英镑", "GBP"}, {"港币", "HKD"}, {"元", "CNY"},
}

// multiples of a Chinese number, longest first.
var multiples = []struct {
	word  string
	times float64
}{{"万亿", 1e12}, {"千亿", 1e11}, {"百亿", 1e10}, {"千万", 1e7}, {"百万", 1e6}, {"亿", 1e8}, {"万", 1e4}, {"萬", 1e4}, {"億", 1e8}, {"千", 1e3}, {"百", 100}}

// amounts finds the sums of money in a text: digits, a multiple, a currency.
func amounts(text string) []Amount {
	var ends []int // of the last characters of currencies
	for _, last := range []string{"元", "镑", "币"} {
		for at := 0; ; {
			i := strings.Index(text[at:], last)
			if i < 0 {
				break
			}
			at += i + len(last)
			ends = append(ends, at)
		}
	}
	slices.Sort(ends)
	var out []Amount
	for _, end := range ends {
		if a, ok := amountBefore(text, end); ok {
			out = append(out, a)
		}
	}
	return out
}

// amountBefore reads the sum whose currency ends at byte end.
func amountBefore(text string, end int) (Amount, bool) {
	if next := firstRune(text[end:]); end < len(text) && strings.ContainsRune("旦月宵素件首老代年世人", next) {
		return Amount{}, false
	}
	head, a := text[:end], Amount{}
	for _, c := range currencies {
		if rest, ok := strings.CutSuffix(head, c.word); ok {
			head, a.Currency = rest, c.code
			break
		}
	}
	if a.Currency == "" {
		return a, false
	}
	head = cutMore(head)
	times := 1.0
	for _, m := range multiples {
		if rest, ok := strings.CutSuffix(head, m.word); ok {
			head, times = rest, m.times
			break
		}
	}
	head = cutMore(head)
	start := numberStart(head)
	n, err := strconv.ParseFloat(strings.ReplaceAll(narrow(head[start:]), ",", ""), 64)
	if err != nil {
		return a, false
	}
	a.Text, a.Value = text[start:end], n*times
	return a, true
}

// cutMore cuts 余 and 多 off the end: 300多万元.
func cutMore(s string) string {
	s = strings.TrimRight(s, " \u3000")
	return strings.TrimSuffix(strings.TrimSuffix(s, "余"), "多")
}

// numberStart is where the number at the end of s begins.
func numberStart(s string) int {
	i := len(s)
	for i > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		if r >= '0' && r <= '9' || r >= '０' && r <= '９' || r == '.' || r == ',' || r == '．' {
			i -= n
			continue
		}
		break
	}
	for i < len(s) && (s[i] == '.' || s[i] == ',') {
		i++
	}
	return i
}

// narrow makes full-width digits plain.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' || r == '．' {
			return r - '０' + '0'
		}
		return r
	}, s)
}
