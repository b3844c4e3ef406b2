package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/config"
	"fangzhi/parser"
	"fangzhi/parser/charset"
	"fangzhi/parser/region"
)

var probeHelp = help{
	use:   "probe URL",
	group: groupCollect,
	short: words{"look at a portal and write a site file for it", "查看一个网站，写出其站点文件"},
	long: words{`
Probe looks at the home page of a portal and at the pages its navigation leads to, and writes a site file to standard output: the regions and categories that are listings, how their next pages are reached, the software and the charset. Ten rows that were read stand there as comments, so that you can see whether they were read well.

The file is complete: config check and crawl take it as it is, by itself or in the sites directory of a configuration. Pages are asked for through the same gate as in a crawl, so robots.txt and delays hold, and none is kept. A portal at an address of loopback is entered as your own.`, `
查看网站的首页及其导航所指的网页，把站点文件写到标准输出：哪些地区和栏目是列表页、如何翻页、网站软件和字符编码。文件中以注释列出读到的十条，便于核对。

写出的文件可直接使用：config check 和 crawl 都接受，可单独使用，也可放入配置的 sites 目录。抓取时与采集走同一道关口，同样遵守 robots.txt 和间隔；不保存任何网页。回环地址上的网站视为您自己的网站。`},
	example: "fangzhi probe https://www.jiangxi.gov.cn/ > archive/sites/jiangxi.toml\nfangzhi probe --most 5 --name gz https://www.gz.gov.cn/",
	exits:   []int{exitFailed, exitUsage, exitConfig, exitInterrupted},
}

type probeOptions struct {
	name string
	most int
}

func (a *app) probeCommand() *cobra.Command {
	var opt probeOptions
	c := a.command(probeHelp, cobra.ExactArgs(1), func(ctx context.Context, args []string) error { return a.probe(ctx, opt, args[0]) })
	f := c.Flags()
	f.StringVar(&opt.name, "name", "", a.lang.say("`NAME` of the site; without it, that of the host", "站点`名称`；不写则用主机名"))
	f.IntVar(&opt.most, "most", 20, a.lang.say("look at `N` pages at most", "最多查看 `N` 个网页"))
	return c
}

func (a *app) probe(ctx context.Context, opt probeOptions, address string) (err error) {
	cfg, err := a.anyConfig()
	if err != nil {
		return err
	}
	if err := savable(cfg, address); err != nil {
		return err
	}
	p, err := a.peek(ctx, cfg, address)
	if err != nil {
		return err
	}
	defer closing(p, &err)
	s := &survey{peek: p, left: opt.most}
	if err := s.look(ctx, address); err != nil {
		return err
	}
	site := s.site(opt.name)
	if len(site.Regions)+len(site.Categories)+len(site.Listings) == 0 {
		return &problem{code: exitFailed, what: words{fmt.Sprintf("no listing was found from %s (%s)", address, s.home.page.Why), fmt.Sprintf("从 %s 没有找到列表页（%s）", address, s.home.page.Why)},
			hint: words{"give the address of a listing, or look at more pages with --most; `fangzhi parse --explain URL` says how a page was read", "请写一个列表页的网址，或用 --most 多看几页；`fangzhi parse --explain 网址` 说明网页是怎么读的"}}
	}
	a.out.Print(probeRow{Type: "probe", Site: site.Name, Home: site.Home, Family: s.family(), Charset: s.home.charset.Label,
		Listings: len(s.found), Looked: s.looked, TOML: s.toml(site, a.now().In(parser.Beijing).Format("2006-01"))})
	a.out.Print(probeSummary{"summary", "probe", len(s.found)})
	return nil
}

// A survey is what was seen of a portal.
type survey struct {
	peek   *peeker
	left   int // pages that may still be asked for
	looked int
	host   string
	home   *sight
	found  []*sight
}

// A sight is a page that was looked at.
type sight struct {
	label   string // the words that lead to it on the home page
	place   string // the region that they name, six digits
	url     string
	page    *parser.Page
	why     *parser.Explanation
	charset charset.Evidence
}

// look looks at the home page and at what it leads to.
func (s *survey) look(ctx context.Context, address string) error {
	home, err := s.sight(ctx, address)
	if err != nil {
		return err
	}
	u, err := url.Parse(home.url)
	if err != nil {
		return fmt.Errorf("probe %s: %w", home.url, err)
	}
	s.home, s.host = home, u.Host
	places, others := s.navigation()
	if err := s.visit(ctx, places, samplePlaces); err != nil {
		return err
	}
	if err := s.visit(ctx, others, s.left); err != nil {
		return err
	}
	if len(s.found) == 0 && home.page.Listing != nil && len(home.page.Listing.Items) > 0 {
		s.found = []*sight{home}
	}
	return nil
}

// samplePlaces are as many pages of regions as are looked at; the others are like them.
const samplePlaces = 3

// sight asks for a page and reads it.
func (s *survey) sight(ctx context.Context, address string) (*sight, error) {
	s.left--
	s.looked++
	in, f, err := s.peek.page(ctx, address)
	if err != nil {
		return nil, err
	}
	if f.Status >= 400 || f.Reason == archive.Challenged || f.Reason == archive.SoftNotFound {
		return nil, fmt.Errorf("%s: %s %s %s", address, f.Outcome, f.Reason, f.Detail)
	}
	text, evidence := parser.Decode(in.body, in.contentType)
	page, why, err := parser.Explain(text, in.from)
	if err != nil {
		return nil, err
	}
	return &sight{url: in.from.URL.String(), page: page, why: why, charset: evidence}, nil
}

// visit looks at some of these pages and notes those that are listings. If the first
// places are, so are the others.
func (s *survey) visit(ctx context.Context, links []*sight, most int) error {
	listings := 0
	for i, link := range links {
		if i >= most || s.left <= 0 {
			if listings > 0 && link.place != "" {
				s.found = append(s.found, link)
			}
			continue
		}
		seen, err := s.sight(ctx, link.url)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil || !isListing(seen.page) {
			continue
		}
		listings++
		seen.label, seen.place = link.label, link.place
		s.found = append(s.found, seen)
	}
	return nil
}

// isListing tells a page with rows, or one whose rows something else delivers.
func isListing(p *parser.Page) bool {
	return p.Kind == parser.KindListing && (len(p.Listing.Items) > 0 || p.Listing.Next != nil)
}

// navigation are the links of the home page that may lead to listings: those that name a
// place, and the others, the likeliest first.
func (s *survey) navigation() (places, others []*sight) {
	var later []*sight
	seen := map[string]bool{s.home.url: true}
	for _, l := range s.home.page.Links {
		label := strings.TrimSpace(strings.Trim(l.Text, "[]【】|·>»《》 \u3000"))
		u, err := url.Parse(l.URL)
		if err != nil || u.Host != s.host || seen[l.URL] || !isLabel(label) {
			continue
		}
		seen[l.URL] = true
		link := &sight{label: label, url: l.URL}
		if code, _, ok := region.Parse(label); ok {
			link.place = code
			places = append(places, link)
		} else if hasAny(label, likely) {
			others = append(others, link)
		} else {
			later = append(later, link)
		}
	}
	if len(places) < 2 { // one may be the portal's own
		later, places = append(places, later...), nil
		for _, l := range later {
			l.place = ""
		}
	}
	return places, append(others, later...)
}

// likely are words of columns that list articles (PORTALS.md, section 6); unlikely those
// of what does not.
var (
	likely = strings.Fields("公告 公示 通知 要闻 新闻 动态 政策 文件 解读 信息 资讯 法规 规章 公开 展会 星座 企宣 招标 采购 人事 规划 统计 会议 工作 快讯 时政")

	unlikely = strings.Fields("首页 登录 注册 搜索 检索 无障碍 长者 繁 简体 English 手机 微信 微博 客户端 联系 关于 地图 收藏 RSS 帮助 版权 隐私 更多 页 信箱 举报 投诉 咨询 问答 办事 服务大厅 下载 邮箱 访谈 调查 征集 返回 打印 电脑 声明 备案")
)

// isLabel tells the words of a column from a title and from what is no column.
func isLabel(s string) bool {
	n := len([]rune(s))
	return n >= 2 && n <= 8 && !hasAny(s, unlikely)
}

func hasAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// site is what a configuration says of the portal. Where the navigation has places,
// regions and categories are found by their labels, for every region may have its own
// categories; else the listings are named by their addresses.
func (s *survey) site(name string) config.Site {
	u, err := url.Parse(s.home.url)
	if err != nil {
		return config.Site{}
	}
	site := config.Site{Name: name, Home: s.home.url}
	if name == "" {
		site.Name = strings.TrimPrefix(u.Hostname(), "www.")
	}
	if isLoopback(u.Hostname()) {
		site.AllowPrivate, site.Delay = true, config.Duration{Duration: config.NoDelay}
	}
	byLabel := len(s.found) > 0 && s.found[0].place != ""
	code, _ := region.Host(u.Host)
	if code == "" {
		code, _ = region.Find(s.home.page.Title, "")
	}
	for _, f := range s.found {
		switch {
		case f.place != "":
			site.Regions = append(site.Regions, config.Region{Code: f.place, Label: f.label})
		case byLabel:
			site.Categories = append(site.Categories, f.label)
		default:
			site.Listings = append(site.Listings, config.Listing{URL: f.url, Region: code, Category: f.label})
		}
	}
	return site
}

// family is the software of the portal, as the first page with a mark of it tells.
func (s *survey) family() string {
	for _, f := range append([]*sight{s.home}, s.found...) {
		if f.why != nil && f.why.Family != "" {
			return f.why.Family
		}
	}
	return ""
}

// A probeRow is the answer.
type probeRow struct {
	Type     string `json:"type"`
	Site     string `json:"site"`
	Home     string `json:"home"`
	Family   string `json:"family,omitempty"`
	Charset  string `json:"charset"`
	Listings int    `json:"listings"`
	Looked   int    `json:"looked_at"`
	TOML     string `json:"toml"`
}

func (r probeRow) text(t *textPrinter) { t.line(strings.TrimSuffix(r.TOML, "\n")) }

type probeSummary struct {
	Type     string `json:"type"`
	Command  string `json:"command"`
	Listings int    `json:"listings"`
}

func (probeSummary) text(*textPrinter) {}
