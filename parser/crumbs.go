package parser

import (
	"strings"

	"fangzhi/parser/region"
)

// crumbs reads the breadcrumb (当前位置) that stands closest above the title, from the
// home page down. The article's own name and 正文 are no steps.
func (d *document) crumbs(s scene, title string) []string {
	end := s.title
	if end < 0 {
		end = s.first
	}
	for i := end - 1; i >= 0; i-- {
		text := d.lineText(int(i))
		if !isCrumbs(text) {
			continue
		}
		if steps := crumbSteps(d.crumbText(i, end), title); len(steps) > 0 {
			return steps
		}
	}
	return nil
}

// crumbText is line i, with the lines after it where it is only the label.
func (d *document) crumbText(i, end int32) string {
	text := d.lineText(int(i))
	if strings.ContainsAny(text, ">＞»›→") || d.lines[i].links > 0 {
		return text
	}
	for k := i + 1; k < end && k < i+8 && d.lines[k].chars <= 20; k++ {
		text += " > " + d.lineText(int(k))
	}
	return text
}

func crumbSteps(text, title string) []string {
	text = strings.TrimLeft(text, "【[（( >·")
	word, k := around.at(text)
	if k&crumbs != 0 {
		text = strings.TrimLeft(text[len(word):], "是在为:：】] \u3000")
	}
	steps := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(">＞»›→", r) })
	if len(steps) == 1 {
		steps = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/-|\\ ", r) })
	}
	out := make([]string, 0, len(steps))
	for _, step := range steps {
		step = strings.Trim(trim(step), "[]【】:：-/|· ")
		if step == "" || isLeafStep(step) || bare(step) == bare(title) || runes(step) > 30 {
			continue
		}
		out = append(out, step)
	}
	return out
}

// isLeafStep tells the step of a breadcrumb that stands for the page itself.
func isLeafStep(s string) bool {
	switch s {
	case "正文", "内容", "详细内容", "查看内容", "浏览文章", "文章内容", "信息内容", "正文内容", "内容正文", "浏览内容", "新闻内容", "详情", "文章正文", "阅读文章", "新闻详情", "信息详情", "文章详情":
		return true
	}
	return false
}

// category is the name of the last step, without a place in front of it that the
// region says already: 江西政企信息 is 政企信息.
func category(steps []string) string {
	if len(steps) == 0 {
		return ""
	}
	last := steps[len(steps)-1]
	if len(steps) == 1 && isHome(last) {
		return ""
	}
	if hits := region.FindAll(last, ""); len(hits) > 0 && hits[0].Start == 0 {
		if rest := last[hits[0].End:]; runes(rest) >= 2 && !strings.HasPrefix(rest, "省") && !strings.HasPrefix(rest, "市") {
			return rest
		}
	}
	return last
}

func isHome(s string) bool {
	return strings.HasSuffix(s, "首页") || strings.HasSuffix(s, "首頁") || s == "主页" || strings.EqualFold(s, "home")
}

// place decides where an article belongs (PORTALS 6.2): the site's own region, as its
// identity code, its host or the breadcrumb say it, made finer by the title's first
// words or the source where they lie within.
func (d *document) place(a *Article) string {
	site := d.sitePlace(a)
	for _, name := range []string{titlePlace(a.Title), a.Source, a.Issuer} {
		if name == "" {
			continue
		}
		code, ok := region.Find(name, site)
		if !ok {
			continue
		}
		if site == "" || region.Contains(site, code) {
			return code
		}
	}
	if site == "" {
		return ""
	}
	if code, ok := region.Find(a.Title, site); ok && region.Contains(site, code) {
		return code
	}
	return site
}

// titlePlace are the words of a title before its colon: 景德镇市浮梁县：….
func titlePlace(title string) string {
	if i := strings.IndexAny(title, ":："); i > 0 && i <= 60 {
		return title[:i]
	}
	return ""
}

func (d *document) sitePlace(a *Article) string {
	host := ""
	if d.from.URL != nil {
		host, _ = region.Host(d.from.URL.Hostname())
	}
	if code, ok := region.SiteID(d.meta("siteidcode"), host); ok {
		return code
	}
	if host != "" {
		return host
	}
	for _, step := range a.Breadcrumb {
		if code, ok := region.Find(step, ""); ok {
			return code
		}
	}
	code, _ := region.Find(d.meta("sitename"), "")
	return code
}
