package parser

import (
	"strconv"
	"strings"
)

// nextPage finds the next page of a listing: in the call that draws the pager, else
// behind the anchor that says so, else behind the next number. nil on the last page.
func (d *document) nextPage() *Request {
	if next, ok := d.scriptedNext(); ok {
		return next
	}
	if next, ok := d.anchoredNext(); ok {
		return next
	}
	return d.numberedNext()
}

// scriptedNext reads createPageHTML and its kin out of the page's scripts. ok tells
// that there was such a call, also when it says that this is the last page.
func (d *document) scriptedNext() (next *Request, ok bool) {
	for _, s := range d.scripts {
		if s.node.FirstChild == nil {
			continue
		}
		code := s.node.FirstChild.Data
		for rest := code; ; {
			i := strings.Index(rest, "createPageHTML(")
			if i < 0 {
				break
			}
			before := strings.TrimRight(rest[:i], " ")
			rest = rest[i+len("createPageHTML("):]
			if strings.HasSuffix(before, "function") {
				continue
			}
			if next, ok := d.createPageHTML(arguments(rest)); ok {
				return next, true
			}
		}
	}
	return nil, false
}

// arguments are those of a call, up to its closing bracket, quotes cut.
func arguments(s string) []string {
	end := strings.IndexByte(s, ')')
	if end < 0 || end > 300 {
		return nil
	}
	args := strings.Split(s[:end], ",")
	for i := range args {
		args[i] = strings.Trim(args[i], " \t\r\n'\"")
	}
	return args
}

// createPageHTML reads the pager of TRS and UCAP in its shapes:
//
//	(PAGES, CUR, 'index', 'html')                 TRS: CUR from 0, page k is index_{k-1}
//	('id', PAGES, CUR, 'xlist', 'shtml', ROWS)    UCAP: CUR from 1, page k is xlist_{k}
//
// Which base CUR has shows on the first page, whose own name has no number.
func (d *document) createPageHTML(args []string) (*Request, bool) {
	if len(args) > 0 && !isNumber(args[0]) {
		args = args[1:]
	}
	if len(args) < 4 || !isNumber(args[0]) || !isNumber(args[1]) || args[2] == "" {
		return nil, false
	}
	pages, _ := strconv.Atoi(args[0])
	cur, _ := strconv.Atoi(args[1])
	base := d.pagerBase(args[2], cur)
	if cur+1-base >= pages {
		return nil, true
	}
	href := args[2] + "_" + strconv.Itoa(cur+1) + "." + args[3]
	if u := d.address.resolve(href); u != "" {
		return &Request{URL: u}, true
	}
	return nil, true
}

// pagerBase tells whether a pager counts from 0 or from 1: page index_2 with
// CUR 2 is the third of TRS (0, 1, 2) or the second of UCAP (1, 2). The file of the
// first page alone has no number, so that CUR there is the base; on later pages both
// name the same next file, and only the end is one page apart.
func (d *document) pagerBase(name string, cur int) int {
	file := d.address.path[strings.LastIndexByte(d.address.path, '/')+1:]
	if strings.HasPrefix(file, name+"_") {
		return 0
	}
	return min(cur, 1)
}

func isNumber(s string) bool { return s != "" && leadingDigits(s) == len(s) && len(s) < 7 }

// nextWords are the texts of anchors that lead to the next page.
var nextWords = map[string]bool{
	"下一页": true, "下页": true, "下一頁": true, "下頁": true, "后一页": true, "下一页>": true, "下一页>>": true, "下一页»": true, "下一页>|": true,
	">": true, ">>": true, "»": true, "›": true, "next": true, "下一页→": true, "下页>": true, "后页": true, "向后": true, "nextpage": true, "＞": true, "下一页＞": true, "[下一页]": true,
	"下一页›": true, "next>": true, "next>>": true, "【下一页】": true, "下一步": false,
}

// anchoredNext looks for the anchor that says 下一页. ok tells that there was one.
func (d *document) anchoredNext() (next *Request, ok bool) {
	for i := range d.anchors {
		a := &d.anchors[i]
		if a.end-a.start > 24 {
			continue
		}
		text := d.anchorText(a)
		if text == "" {
			text = attr(a.node, "title")
		}
		if !nextWords[strings.ToLower(bare(text))] {
			continue
		}
		ok = true
		if a.url != "" && !d.isHere(a.url) {
			return &Request{URL: a.url}, true
		}
	}
	return nil, ok
}

// isHere tells whether an address is the page's own.
func (d *document) isHere(address string) bool {
	if d.from.URL == nil {
		return false
	}
	here := *d.from.URL
	here.Fragment, here.RawFragment = "", ""
	return address == here.String()
}

// numberedNext takes the number after that of this page from a row of numbers.
func (d *document) numberedNext() *Request {
	want := "2"
	for i := range d.anchors {
		a := &d.anchors[i]
		if a.url != "" && a.end-a.start <= 3 && d.isHere(a.url) {
			if n, err := strconv.Atoi(d.anchorText(a)); err == nil {
				want = strconv.Itoa(n + 1)
			}
		}
	}
	for i := range d.anchors {
		a := &d.anchors[i]
		if a.url != "" && a.end-a.start <= 3 && d.anchorText(a) == want && d.isAmongNumbers(i) && !d.isHere(a.url) {
			return &Request{URL: a.url}
		}
	}
	return nil
}

// isAmongNumbers tells whether an anchor has another number beside it.
func (d *document) isAmongNumbers(i int) bool {
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(d.anchors) && d.anchors[k].end-d.anchors[k].start <= 3 && isNumber(d.anchorText(&d.anchors[k])) {
			return true
		}
	}
	return false
}
