package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/config"
)

var rebuildHelp = help{
	use:   "rebuild",
	group: groupKeep,
	short: words{"make the database anew from the captures", "从抓取记录重建数据库"},
	long: words{`
Rebuild makes fangzhi.db anew from the WARC files in captures/, which are the truth: every page is read again, and every visit applied again from its record. The old database stays in use until the new one is complete, and is then replaced by it.

It is for a database that was lost or damaged, and harmless otherwise. It needs the archive for itself, as a crawl does.`, `
从 captures/ 中的 WARC 文件重建 fangzhi.db，那些文件才是根本：每个网页重新读取，每次访问按其记录重演。新数据库完成之前旧的继续使用，完成后才替换。

用于数据库丢失或损坏的情况，平时运行也无害。与采集一样，需要独占档案库。`},
	example: "fangzhi rebuild --archive /srv/fangzhi",
	exits:   archiveExits(exitBusy, exitFixity, exitDiskFull),
}

type rebuildOptions struct{}

func (a *app) rebuildCommand() *cobra.Command {
	var opt rebuildOptions
	return a.command(rebuildHelp, cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.rebuild(ctx, opt) })
}

func (a *app) rebuild(ctx context.Context, _ rebuildOptions) (err error) {
	if !archive.Exists(a.global.archive) {
		return a.noArchive()
	}
	cfg, err := a.loadConfig()
	if err != nil {
		cfg = config.Default() // the captures can be read without it
	}
	began := time.Now()
	opt := a.ownerOptions(cfg, nil)
	var found *archive.Rebuilt
	opt.Open = func(_ context.Context, dir string, _ owner.Mode) (b owner.Backend, err error) {
		b, found, err = rebuilt(ctx, dir, a.archiveOptions(cfg, nil))
		return b, err
	}
	s, err := owner.Open(ctx, a.global.archive, owner.Crawl, opt)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	sum := rebuildSummary{"summary", "rebuild", status.Captures, status.Documents, status.Versions, status.Bytes, found.Unread, found.Damaged, found.Ledger, time.Since(began).Seconds()}
	a.out.Print(sum)
	return sum.problem()
}

// rebuilt makes the database anew and opens the archive with it.
func rebuilt(ctx context.Context, dir string, opt archive.Options) (owner.Backend, *archive.Rebuilt, error) {
	found, err := archive.Rebuild(ctx, dir, opt)
	if err != nil {
		return nil, nil, err
	}
	b, err := archive.Open(dir, opt)
	if err != nil {
		return nil, nil, err
	}
	return b, found, nil
}

type rebuildSummary struct {
	Type      string   `json:"type"`
	Command   string   `json:"command"`
	Captures  int      `json:"captures"`
	Documents int      `json:"documents"`
	Versions  int      `json:"versions"`
	Bytes     int64    `json:"bytes"`
	Unread    int      `json:"unread,omitempty"` // the next crawl reads them
	Damaged   []string `json:"damaged,omitempty"`
	Ledger    []string `json:"ledger,omitempty"` // checkpoints that saw something else
	Seconds   float64  `json:"seconds"`
}

// problem is what could not be restored, nil for nothing.
func (s rebuildSummary) problem() error {
	if len(s.Damaged)+len(s.Ledger) == 0 {
		return nil
	}
	if len(s.Damaged) == 0 {
		return &problem{code: exitFixity,
			what: words{fmt.Sprintf("%d signed checkpoints saw something else than captures/ holds", len(s.Ledger)), fmt.Sprintf("有 %d 个已签名的检查点与 captures/ 的内容不符", len(s.Ledger))},
			hint: words{"segments are missing or were changed; a backup of captures/ may have them", "有文件缺失或被改动；captures/ 的备份中或许还有"}}
	}
	return &problem{code: exitFixity,
		what: words{fmt.Sprintf("%d records could not be read; all others are restored", len(s.Damaged)), fmt.Sprintf("有 %d 条记录无法读取，其余均已恢复", len(s.Damaged))},
		hint: words{"pages among them are fetched again by the next crawl; a backup of captures/ may have them", "其中的网页会在下次采集时重新抓取；captures/ 的备份中或许还有"}}
}

func (s rebuildSummary) text(t *textPrinter) {
	t.say("rebuilt in %s: %d captures (%s) read, %d documents in %d versions", "重建完成，用时 %s：读取抓取记录 %d 条（%s），文献 %d 篇、%d 个版本",
		t.lang.duration(s.Seconds), s.Captures, size(s.Bytes), s.Documents, s.Versions)
	if s.Unread > 0 {
		t.say("%d captures of a crawl that was killed are read by the next crawl", "%d 条抓取记录属于被中断的采集，将由下次采集读取", s.Unread)
	}
	for _, d := range s.Damaged {
		t.line("  ", t.mark(t.lang.say("damaged: ", "损坏：")), d)
	}
	if len(s.Ledger) > 0 {
		t.line("  ", t.mark(t.lang.say("ledger: ", "账本：")), s.Ledger[0], t.lang.say(" (of %d such)", "（共 %d 个）", len(s.Ledger)))
	}
}
