package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/archive/uri"
	"fangzhi/config"
	"fangzhi/parser"
)

var parseHelp = help{
	use:   "parse FILE|URL|ID…",
	group: groupCollect,
	short: words{"show what is read out of a page, and why", "看一个网页读出了什么、为什么"},
	long: words{`
Parse reads a page as crawl would and prints what it found: what kind of page it is; of an article title, date, source, place, text and files; of a listing its rows and where the next page is. Nothing is kept.

The page is a FILE, what the archive has under an ID or URL, or else what the URL answers now: it is then asked for through the same gate as a crawl, so robots.txt and delays hold. Links of a FILE are resolved against --url.

--explain says why: what decided the charset, the family of the portal's software, the element that was chosen for the body with its score, and every date with the reason for which it was taken or refused. --out DIR writes one NAME.json a page, with the fields of --json.`, `
像采集时那样读一个网页，并输出读到的内容：网页属于哪一类；文章的标题、日期、来源、地区、正文、附件；列表页的条目和下一页地址。不保存任何东西。

网页可以是文件，可以是档案库中的编号或网址，否则就是该网址现在的内容：抓取时与采集走同一道关口，同样遵守 robots.txt 和间隔。文件中的链接按 --url 解析。

--explain 说明原因：字符编码由什么决定、网站软件的类型、选中哪个元素作正文及其得分、每个日期为何采用或不采用。--out 目录 为每个网页写一个 名称.json，字段与 --json 相同。`},
	example: "fangzhi parse page.html\nfangzhi parse --explain https://www.jiangxi.gov.cn/art/2022/3/31/art_1.html\nfangzhi parse --json --out read saved/*.html",
	exits:   archiveExits(),
}

// pageURL is what links of a file are resolved against when --url does not say: deep
// enough for every ../ to stay within it.
const pageURL = "http://page/a/b/c/d/page.html"

type parseOptions struct {
	explain bool
	out     string
	url     string
}

func (a *app) parseCommand() *cobra.Command {
	var opt parseOptions
	c := a.command(parseHelp, cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error { return a.parse(ctx, opt, args) })
	f := c.Flags()
	f.BoolVar(&opt.explain, "explain", false, a.lang.say("say why it was read so", "说明为什么这样读"))
	f.StringVar(&opt.out, "out", "", a.lang.say("write one NAME.json a page into `DIR`", "为每个网页在`目录`中写一个 名称.json"))
	f.StringVar(&opt.url, "url", pageURL, a.lang.say("the `ADDRESS` that a FILE was at", "文件原来的`网址`"))
	return c
}

func (a *app) parse(ctx context.Context, opt parseOptions, args []string) error {
	base, err := url.Parse(opt.url)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return usage(words{fmt.Sprintf("--url %q is no address of a page", opt.url), fmt.Sprintf("--url %q 不是网页地址", opt.url)}, words{})
	}
	names, err := outputNames(opt.out, args)
	if err != nil {
		return err
	}
	for i, arg := range args {
		in, err := a.pageOf(ctx, arg, base)
		if err != nil {
			return err
		}
		row, err := in.read(opt.explain)
		if err != nil {
			return err
		}
		if opt.out != "" {
			err = writeJSON(names[i], row)
		} else {
			a.out.Print(row)
		}
		if err != nil {
			return err
		}
	}
	a.out.Print(parseSummary{"summary", "parse", len(args)})
	return nil
}

// outputNames are the files that --out writes, which must differ.
func outputNames(dir string, args []string) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	names := make([]string, len(args))
	from := map[string]string{}
	for i, arg := range args {
		base := strings.TrimSuffix(filepath.Base(arg), filepath.Ext(arg))
		if isAddress(arg) {
			base = uri.ID(uri.Key(arg))
		}
		names[i] = filepath.Join(dir, base+".json")
		if other, ok := from[names[i]]; ok {
			return nil, usage(words{fmt.Sprintf("%s and %s would both be written to %s", other, arg, names[i]), fmt.Sprintf("%s 和 %s 会写到同一个文件 %s", other, arg, names[i])},
				words{"give them in two commands, to two directories", "请分两次写到两个目录"})
		}
		from[names[i]] = arg
	}
	return names, nil
}

func writeJSON(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.WriteFile(name, append(b, '\n'), 0o666)
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// A pageBytes is a page before it was read.
type pageBytes struct {
	name        string // as it was asked for
	body        []byte
	contentType string
	from        parser.Origin
}

// pageOf finds the page that an argument means: a file, what the archive has, or what
// the address answers.
func (a *app) pageOf(ctx context.Context, arg string, base *url.URL) (*pageBytes, error) {
	if !isAddress(arg) {
		body, err := os.ReadFile(arg)
		if err == nil {
			return &pageBytes{arg, body, "", parser.Origin{URL: base, Fetched: a.now()}}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(arg, `./\`) || !archive.Exists(a.global.archive) {
			return nil, err
		}
	}
	if archive.Exists(a.global.archive) {
		in, err := a.archived(ctx, arg)
		if !isAddress(arg) || !errors.Is(err, archive.ErrNotFound) {
			return in, err
		}
	}
	return a.fetched(ctx, arg)
}

// archived is the page of a document in the archive.
func (a *app) archived(ctx context.Context, ref string) (in *pageBytes, err error) {
	r, err := a.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer closing(r, &err)
	article, err := r.Article(ctx, ref)
	if err != nil {
		return nil, err
	}
	if article.Location.IsZero() {
		return nil, fmt.Errorf("%s: its page was never fetched: %w", ref, archive.ErrNotFound)
	}
	c, err := archive.ReadCapture(a.global.archive, article.Location)
	if err != nil {
		return nil, err
	}
	cfg, err := a.anyConfig()
	if err != nil {
		return nil, err
	}
	return pageOfCapture(ref, c, a.archiveOptions(cfg, nil).Rules(article.Site))
}

func pageOfCapture(name string, c *archive.Capture, rules parser.Rules) (*pageBytes, error) {
	body, err := c.Body(maxShown)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	return &pageBytes{name, body, c.Header.Get("Content-Type"), parser.Origin{URL: u, Fetched: c.Time, Rules: rules}}, nil
}

// fetched asks for a page.
func (a *app) fetched(ctx context.Context, address string) (in *pageBytes, err error) {
	cfg, err := a.anyConfig()
	if err != nil {
		return nil, err
	}
	if err := savable(cfg, address); err != nil {
		return nil, err
	}
	p, err := a.peek(ctx, cfg, address)
	if err != nil {
		return nil, err
	}
	defer closing(p, &err)
	in, _, err = p.page(ctx, address)
	return in, err
}

// anyConfig is the configuration, or the one without any site where there is no file.
func (a *app) anyConfig() (*config.Config, error) {
	if !config.Exists(a.configFile()) {
		return config.Default(), nil
	}
	return a.loadConfig()
}

// read reads the page.
func (in *pageBytes) read(explain bool) (*parsedRow, error) {
	text, charset := parser.Decode(in.body, in.contentType)
	var page *parser.Page
	var why *parser.Explanation
	var err error
	if explain {
		page, why, err = parser.Explain(text, in.from)
	} else {
		page, err = parser.Parse(text, in.from)
	}
	if err != nil {
		return nil, err
	}
	return newParsedRow(in, page, charset, why), nil
}

type parseSummary struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	Parsed  int    `json:"parsed"`
}

func (parseSummary) text(*textPrinter) {}
