package parser

import (
	"encoding/json"
	"strconv"
	"strings"
)

// jpageNext reads the pager of Hanweb jcms, whose page holds the rows of its first
// groups: .jpage({totalRecord:1418, perPage:25, groupSize:3, proxyUrl:'…',
// ajaxParam:{…}}). What follows is asked of dataproxy.jsp by numbers of rows.
func (d *document) jpageNext(shown int) (*Request, bool) {
	for _, s := range d.scripts {
		for _, args := range calls(s.code(), "jpage") {
			if o := objectAt(args); o != nil {
				return d.jpageRequest(record(o), shown), true
			}
		}
	}
	for _, s := range d.scripts { // the address of the next group beside the records
		if code := s.code(); strings.Contains(code, "<nextgroup") {
			return d.nextGroup(code, nil), true
		}
	}
	return nil, false
}

func (d *document) jpageRequest(o record, shown int) *Request {
	total, perPage, groups := o.number("totalRecord"), max(o.number("perPage"), 1), max(o.number("groupSize"), 1)
	proxy := d.address.resolve(o.text("proxyUrl"))
	param, _ := o["ajaxParam"].(map[string]any)
	group := perPage * groups
	start := max(group, shown) + 1
	if proxy == "" || total < start {
		return nil
	}
	q := query("startrecord", strconv.Itoa(start), "endrecord", strconv.Itoa(start+group-1), "perpage", strconv.Itoa(perPage))
	var pairs []string
	for _, key := range []string{"col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype"} {
		if v, ok := param[key]; ok {
			pairs = append(pairs, key, record{"v": v}.text("v"))
		}
	}
	return &Request{URL: withQuery(proxy, q), Form: query(pairs...)}
}

func withQuery(address, q string) string {
	if strings.IndexByte(address, '?') >= 0 {
		return address + "&" + q
	}
	return address + "?" + q
}

func (r record) number(key string) int {
	s := r.text(key)
	if n := leadingDigits(s); n > 0 && n == len(s) && n < 9 {
		return atoi(s)
	}
	return 0
}

// nextGroup is the address of the next group in <nextgroup>, nil at the end.
func (d *document) nextGroup(s string, totals map[string]int) *Request {
	_, rest, ok := strings.Cut(s, "<nextgroup")
	group, _, closed := strings.Cut(rest, "</nextgroup>")
	if !ok || !closed {
		return nil
	}
	_, ref, _ := strings.Cut(group, "href=")
	if len(ref) < 2 || ref[0] != '"' && ref[0] != '\'' {
		return nil
	}
	end := strings.IndexByte(ref[1:], ref[0])
	if end < 0 {
		return nil
	}
	address := d.address.resolve(strings.ReplaceAll(ref[1:1+end], "&amp;", "&"))
	if address == "" || d.isHere(address) {
		return nil
	}
	if _, page, ok := (Request{URL: address}).find("page"); ok && totals["totalpage"] > 0 && page > totals["totalpage"] {
		return nil
	}
	return &Request{URL: address}
}

// jpaasNext reads the unit of Hanweb jpaas that draws a list: <script url="…/build/unit"
// queryData="{'webId':'…',…}">. Its keys are sent back as they are, with the number of
// the page as JSON in paramJson.
func (d *document) jpaasNext(shown int) (*Request, bool) {
	unit, data := d.jpaasUnit()
	words := literals(data)
	if unit == "" || len(words) < 2 {
		return nil, false
	}
	if total, ok := d.countAttribute(); ok && total <= shown {
		return nil, true
	}
	const pageSize = 15
	param := jpaasParam{1, pageSize}
	if shown > 0 {
		param = jpaasParam{2, shown}
	}
	text, err := json.Marshal(param)
	if err != nil {
		return nil, false
	}
	return &Request{URL: withQuery(unit, query(append(words[:len(words)/2*2], "paramJson", string(text))...))}, true
}

// jpaasParam is the paramJson of jpaas; pages count from 1.
type jpaasParam struct {
	PageNo   int `json:"pageNo"`
	PageSize int `json:"pageSize"`
}

// jpaasUnit is the address and the parameters of the unit that draws the list: of
// several the one whose tag says so.
func (d *document) jpaasUnit() (address, data string) {
	for _, s := range d.scripts {
		q, unit := attr(s.node, "querydata"), attr(s.node, "url")
		if q == "" || !strings.Contains(unit, "/build/unit") {
			continue
		}
		isList := strings.Contains(q, "列表")
		if data == "" || isList {
			address, data = d.address.resolve(unit), q
		}
		if isList {
			break
		}
	}
	return address, data
}

// countAttribute is the count of an element that also says rows: how many rows there
// are in all.
func (d *document) countAttribute() (int, bool) {
	for i := range d.blocks {
		n := d.blocks[i].node
		if attr(n, "rows") == "" {
			continue
		}
		if s := attr(n, "count"); isNumber(s) {
			return atoi(s), true
		}
	}
	return 0, false
}
