package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/cmd/fangzhi/portal"
	"fangzhi/config"
)

var demoHelp = help{
	use:   "demo [DIR]",
	group: groupCollect,
	short: words{"see it work: crawl a made-up portal on this machine, twice", "看一遍效果：在本机采集一个虚构的网站，两次"},
	long: words{`
Demo needs no network. It serves a small portal in the image of 政公网 on this machine, with 31 regions, three categories, pages in GBK, reposts and a bot check, and crawls it into ./fangzhi-demo by the same code as "crawl". Then it lets a day pass, on which one article is edited and one withdrawn, and crawls again. It ends with what was found and with commands to try.

When it was interrupted, the next demo goes on. --force makes a demo anew; a directory that is no demo is never touched.`, `
不需要网络。本命令在本机提供一个仿照政公网的小网站（31 个地区、三个栏目、GBK 网页、转载、人机验证），用与 “crawl” 相同的代码采集到 ./fangzhi-demo；然后让时间过去一天（其间一篇被修改，一篇被撤下），再采集一次。最后列出结果和可以尝试的命令。

被中断后再次运行会接着做。--force 重新开始；不是演示的目录绝不改动。`},
	example: "fangzhi demo\nfangzhi demo --force",
	exits:   []int{exitFailed, exitUsage, exitBusy, exitDiskFull, exitInterrupted},
}

type demoOptions struct {
	force bool
	serve string
	day   int
}

func (a *app) demoCommand() *cobra.Command {
	var opt demoOptions
	c := a.command(demoHelp, cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		return a.demo(ctx, opt, append(args, demoDir)[0])
	})
	f := c.Flags()
	f.BoolVar(&opt.force, "force", false, a.lang.say("make a demo that is there anew", "重新开始已有的演示"))
	f.StringVar(&opt.serve, "serve", "", a.lang.say("only serve the portal at this `ADDRESS`, to crawl it by hand", "只在此`地址`提供网站，供手工采集"))
	f.IntVar(&opt.day, "day", 1, a.lang.say("with --serve: the day to serve, 1 or 2", "与 --serve 同用：提供第 1 天或第 2 天"))
	_ = f.MarkHidden("serve") // they are there
	_ = f.MarkHidden("day")
	return c
}

const (
	demoDir  = "fangzhi-demo"
	demoSite = "demo"
)

func (a *app) demo(ctx context.Context, opt demoOptions, dir string) error {
	if opt.serve != "" {
		return a.demoServe(ctx, opt)
	}
	d, err := a.openDemo(opt, dir)
	if err != nil {
		return err
	}
	defer d.stop()
	for day := d.days + 1; day <= 2; day++ {
		end, err := d.crawl(ctx, day)
		if err != nil {
			return err
		}
		a.out.Print(demoDay{"day", day, end.summary(ctx, dir)})
	}
	report, err := d.report(ctx)
	if err != nil {
		return err
	}
	a.out.Print(report)
	return nil
}

// A demonstration is a portal that is served, and the archive it is crawled into.
type demonstration struct {
	app    *app
	dir    string
	cfg    *config.Config
	begun  time.Time
	days   int // crawled completely
	portal *portal.Portal
	stop   func()
}

// openDemo begins a demo, or takes up one that is there. d.stop is to be called.
func (a *app) openDemo(opt demoOptions, dir string) (*demonstration, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 && !isDemo(dir) {
		return nil, &problem{code: exitFailed,
			what: words{fmt.Sprintf("%s is there already and is no demo; it was not touched", dir), fmt.Sprintf("%s 已存在，且不是演示，未作改动", dir)},
			hint: words{"name another directory: fangzhi demo other-demo", "请换一个目录：fangzhi demo 另一目录"}}
	}
	if opt.force {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	a.global.archive, a.global.config = dir, filepath.Join(dir, configName)
	d := &demonstration{app: a, dir: dir, stop: func() {}}
	if config.Exists(a.global.config) {
		return d, d.resume()
	}
	return d, d.begin()
}

// begin serves the portal on any port, which the configuration then names.
func (d *demonstration) begin() error {
	home, err := d.serve("127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return err
	}
	d.begun = time.Now().UTC().Truncate(time.Second)
	if err := config.Create(d.app.global.config, demoConfig(home, d.begun)); err != nil {
		return err
	}
	d.cfg, err = d.app.loadConfig()
	return err
}

// resume serves the portal where it was, because its addresses are the documents'.
func (d *demonstration) resume() (err error) {
	if d.cfg, err = d.app.loadConfig(); err != nil {
		return err
	}
	text, err := os.ReadFile(d.app.global.config)
	if err != nil {
		return err
	}
	if d.begun, err = demoBegun(string(text)); err != nil {
		return err
	}
	if d.days, err = d.daysDone(context.Background()); err != nil || d.days == 2 {
		return err
	}
	site, err := findSite(d.cfg, demoSite)
	if err != nil {
		return err
	}
	address := strings.TrimSuffix(strings.TrimPrefix(site.Home, "http://"), "/")
	if _, err := d.serve(address); err != nil {
		return &problem{code: exitFailed, err: err,
			what: words{"the demo cannot go on: " + err.Error(), "演示无法继续：" + err.Error()},
			hint: words{"fangzhi demo --force begins anew", "用 fangzhi demo --force 重新开始"}}
	}
	return nil
}

// serve answers at an address of loopback until stop.
func (d *demonstration) serve(address string) (home string, err error) {
	d.portal = portal.New(portal.Options{})
	server, err := d.portal.Listen(address)
	if err != nil {
		return "", fmt.Errorf("serve the demo portal: %w", err)
	}
	d.stop = func() { _ = server.Close() } // whoever still asks hears nothing
	return server.URL + "/", nil
}

// demoConfig is what a demo's configuration says. A stay on loopback needs no
// politeness.
func demoConfig(home string, begun time.Time) string {
	site := config.Site{
		Name: demoSite, Home: home, Regions: config.AllRegions(), Categories: []string{"星座", "展会", "企宣"},
		Delay: config.Duration{Duration: config.NoDelay}, AllowPrivate: true,
	}
	return demoMark + ", begun " + begun.Format(time.RFC3339) + `
# What "fangzhi demo" crawled: a portal on this machine that is served only while
# the demo runs. 演示用：网站只在演示运行时于本机提供。

` + site.TOML()
}

func demoBegun(text string) (time.Time, error) {
	line, _, _ := strings.Cut(text, "\n")
	_, stamp, _ := strings.Cut(line, "begun ")
	t, err := time.Parse(time.RFC3339, strings.TrimSpace(stamp))
	if err != nil {
		return t, fmt.Errorf("read first line of the demo's %s: %w", configName, err)
	}
	return t, nil
}

// oneDay passes between the two crawls.
const oneDay = 24 * time.Hour

// daysDone looks how far a demo came.
func (d *demonstration) daysDone(ctx context.Context) (days int, err error) {
	if !archive.Exists(d.dir) {
		return 0, nil
	}
	r, err := d.app.reader(ctx)
	if err != nil {
		return 0, err
	}
	defer closing(r, &err)
	status, err := r.Status(ctx)
	if err != nil || status.LastRun == nil || len(status.Sites) == 0 {
		return 0, err
	}
	second := !status.LastRun.Run.At.Before(d.begun.Add(oneDay))
	done := !status.LastRun.Ended.IsZero() && status.Sites[0].Last.Complete
	switch {
	case second && done:
		return 2, nil
	case second || done:
		return 1, nil
	}
	return 0, nil
}

// crawl crawls the portal as it is on a day, with the clock of that day.
func (d *demonstration) crawl(ctx context.Context, day int) (*crawlEnd, error) {
	sites, err := sitesToCrawl(d.cfg, nil)
	if err != nil {
		return nil, err
	}
	if day == 2 {
		d.portal.Advance()
	}
	end, err := d.app.crawlSites(ctx, crawlJob{cfg: d.cfg, sites: sites, retries: len(backoff), later: time.Duration(day-1) * oneDay})
	if err != nil {
		return nil, err
	}
	return end, nil
}

// demoServe serves the portal until it is interrupted, which is how it ends.
func (a *app) demoServe(ctx context.Context, opt demoOptions) error {
	if opt.day != 1 && opt.day != 2 {
		return usage(words{fmt.Sprintf("--day %d: there are two, 1 and 2", opt.day), fmt.Sprintf("--day %d：只有第 1 天和第 2 天", opt.day)}, words{})
	}
	d := &demonstration{app: a}
	home, err := d.serve(opt.serve)
	if err != nil {
		return err
	}
	defer d.stop()
	if opt.day == 2 {
		d.portal.Advance()
	}
	a.out.Print(demoServing{"serving", home, opt.day})
	if err := a.out.Flush(); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

type demoServing struct {
	Type string `json:"type"`
	URL  string `json:"url"`
	Day  int    `json:"day"`
}

func (s demoServing) text(t *textPrinter) { t.line(s.URL) }
