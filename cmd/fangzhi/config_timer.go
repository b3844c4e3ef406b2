package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fangzhi/config"
)

var configSystemdHelp = help{
	use:   "systemd",
	short: words{"print a systemd service and timer that crawl", "输出用于定时采集的 systemd 服务和定时器"},
	long: words{`
Systemd prints a service and a timer to be put into /etc/systemd/system, for this program, this archive and this configuration. The service may write to the archive and nowhere else. The timer wakes it every half hour; each site is visited when it is due.`, `
输出供放入 /etc/systemd/system 的服务和定时器，其中写明本程序、本档案库和本配置。服务只能写入档案库。定时器每半小时运行一次，各站点到期时才访问。`},
	example: "fangzhi config systemd --archive /srv/fangzhi --user fangzhi",
	exits:   []int{exitFailed, exitUsage, exitConfig, exitNoArchive},
}

var configCronHelp = help{
	use:   "cron",
	short: words{"print a crontab line that crawls", "输出用于定时采集的 crontab 行"},
	long: words{`
Cron prints a line for crontab(5), for this program and this archive. It wakes every half hour; each site is visited when it is due. It prints nothing unless something is wrong, so that mail from cron is worth reading.`, `
输出一行 crontab 设置，其中写明本程序和本档案库。每半小时运行一次，各站点到期时才访问。没有问题就不输出，因此 cron 的邮件都值得一读。`},
	example: "fangzhi config cron --archive /srv/fangzhi >> mycrontab",
	exits:   []int{exitFailed, exitUsage, exitConfig, exitNoArchive},
}

type configTimerOptions struct {
	user string
}

func (a *app) configSystemdCommand() *cobra.Command {
	var opt configTimerOptions
	c := a.command(configSystemdHelp, cobra.NoArgs, func(context.Context, []string) error { return a.configTimer(opt, systemdText) })
	c.Flags().StringVar(&opt.user, "user", "fangzhi", a.lang.say("`NAME` of the user that crawls", "运行采集的`用户`"))
	return c
}

func (a *app) configCronCommand() *cobra.Command {
	var opt configTimerOptions
	return a.command(configCronHelp, cobra.NoArgs, func(context.Context, []string) error { return a.configTimer(opt, cronText) })
}

// A timed is what runs a crawl from then on.
type timed struct {
	Program string
	Archive string
	Config  string // "" for the archive's own
	User    string
	cfg     *config.Config
}

func (a *app) configTimer(opt configTimerOptions, write func(timed) string) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	x := timed{User: opt.user, cfg: cfg}
	if x.Program, err = os.Executable(); err != nil {
		return err
	}
	if x.Archive, err = filepath.Abs(a.global.archive); err != nil {
		return err
	}
	if a.global.config != "" {
		if x.Config, err = filepath.Abs(a.global.config); err != nil {
			return err
		}
	}
	a.out.Print(timerText{"summary", "config", write(x)})
	return nil
}

type timerText struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	Text    string `json:"text"`
}

func (r timerText) text(t *textPrinter) { t.line(strings.TrimRight(r.Text, "\n")) }

// command is the crawl as a shell would be given it.
func (x timed) command(quote func(string) string) string {
	line := quote(x.Program) + " crawl --quiet --archive " + quote(x.Archive)
	if x.Config != "" {
		line += " --config " + quote(x.Config)
	}
	return line
}

// shellQuoted is a word of sh, in which cron's percent sign is escaped too.
func shellQuoted(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") != "" {
		s = "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return strings.ReplaceAll(s, "%", `\%`)
}

// unitQuoted is a word of systemd's command lines.
func unitQuoted(s string) string {
	s = strings.NewReplacer("%", "%%", "$", "$$").Replace(s)
	if strings.ContainsAny(s, " \t\"'\\;") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return s
}

func cronText(x timed) string {
	return "# fangzhi: visit the sites that are due; says nothing unless something is wrong\n*/30 * * * *  " + x.command(shellQuoted) + "\n"
}

// systemdText hardens the service as far as a crawl bears it: it makes connections,
// writes to its archive, and runs the operator's command for alarms.
func systemdText(x timed) string {
	writable := []string{unitQuoted(x.Archive)}
	if p := x.cfg.Alarm.Prometheus; p != "" {
		writable = append(writable, unitQuoted(filepath.Dir(p)))
	}
	umask := "0077"
	if x.cfg.Access != (config.Access{}) {
		umask = "0007"
	}
	more := "NoNewPrivileges=yes\nRestrictSUIDSGID=yes\nSystemCallFilter=@system-service\nSystemCallArchitectures=native\n"
	if len(x.cfg.Alarm.Command) > 0 {
		more = "# NoNewPrivileges and SystemCallFilter are left out: alarm.command may be a mailer with rights of its own\n"
	}
	return fmt.Sprintf(`# /etc/systemd/system/fangzhi.service
[Unit]
Description=fangzhi: visit the portals that are due
Documentation=man:systemd.service(5)
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=main
ExecStart=%s
# an alarm that began, another crawl, a clean interruption
SuccessExitStatus=3 11 130
WatchdogSec=5min
TimeoutStopSec=2min
User=%s
UMask=%s
RuntimeDirectory=fangzhi
Environment=XDG_RUNTIME_DIR=/run/fangzhi
ProtectSystem=strict
ReadWritePaths=%s
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
LockPersonality=yes
MemoryDenyWriteExecute=yes
%s
# /etc/systemd/system/fangzhi.timer
[Unit]
Description=fangzhi: look every half hour which portals are due

[Timer]
OnCalendar=*:0/30
RandomizedDelaySec=5min
Persistent=yes

[Install]
WantedBy=timers.target
`, x.command(unitQuoted), x.User, umask, strings.Join(writable, " "), more)
}
