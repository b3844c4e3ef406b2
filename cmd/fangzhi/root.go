package main

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// An app is one invocation of the program: where it speaks, in which language, and
// what the global flags say.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
	args           []string
	lang           lang
	global         globalOptions
	out            printer
	now            func() time.Time
	dial           func(ctx context.Context, network, address string) (net.Conn, error) // nil but in tests
	helps          map[*cobra.Command]help
	children       map[*cobra.Command][]*cobra.Command
}

// globalOptions are the flags every command has.
type globalOptions struct {
	archive string
	config  string
	json    bool
	quiet   bool
}

// newApp looks at the global flags before the commands are built, because their
// help is written in the language that the configuration asks for.
func newApp(args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) *app {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, environ: environ, args: args, now: time.Now,
		helps: map[*cobra.Command]help{}, children: map[*cobra.Command][]*cobra.Command{}}
	early := pflag.NewFlagSet("fangzhi", pflag.ContinueOnError)
	early.ParseErrorsAllowlist.UnknownFlags = true
	early.Usage = func() {}
	early.BoolP("help", "h", false, "")
	a.globalFlags(early)
	_ = early.Parse(args) // cobra parses again and complains
	a.lang = langOf(configuredLang(a.configFile()), a.getenv)
	a.out = a.newPrinter()
	return a
}

func (a *app) globalFlags(f *pflag.FlagSet) {
	dir := a.getenv("FANGZHI_ARCHIVE")
	if dir == "" {
		dir = "archive"
	}
	f.StringVar(&a.global.archive, "archive", dir, a.lang.say("`DIR` of the archive; FANGZHI_ARCHIVE sets it too", "档案库`目录`；也可用环境变量 FANGZHI_ARCHIVE"))
	f.StringVar(&a.global.config, "config", a.global.config, a.lang.say("configuration `FILE`, if not the archive's own fangzhi.toml", "配置`文件`，默认用档案库中的 fangzhi.toml"))
	f.BoolVar(&a.global.json, "json", a.global.json, a.lang.say("one JSON object a line, a summary last; errors too", "每行一个 JSON 对象，最后是汇总；错误也如此"))
	f.BoolVar(&a.global.quiet, "quiet", a.global.quiet, a.lang.say("say nothing unless something is wrong", "没有问题就不输出"))
}

// getenv is os.Getenv for the environment the program was given.
func (a *app) getenv(name string) string {
	for i := len(a.environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(a.environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// configFile is where the configuration is, whether it exists or not.
func (a *app) configFile() string {
	if a.global.config != "" {
		return a.global.config
	}
	return filepath.Join(a.global.archive, configName)
}

// The groups of commands, in the order of help.
const (
	groupCollect = "collect"
	groupFind    = "find"
	groupKeep    = "keep"
	groupCare    = "care"
)

var groups = []struct {
	id    string
	title words
}{
	{groupCollect, words{"Collect 采集", "采集"}},
	{groupFind, words{"Find 检索", "检索"}},
	{groupKeep, words{"Archive 归档", "归档"}},
	{groupCare, words{"Look after 照管", "照管"}},
}

var rootHelp = help{
	use:   "fangzhi",
	short: words{"crawl Chinese government portals into an archive, search it, export it", "把政务网站采集为档案库，可检索、可导出"},
	long: words{`
Fangzhi walks the listing pages of government portals, reads each article out of its page, keeps the page as it was received, and lets people find, prove and export what was published, what was changed afterwards, and what can no longer be reached.

Begin with "fangzhi demo": it needs no network and takes a few seconds. For portals of your own, "fangzhi config init" writes a configuration to fill in, "fangzhi crawl" crawls, and "fangzhi search" finds.`, `
方志沿着政务网站的列表页采集：从网页中读出文章，原样保存收到的字节，让人能够查找、证明和导出——发布过什么、后来改过什么、什么已无法访问。

先试试 “fangzhi demo”：不需要网络，几秒钟完成。要采集真实网站，用 “fangzhi config init” 写出配置文件，填好后 “fangzhi crawl” 采集，“fangzhi search” 检索。`},
	example: "fangzhi demo",
	exits:   allExits(),
}

// root builds the tree of commands.
func (a *app) root(args []string) *cobra.Command {
	root := a.parent(rootHelp,
		a.demoCommand(), a.crawlCommand(), a.planCommand(), a.saveCommand(), a.recheckCommand(), a.probeCommand(), a.parseCommand(),
		a.searchCommand(), a.showCommand(),
		a.exportCommand(), a.verifyCommand(), a.checkpointCommand(),
		a.statusCommand(), a.coverageCommand(), a.reportCommand(), a.siteCommand(), a.configCommand(), a.rebuildCommand(), a.versionCommand(),
	)
	for _, g := range groups {
		root.AddGroup(&cobra.Group{ID: g.id, Title: a.lang.of(g.title)})
	}
	a.globalFlags(root.PersistentFlags())
	root.PersistentFlags().BoolP("help", "h", false, a.lang.say("this help", "显示帮助"))
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(a.helpCommand(root))
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { a.printHelp(c) })
	root.SetFlagErrorFunc(a.flagError)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	return root
}
