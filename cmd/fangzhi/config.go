package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"fangzhi/config"
)

var configHelp = help{
	use:   "config COMMAND",
	group: groupCare,
	short: words{"write, check and show the configuration", "写出、检查、显示配置"},
	long: words{`
An archive has one configuration, fangzhi.toml in its directory. init writes one to fill in, check says what is wrong with it, show what is in effect and where each value came from; systemd and cron print what runs crawls from then on.`, `
每个档案库有一份配置，即其目录中的 fangzhi.toml。init 写出一份待填写的，check 指出错误，show 列出生效的值及其出处；systemd 和 cron 输出定时采集所需的设置。`},
	example: "fangzhi config init\nfangzhi config check",
	exits:   []int{exitFailed, exitUsage, exitConfig, exitNoArchive},
}

func (a *app) configCommand() *cobra.Command {
	return a.parent(configHelp, a.configInitCommand(), a.configCheckCommand(), a.configShowCommand(), a.configSystemdCommand(), a.configCronCommand())
}

var configInitHelp = help{
	use:   "init [PRESET…]",
	short: words{"begin an archive: write its fangzhi.toml", "新建档案库：写出 fangzhi.toml"},
	long: words{`
Init makes the directory of the archive, if need be, and writes a fangzhi.toml with every key explained in English and Chinese. Presets that are named are in it, else zgw123. A configuration that is there already is never touched.

Without a contact no public host is crawled: an e-mail address or a page by which the operator of a portal can reach you. Give it here or fill it in.`, `
需要时建立档案库目录，并写出 fangzhi.toml，其中每一项都有中英文说明。写上内置站点的名称则包含这些站点，否则为 zgw123。已有的配置不会改动。

没有联系方式就不采集任何公网主机：请用 --contact 给出电子邮箱或网页，或之后填入文件。`},
	example: "fangzhi config init --contact crawl@library.example.cn\nfangzhi config init --archive /srv/fangzhi zgw123 guizhou",
	exits:   []int{exitFailed, exitUsage, exitConfig},
}

type configInitOptions struct {
	contact string
	lang    string
}

func (a *app) configInitCommand() *cobra.Command {
	var opt configInitOptions
	c := a.command(configInitHelp, cobra.ArbitraryArgs, func(_ context.Context, args []string) error { return a.configInit(opt, args) })
	c.Flags().StringVar(&opt.contact, "contact", "", a.lang.say("e-mail `ADDRESS` or page that is sent with every request", "随每次请求发送的电子邮箱或网页`地址`"))
	c.Flags().StringVar(&opt.lang, "lang", "", a.lang.say("`zh` or en; without it, the system's LANG decides", "`zh` 或 en；不写则按系统 LANG"))
	return c
}

func (a *app) configInit(opt configInitOptions, presets []string) error {
	file := a.configFile()
	if config.Exists(file) {
		return exists(file)
	}
	sites := make([]config.Site, len(presets))
	for i, name := range presets {
		if err := knownPreset(name); err != nil {
			return err
		}
		sites[i] = config.Site{Preset: name}
	}
	dir := filepath.Dir(file)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 && a.global.config == "" && foreign(entries) {
		return a.noArchive()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := config.Create(file, config.Init(config.InitOptions{Contact: opt.contact, Lang: opt.lang, Sites: sites})); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return exists(file)
		}
		return err
	}
	a.out.Print(configInitSummary{"summary", "config init", file, opt.contact != ""})
	return nil
}

// foreign tells whether a directory has files that are no archive's.
func foreign(entries []os.DirEntry) bool {
	for _, e := range entries {
		switch e.Name() {
		case "captures", "ledger", "sites", "README.txt", "owner.json", "fangzhi.db", "index", "lost+found":
		default:
			return true
		}
	}
	return false
}

type configInitSummary struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	File    string `json:"file"`
	contact bool
}

func (s configInitSummary) text(t *textPrinter) {
	t.say("Wrote %s.", "已写出 %s。", s.File)
	if !s.contact {
		t.say("Fill in its contact, then `fangzhi crawl`.", "请填写其中的 contact，然后运行 `fangzhi crawl`。")
	}
}

// knownPreset refuses a name that no preset has.
func knownPreset(name string) error {
	var names []string
	for _, p := range config.Presets() {
		if p.Name == name {
			return nil
		}
		names = append(names, p.Name)
	}
	hint := words{"`fangzhi site list --presets` names them", "`fangzhi site list --presets` 列出全部"}
	if near := nearestName(name, names); near != "" {
		hint = words{"did you mean " + near + "?", "是不是 " + near + "？"}
	}
	return usage(words{fmt.Sprintf("there is no preset %q", name), fmt.Sprintf("没有内置站点 %q", name)}, hint)
}

var configCheckHelp = help{
	use:   "check",
	short: words{"say what is wrong with the configuration", "指出配置中的错误"},
	long: words{`
Check reads the configuration with everything it includes, as a crawl would, and names each thing that is wrong with its file, line and column, and the valid key or value that was probably meant.`, `
像采集时一样读取配置及其包含的文件，逐项指出错误所在的文件、行、列，以及可能想写的键或值。`},
	example: "fangzhi config check --archive /srv/fangzhi",
	exits:   []int{exitFailed, exitUsage, exitConfig, exitNoArchive},
}

type configCheckOptions struct{}

func (a *app) configCheckCommand() *cobra.Command {
	var opt configCheckOptions
	return a.command(configCheckHelp, cobra.NoArgs, func(context.Context, []string) error { return a.configCheck(opt) })
}

func (a *app) configCheck(configCheckOptions) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	sum := configCheckSummary{Type: "summary", Command: "config check", Files: cfg.Files, Sites: len(cfg.Sites)}
	for i := range cfg.Sites {
		if err := cfg.MayCrawl(&cfg.Sites[i]); err != nil {
			return err
		}
	}
	a.out.Print(sum)
	return nil
}

type configCheckSummary struct {
	Type    string   `json:"type"`
	Command string   `json:"command"`
	Files   []string `json:"files"`
	Sites   int      `json:"sites"`
}

func (s configCheckSummary) text(t *textPrinter) {
	for _, file := range s.Files {
		t.line(file)
	}
	t.say("Right: %s.", "正确：%s。", t.lang.count(s.Sites, "site", "sites", "个站点"))
}

var configShowHelp = help{
	use:   "show",
	short: words{"show what is in effect, and where each value came from", "显示生效的值及其出处"},
	long: words{`
Show prints every value in effect and where it came from: the file with its line, a preset, a variable of the environment, or the default. Passwords of proxies are hidden.`, `
显示每一项生效的值及其出处：文件及行号、内置站点、环境变量或默认值。代理的密码不会显示。`},
	example: "fangzhi config show --json",
	exits:   []int{exitFailed, exitUsage, exitConfig, exitNoArchive},
}

type configShowOptions struct{}

func (a *app) configShowCommand() *cobra.Command {
	var opt configShowOptions
	return a.command(configShowHelp, cobra.NoArgs, func(context.Context, []string) error { return a.configShow(opt) })
}

func (a *app) configShow(configShowOptions) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	settings := cfg.Show()
	for _, s := range settings {
		a.out.Print(settingRow{"setting", s})
	}
	a.out.Print(configShowSummary{"summary", "config show", cfg.Files, len(settings)})
	return nil
}

type settingRow struct {
	Type string `json:"type"`
	config.Setting
}

func (r settingRow) text(t *textPrinter) {
	t.line(r.Key, " = ", r.Value, "  ", t.dim("# "+r.Origin))
}

type configShowSummary struct {
	Type     string   `json:"type"`
	Command  string   `json:"command"`
	Files    []string `json:"files"`
	Settings int      `json:"settings"`
}

func (configShowSummary) text(*textPrinter) {}
