package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"fangzhi/archive"
	"fangzhi/config"
	"fangzhi/crawler"
	"fangzhi/parser"
	"fangzhi/parser/region"
)

// loadConfig reads the one configuration of the archive.
func (a *app) loadConfig() (*config.Config, error) {
	file := a.configFile()
	if a.global.config == "" {
		if err := a.onlyConfig(file); err != nil {
			return nil, err
		}
	}
	cfg, err := config.Load(file, a.environ)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, a.noConfig(file)
	}
	return cfg, err
}

func (a *app) noConfig(file string) error {
	if a.global.config == "" && !archive.Exists(a.global.archive) {
		return a.noArchive()
	}
	return &problem{code: exitConfig, err: fs.ErrNotExist,
		what: words{fmt.Sprintf("there is no configuration %s", file), fmt.Sprintf("没有配置文件 %s", file)},
		hint: words{"`fangzhi config init` writes one", "用 `fangzhi config init` 写出一份"}}
}

// onlyConfig refuses a second configuration in the working directory: nobody could
// tell which of the two is in effect.
func (a *app) onlyConfig(file string) error {
	here, err := os.ReadFile(configName)
	if err != nil || sameFile(configName, file) {
		return nil
	}
	if there, err := os.ReadFile(file); err == nil && bytes.Equal(here, there) {
		return nil
	}
	return &problem{code: exitConfig,
		what: words{fmt.Sprintf("there are two configurations: %s, which is the archive's, and a different ./%s", file, configName),
			fmt.Sprintf("有两份配置：档案库的 %s，和当前目录中不同的 ./%s", file, configName)},
		hint: words{fmt.Sprintf("keep one: `mv %s %s`, or name the one you mean with --config", configName, file),
			fmt.Sprintf("请只留一份：`mv %s %s`，或用 --config 指明", configName, file)}}
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// findSite is the site of this name, or a problem that suggests another.
func findSite(cfg *config.Config, name string) (*config.Site, error) {
	if s := cfg.Site(name); s != nil {
		return s, nil
	}
	hint := words{"`fangzhi site list` names the sites; `fangzhi site add` adds one", "`fangzhi site list` 列出站点；`fangzhi site add` 添加"}
	if near := nearestName(name, siteNames(cfg)); near != "" {
		hint = words{fmt.Sprintf("did you mean %s?", near), fmt.Sprintf("是不是 %s？", near)}
	}
	return nil, usage(words{fmt.Sprintf("there is no site %q in the configuration", name), fmt.Sprintf("配置中没有站点 %q", name)}, hint)
}

func siteNames(cfg *config.Config) []string {
	names := make([]string, len(cfg.Sites))
	for i, s := range cfg.Sites {
		names[i] = s.Name
	}
	return names
}

// sitesToCrawl are those that are named, or all that are not paused, as the crawler
// knows them.
func sitesToCrawl(cfg *config.Config, names []string) ([]crawler.Site, error) {
	var sites []crawler.Site
	add := func(s *config.Site) error {
		if err := cfg.MayCrawl(s); err != nil {
			return err
		}
		sites = append(sites, crawlerSite(s))
		return nil
	}
	for _, name := range names {
		s, err := findSite(cfg, name)
		if err != nil {
			return nil, err
		}
		if err := add(s); err != nil {
			return nil, err
		}
	}
	if len(names) > 0 {
		return sites, nil
	}
	for i := range cfg.Sites {
		if cfg.Sites[i].Paused {
			continue
		}
		if err := add(&cfg.Sites[i]); err != nil {
			return nil, err
		}
	}
	if len(sites) == 0 {
		return nil, &problem{code: exitConfig,
			what: words{"the configuration has no site to crawl", "配置中没有可采集的站点"},
			hint: words{"`fangzhi site add zgw123` adds a known portal; `fangzhi site list --presets` names them", "`fangzhi site add zgw123` 添加内置站点；`fangzhi site list --presets` 列出全部"}}
	}
	return sites, nil
}

// configured are all sites of a configuration, as the crawler needs them.
func configured(cfg *config.Config) []crawler.Site {
	sites := make([]crawler.Site, len(cfg.Sites))
	for i := range cfg.Sites {
		sites[i] = crawlerSite(&cfg.Sites[i])
	}
	return sites
}

// crawlerSite is a site as the crawler needs it.
func crawlerSite(s *config.Site) crawler.Site {
	site := crawler.Site{
		Name: s.Name, Home: s.Home, Hosts: s.Hosts,
		Delay: s.Delay.Duration, Jitter: max(s.Jitter.Duration, 0), DailyCap: s.DailyCap,
		Requisites: s.Requisites == "page",
		TLS:        crawler.TLSMode(s.TLS), Proxy: s.Proxy, AllowPrivate: s.AllowPrivate,
		Every: s.Every.Duration, Hours: hoursOf(s), Budget: budgetOf(s),
		Rules: parserRules(s.Rules),
	}
	for _, r := range s.Regions {
		site.Regions = append(site.Regions, crawler.Label{Text: r.Label, Region: r.Code})
	}
	for _, c := range s.Categories {
		site.Categories = append(site.Categories, crawler.Label{Text: c})
	}
	for _, l := range s.Listings {
		site.Listings = append(site.Listings, crawler.Listing{URL: l.URL, Region: l.Region, Category: l.Category})
	}
	return site
}

// hoursOf are the hours of a site whose configuration was found valid.
func hoursOf(s *config.Site) crawler.Hours {
	h, err := config.ParseHours(s.Hours)
	if err != nil {
		panic("fangzhi: hours were not validated: " + err.Error())
	}
	return crawler.Hours(h)
}

func budgetOf(s *config.Site) crawler.Budget {
	b := crawler.Budget{Requests: s.MaxRequests, Time: max(s.MaxTime.Duration, 0), Bytes: int64(s.MaxBytes), Backfill: s.Backfill}
	if b.Backfill == 0 {
		b.Backfill = crawler.NoBackfill
	}
	return b
}

// inRegion leaves of each site the listings of a place and of what is below it. Hosts
// of the others still belong to the site. Sites without such listings are left out.
func inRegion(sites []crawler.Site, code string) []crawler.Site {
	var left []crawler.Site
	for _, s := range sites {
		s.Categories = nil // they are of no place
		s.Regions = slices.DeleteFunc(slices.Clone(s.Regions), func(l crawler.Label) bool { return !region.Contains(code, l.Region) })
		all := s.Listings
		s.Listings = nil
		for _, l := range all {
			if region.Contains(code, l.Region) {
				s.Listings = append(s.Listings, l)
			} else if u, err := url.Parse(l.URL); err == nil {
				s.Hosts = append(s.Hosts[:len(s.Hosts):len(s.Hosts)], u.Host)
			}
		}
		if len(s.Regions)+len(s.Listings) > 0 {
			left = append(left, s)
		}
	}
	return left
}

func parserRules(r config.Rules) parser.Rules {
	return parser.Rules{Item: r.Item, ItemDate: r.ItemDate, Next: r.Next, Title: r.Title, Date: r.Date, Source: r.Source, Body: r.Body}
}

// demoMark in the first line of a configuration says that its archive is a demo.
const demoMark = "# fangzhi demo"

func isDemo(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, configName))
	return err == nil && bytes.HasPrefix(text, []byte(demoMark))
}
