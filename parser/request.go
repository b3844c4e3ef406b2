package parser

import (
	"net/url"
	"strconv"
	"strings"
)

// A counter is a parameter of a request that says which page is wanted.
type counter struct {
	name string
	size string // the parameter with the rows of a page when name counts rows, "" when it counts pages
}

// counters are the names that portals give it, those that are sure first.
var counters = []counter{
	{"pageNo", ""}, {"pageNumber", ""}, {"pageNum", ""}, {"pageIndex", ""}, {"currentPage", ""}, {"curPage", ""}, {"currPage", ""},
	{"cur_page", ""}, {"pageno", ""}, {"PageNo", ""}, {"PAGENUM", ""}, {"currpage", ""}, {"Paging", ""}, {"pageing", ""}, {"paged", ""},
	{"pn", "rn"}, {"offset", "limit"}, {"start", "rows"}, {"page", ""},
}

// sizes are parameters and numbers of an answer that say how many rows a page has.
var sizes = []string{"pageSize", "_pageSize", "pagesize", "perPage", "perpage", "prepage", "rows", "size", "rn", "limit", "numPerPage"}

// A place is where a number stands in a request.
type place struct {
	form       bool // in the form, else in the address
	start, end int
}

func (q Request) text(form bool) string {
	if form {
		return q.Form
	}
	return q.URL
}

// find looks for a parameter with a number in the form, then in the query; in JSON and
// in JSON within a query too.
func (q Request) find(name string) (p place, value int, ok bool) {
	for _, form := range []bool{true, false} {
		s := q.text(form)
		from := 0
		if !form {
			from = strings.IndexByte(s, '?') + 1
		}
		if from == 0 && !form {
			continue
		}
		for _, mark := range []string{name + "=", `"` + name + `":`, "%22" + name + "%22%3A", "%22" + name + "%22%3a", "%22" + name + "%22:"} {
			start := parameter(s, mark, from)
			if start < 0 {
				continue
			}
			if strings.HasPrefix(s[start:], `"`) {
				start++
			}
			if n := leadingDigits(s[start:]); n > 0 && n < 9 {
				return place{form, start, start + n}, atoi(s[start : start+n]), true
			}
		}
	}
	return p, 0, false
}

// parameter is where the value of a parameter begins, -1 if it is not there.
func parameter(s, mark string, from int) int {
	for at := from; ; {
		i := strings.Index(s[at:], mark)
		if i < 0 {
			return -1
		}
		i += at
		if at = i + len(mark); i == from || mark[0] == '"' || mark[0] == '%' || s[i-1] == '&' || s[i-1] == '?' {
			return at
		}
	}
}

// with is the request with another number at p.
func (q Request) with(p place, n int) Request {
	s := q.text(p.form)
	s = s[:p.start] + strconv.Itoa(n) + s[p.end:]
	if p.form {
		q.Form = s
	} else {
		q.URL = s
	}
	return q
}

// size is the number of rows of a page that the request asks for, 0 if it does not say.
func (q Request) size() int {
	for _, name := range sizes {
		if _, n, ok := q.find(name); ok && n > 0 {
			return n
		}
	}
	return 0
}

// after is the request for what follows an answer of that many rows, nil when totals say
// that it was the last. A page without rows is the last.
func (q Request) after(shown int, totals map[string]int) *Request {
	if shown == 0 {
		return nil
	}
	if next, ok := q.nextRange(totals); ok {
		return next
	}
	for _, c := range counters {
		p, n, ok := q.find(c.name)
		if !ok {
			continue
		}
		if c.size != "" {
			if _, step, ok := q.find(c.size); ok && step > 0 {
				return q.unlessPast(p, n+step, n+step, totals)
			}
		}
		size := max(q.size(), btoi(q.size() == 0)*shown)
		if pages, ok := totalOf(totals, "totalpages", "totalpage", "pagecount", "pages", "pagetotal"); ok && n >= pages {
			return nil
		}
		return q.unlessPast(p, n+1, n*size, totals)
	}
	return nil
}

// unlessPast is the request with n at p, unless that many rows are all there are.
func (q Request) unlessPast(p place, n, rows int, totals map[string]int) *Request {
	if total, ok := totalOf(totals, "total", "totalcount", "totalrecord", "totalrecords", "totalelements", "postcount", "count", "recordcount", "totalnum"); ok && rows >= total {
		return nil
	}
	next := q.with(p, n)
	return &next
}

func totalOf(totals map[string]int, keys ...string) (int, bool) {
	for _, key := range keys {
		if n, ok := totals[key]; ok && n > 0 {
			return n, true
		}
	}
	return 0, false
}

// nextRange advances startrecord and endrecord, which jpage counts rows with, both from
// 1 and inclusive.
func (q Request) nextRange(totals map[string]int) (*Request, bool) {
	_, start, ok := q.find("startrecord")
	if !ok {
		return nil, false
	}
	_, end, ok := q.find("endrecord")
	if !ok || end < start {
		return nil, false
	}
	if total, ok := totals["totalrecord"]; ok && end >= total {
		return nil, true
	}
	p, _, _ := q.find("startrecord")
	next := q.with(p, end+1)
	p, _, _ = next.find("endrecord")
	next = next.with(p, 2*end-start+1)
	return &next, true
}

// query writes parameters in their order, names and values by turns.
func query(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(pairs[i]))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(pairs[i+1]))
	}
	return b.String()
}
