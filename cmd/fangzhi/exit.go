package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/config"
)

// Exit codes. They are promised to scripts: add, never change.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitAlarm       = 3
	exitConfig      = 4
	exitNoArchive   = 10
	exitBusy        = 11
	exitFixity      = 12
	exitDiskFull    = 13
	exitNewer       = 14
	exitInterrupted = 130
)

// exitCodes say what the codes mean, in the order of help.
var exitCodes = []struct {
	code    int
	meaning words
}{
	{exitDone, words{"done, and nothing newly wrong", "完成，没有新的问题"}},
	{exitFailed, words{"failed; the message says what", "失败，原因见提示"}},
	{exitUsage, words{"bad usage", "用法有误"}},
	{exitAlarm, words{"finished, and an alarm began; with --strict, any link failed", "已完成，但出现新的警报；用 --strict 时，任一链接失败"}},
	{exitConfig, words{"bad configuration", "配置有误"}},
	{exitNoArchive, words{"no archive here", "此处没有档案库"}},
	{exitBusy, words{"another crawl is running in this archive", "另一个采集正在使用这个档案库"}},
	{exitFixity, words{"what is kept does not match its checksum", "保存的内容与校验值不符"}},
	{exitDiskFull, words{"the disk is full", "磁盘已满"}},
	{exitNewer, words{"the archive was made by a newer version", "档案库由更新的版本建立"}},
	{exitInterrupted, words{"interrupted; the archive was closed cleanly", "被中断；档案库已正常关闭"}},
}

// A problem is an error as the user reads it: what happened, and what to do.
type problem struct {
	code int
	what words
	hint words // empty when there is nothing to advise
	err  error // its cause, nil if it has none
}

func (p *problem) Error() string { return p.what.en }
func (p *problem) Unwrap() error { return p.err }

// usage is a problem with what was typed.
func usage(what, hint words) error { return &problem{code: exitUsage, what: what, hint: hint} }

// A rule of the table: the first that matches an error tells its exit code.
type rule struct {
	code    int
	matches func(error) bool
	zh      string // what happened; the English is the error's own text
	hint    words
}

// rules are the table from errors to exit codes.
var rules = []rule{
	{exitNewer, is(archive.ErrNewer), "档案库由更新版本的 fangzhi 建立", words{"use the newer fangzhi; nothing was changed here", "请使用新版本的 fangzhi；这里未作任何改动"}},
	{exitNoArchive, is(archive.ErrNoArchive), "此处没有档案库", words{"`fangzhi config init` begins one here; --archive DIR or FANGZHI_ARCHIVE names another", "用 `fangzhi config init` 在此建立，或用 --archive 目录、FANGZHI_ARCHIVE 指定别处"}},
	{exitFailed, is(archive.ErrNoDatabase), "数据库不见了，抓取的原文还在", words{"`fangzhi rebuild` makes it anew from captures/", "用 `fangzhi rebuild` 从 captures/ 重建"}},
	{exitFixity, as[*archive.DamagedError], "数据库中有一项与校验值不符", words{"`fangzhi rebuild` makes the database anew from captures/", "用 `fangzhi rebuild` 从 captures/ 重建数据库"}},
	{exitDiskFull, isDiskFull, "磁盘已满", words{"make room and run it again: what was acknowledged is safe, and a crawl goes on where it stopped", "请腾出空间后再次运行：已保存的内容完好，采集会从中断处继续"}},
	{exitFailed, is(archive.ErrNotFound), "档案库中没有", words{"`fangzhi search` finds ids; `fangzhi report URL` says what became of an address", "用 `fangzhi search` 查找编号；`fangzhi report 网址` 说明某个网址的结果"}},
	{exitFailed, is(archive.ErrAmbiguous), "对应多篇文献", words{"give more of the id's characters", "请多写几位编号"}},
	{exitFailed, is(owner.ErrReadOnly), "档案库目录不可写", words{"search, show, export, status and report work there; for the rest, make it writable: `chmod -R u+w DIR`", "检索、查看、导出、状态和报告仍可使用；其余操作请先使目录可写：`chmod -R u+w 目录`"}},
	{exitFailed, as[*owner.SilentError], "档案库被一个没有应答的进程占用", words{"look at that process; when it ends, the archive is free at once", "请查看该进程；它结束后档案库立即可用"}},
	{exitFailed, as[*owner.SkewError], "占用档案库的 fangzhi 版本不同", words{"end it, or use the same version", "请结束该进程，或使用同一版本"}},
	{exitFailed, is(fs.ErrPermission), "没有权限", words{"check owner and mode of the file, or run as the user that crawls", "请检查文件的属主和权限，或以运行采集的用户执行"}},
	{exitFailed, is(syscall.EROFS), "文件系统只读", words{"search, show, export to another disk, status and report still work", "检索、查看、导出到别处、状态和报告仍可使用"}},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func as[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// diskFull are the ways in which a file system says that there is no room. EFBIG is
// that of RLIMIT_FSIZE.
var diskFull = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}

func isDiskFull(err error) bool {
	return err != nil && slices.ContainsFunc(diskFull, func(full syscall.Errno) bool {
		// bbolt hands on only the text when its file cannot grow.
		return errors.Is(err, full) || strings.Contains(err.Error(), "file resize error") && strings.HasSuffix(err.Error(), full.Error())
	})
}

// explain says what an error means to the user.
func explain(ctx context.Context, err error) *problem {
	if p := (*problem)(nil); errors.As(err, &p) {
		return p
	}
	if ctx.Err() != nil {
		return &problem{code: exitInterrupted, err: err,
			what: words{"interrupted", "已中断"},
			hint: words{"nothing that was acknowledged is lost; run it again to go on", "已保存的内容没有丢失；再次运行即可继续"}}
	}
	if busy := (*owner.BusyError)(nil); errors.As(err, &busy) {
		return explainBusy(busy)
	}
	if bad := (*config.Error)(nil); errors.As(err, &bad) {
		return explainConfig(bad, err)
	}
	for _, r := range rules {
		if r.matches(err) {
			what, _, _ := strings.Cut(err.Error(), "\n") // what follows, such as closing, failed for the same reason
			return &problem{code: r.code, what: words{what, r.zh + "：" + what}, hint: r.hint, err: err}
		}
	}
	return &problem{code: exitFailed, what: words{err.Error(), err.Error()}, err: err}
}

func explainBusy(busy *owner.BusyError) *problem {
	return &problem{code: exitBusy, err: busy,
		what: words{busy.Error(), fmt.Sprintf("另一个采集正在使用档案库 %s（进程 %d，始于 %s）", busy.Dir, busy.PID, busy.Since.Local().Format("2006-01-02 15:04"))},
		hint: words{"`fangzhi status` shows how far it is; search, show and export work meanwhile", "`fangzhi status` 显示其进度；检索、查看和导出可照常使用"}}
}

// quietBusy is how long another crawl may run before cron hears of it.
const quietBusy = 24 * time.Hour

// conclude tells the user of an error and answers with the exit code.
func (a *app) conclude(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	p := explain(ctx, err)
	busy := (*owner.BusyError)(nil)
	if a.global.quiet && errors.As(err, &busy) && busy.Age(time.Now()) < quietBusy {
		return p.code
	}
	if p.what.en != "" {
		a.complain(p)
	}
	return p.code
}

// complain writes a problem to standard error.
func (a *app) complain(p *problem) {
	what, hint := a.lang.of(p.what), a.lang.of(p.hint)
	if a.global.json {
		// Standard error that cannot be written has nobody to tell.
		_ = json.NewEncoder(a.stderr).Encode(jsonError{"error", p.code, what, hint})
		return
	}
	label := func(name string) string { return "fangzhi: " + name }
	errorLabel, hintLabel := label(a.lang.say("error: ", "错误：")), label(a.lang.say("hint: ", "提示："))
	for line := range strings.SplitSeq(strings.TrimSpace(what), "\n") {
		fmt.Fprintln(a.stderr, errorLabel+line)
	}
	if hint != "" {
		fmt.Fprintln(a.stderr, hintLabel+hint)
	}
}

// A jsonError is a fatal error with --json: one object on standard error.
type jsonError struct {
	Type  string `json:"type"`
	Code  int    `json:"code"`
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}
