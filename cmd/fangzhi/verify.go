package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/config"
)

var verifyHelp = help{
	use:   "verify [PATH…]",
	group: groupKeep,
	short: words{"check that what is kept is what was received", "核对保存的内容与收到时一致"},
	long: words{`
Verify reads the archive, or the archives and files named, and holds them to every rule: each WARC record to the standard and its digests, the database to its checksums and to the records, the ledger to the captures, checkpoints to their signatures, indexes to the records. Each thing that is wrong is one line: file, offset, record, field, and what is wrong with it.

A file may be WARC (.warc, .warc.gz; also of other tools, 1.0 and 1.1) or CDXJ (.cdxj). With --strict also told is what the standards only recommend.

Under cron, --budget begins no further segment after that time; segments take turns, those first that were not looked at for the longest time. With --against, a checkpoint that was kept elsewhere must be one this archive grew out of: that is what proves that nothing was changed since.

Searches go on meanwhile; a crawl that begins leaves with 11. Nothing is repaired: "fangzhi rebuild" makes database and indexes anew from captures/.`, `
读取档案库（或指定的档案库和文件），按全部规则核对：WARC 记录对照标准和摘要，数据库对照校验值和原始记录，账本对照抓取记录，检查点对照签名，索引对照记录。每个问题一行：文件、偏移、记录、字段、问题。

文件可以是 WARC（.warc、.warc.gz，也可出自其他工具，1.0 和 1.1）或 CDXJ（.cdxj）。加 --strict 时，标准仅作建议之处也会指出。

在 cron 中，用 --budget 限定时间，到时不再开始下一个文件；各文件轮流核对，最久未核对的在先。用 --against 指定保存在别处的检查点，本档案库必须由它增长而来：由此证明此后没有任何改动。

核对期间可以检索；此时开始的采集以 11 退出。不作任何修复：“fangzhi rebuild” 可从 captures/ 重建数据库和索引。`},
	example: "fangzhi verify\n0 3 * * * fangzhi verify --quiet --budget 1h --archive /srv/fangzhi\nfangzhi verify --against checkpoint-2025.txt\nfangzhi verify --strict from-elsewhere.warc.gz",
	exits:   archiveExits(exitBusy, exitFixity),
}

type verifyOptions struct {
	strict   bool
	budget   time.Duration
	against  string
	database bool
}

func (a *app) verifyCommand() *cobra.Command {
	var opt verifyOptions
	c := a.command(verifyHelp, cobra.ArbitraryArgs, func(ctx context.Context, args []string) error { return a.verify(ctx, opt, args) })
	f := c.Flags()
	f.BoolVar(&opt.strict, "strict", false, a.lang.say("tell also what the standards only recommend", "标准仅作建议之处也指出"))
	f.DurationVar(&opt.budget, "budget", 0, a.lang.say("begin no further segment after this `TIME`, such as 1h", "超过此`时间`后不再开始下一个文件，如 1h"))
	f.StringVar(&opt.against, "against", "", a.lang.say("`FILE` with a checkpoint of the past", "保存着以前检查点的`文件`"))
	f.BoolVar(&opt.database, "database", false, a.lang.say("check the pages and values of the database only, as verify lets a process of its own do", "只核对数据库的页和值（由 verify 在单独的进程中调用）"))
	_ = f.MarkHidden("database") // it is there
	return c
}

func (a *app) verify(ctx context.Context, opt verifyOptions, paths []string) error {
	if opt.budget < 0 {
		return usage(words{"--budget must not be negative", "--budget 不能是负数"}, words{})
	}
	if opt.database {
		return archive.CheckDatabase(ctx, a.global.archive, a.found)
	}
	options, err := a.verifyOptions(opt)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{a.global.archive}
	}
	began := time.Now()
	sum := verifySummary{Type: "summary", Command: "verify"}
	for _, path := range paths {
		v, err := a.verifyPath(ctx, options, path)
		if err != nil {
			return err
		}
		sum.add(v)
	}
	sum.Seconds = time.Since(began).Seconds()
	a.out.Print(sum)
	return sum.problem()
}

func (a *app) verifyOptions(opt verifyOptions) (archive.VerifyOptions, error) {
	options := archive.VerifyOptions{Strict: opt.strict, Budget: opt.budget, Report: a.found, Database: a.checkDatabase}
	if opt.against == "" {
		return options, nil
	}
	var err error
	options.Against, err = os.ReadFile(opt.against)
	return options, err
}

// found prints a finding.
func (a *app) found(f archive.Finding) { a.out.Print(findingRow{"finding", f}) }

func (a *app) verifyPath(ctx context.Context, opt archive.VerifyOptions, path string) (*archive.Verified, error) {
	if archive.Exists(path) {
		return a.verifyArchive(ctx, opt, path)
	}
	if path == a.global.archive {
		return nil, a.noArchive()
	}
	return archive.VerifyFile(ctx, path, opt)
}

// verifyArchive keeps crawls away from an archive while it is verified, and answers
// searches meanwhile.
func (a *app) verifyArchive(ctx context.Context, opt archive.VerifyOptions, dir string) (v *archive.Verified, err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		cfg = config.Default()
	}
	var open *archive.Archive
	options := a.ownerOptions(cfg, nil)
	options.Open = func(_ context.Context, dir string, _ owner.Mode) (owner.Backend, error) {
		var err error
		if open, err = a.toVerify(cfg, dir); err != nil {
			return nil, err
		}
		return open, nil
	}
	s, err := owner.Open(ctx, dir, owner.Crawl, options)
	switch {
	case errors.Is(err, owner.ErrReadOnly): // nobody can crawl into it either
		if open, err = a.toVerify(cfg, dir); err == nil {
			defer closing(open, &err)
		}
	case err == nil:
		defer closing(s, &err)
	}
	switch {
	case errors.As(err, new(*archive.DamagedError)), errors.Is(err, archive.ErrNoDatabase):
		return archive.VerifyCaptures(ctx, dir, err, opt)
	case err != nil:
		return nil, err
	}
	return open.Verify(ctx, opt)
}

func (a *app) toVerify(cfg *config.Config, dir string) (*archive.Archive, error) {
	opt := a.archiveOptions(cfg, nil)
	opt.ReadOnly = true
	return archive.Open(dir, opt)
}

// checkDatabase has the database checked by another process of this program: a file
// that is damaged in the wrong place ends it, and not this one.
func (a *app) checkDatabase(ctx context.Context, dir string, report func(archive.Finding)) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, self, "verify", "--database", "--json", "--archive", dir)
	child.Args[0] = os.Args[0]
	child.Env = a.environ
	var complaint bytes.Buffer
	child.Stderr = &complaint
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var f archive.Finding
		if err := json.Unmarshal(lines.Bytes(), &f); err == nil && f.Problem != "" {
			report(f)
		}
	}
	err = errors.Join(lines.Err(), child.Wait())
	if err != nil && ctx.Err() == nil {
		why, _, _ := strings.Cut(strings.TrimSpace(complaint.String()), "\n")
		report(archive.Finding{File: archive.DatabaseName, Offset: -1, Problem: fmt.Sprintf("bbolt cannot read it to its end: %v: %.200s", err, why)})
	}
	return ctx.Err()
}

type findingRow struct {
	Type string `json:"type"`
	archive.Finding
}

func (r findingRow) text(t *textPrinter) {
	t.line(t.mark(t.lang.say("wrong: ", "不符：")), printable(r.String()))
}

type verifySummary struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	archive.Verified
	Seconds float64 `json:"seconds"`
}

func (s *verifySummary) add(v *archive.Verified) {
	s.Segments += v.Segments
	s.Records += v.Records
	s.Bytes += v.Bytes
	s.Leaves += v.Leaves
	s.Checkpoints += v.Checkpoints
	s.Findings += v.Findings
	s.Left += v.Left
	s.LeftNever += v.LeftNever
	if s.LeftSince.IsZero() || !v.LeftSince.IsZero() && v.LeftSince.Before(s.LeftSince) {
		s.LeftSince = v.LeftSince
	}
}

func (s verifySummary) problem() error {
	if s.Findings == 0 {
		return nil
	}
	return &problem{code: exitFixity,
		what: words{fmt.Sprintf("%d things are not as they must be", s.Findings), fmt.Sprintf("有 %d 处不符", s.Findings)},
		hint: words{"`fangzhi rebuild` makes database and indexes anew from captures/; for captures/ and ledger/ themselves, compare with a backup", "数据库和索引可用 `fangzhi rebuild` 从 captures/ 重建；captures/ 和 ledger/ 本身请与备份比较"}}
}

// turn is the time in which every byte is to be looked at.
const turn = 90 * 24 * time.Hour

func (s verifySummary) text(t *textPrinter) {
	late := s.Left > 0 && s.LeftNever == 0 && time.Since(s.LeftSince) > turn
	if late {
		t.line(t.warn(t.lang.say("%d segments were not looked at for more than 90 days: give it more than this budget", "有 %d 个文件超过 90 天未核对：请增加时间", s.Left)))
	}
	if t.quiet && s.Findings == 0 {
		return
	}
	t.say("verified in %s: %d segments (%s), %d records, %d leaves of the ledger, %d checkpoints; wrong: %d", "核对完成，用时 %s：文件 %d 个（%s），记录 %d 条，账本 %d 项，检查点 %d 个；不符 %d 处",
		t.lang.duration(s.Seconds), s.Segments, size(s.Bytes), s.Records, s.Leaves, s.Checkpoints, s.Findings)
	if s.Left > 0 {
		t.say("%d segments are left for the next run", "还有 %d 个文件留待下次", s.Left)
	}
}
