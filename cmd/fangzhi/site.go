package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fangzhi/archive"
	"fangzhi/config"
)

var siteHelp = help{
	use:   "site COMMAND",
	group: groupCare,
	short: words{"add, list, pause and resume sites", "添加、列出、暂停、恢复站点"},
	long: words{`
A site is a portal of the configuration. add puts one in, list shows them with what the archive knows of each, pause stops asking a site for anything, also in a crawl that is running, and resume lets it go on.`, `
站点是配置中的一个政务网站。add 添加；list 列出并说明档案库所知的情况；pause 停止对站点的一切请求，正在进行的采集也会照办；resume 恢复。`},
	example: "fangzhi site list\nfangzhi site pause zgw123",
	exits:   archiveExits(),
}

func (a *app) siteCommand() *cobra.Command {
	return a.parent(siteHelp, a.siteAddCommand(), a.siteListCommand(), a.sitePauseCommand(), a.siteResumeCommand())
}

var siteAddHelp = help{
	use:   "add PRESET|URL",
	short: words{"add a site to the configuration", "向配置添加站点"},
	long: words{`
Add puts a site into the configuration: a preset by its name, or any portal by the address of its home page, on which the labels of regions and categories are looked up when it is crawled. What is in the file already stays as it is, byte for byte.`, `
把站点加入配置：内置站点写名称；其他网站写首页地址，采集时在首页上按标签查找地区和栏目。文件中已有的内容逐字节保留。`},
	example: "fangzhi site add guizhou\nfangzhi site add https://www.fuliang.gov.cn/ --name fuliang --listing https://www.fuliang.gov.cn/zwgk/ --region 浮梁县",
	exits:   archiveExits(),
}

type siteAddOptions struct {
	name       string
	listings   []string
	regions    []string
	categories []string
	region     string
	delay      time.Duration
	private    bool
}

func (a *app) siteAddCommand() *cobra.Command {
	var opt siteAddOptions
	var f *pflag.FlagSet
	c := a.command(siteAddHelp, cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		if f.Changed("delay") && opt.delay == 0 {
			opt.delay = config.NoDelay
		}
		return a.siteAdd(opt, args[0])
	})
	f = c.Flags()
	f.StringVar(&opt.name, "name", "", a.lang.say("`NAME` of the site; without it, that of the preset or the host", "站点`名称`；不写则用内置名称或主机名"))
	f.StringArrayVar(&opt.listings, "listing", nil, a.lang.say("`URL` of a listing page; may be repeated", "列表页`网址`；可重复"))
	f.StringVar(&opt.region, "region", "", a.lang.say("`PLACE` of those listings", "这些列表页的`地区`"))
	f.StringSliceVar(&opt.regions, "regions", nil, a.lang.say("`LABELS` of regions on the home page: 江西,福建; all for the 31", "首页上的地区`标签`：江西,福建；all 为全部 31 个"))
	f.StringSliceVar(&opt.categories, "categories", nil, a.lang.say("`LABELS` of categories on the home page: 展会", "首页上的栏目`标签`：展会"))
	f.DurationVar(&opt.delay, "delay", 0, a.lang.say("`TIME` between requests to a host, such as 5s; without it, that of [defaults]", "对同一主机两次请求的间隔`时间`，如 5s；不写则按 [defaults]"))
	f.BoolVar(&opt.private, "allow-private", false, a.lang.say("it is a portal of your own: private addresses may be connected to, and --delay 0s", "是您自己的网站：允许连接内网地址，也允许 --delay 0s"))
	return c
}

func (a *app) siteAdd(opt siteAddOptions, what string) error {
	cfg, err := a.loadConfig() // a configuration that is wrong already is not added to
	if err != nil {
		return err
	}
	site, err := opt.site(what)
	if err != nil {
		return err
	}
	if cfg.Site(site.Name) != nil {
		return usage(words{fmt.Sprintf("there is a site %s already", site.Name), fmt.Sprintf("已有站点 %s", site.Name)},
			words{"--name gives it another name", "可用 --name 换一个名称"})
	}
	file, err := config.AddSite(a.configFile(), site)
	if errors.Is(err, fs.ErrExist) {
		return exists(file)
	}
	if err != nil {
		return err
	}
	a.out.Print(siteAddSummary{"summary", "site add", site.Name, file})
	return nil
}

// site is what was typed as a site of the configuration.
func (o siteAddOptions) site(what string) (config.Site, error) {
	site := config.Site{Name: o.name, Categories: o.categories, Delay: config.Duration{Duration: o.delay}, AllowPrivate: o.private}
	for _, label := range o.regions {
		if label == "all" {
			site.Regions = append(site.Regions, config.AllRegions()...)
			continue
		}
		site.Regions = append(site.Regions, config.Region{Label: label})
	}
	code, err := regionCode(o.region)
	if err != nil {
		return site, err
	}
	for _, l := range o.listings {
		site.Listings = append(site.Listings, config.Listing{URL: l, Region: code})
	}
	if !strings.Contains(what, "/") && !strings.Contains(what, ".") {
		site.Preset = what
		if site.Name == "" {
			site.Name = what
		}
		return site, knownPreset(what)
	}
	if !strings.Contains(what, "://") {
		what = "https://" + what
	}
	u, err := url.Parse(what)
	if err != nil || u.Host == "" {
		return site, usage(words{fmt.Sprintf("%q is neither a preset nor an address", what), fmt.Sprintf("%q 既不是内置站点，也不是网址", what)},
			words{"`fangzhi site list --presets` names the presets", "`fangzhi site list --presets` 列出内置站点"})
	}
	site.Home = what
	if site.Name == "" {
		site.Name = strings.TrimPrefix(u.Hostname(), "www.")
	}
	return site, nil
}

type siteAddSummary struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	Site    string `json:"site"`
	File    string `json:"file"`
}

func (s siteAddSummary) text(t *textPrinter) {
	t.say("Added %s to %s; `fangzhi crawl %s` crawls it.", "已把 %s 加入 %s；用 `fangzhi crawl %s` 采集。", s.Site, s.File, s.Site)
}

var siteListHelp = help{
	use:   "list",
	short: words{"list the sites, or the presets", "列出站点，或内置站点"},
	long: words{`
List names the sites of the configuration with their home pages, whether they are paused, and how many documents the archive has of each. --presets lists the portals that need but their name, with the month in which their facts were last seen to hold.`, `
列出配置中的站点及其首页、是否暂停、档案库中的文献数。--presets 列出只需写名称的内置站点，以及其资料最近一次核实的月份。`},
	example: "fangzhi site list --presets",
	exits:   archiveExits(),
}

type siteListOptions struct {
	presets bool
}

func (a *app) siteListCommand() *cobra.Command {
	var opt siteListOptions
	c := a.command(siteListHelp, cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.siteList(ctx, opt) })
	c.Flags().BoolVar(&opt.presets, "presets", false, a.lang.say("the portals that are known from the start", "内置站点"))
	return c
}

func (a *app) siteList(ctx context.Context, opt siteListOptions) error {
	var rows []siteRow
	if opt.presets {
		for _, s := range config.Presets() {
			rows = append(rows, newSiteRow("preset", s))
		}
	} else {
		cfg, err := a.loadConfig()
		if err != nil {
			return err
		}
		for _, s := range cfg.Sites {
			rows = append(rows, newSiteRow("site", s))
		}
		if err := a.addKnown(ctx, rows); err != nil {
			return err
		}
	}
	for _, row := range rows {
		a.out.Print(row)
	}
	a.out.Print(siteListSummary{"summary", "site list", len(rows)})
	return nil
}

// addKnown adds what the archive knows, if there is one yet.
func (a *app) addKnown(ctx context.Context, rows []siteRow) (err error) {
	if !archive.Exists(a.global.archive) {
		return nil
	}
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	status, err := r.Status(ctx)
	if err != nil {
		return err
	}
	for _, s := range status.Sites {
		if i := slices.IndexFunc(rows, func(row siteRow) bool { return row.Site == s.Site }); i >= 0 {
			rows[i].Documents = s.Documents
			rows[i].Paused = rows[i].Paused || s.Paused
		}
	}
	return nil
}

type siteRow struct {
	Type      string `json:"type"`
	Site      string `json:"site"`
	Home      string `json:"home,omitempty"`
	Regions   int    `json:"regions"`
	Listings  int    `json:"listings"`
	Paused    bool   `json:"paused,omitempty"`
	Seen      string `json:"facts_last_seen,omitempty"`
	Documents int    `json:"documents,omitempty"`
}

func newSiteRow(kind string, s config.Site) siteRow {
	return siteRow{Type: kind, Site: s.Name, Home: s.Home, Regions: len(s.Regions), Listings: len(s.Listings), Paused: s.Paused, Seen: s.Seen}
}

func (r siteRow) text(t *textPrinter) {
	name := r.Site + strings.Repeat(" ", max(16-columns(r.Site), 0))
	parts := []string{t.bold(printable(name)), printable(r.Home)}
	if r.Type == "site" {
		parts = append(parts, t.lang.count(r.Documents, "document", "documents", "篇文献"))
	}
	if r.Seen != "" {
		parts = append(parts, t.dim(t.lang.say("facts seen %s", "资料核实于 %s", r.Seen)))
	}
	if r.Paused {
		parts = append(parts, t.warn(t.lang.say("paused", "已暂停")))
	}
	t.line(strings.Join(parts, "  "))
}

type siteListSummary struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	Sites   int    `json:"sites"`
}

func (siteListSummary) text(*textPrinter) {}

var sitePauseHelp = help{
	use:   "pause SITE…",
	short: words{"ask a site for nothing more", "停止对站点的一切请求"},
	long: words{`
Pause makes crawls leave a site alone until it is resumed. A crawl that is running learns of it before its next request; its visit then ends, and the listings it did not reach are noted as paused.`, `
让采集跳过某个站点，直到恢复。正在进行的采集在下一次请求之前就会得知，随即结束对它的访问，未看到的列表页记为“暂停”。`},
	example: "fangzhi site pause zgw123",
	exits:   archiveExits(),
}

var siteResumeHelp = help{
	use:   "resume SITE…",
	short: words{"let a paused site go on", "恢复已暂停的站点"},
	long: words{`
Resume takes back a pause. The next crawl visits the site again, and goes on where it stopped.`, `
取消暂停。下次采集会再次访问该站点，并从中断处继续。`},
	example: "fangzhi site resume zgw123",
	exits:   archiveExits(),
}

type sitePauseOptions struct {
	paused bool
}

func (a *app) sitePauseCommand() *cobra.Command {
	opt := sitePauseOptions{paused: true}
	return a.command(sitePauseHelp, cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error { return a.sitePause(ctx, opt, args) })
}

func (a *app) siteResumeCommand() *cobra.Command {
	var opt sitePauseOptions
	return a.command(siteResumeHelp, cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error { return a.sitePause(ctx, opt, args) })
}

func (a *app) sitePause(ctx context.Context, opt sitePauseOptions, names []string) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	for i, name := range names {
		site, err := findSite(cfg, name)
		if err != nil {
			return err
		}
		if names[i] = site.Name; site.Paused && !opt.paused {
			return &problem{code: exitConfig, what: words{site.Name + " is paused in the configuration", site.Name + " 在配置中被暂停"},
				hint: words{"take `paused = true` out of it", "请删去其中的 `paused = true`"}}
		}
	}
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	for _, name := range names {
		if err := r.SetPaused(ctx, name, opt.paused); err != nil {
			return err
		}
		a.out.Print(pauseRow{"site", name, opt.paused})
	}
	return nil
}

type pauseRow struct {
	Type   string `json:"type"`
	Site   string `json:"site"`
	Paused bool   `json:"paused"`
}

func (r pauseRow) text(t *textPrinter) {
	if r.Paused {
		t.say("%s is paused.", "%s 已暂停。", r.Site)
		return
	}
	t.say("%s goes on with the next crawl.", "%s 将在下次采集时恢复。", r.Site)
}
