package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fangzhi/archive"
)

var checkpointHelp = help{
	use:   "checkpoint",
	group: groupKeep,
	short: words{"print the newest signed checkpoint of the ledger", "输出账本最新的已签名检查点"},
	long: words{`
Checkpoint prints what the last crawl signed: how many captures and events the ledger had, and the root of the Merkle tree over them (C2SP tlog-checkpoint, a signed note with Ed25519).

Give it to others to keep: print it, mail it, put it into a newspaper. "fangzhi verify --against" proves later that the archive still begins with all that it had then. A checkpoint that only you have proves nothing to others, because you could sign another one.`, `
输出最近一次采集签名的内容：账本中抓取记录和事件的数量，以及它们的默克尔树的根（C2SP tlog-checkpoint，Ed25519 签名）。

请交给别人保存：打印、邮寄、登报。以后可用 “fangzhi verify --against” 证明档案库仍以当时的全部内容开头。只有自己保存的检查点不能向别人证明什么，因为自己可以另签一个。`},
	example: "fangzhi checkpoint > checkpoint-2026.txt",
	exits:   archiveExits(),
}

func (a *app) checkpointCommand() *cobra.Command {
	return a.command(checkpointHelp, cobra.NoArgs, func(context.Context, []string) error { return a.checkpoint() })
}

func (a *app) checkpoint() error {
	if !archive.Exists(a.global.archive) {
		return a.noArchive()
	}
	text, err := archive.Checkpoint(a.global.archive)
	if errors.Is(err, archive.ErrNotFound) {
		return &problem{code: exitFailed, err: err,
			what: words{"there is no checkpoint yet", "还没有检查点"},
			hint: words{"each crawl that ends signs one", "每次采集结束时会签一个"}}
	}
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	a.out.Print(checkpointRow{"summary", "checkpoint", string(text)})
	return nil
}

type checkpointRow struct {
	Type       string `json:"type"`
	Command    string `json:"command"`
	Checkpoint string `json:"checkpoint"` // a signed note
}

// text is the note as it is: whoever keeps it must be able to check it.
func (r checkpointRow) text(t *textPrinter) { _, _ = t.w.WriteString(r.Checkpoint) }
