package portaltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// SimFamilies are the ways in which listings lead on to their next page, each as some
// family of content management systems does it.
var SimFamilies = []string{"anchor", "numbers", "query", "trs", "ucap", "vsb", "function", "nextgroup", "dataproxy", "jpaas", "json", "jsonpost"}

// page is the answer to a request, nil when there is none.
func (s *Sim) page(r *http.Request, form string) *file {
	switch path := r.URL.Path; {
	case path == "/robots.txt":
		return simFile("text/plain", "User-agent: *\nDisallow: /admin/\n")
	case path == "/":
		return simFile("", frame("政公网", s.navigation()))
	case strings.HasPrefix(path, "/a/"):
		return s.article(strings.TrimPrefix(path, "/a/"))
	case path == "/view":
		return s.article(r.URL.Query().Get("id"))
	case path == "/rili":
		return s.calendar(r.URL.Query())
	}
	return s.listing(r.URL, form)
}

func simFile(kind, body string) *file {
	f := &file{status: http.StatusOK, header: http.Header{}, body: []byte(body), cut: -1}
	if kind == "" {
		kind = "text/html; charset=utf-8"
	}
	f.header.Set("Content-Type", kind)
	return f
}

func frame(title, main string) string {
	return "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body>\n<div><a href=\"/\">首页</a></div>\n" + main + "<div>主办：政公网 备案号：赣ICP备00000000号</div></body></html>\n"
}

func (s *Sim) navigation() string {
	var b strings.Builder
	for i := range s.opt.Regions {
		fmt.Fprintf(&b, "<a href=\"/r%d/\">%s</a> ", i, s.Region(i))
	}
	return b.String() + "\n"
}

// title of an article, the same on every page that shows it.
func (s *Sim) title(n int) string {
	return fmt.Sprintf("关于公布第%d批项目名单和有关工作安排的通知", n+1)
}

func (s *Sim) article(name string) *file {
	name, _, _ = strings.Cut(name, ";")
	n, err := strconv.Atoi(strings.TrimSuffix(name, ".html"))
	if err != nil || n < 0 || n >= len(s.articles) {
		return nil
	}
	a := s.articles[n]
	text := fmt.Sprintf("<div class=\"pos\">当前位置：首页 &gt; %s</div><h1>%s</h1>\n<div class=\"info\">发布时间：%s　来源：省政府办公厅</div>\n<div class=\"content\">\n",
		s.Category(a.listing%s.opt.Categories), s.title(n), a.day.Format("2006-01-02"))
	for i := range 4 {
		text += fmt.Sprintf("<p>第%d批第%d项，由第%d组负责组织实施，要求各单位认真落实，于当月%d日前报送办公室备案。</p>\n", n+1, i+1, n%97+a.version, (n+i)%28+1)
	}
	return s.encoded(simFile("", frame(s.title(n)+"_政公网", text+"</div>\n")), n)
}

// encoded writes an article in the charset whose turn it is, and lies when it is to.
func (s *Sim) encoded(f *file, n int) *file {
	if len(s.opt.Charsets) == 0 {
		return f
	}
	charset := s.opt.Charsets[n%len(s.opt.Charsets)]
	if strings.HasPrefix(charset, "gbk") {
		if body, err := simplifiedchinese.GBK.NewEncoder().Bytes(f.body); err == nil {
			f.body = body
		}
	}
	says := map[string]string{"gbk": "gbk", "gbk as utf-8": "utf-8", "utf-8 as gb2312": "gb2312", "gbk unsaid": ""}[charset]
	f.header.Set("Content-Type", strings.TrimSuffix("text/html; charset="+says, "; charset="))
	if says == "" && charset == "utf-8" {
		f.header.Set("Content-Type", "text/html; charset=utf-8")
	}
	return f
}

// rows are those of some articles.
func (s *Sim) rows(articles []int) string {
	var b strings.Builder
	for _, n := range articles {
		fmt.Fprintf(&b, "<li><a href=\"%s\" title=\"%s\">%s</a><span>%s</span></li>\n", s.address(n), s.title(n), s.title(n), s.articles[n].day.Format("2006-01-02"))
	}
	return b.String()
}

func (s *Sim) address(n int) string {
	if s.opt.Traps && n%3 == 0 { // another one with every request
		return fmt.Sprintf("/a/%d.html;jsessionid=%X", n, hashOf(uint64(len(s.log)), "session"))
	}
	return fmt.Sprintf("/a/%d.html", n)
}

// calendar is a page for each month, for ever, with the month after.
func (s *Sim) calendar(q url.Values) *file {
	year, _ := strconv.Atoi(q.Get("year"))
	month, _ := strconv.Atoi(q.Get("month"))
	row := fmt.Sprintf("<ul><li><a href=\"/rili?year=%d&month=%d&day=1\">%d年%d月第一周会议安排和值班表</a><span>%d-%02d-01</span></li></ul>", year, month, year, month, year, month)
	return simFile("", frame("日历", row+fmt.Sprintf("<a href=\"/rili?year=%d&month=%d\">下一页</a>", year+month/12, month%12+1)))
}

// trapRows are rows of a page that lead astray.
func (s *Sim) trapRows(page int) string {
	if !s.opt.Traps {
		return ""
	}
	n := page % max(1, len(s.articles))
	var b strings.Builder
	for _, address := range []string{
		"/yw/zt/yw/zt/yw/zt/" + strconv.Itoa(page) + ".html",
		fmt.Sprintf("/rili?year=%d&month=%d", 2030+page, page%12+1),
		fmt.Sprintf("/view?id=%d&sort=%d&order=asc", n, page),
		fmt.Sprintf("/view?order=desc&id=%d&view=%d&page=%d", n, page, page%3),
		fmt.Sprintf("/view?id=%d&skin=%d", n, page),
		fmt.Sprintf("/admin/%d.html", page),
	} {
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a><span>1999-01-01</span></li>\n", strings.ReplaceAll(address, "&", "&amp;"), "专题专栏和便民服务事项指南第"+strconv.Itoa(page)+"号")
	}
	return b.String()
}

// region is the page of a region: its categories, and the newest of them in a hub.
func (s *Sim) region(i int) *file {
	var b strings.Builder
	var all []int
	for c := range s.opt.Categories {
		listing := i*s.opt.Categories + c
		fmt.Fprintf(&b, "<a href=\"%s\">%s</a> ", s.Listing(listing), s.Category(c))
		if !s.opt.HubLacks || c+1 < s.opt.Categories {
			all = append(all, s.listings[listing]...)
		}
	}
	slices.SortFunc(all, func(a, b int) int { return b - a })
	if s.opt.Hub > 0 {
		b.WriteString("\n<ul class=\"list\">\n" + s.rows(all[:min(s.opt.Hub, len(all))]) + "</ul>\n")
	}
	return simFile("", frame(s.Region(i)+"政企信息", b.String()))
}

// A simPage is one page of a listing.
type simPage struct {
	listing, number, pages int
	articles               []int
	family                 string
}

// listing answers for the pages of listings, whatever their addresses look like.
func (s *Sim) listing(u *url.URL, form string) *file {
	var region, category int
	if n, _ := fmt.Sscanf(u.Path, "/r%d/c%d/", &region, &category); n == 1 && region < s.opt.Regions {
		return s.region(region)
	} else if n != 2 || region >= s.opt.Regions || category >= s.opt.Categories {
		return nil
	}
	p := simPage{listing: region*s.opt.Categories + category, family: "anchor"}
	if len(s.opt.Families) > 0 {
		p.family = s.opt.Families[p.listing%len(s.opt.Families)]
	}
	all := s.listings[p.listing]
	p.pages = max(1, (len(all)+s.opt.Rows-1)/s.opt.Rows)
	number, ok := p.numberIn(u, form, s.opt.Rows)
	if !ok || number < 0 || number >= p.pages {
		return nil
	}
	p.number = number
	p.articles = all[min(number*s.opt.Rows, len(all)):min((number+1)*s.opt.Rows, len(all))]
	return s.write(p, u, len(all))
}

// numberIn is the number, from 0, of the page that an address asks for.
func (p simPage) numberIn(u *url.URL, form string, rows int) (number int, ok bool) {
	file := u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	query := u.Query()
	if file == "" && u.RawQuery == "" {
		return 0, true
	}
	read := func(text, format string, first int) (int, bool) {
		n, err := fmt.Sscanf(text, format, &number)
		return number - first, n == 1 && err == nil
	}
	switch p.family {
	case "trs":
		return read(file, "index_%d.html", 0)
	case "ucap":
		return read(file, "list_%d.shtml", 1)
	case "function":
		return read(file, "list_%d.html", 1)
	case "vsb":
		number, ok = read(file, "%d.htm", 0)
		return p.pages - number - 1, ok
	case "dataproxy":
		number, ok = read(query.Get("startrecord"), "%d", 1)
		return number / rows, ok && form != ""
	case "jpaas":
		return read(query.Get("paramJson"), `{"pageNo":%d`, 1)
	case "jsonpost":
		return read(form, `{"pageNo":%d`, 1)
	}
	return read(query.Get("page"), "%d", 1)
}

// write makes the page as its family does.
func (s *Sim) write(p simPage, u *url.URL, total int) *file {
	list := "<ul class=\"list\">\n" + s.rows(p.articles) + s.trapRows(p.listing*1000+p.number) + "</ul>\n"
	base := s.Listing(p.listing)
	more := p.number+1 < p.pages
	bare := u.RawQuery == "" && !strings.HasSuffix(u.Path, ".json")
	switch p.family {
	case "dataproxy", "nextgroup":
		return s.hanweb(p, bare, total)
	case "jpaas":
		if bare {
			return simFile("", frame("通知公告", "<div id=\"list\"><script src=\"/script/unitbuild.js\" url=\""+base+"build/unit\" queryData=\"{'webId':'8d77','tagId':'信息列表'}\"></script></div>\n"))
		}
		return s.json(map[string]any{"success": true, "data": map[string]any{"html": list}}, nil, total, p)
	case "json":
		if bare {
			return simFile("", frame("通知公告", fmt.Sprintf("<div id=\"list\"></div><script>$.get('%scommon/search/c0?_isJson=true&_pageSize=%d&page=1', show);</script>\n", base, s.opt.Rows)))
		}
		return s.json(nil, s.records(p, "title", "url", "publishedTimeStr"), total, p)
	case "jsonpost":
		if bare && u.Path == base {
			return simFile("", frame("通知公告", fmt.Sprintf("<div id=\"list\"></div><script>$.ajax({url:'%sirs/front/list', type:'post', data:JSON.stringify({pageNo: 1, pageSize: %d})});</script>\n", base, s.opt.Rows)))
		}
		return s.json(nil, s.records(p, "f_1", "doc_pub_url", "save_time"), total, p)
	}
	return simFile("", frame("通知公告", list+p.pager(base, more)))
}

// pager leads on from a page of markup.
func (p simPage) pager(base string, more bool) string {
	switch p.family {
	case "trs":
		return fmt.Sprintf("<div class=\"page\"><script>createPageHTML(%d, %d, \"index\", \"html\");</script></div>\n", p.pages, p.number)
	case "ucap":
		return fmt.Sprintf("<div id=\"pager\"></div><script>createPageHTML('pager', %d, %d, 'list', 'shtml', 999);</script>\n", p.pages, p.number+1)
	}
	if !more {
		return ""
	}
	switch p.family {
	case "numbers":
		text := "<div class=\"page\">"
		for n := range p.pages {
			if n == p.number {
				text += fmt.Sprintf("<b>%d</b> ", n+1)
			} else {
				text += fmt.Sprintf("<a href=\"%s?page=%d\">%d</a> ", base, n+1, n+1)
			}
		}
		return text + "</div>\n"
	case "vsb":
		return fmt.Sprintf("<a href=\"%s%d.htm\">下页</a>\n", base, p.pages-p.number-2)
	case "function":
		return fmt.Sprintf("<script>function go(p){location.href='%slist_'+p+'.html'}</script><a href=\"javascript:go(%d)\">下一页</a>\n", base, p.number+2)
	case "query":
		return fmt.Sprintf("<a href=\"?page=%d\">&gt;</a> 第%d页 共%d页 <a href=\"?page=%d\">下一页</a>\n", p.number+2, p.number+1, p.pages, p.number+2)
	}
	return fmt.Sprintf("<div class=\"page\"><a href=\"%s?page=%d\">下一页</a></div>\n", base, p.number+2)
}

// hanweb are the records of jcms, in its page or in what dataproxy.jsp answers.
func (s *Sim) hanweb(p simPage, bare bool, total int) *file {
	var records strings.Builder
	for _, row := range strings.SplitAfter(s.rows(p.articles)+s.trapRows(p.listing*1000+p.number), "</li>\n") {
		if row != "" {
			fmt.Fprintf(&records, "<record><![CDATA[%s]]></record>\n", strings.TrimSpace(row))
		}
	}
	base := s.Listing(p.listing)
	group := ""
	if p.family == "nextgroup" && p.number+1 < p.pages {
		group = fmt.Sprintf("<nextgroup><![CDATA[<a href=\"%sdataproxy.jsp?page=%d&appid=1&webid=30\"></a>]]></nextgroup>\n", base, p.number+2)
	}
	store := fmt.Sprintf("<datastore>%s<totalrecord>%d</totalrecord><totalpage>%d</totalpage><recordset>%s</recordset></datastore>", group, total, p.pages, records.String())
	if !bare {
		return simFile("text/xml; charset=utf-8", store)
	}
	call := ""
	if p.family == "dataproxy" {
		call = fmt.Sprintf("<script>$('#301').jpage({totalRecord:%d, perPage:%d, groupSize:1, proxyUrl:'%sdataproxy.jsp', ajaxParam:{col:1, webid:60, unitid:'49468'}});</script>\n", total, s.opt.Rows, base)
	}
	return simFile("", frame("通知公告", "<div id=\"301\"><script type=\"text/xml\">"+store+"</script></div>\n"+call))
}

func (s *Sim) records(p simPage, title, address, day string) []map[string]string {
	var records []map[string]string
	for _, n := range p.articles {
		records = append(records, map[string]string{title: s.title(n), address: s.address(n), day: s.articles[n].day.Format("2006-01-02") + " 08:00:00"})
	}
	return records
}

// json is the answer of an interface: whole, or one with records.
func (s *Sim) json(whole map[string]any, records []map[string]string, total int, p simPage) *file {
	if whole == nil {
		name := map[string]string{"json": "results", "jsonpost": "list"}[p.family]
		whole = map[string]any{"success": true, "data": map[string]any{"total": total, name: records}}
	}
	text, err := json.Marshal(whole)
	if err != nil {
		return nil
	}
	return simFile("application/json", string(text))
}
