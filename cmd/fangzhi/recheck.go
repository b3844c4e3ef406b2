package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"fangzhi/archive"
)

var recheckHelp = help{
	use:   "recheck ID…",
	group: groupCollect,
	short: words{"look now whether documents have changed", "立即复查文献有无变化"},
	long: words{`
Recheck fetches documents that are known again, now, and says of each whether it is unchanged, edited, or cannot be reached any more. Crawls do the same by themselves, less often the longer a document stays as it is: after 1, 3, 7, 30 and 90 days, and after a change from the beginning again.

The same gate holds as for a crawl: robots.txt, delays, daily caps. When a crawl is running in the archive, it does the work between its own requests. ID is what search prints, or an address.`, `
立即重新抓取已有的文献，说明每一篇是未变、已改动还是无法访问。平时采集会自动复查：文献越久不变，复查越稀（1、3、7、30、90 天），有改动则重新从头开始。

与采集走同一道关口：robots.txt、间隔和每日上限。若有采集正在进行，则由它完成。ID 是 search 输出的编号，也可以是网址。`},
	example: "fangzhi recheck k3x7q2ma\nfangzhi recheck https://www.jiangxi.gov.cn/art/1.html",
	exits:   archiveExits(exitBusy, exitDiskFull),
}

func (a *app) recheckCommand() *cobra.Command {
	return a.command(recheckHelp, cobra.MinimumNArgs(1), a.recheck)
}

func (a *app) recheck(ctx context.Context, refs []string) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	save, r, err := a.saving(ctx, cfg)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	sum := recheckSummary{Type: "summary", Command: "recheck", Found: map[string]int{}}
	for _, ref := range refs {
		before, err := r.Article(ctx, ref)
		if err != nil {
			return err
		}
		if err := cfg.MayAsk(before.URL); err != nil {
			return err
		}
		saved, err := save(ctx, before.URL)
		if err != nil {
			return err
		}
		after, err := r.Article(ctx, before.ID)
		if err != nil {
			return err
		}
		row := recheckedRow{Type: "rechecked", ID: after.ID, URL: saved.URL, Found: compared(before, after, saved.Outcome), Versions: after.Versions, Reason: saved.Reason}
		a.out.Print(row)
		sum.Found[row.Found]++
	}
	a.out.Print(sum)
	if n := sum.Found["not checked"]; n > 0 {
		return &problem{code: exitFailed, what: words{fmt.Sprintf("%d of %d documents could not be looked at", n, len(refs)), fmt.Sprintf("%d 篇文献（共 %d 篇）未能复查", n, len(refs))},
			hint: words{"`fangzhi report URL` says what was received", "`fangzhi report 网址` 说明收到了什么"}}
	}
	return nil
}

// compared says what a recheck found: unchanged, edited, returned, gone, or that the
// document was not seen and nothing can be said.
func compared(before, after *archive.Article, outcome archive.Outcome) string {
	switch {
	case after.Unreachable != nil && outcome == archive.Failed:
		return "gone"
	case outcome != archive.Kept && outcome != archive.Unchanged:
		return "not checked"
	case before.Unreachable != nil && after.Unreachable == nil:
		return "returned"
	case after.Versions > before.Versions || before.Type != after.Type:
		return "edited"
	}
	return "unchanged"
}

// A recheckedRow is what became of one document.
type recheckedRow struct {
	Type     string         `json:"type"`
	ID       string         `json:"id"`
	URL      string         `json:"url"`
	Found    string         `json:"found"`
	Versions int            `json:"versions"`
	Reason   archive.Reason `json:"reason,omitempty"`
}

func (r recheckedRow) text(t *textPrinter) {
	found := map[string]words{
		"unchanged": {"unchanged", "未变"}, "edited": {"edited", "已改动"}, "returned": {"reachable again", "恢复访问"},
		"gone": {"cannot be reached", "无法访问"}, "not checked": {"not looked at", "未能复查"},
	}[r.Found]
	line := t.lang.of(found)
	if r.Reason != "" {
		line += " (" + string(r.Reason) + ")"
	}
	t.line(r.ID, "  ", line, "  ", printable(r.URL))
}

type recheckSummary struct {
	Type    string         `json:"type"`
	Command string         `json:"command"`
	Found   map[string]int `json:"found"`
}

func (recheckSummary) text(*textPrinter) {}
