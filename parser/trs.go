package parser

import (
	"strconv"
	"strings"
)

// A pager is what the call says that draws the links to the other pages.
type pager struct {
	pages   int
	current int
	base    int    // number of the first page, -1 if the call does not tell
	name    string // of the files, without number and ending; "" for that of the page
	ending  string // of the files, without dot; "" for that of the page
}

// pagerCalls are functions of the templates of TRS, UCAP and their kin.
var pagerCalls = []string{"createPageHTML", "pageControl", "Pager", "Paging", "createPage"}

// calledNext follows the call that draws the pager. ok tells that there was one, also
// when it says that this is the last page.
func (d *document) calledNext() (next *Request, ok bool) {
	p, ok := d.calledPager()
	if !ok {
		return nil, false
	}
	return d.pageAfter(p), true
}

// calledPager reads createPageHTML and its kin out of the page's scripts.
func (d *document) calledPager() (p pager, ok bool) {
	for _, s := range d.scripts {
		code := s.code()
		if code == "" {
			continue
		}
		for _, name := range pagerCalls {
			for _, args := range calls(code, name) {
				if p, ok := readPager(code, args); ok {
					return p, true
				}
			}
		}
		if p, ok := pagerVariables(code); ok {
			return p, true
		}
	}
	return pager{}, false
}

// pageCount is how many pages a listing says it has: by the call that draws its pager,
// or in words; 0 when it does not say.
func (d *document) pageCount() int {
	if p, ok := d.calledPager(); ok {
		return p.pages
	}
	_, pages, _ := d.pagerCount()
	return pages
}

// readPager reads the arguments of a call in their shapes:
//
//	(PAGES, CUR, 'index', 'html')                  TRS: CUR from 0, page k is index_{k-1}
//	('id', PAGES, CUR, 'xlist', 'shtml', ROWS)     UCAP, Hunan: CUR from 1, page k is xlist_{k}
//	({total:25, current:0, prefix:'index', suffix:'html'})
func readPager(code, s string) (pager, bool) {
	if o := objectAt(s); o != nil {
		return pagerObject(record(o))
	}
	args := arguments(s)
	p := pager{base: 0}
	if len(args) > 2 && !isCount(code, args[0]) {
		args, p.base = args[1:], 1
	}
	if len(args) < 2 {
		return p, false
	}
	pages, ok1 := valueOf(code, args[0])
	current, ok2 := valueOf(code, args[1])
	if !ok1 || !ok2 {
		return p, false
	}
	p.pages, p.current = pages, current
	if len(args) >= 4 && isFileName(args[2]) {
		p.name, p.ending = args[2], strings.TrimPrefix(args[3], ".")
	}
	return p, true
}

func pagerObject(o record) (pager, bool) {
	p := pager{base: -1, name: o.text("prefix"), ending: strings.TrimPrefix(o.text("suffix"), ".")}
	for _, key := range []string{"total", "pages", "pageCount", "totalPage", "totalPages", "size", "count"} {
		if p.pages = o.number(key); p.pages > 0 {
			break
		}
	}
	_, current := o["current"]
	p.current = o.number("current")
	return p, p.pages > 0 && current && p.name != "" && isFileName(p.name)
}

// pagerVariables reads var countPage = 25; var currentPage = 0 of the inline pager of TRS.
func pagerVariables(code string) (pager, bool) {
	for _, name := range []string{"countPage", "totalPage", "contenpage"} {
		if pages, ok := numberOf(code, name); ok {
			if current, ok := numberOf(code, "currentPage"); ok {
				return pager{pages: pages, current: current, base: -1}, true
			}
		}
	}
	return pager{}, false
}

// valueOf is an argument as a number, which may stand in a variable.
func valueOf(code, arg string) (int, bool) {
	if isNumber(arg) {
		return atoi(arg), true
	}
	if arg == "" || leadingDigits(arg) > 0 {
		return 0, false
	}
	return numberOf(code, arg)
}

func isCount(code, arg string) bool {
	_, ok := valueOf(code, arg)
	return ok
}

// isFileName tells a word that files can be named by.
func isFileName(s string) bool {
	if s == "" || len(s) > 80 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r > 126 || !isWordByte(byte(r)) && r != '-' && r != '.' && r != '/' && r != '~'
	}) < 0
}

// arguments are those of a call, up to its closing bracket, quotes cut.
func arguments(s string) []string {
	const longest = 300
	end := strings.IndexByte(s[:min(len(s), longest)], ')')
	if end < 0 {
		return nil
	}
	args := strings.Split(s[:end], ",")
	for i := range args {
		args[i] = strings.Trim(args[i], " \t\r\n'\"")
	}
	return args
}

// pageAfter is the file of the next page. The number in the page's own name is surer
// than what the call counts; the first page has none, so that the number which the call
// gives it there is the one it counts from.
func (d *document) pageAfter(p pager) *Request {
	file := d.address.path[strings.LastIndexByte(d.address.path, '/')+1:]
	stem, ending := file, ""
	if i := strings.LastIndexByte(file, '.'); i >= 0 {
		stem, ending = file[:i], file[i+1:]
	}
	if p.name == "" {
		if p.name = cutNumber(stem); p.name == "" {
			p.name = "index"
		}
	}
	if p.ending == "" {
		if p.ending = ending; ending == "" {
			p.ending = "html"
		}
	}
	here, numbered := p.current, false
	if rest, ok := strings.CutPrefix(stem, p.name[strings.LastIndexByte(p.name, '/')+1:]+"_"); ok && isNumber(rest) {
		here, numbered = atoi(rest), true
	}
	switch {
	case !numbered:
		p.base = min(p.current, 1)
	case p.base < 0:
		p.base = 0
	}
	if p.current+1-p.base >= p.pages {
		return nil
	}
	if u := d.address.resolve(p.name + "_" + strconv.Itoa(here+1) + "." + p.ending); u != "" {
		return &Request{URL: u}
	}
	return nil
}

// cutNumber is a file's name without the number of the page: index_3 is index.
func cutNumber(stem string) string {
	i := strings.LastIndexByte(stem, '_')
	if i > 0 && isNumber(stem[i+1:]) && len(stem)-i <= 5 {
		return stem[:i]
	}
	return stem
}
