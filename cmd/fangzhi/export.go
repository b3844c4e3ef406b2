package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fangzhi/archive"
	"fangzhi/config"
)

var exportHelp = help{
	use:   "export -o FILE",
	group: groupKeep,
	short: words{"write documents to a JSONL, CSV or WARC file", "把文献导出为 JSONL、CSV 或 WARC 文件"},
	long: words{`
Export writes the documents that the flags select, all of them without flags, in a stable order. The file appears whole or not at all: it is written under another name, synced and renamed, and an existing file is refused unless --force. "-o -" is standard output.

jsonl has one article a line with everything that show --json tells. csv has the same fields without the text, which --text adds; a file begins with a byte order mark so that spreadsheets read it, and a cell that begins like a formula gets an apostrophe. warc has the captures of every version, byte for byte as they lie in the archive, with their requests and with the answers that showed an address to be unreachable; name it .warc.gz.

A long export keeps no crawl from running: what is changed after it began is not in it.`, `
导出选项所选的文献（不加选项则为全部），顺序固定。文件要么完整出现，要么不出现：先写临时文件，落盘后改名；已有的文件不会被覆盖，除非加 --force。“-o -” 表示标准输出。

jsonl 每行一篇文章，内容与 show --json 相同。csv 字段相同但不含正文，加 --text 才含；文件以 BOM 开头，便于表格软件识别；形似公式的单元格前加撇号。warc 含每个版本的抓取记录，与档案中逐字节一致，连同请求和“无法访问”的应答；文件名请用 .warc.gz。

导出再久也不妨碍采集：开始之后的改动不在其中。`},
	example: "fangzhi export --format csv --region 江西 --published 2022 -o jiangxi-2022.csv\nfangzhi export --format warc --site zgw123 -o zgw123.warc.gz\nfangzhi export -o - | jq -r .title",
	exits:   archiveExits(exitFixity, exitDiskFull),
}

type exportOptions struct {
	selection
	format string
	output string
	words  string
	text   bool
	force  bool
}

func (a *app) exportCommand() *cobra.Command {
	var opt exportOptions
	c := a.command(exportHelp, cobra.NoArgs, func(ctx context.Context, _ []string) error { return a.export(ctx, opt) })
	f := c.Flags()
	f.StringVar(&opt.format, "format", "", a.lang.say("jsonl, csv or warc `FORMAT`; without it, what FILE ends in, else jsonl", "`格式` jsonl、csv 或 warc；不写则按文件名后缀，否则为 jsonl"))
	f.StringVarP(&opt.output, "output", "o", "", a.lang.say("`FILE` to write; - is standard output", "输出`文件`；- 为标准输出"))
	f.StringVar(&opt.words, "query", "", a.lang.say("`WORDS` to be found, as in search", "检索`词语`，同 search"))
	opt.flags(f, a)
	f.BoolVar(&opt.text, "text", false, a.lang.say("csv: with the text", "csv：包含正文"))
	f.BoolVar(&opt.force, "force", false, a.lang.say("replace a file that exists", "覆盖已有文件"))
	return c
}

// exportPage is how many articles are asked for at a time: few enough that nobody
// waits for the archive meanwhile.
const exportPage = 200

func (a *app) export(ctx context.Context, opt exportOptions) (err error) {
	if err := opt.complete(); err != nil {
		return err
	}
	q, err := opt.query(opt.words)
	if err != nil {
		return err
	}
	out, err := newOutput(opt.output, opt.force, a.stdout)
	if err != nil {
		return err
	}
	r, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(r, &err)
	if err := a.knownSite(ctx, r, q.Site); err != nil {
		return err
	}
	sum, err := a.exportTo(ctx, r, q, opt, out)
	if err != nil {
		out.Discard()
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	a.tellExport(sum)
	return nil
}

// complete fills in the format and refuses what contradicts itself.
func (o *exportOptions) complete() error {
	if o.output == "" {
		return usage(words{"where to? -o FILE is missing", "导出到哪里？缺少 -o 文件"},
			words{"fangzhi export -o articles.jsonl, or -o - for standard output", "例如 fangzhi export -o articles.jsonl；-o - 为标准输出"})
	}
	if o.format == "" {
		o.format = formatOf(o.output)
	}
	switch o.format {
	case "jsonl", "warc":
		if o.text && o.format == "warc" {
			return usage(words{"--text is for --format csv, not for warc", "--text 只用于 --format csv，不用于 warc"}, words{})
		}
	case "csv":
	default:
		return usage(words{fmt.Sprintf("there is no format %q", o.format), fmt.Sprintf("没有格式 %q", o.format)},
			words{"--format jsonl, csv or warc", "--format jsonl、csv 或 warc"})
	}
	return nil
}

func formatOf(name string) string {
	name = strings.ToLower(name)
	switch {
	case strings.HasSuffix(name, ".csv"):
		return "csv"
	case strings.HasSuffix(name, ".warc"), strings.HasSuffix(name, ".warc.gz"):
		return "warc"
	}
	return "jsonl"
}

// An exporter writes articles in one format.
type exporter interface {
	Write(*archive.Article) error
	Close() error
}

func (a *app) exportTo(ctx context.Context, r archive.Reader, q archive.Query, opt exportOptions, out *output) (sum exportSummary, err error) {
	sum = exportSummary{Type: "summary", Command: "export", Format: opt.format, File: opt.output}
	buffered := bufio.NewWriterSize(out, 1<<20)
	var e exporter
	switch opt.format {
	case "csv":
		e = newCSV(buffered, out.isFile(), opt.text)
	case "warc":
		e = &warcExport{app: a, ctx: ctx, reader: r, w: buffered, name: filepath.Base(opt.output)}
	default:
		e = newJSONL(buffered)
	}
	for cursor := ""; ; {
		page, err := r.Export(ctx, q, cursor, exportPage)
		if err != nil {
			return sum, err
		}
		for i := range page.Articles {
			if err := e.Write(&page.Articles[i]); err != nil {
				return sum, fmt.Errorf("export %s: %w", page.Articles[i].ID, err)
			}
			sum.Articles++
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	err = e.Close()
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return sum, fmt.Errorf("export to %s: %w", opt.output, err)
	}
	sum.Bytes = out.written
	return sum, nil
}

// A jsonlExport writes one article a line.
type jsonlExport struct{ enc *json.Encoder }

func newJSONL(w *bufio.Writer) jsonlExport {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return jsonlExport{enc}
}

func (e jsonlExport) Write(a *archive.Article) error { return e.enc.Encode(a) }
func (e jsonlExport) Close() error                   { return nil }

// A warcExport writes the captures of every version, and of the answer that showed
// an address to be unreachable.
type warcExport struct {
	app    *app
	ctx    context.Context
	reader archive.Reader
	w      *bufio.Writer
	name   string
	out    *archive.WARCExport
}

func (e *warcExport) Write(a *archive.Article) error {
	if e.out == nil {
		cfg, err := e.app.loadConfig()
		if err != nil {
			cfg = config.Default()
		}
		if e.out, err = archive.NewWARCExport(e.w, e.app.global.archive, e.name, e.app.now().UTC(), warcInfo(cfg)); err != nil {
			return err
		}
	}
	for v := 1; v < a.Versions; v++ {
		older, err := e.reader.Article(e.ctx, fmt.Sprintf("%s@%d", a.ID, v))
		if err != nil {
			return err
		}
		if err := e.out.Add(older.Location); err != nil {
			return err
		}
	}
	if err := e.out.Add(a.Location); err != nil {
		return err
	}
	if a.Unreachable != nil {
		return e.out.Add(a.Unreachable.Location)
	}
	return nil
}

func (e *warcExport) Close() error { return nil }

type exportSummary struct {
	Type     string `json:"type"`
	Command  string `json:"command"`
	Format   string `json:"format"`
	File     string `json:"file"`
	Articles int    `json:"articles"`
	Bytes    int64  `json:"bytes"`
}

// tellExport says on standard error what was written: standard output may be the
// export itself.
func (a *app) tellExport(s exportSummary) {
	if s.File != "-" {
		a.out.Print(s)
		return
	}
	if a.global.json || a.global.quiet {
		return
	}
	fmt.Fprintln(a.stderr, s.sentence(a.lang))
}

func (s exportSummary) sentence(l lang) string {
	if s.Articles == 0 {
		return l.say("nothing is selected; no file was written", "没有选中任何文献，未写文件")
	}
	return l.say("wrote %s, %s, to %s", "已导出 %s（%s）到 %s", l.count(s.Articles, "document", "documents", "篇文献"), size(s.Bytes), s.File)
}

func (s exportSummary) text(t *textPrinter) {
	if !t.quiet {
		t.line(s.sentence(t.lang))
	}
}
