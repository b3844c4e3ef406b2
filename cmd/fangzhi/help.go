package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A help is what a command says of itself, in both languages.
type help struct {
	use     string // with its arguments: show ID
	group   string
	short   words  // one line of the list of commands
	long    words  // prose
	example string // lines as typed, without a prompt
	exits   []int  // codes besides 0 that this command may end with
	hidden  bool
}

// exits are the codes that every command which opens an archive may end with.
func archiveExits(more ...int) []int {
	return append([]int{exitFailed, exitUsage, exitConfig, exitNoArchive, exitNewer, exitInterrupted}, more...)
}

func allExits() (codes []int) {
	for _, c := range exitCodes {
		codes = append(codes, c.code)
	}
	return codes
}

// command makes a command that does something.
func (a *app) command(h help, args cobra.PositionalArgs, do func(ctx context.Context, args []string) error) *cobra.Command {
	c := &cobra.Command{
		Use: h.use, GroupID: h.group, Short: a.lang.of(h.short), Long: strings.TrimSpace(a.lang.of(h.long)), Example: h.example,
		Hidden: h.hidden, SilenceErrors: true, SilenceUsage: true, DisableFlagsInUseLine: true,
		Args: a.wanted(h, args),
		RunE: func(c *cobra.Command, args []string) error { return do(c.Context(), args) },
	}
	a.helps[c] = h
	return c
}

// parent makes a command that only has others below it.
func (a *app) parent(h help, children ...*cobra.Command) *cobra.Command {
	var c *cobra.Command
	c = a.command(h, cobra.ArbitraryArgs, func(_ context.Context, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return a.unknownCommand(c, args[0])
	})
	c.AddCommand(children...)
	a.children[c] = children // in the order of help, which cobra does not keep
	return c
}

func (a *app) unknownCommand(parent *cobra.Command, name string) error {
	hint := words{fmt.Sprintf("`%s --help` lists them", parent.CommandPath()), fmt.Sprintf("`%s --help` 列出全部命令", parent.CommandPath())}
	parent.SuggestionsMinimumDistance = 2
	if near := parent.SuggestionsFor(name); len(near) > 0 {
		hint = words{fmt.Sprintf("did you mean `%s %s`?", parent.CommandPath(), near[0]), fmt.Sprintf("是不是 `%s %s`？", parent.CommandPath(), near[0])}
	}
	return usage(words{fmt.Sprintf("there is no command %q", name), fmt.Sprintf("没有命令 %q", name)}, hint)
}

// wanted says in both languages what is wrong with the number of arguments.
func (a *app) wanted(h help, check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		line := a.useLine(c, h)
		return usage(words{fmt.Sprintf("%s: wrong number of arguments (%d)", c.CommandPath(), len(args)), fmt.Sprintf("%s：参数个数不对（%d 个）", c.CommandPath(), len(args))},
			words{"it is used so: " + line, "用法：" + line})
	}
}

func (a *app) flagError(c *cobra.Command, err error) error {
	hint := words{fmt.Sprintf("`%s --help` lists the flags", c.CommandPath()), fmt.Sprintf("`%s --help` 列出全部选项", c.CommandPath())}
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		if near := nearestName(unknown.GetSpecifiedName(), flagNames(c)); near != "" {
			hint = words{fmt.Sprintf("did you mean --%s?", near), fmt.Sprintf("是不是 --%s？", near)}
		}
	}
	return usage(words{err.Error(), "选项有误：" + err.Error()}, hint)
}

func flagNames(c *cobra.Command) (names []string) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// A given flag is one that was typed.
type given struct {
	flag string
	is   bool
}

// onlyOne names two flags that exclude each other.
func onlyOne(flags ...given) error {
	var typed []string
	for _, g := range flags {
		if g.is {
			typed = append(typed, g.flag)
		}
	}
	if len(typed) < 2 {
		return nil
	}
	return usage(words{fmt.Sprintf("%s and %s exclude each other", typed[0], typed[1]), fmt.Sprintf("%s 和 %s 不能同时使用", typed[0], typed[1])},
		words{"leave one of them out", "请去掉其中一个"})
}

func (a *app) helpCommand(root *cobra.Command) *cobra.Command {
	h := help{use: "help [COMMAND]", short: words{"help about a command", "显示某个命令的帮助"}, hidden: true,
		long:    words{"Help prints what --help prints.", "显示与 --help 相同的内容。"},
		example: "fangzhi help search", exits: []int{exitUsage}}
	return a.command(h, cobra.ArbitraryArgs, func(_ context.Context, args []string) error {
		c, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return a.unknownCommand(root, strings.Join(args, " "))
		}
		return c.Help()
	})
}

func (a *app) useLine(c *cobra.Command, h help) string {
	line := c.CommandPath()
	if _, args, ok := strings.Cut(h.use, " "); ok {
		line += " " + args
	}
	if c.HasAvailableSubCommands() {
		return line + " " + a.lang.say("COMMAND", "命令")
	}
	return line
}

// printHelp lays out the help of a command: prose, usage, example, commands, flags
// and exit codes.
func (a *app) printHelp(c *cobra.Command) {
	h, wide := a.helps[c], a.helpWidth()
	var b strings.Builder
	for paragraph := range strings.SplitSeq(c.Long, "\n") {
		b.WriteString(wrap(paragraph, wide) + "\n")
	}
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", title, strings.TrimRight(text, "\n"))
		}
	}
	section(a.lang.say("Usage:", "用法："), "  "+a.useLine(c, h))
	section(a.lang.say("Example:", "示例："), indent("$ ", h.example))
	a.commandSections(c, section)
	section(a.lang.say("Flags:", "选项："), a.flagUsages(c.LocalNonPersistentFlags(), wide))
	section(a.lang.say("Global flags:", "全局选项："), a.flagUsages(c.Root().PersistentFlags(), wide))
	section(a.lang.say("Exit codes:", "退出码："), a.exitTable(h.exits))
	// A terminal that is gone needs no help.
	_, _ = fmt.Fprint(a.stdout, b.String())
}

func (a *app) commandSections(c *cobra.Command, section func(title, text string)) {
	list := func(group string) string {
		var b strings.Builder
		for _, sub := range a.children[c] {
			if sub.GroupID == group && !sub.Hidden {
				fmt.Fprintf(&b, "  %-10s %s\n", sub.Name(), sub.Short)
			}
		}
		return b.String()
	}
	section(a.lang.say("Commands:", "命令："), list(""))
	for _, g := range c.Groups() {
		section(g.Title, list(g.ID))
	}
}

func (a *app) exitTable(codes []int) string {
	var b strings.Builder
	for _, e := range exitCodes {
		if e.code == exitDone || contains(codes, e.code) {
			fmt.Fprintf(&b, "  %-4d %s\n", e.code, a.lang.of(e.meaning))
		}
	}
	return b.String()
}

func contains(codes []int, code int) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

// flagUsages lists flags, what they take and what they are for. pflag's own list
// counts bytes where columns are meant.
func (a *app) flagUsages(f *pflag.FlagSet, wide int) string {
	var names, meanings []string
	widest := 0
	f.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden {
			return
		}
		name, meaning := a.flagWords(flag)
		names, meanings = append(names, name), append(meanings, meaning)
		widest = max(widest, columns(name))
	})
	var b strings.Builder
	for i, name := range names {
		pad := strings.Repeat(" ", widest-columns(name)+2)
		meaning := wrap(meanings[i], max(wide-widest-2, 30))
		b.WriteString(name + pad + strings.ReplaceAll(meaning, "\n", "\n"+strings.Repeat(" ", widest+2)) + "\n")
	}
	return b.String()
}

func (a *app) flagWords(flag *pflag.Flag) (name, meaning string) {
	takes, meaning := pflag.UnquoteUsage(flag)
	name = "      --" + flag.Name
	if flag.Shorthand != "" {
		name = "  -" + flag.Shorthand + ", --" + flag.Name
	}
	if takes != "" {
		name += " " + takes
	}
	switch flag.DefValue {
	case "", "false", "[]", "0", "0s":
	default:
		meaning += a.lang.say(" (default %s)", "（默认 %s）", flag.DefValue)
	}
	return name, meaning
}

func indent(mark, lines string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(lines, "\n") {
		b.WriteString("  " + mark + line + "\n")
	}
	return b.String()
}

// helpWidth is that of the terminal, but not so wide that it cannot be read.
func (a *app) helpWidth() int {
	wide := widthOf(a.stdout)
	if wide == 0 {
		return 80
	}
	return min(wide, 100)
}
