package parser

import (
	"encoding/json"
	"strconv"
	"strings"
)

// A shell is a page whose rows an interface of the portal delivers. Its scripts name the
// interface, so that nothing is asked for that the page itself would not ask for.
//
// apis are pieces of the addresses of such interfaces.
var apis = []string{
	"/common/search/", "/searchList/", // UCAP
	"/igs/front/search", "/irs/front/list", "/was5/web/search", // TRS
	"/site/label/8888",       // Lonsun
	"/cms/JsonList",          // CAC
	"getFullTextDataNew",     // Epoint
	"/rest/infolist/get",     // Epoint
	"dataproxy.jsp?",         // Hanweb, where no pager says more
	"/gkmlpt/api/all/",       // NFCMS
	"getFileListByCodeId",    // UCAP of the tax service
	"/front/page/build/unit", // Hanweb jpaas
}

// calledAPI finds the request that fills a page whose rows are not in it, or that brings
// the rows after those which are.
func (d *document) calledAPI(shown int) (*Request, bool) {
	if next, ok := d.gkmlptNext(); ok {
		return next, true
	}
	for _, s := range d.scripts {
		code := s.code()
		if code == "" {
			continue
		}
		for _, piece := range apis {
			if strings.Contains(code, piece) {
				if q := d.apiRequest(code, piece); q != nil {
					return d.apiPage(*q, shown), true
				}
			}
		}
	}
	if next := d.ucapChannel(shown); next != nil {
		return next, true
	}
	return nil, false
}

// apiRequest reads the call of an interface: its address among the literals of the
// script, and behind it the object that is sent to it.
func (d *document) apiRequest(code, piece string) *Request {
	at := strings.Index(code, piece)
	begin := strings.LastIndexAny(code[:at], `'"`)
	if begin < 0 || at-begin > 200 {
		return nil
	}
	end := closing(code[begin+1:], code[begin])
	if end < 0 {
		return nil
	}
	q := Request{URL: d.address.resolve(strings.ReplaceAll(code[begin+1:begin+1+end], "&amp;", "&"))}
	if q.URL == "" {
		return nil
	}
	if hasCounter(q) {
		return &q
	}
	if q.Form = postedObject(code[begin+1+end:]); q.Form == "" || !hasCounter(q) {
		if q.Form = ""; strings.HasSuffix(code[begin+1:begin+1+end], "=") { // the number is put behind it: …&page=' + n
			q.URL += "1"
			if hasCounter(q) {
				return &q
			}
		}
		return nil
	}
	return &q
}

func hasCounter(q Request) bool {
	for _, c := range counters {
		if _, _, ok := q.find(c.name); ok {
			return true
		}
	}
	return false
}

// postedObject is the first object literal with a counter behind the address of a call, as
// the JSON that is posted.
func postedObject(code string) string {
	code = code[:min(len(code), 8<<10)]
	for {
		i := strings.IndexByte(code, '{')
		if i < 0 {
			return ""
		}
		code = code[i:]
		if o := objectAt(code); len(o) > 0 {
			if text, err := json.Marshal(o); err == nil && hasCounter(Request{Form: string(text)}) {
				return string(text)
			}
		}
		code = code[1:]
	}
}

// apiPage turns the call of an interface to the page that is wanted: the first when the
// page shows no rows, else the second.
func (d *document) apiPage(q Request, shown int) *Request {
	if shown == 0 {
		return &q
	}
	return q.after(shown, nil)
}

// ucapChannel is the interface of a UCAP page that names its channel and shows nothing.
func (d *document) ucapChannel(shown int) *Request {
	channel := d.metaOf("channelid")
	if shown > 0 || !isHex(channel, 32) || d.metaOf("template,templategroup,version") == "" && d.metaOf("others") == "" {
		return nil
	}
	u := d.address.resolve("/common/search/" + channel + "?_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1")
	if u == "" {
		return nil
	}
	return &Request{URL: u}
}

func isHex(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// gkmlptNext is the interface of the disclosure catalogue of Guangdong: window._CONFIG has
// the site's SID; column 0 is all columns, and the fragment of the address names another.
func (d *document) gkmlptNext() (*Request, bool) {
	i := strings.Index(d.address.path, "/gkmlpt/")
	if i < 0 || strings.Contains(d.address.path, "/content/") {
		return nil, false
	}
	for _, s := range d.scripts {
		code := s.code()
		k := strings.Index(code, "_CONFIG")
		if k < 0 {
			continue
		}
		_, rest, ok := strings.Cut(code[k:], "=")
		o := record(objectAt(rest))
		sid := o.text("SID")
		if !ok || sid == "" || o["DETAIL"] != nil {
			continue
		}
		column := "0"
		if d.from.URL != nil && isNumber(d.from.URL.Fragment) {
			column = d.from.URL.Fragment
		}
		return &Request{URL: d.address.origin + d.address.path[:i] + "/gkmlpt/api/all/" + column + "?page=1&" + query("sid", sid)}, true
	}
	return nil, false
}

// countedNext is the file after this one where files are named by the number of the page
// and a text says k/N (Epoint), or where VSB numbers them downwards.
func (d *document) countedNext() *Request {
	here, pages, ok := d.pagerCount()
	if !ok || here >= pages {
		return nil
	}
	path := d.address.path
	dir, file := path[:strings.LastIndexByte(path, '/')+1], path[strings.LastIndexByte(path, '/')+1:]
	stem, ending, _ := strings.Cut(file, ".")
	switch {
	case ending == "":
		return nil
	case isNumber(stem) && atoi(stem) == here:
		return d.requestOf(dir + strconv.Itoa(here+1) + "." + ending)
	case isNumber(stem) && atoi(stem) == pages-here+1:
		return d.requestOf(dir + strconv.Itoa(pages-here) + "." + ending)
	case here == 1 && ending == "htm" && d.isVSB():
		return d.requestOf(dir + stem + "/" + strconv.Itoa(pages-1) + ".htm")
	case here == 1 && epointFirst[strings.ToLower(stem)]:
		return d.requestOf(dir + "2." + ending)
	}
	return nil
}

// epointFirst are the names of the first page of a list of Epoint, whose second is 2.html.
var epointFirst = map[string]bool{"about": true, "secondpage": true, "subpage": true, "moreinfo": true}

func (d *document) requestOf(path string) *Request {
	if u := d.address.resolve(path); u != "" {
		return &Request{URL: u}
	}
	return nil
}

// isVSB tells a page of VSB by what its templates always load.
func (d *document) isVSB() bool {
	for _, s := range d.scripts {
		if strings.Contains(attr(s.node, "src"), "/system/resource/") || strings.Contains(s.code(), "_jsq_(") || strings.Contains(s.code(), "/system/resource/") {
			return true
		}
	}
	return false
}
