package parser

import (
	"strconv"
	"strings"
)

// turn is where a call of a function of the page leads, if all that the function does to
// location is to join literals and its parameters: function go(p){location.href='list_'+p+'.html'}
// called as go(2). "" when that is not known.
func (d *document) turn(call string) string {
	name, rest, ok := strings.Cut(call, "(")
	name = trim(name)
	name = name[strings.LastIndexAny(name, " ;=")+1:]
	if !ok || name == "" || strings.IndexFunc(name, func(r rune) bool { return r > 126 || !isWordByte(byte(r)) }) >= 0 {
		return ""
	}
	args := arguments(rest)
	for _, s := range d.scripts {
		if params, body, ok := function(s.code(), name); ok {
			return d.address.resolve(joined(assignedExpression(body), params, args))
		}
	}
	return ""
}

// templateNext is the next page of a pager that only scripts draw, where one of them puts
// the number of the page behind an address: location.href = '?page=' + e.curr. Nothing is
// guessed unless the page says that there are more.
func (d *document) templateNext() *Request {
	for _, s := range d.scripts {
		code := s.code()
		if !strings.Contains(code, "location") {
			continue
		}
		for _, text := range literals(code) {
			if u := d.address.resolve(text + "1"); strings.HasSuffix(text, "=") && u != "" {
				if next := d.afterTemplate(Request{URL: u}, code); next != nil {
					return next
				}
			}
		}
	}
	return nil
}

// afterTemplate is the request for the page after this one, in the form of q.
func (d *document) afterTemplate(q Request, code string) *Request {
	here, pages, ok := d.pagerCount()
	for _, c := range counters {
		p, _, is := q.find(c.name)
		if !is || c.size != "" {
			continue
		}
		if _, n, is := d.request().find(c.name); is && !ok {
			here = n
		}
		if pages == 0 {
			pages = pagesIn(code)
		}
		if here = max(here, 1); here >= pages {
			return nil
		}
		next := q.with(p, here+1)
		return &next
	}
	return nil
}

// pagesIn is the number of pages that a script hands to what draws a pager: pages: 10.
func pagesIn(code string) int {
	for _, name := range []string{"pages", "pageCount", "totalPage", "totalPages"} {
		for rest := code; ; {
			_, after, ok := strings.Cut(rest, name)
			if !ok {
				break
			}
			rest = after
			after = strings.TrimLeft(strings.TrimLeft(after, `'" `), ":= '\"")
			if n := leadingDigits(after); n > 0 && n < 6 {
				return atoi(after[:n])
			}
		}
	}
	return 0
}

// longestFunction is how much of a function's body is read, in bytes.
const longestFunction = 2000

// function finds the parameters and the body of a function of a script; the body may run
// past its end.
func function(code, name string) (params []string, body string, ok bool) {
	for _, begin := range []string{"function " + name, name + "=function", name + " = function"} {
		_, rest, found := strings.Cut(code, begin)
		rest = strings.TrimLeft(rest, " \t\r\n")
		if !found || !strings.HasPrefix(rest, "(") {
			continue
		}
		head, body, _ := strings.Cut(rest[1:], ")")
		body = body[:min(len(body), longestFunction)]
		if i := strings.Index(body, "function "); i >= 0 {
			body = body[:i]
		}
		for _, p := range strings.Split(head, ",") {
			params = append(params, trim(p))
		}
		return params, body, true
	}
	return nil, "", false
}

// assignedExpression is what a script gives to location.
func assignedExpression(body string) string {
	_, rest, ok := strings.Cut(body, "location")
	if !ok {
		return ""
	}
	rest = strings.TrimPrefix(strings.TrimLeft(rest, " "), ".href")
	rest = strings.TrimLeft(rest, " ")
	for _, way := range []string{".replace(", ".assign("} {
		if after, ok := strings.CutPrefix(rest, way); ok {
			head, _, _ := strings.Cut(after, ")")
			return head
		}
	}
	after, ok := strings.CutPrefix(rest, "=")
	if !ok || strings.HasPrefix(after, "=") {
		return ""
	}
	end := strings.IndexAny(after, ";\n}")
	if end < 0 {
		end = len(after)
	}
	return after[:end]
}

// joined is a sum of literals and parameters with the arguments put in; "" when anything
// else is in it or no parameter is.
func joined(expression string, params, args []string) string {
	var b strings.Builder
	used := false
	for rest := trim(expression); rest != ""; {
		if c := rest[0]; c == '"' || c == '\'' {
			end := closing(rest[1:], c)
			if end < 0 {
				return ""
			}
			b.WriteString(unescape(rest[1 : 1+end]))
			rest = rest[end+2:]
		} else {
			i := strings.IndexByte(rest, '+')
			if i < 0 {
				i = len(rest)
			}
			v, ok := valueIn(trim(rest[:i]), params, args)
			if !ok {
				return ""
			}
			b.WriteString(v)
			used = true
			rest = rest[i:]
		}
		rest = trim(strings.TrimPrefix(trim(rest), "+"))
	}
	if !used {
		return ""
	}
	return b.String()
}

// valueIn is a parameter, or one less or more than it, with its argument put in.
func valueIn(term string, params, args []string) (string, bool) {
	term = strings.Trim(term, "() ")
	shift := 0
	for suffix, by := range map[string]int{"-1": -1, "- 1": -1} {
		if head, ok := strings.CutSuffix(term, suffix); ok {
			term, shift = trim(head), by
		}
	}
	for i, p := range params {
		if p != term || i >= len(args) {
			continue
		}
		if shift == 0 {
			return args[i], args[i] != ""
		}
		if isNumber(args[i]) {
			return strconv.Itoa(atoi(args[i]) + shift), true
		}
	}
	return "", false
}
