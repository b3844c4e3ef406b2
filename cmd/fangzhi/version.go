package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/parser"
)

var versionHelp = help{
	use:   "version",
	group: groupCare,
	short: words{"version, commit, formats", "版本、提交号、格式版本"},
	long: words{`
Version prints the release, the commit it was built from, and the versions of what is written to disk: an archive whose database has a higher format than this program's is not opened (exit code 14).

"fangzhi completion bash" prints completions for a shell.`, `
输出发布版本、构建所用的提交号，以及写入磁盘的各格式版本：数据库格式高于本程序的档案库不会被打开（退出码 14）。

“fangzhi completion bash” 输出命令行补全脚本。`},
	example: "fangzhi version --json",
	exits:   []int{exitUsage},
}

type versionOptions struct{}

func (a *app) versionCommand() *cobra.Command {
	var opt versionOptions
	return a.command(versionHelp, cobra.NoArgs, func(context.Context, []string) error { return a.version(opt) })
}

func (a *app) version(versionOptions) error {
	a.out.Print(version())
	return nil
}

// A versionRow says what this program is.
type versionRow struct {
	Type     string `json:"type"`
	Command  string `json:"command"`
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built with changes that are in no commit
	Database int    `json:"database_format"`
	WARC     string `json:"warc_format"`
	Parser   int    `json:"parser"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// version reads what the Go tool stamped into the binary.
var version = sync.OnceValue(func() versionRow {
	v := versionRow{Type: "summary", Command: "version", Version: "devel", Database: archive.Format, WARC: "1.1", Parser: parser.Version,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if tag := info.Main.Version; tag != "" && tag != "(devel)" {
		v.Version = tag
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
})

func (v versionRow) text(t *textPrinter) {
	t.line("fangzhi ", v.Version)
	commit := v.Commit
	if v.Modified {
		commit += t.lang.say(" with changes", "（有改动）")
	}
	t.field("commit", "提交", commit)
	t.field("formats", "格式", t.lang.say("database %d, WARC/%s, parser %d", "数据库 %d，WARC/%s，解析器 %d", v.Database, v.WARC, v.Parser))
	t.field("go", "Go", v.Go+" "+v.Platform)
}
