package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/archive/uri"
	"fangzhi/config"
	"fangzhi/crawler"
)

var saveHelp = help{
	use:   "save URL…",
	group: groupCollect,
	short: words{"keep single pages now", "立即保存单个网页"},
	long: words{`
Save fetches a page now and keeps it: through the same gate as a crawl, so robots.txt, delays and daily caps hold. Redirects are followed and each of them is kept. It prints the id of the document, which show and export take.

When a crawl is running in the archive, it does the work between its own requests. A page of a host that is not in the configuration is kept too; its site is then named after the host.`, `
立即抓取并保存一个网页：与采集走同一道关口，同样遵守 robots.txt、间隔和每日上限。会跟随重定向，并保存其中每一步。输出文献编号，可用于 show 和 export。

若有采集正在进行，则由它在自己的请求之间完成。主机不在配置中的网页也能保存，其站点以主机命名。`},
	example: "fangzhi save https://www.jiangxi.gov.cn/art/2022/3/31/art_1.html",
	exits:   archiveExits(exitBusy, exitDiskFull),
}

type saveOptions struct{}

func (a *app) saveCommand() *cobra.Command {
	var opt saveOptions
	return a.command(saveHelp, cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error { return a.save(ctx, opt, args) })
}

func (a *app) save(ctx context.Context, _ saveOptions, urls []string) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	for _, u := range urls {
		if err := savable(cfg, u); err != nil {
			return err
		}
	}
	sum := saveSummary{Type: "summary", Command: "save"}
	err = a.saveAll(ctx, cfg, urls, func(s owner.Saved) {
		a.out.Print(savedRow{"saved", s})
		if s.ID != "" {
			sum.Saved++
			return
		}
		sum.Failed++
	})
	a.out.Print(sum)
	if err == nil && sum.Failed > 0 {
		err = &problem{code: exitFailed, what: words{fmt.Sprintf("%d of %d pages gave no article", sum.Failed, len(urls)), fmt.Sprintf("%d 个网页（共 %d 个）没有得到文章", sum.Failed, len(urls))},
			hint: words{"`fangzhi report URL` says what was received", "`fangzhi report 网址` 说明收到了什么"}}
	}
	return err
}

// savable refuses what cannot be asked for before anything is opened.
func savable(cfg *config.Config, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return usage(words{fmt.Sprintf("%q is no address of a page", address), fmt.Sprintf("%q 不是网页地址", address)},
			words{"give it in full: https://www.jiangxi.gov.cn/…", "请写全：https://www.jiangxi.gov.cn/…"})
	}
	return cfg.MayAsk(address)
}

// saveAll lets a running crawl save the pages, or becomes one.
func (a *app) saveAll(ctx context.Context, cfg *config.Config, urls []string, done func(owner.Saved)) (err error) {
	save, end, err := a.saving(ctx, cfg)
	if err != nil {
		return err
	}
	defer closing(end, &err)
	for _, u := range urls {
		saved, err := save(ctx, u)
		if err != nil {
			return err
		}
		done(saved)
	}
	return err
}

// An openReader reads an archive until it is closed.
type openReader interface {
	archive.Reader
	Close() error
}

// saving finds who can save: this process, or the crawl that has the archive.
func (a *app) saving(ctx context.Context, cfg *config.Config) (save func(context.Context, string) (owner.Saved, error), r openReader, err error) {
	w, err := a.crawlArchive(ctx, cfg, nil)
	if busy := (*owner.BusyError)(nil); errors.As(err, &busy) {
		s, err := a.reader(ctx)
		if err != nil {
			return nil, nil, err
		}
		return s.Save, s, nil
	}
	if err != nil {
		return nil, nil, err
	}
	job := crawlJob{cfg: cfg, retries: len(backoff)}
	run := a.circumstances(ctx, cfg, nil)
	return func(ctx context.Context, u string) (owner.Saved, error) {
		c := crawler.New(a.crawlerOptions(job, w.store, nil, nil))
		return saveWith(ctx, c, run, u)
	}, w, nil
}

func saveWith(ctx context.Context, c *crawler.Crawler, run archive.Run, u string) (owner.Saved, error) {
	f, err := c.Save(ctx, run, u)
	if err != nil {
		return owner.Saved{}, err
	}
	saved := owner.Saved{URL: f.Link.URL, Outcome: f.Outcome, Reason: f.Reason, Detail: f.Detail}
	if f.Outcome == archive.Kept || f.Outcome == archive.Unchanged {
		saved.ID = uri.ID(uri.Key(f.Link.URL))
	}
	return saved, nil
}

// A savedRow is what became of one page.
type savedRow struct {
	Type string `json:"type"`
	owner.Saved
}

func (r savedRow) text(t *textPrinter) {
	if r.ID != "" {
		t.line(r.ID)
		return
	}
	t.line(t.warn(t.lang.say("not kept: ", "未保存：")), printable(r.URL), " ", string(r.Outcome), " ", string(r.Reason), " ", printable(r.Detail))
}

type saveSummary struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	Saved   int    `json:"saved"`
	Failed  int    `json:"failed"`
}

func (saveSummary) text(*textPrinter) {}
