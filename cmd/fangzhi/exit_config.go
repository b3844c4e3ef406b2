package main

import (
	"errors"
	"fmt"
	"strings"

	"fangzhi/config"
)

// explainConfig tells everything that is wrong with a configuration; first is the
// first thing, err all of them.
func explainConfig(first *config.Error, err error) *problem {
	p := &problem{code: exitConfig, err: err, what: words{err.Error(), configChinese(first)},
		hint: words{"mend it there, then `fangzhi config check` says whether all is right", "请在该处改正，再用 `fangzhi config check` 检查"}}
	if all := (config.Errors)(nil); errors.As(err, &all) {
		lines := make([]string, len(all))
		for i, e := range all {
			lines[i] = configChinese(e)
		}
		p.what.zh = strings.Join(lines, "\n")
	}
	if first.Kind == config.Missing && first.Key == "contact" {
		p.hint = words{`write contact = "you@example.org" there, or set FANGZHI_CONTACT`, `请在该处填写 contact = "you@example.org"，或设置环境变量 FANGZHI_CONTACT`}
	}
	return p
}

// configChinese tells one thing that is wrong. What a value must be stays in
// English: it is quoted from the one place where each key is described.
func configChinese(e *config.Error) string {
	var what string
	switch e.Kind {
	case config.Syntax:
		what = "不是有效的 TOML：" + e.Message
	case config.UnknownKey:
		what = "未知的键 " + e.Key
	case config.BadValue:
		what = fmt.Sprintf("%s 的值无效：%s", e.Key, e.Message)
	case config.Missing:
		what = "缺少 " + e.Key + "：" + e.Message
	case config.Twice:
		what = e.Key + " 重复：" + e.Message
	case config.BadInclude:
		what = "include 有误：" + e.Message
	}
	if e.Key == "contact" && e.Kind == config.Missing {
		what = "没有填写 contact：没有联系方式就不采集任何公网主机"
	}
	if e.Nearest != "" {
		what += fmt.Sprintf("；是不是 %q？", e.Nearest)
	}
	if place := e.Place.String(); place != "" {
		return place + "：" + what
	}
	return what
}
