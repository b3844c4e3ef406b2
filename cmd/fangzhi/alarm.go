package main

import (
	"slices"
	"time"

	"fangzhi/archive"
)

// An alarm is what began, or ended, at listings of one site in one way: it is told
// once.
type alarm struct {
	Type     string            `json:"type"`
	Site     string            `json:"site,omitempty"` // "" for our own network
	Kind     archive.AlarmKind `json:"kind"`
	Reason   archive.Reason    `json:"reason,omitempty"`
	Detail   string            `json:"detail,omitempty"`
	Began    time.Time         `json:"began"`
	Ended    time.Time         `json:"ended,omitzero"`    // zero while it lasts
	Listings int               `json:"listings"`          // that it is about, 0 for the site as a whole
	Listing  string            `json:"listing,omitempty"` // the first of them
	advised  bool
}

// groupAlarms makes one alarm of those that differ only in their listings.
func groupAlarms(all []archive.Alarm) []alarm {
	var groups []alarm
	for _, m := range all {
		i := slices.IndexFunc(groups, func(g alarm) bool {
			return g.Site == m.Site && g.Kind == m.Kind && g.Reason == m.Reason && g.Ended.Equal(m.Ended)
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, alarm{Type: "alarm", Site: m.Site, Kind: m.Kind, Reason: m.Reason, Detail: m.Detail, Began: m.Began, Ended: m.Ended, Listing: m.Listing})
		}
		if m.Listing != "" {
			groups[i].Listings++
		}
		if m.Began.Before(groups[i].Began) {
			groups[i].Began = m.Began
		}
	}
	return groups
}

// counts are how many began and how many ended.
func counts(alarms []alarm) (began, ended int) {
	for _, m := range alarms {
		if m.Ended.IsZero() {
			began++
		} else {
			ended++
		}
	}
	return began, ended
}

// alarmWords say of a source what an alarm of the kind means.
var alarmWords = map[archive.AlarmKind]words{
	archive.AlarmBlocked:   {"blocks us", "拒绝访问"},
	archive.AlarmBroken:    {"cannot be read", "无法读取"},
	archive.AlarmChallenge: {"shows only bot checks", "只返回人机验证"},
	archive.AlarmNoItems:   {"lists nothing", "列表为空"},
	archive.AlarmFewItems:  {"lists much less than usual", "条目远少于平时"},
	archive.AlarmNoDates:   {"shows no dates any more", "不再有日期"},
	archive.AlarmNoBodies:  {"shows no articles any more", "网页中不再有正文"},
	archive.AlarmOutage:    {"most hosts cannot be reached: it is our network", "多数主机无法连接：是本机网络的问题"},
}

// sentence says what began or ended, in one line.
func (m alarm) sentence(l lang) string {
	text := l.of(alarmWords[m.Kind])
	if text == "" {
		text = string(m.Kind)
	}
	if m.Site != "" {
		text = printable(m.Site) + " " + text
	}
	why := m.Detail
	if why == "" {
		why = string(m.Reason)
	}
	if why != "" {
		text += l.say(" (%s)", "（%s）", oneLine(why))
	}
	if m.Listing != "" {
		text += l.say(": ", "：") + printable(m.Listing) + more(l, m.Listings-1)
	}
	return text
}

func more(l lang, n int) string {
	if n <= 0 {
		return ""
	}
	return l.say(" and ", " 及另外 ") + l.count(n, "more listing", "more listings", "个列表页")
}

// label begins a line about the alarm.
func (m alarm) label(l lang) string {
	if m.Ended.IsZero() {
		return l.say("alarm: ", "警报：")
	}
	return l.say("alarm over: ", "警报解除：")
}

func (m alarm) text(t *textPrinter) {
	label := t.mark(m.label(t.lang))
	since := ""
	if !m.Ended.IsZero() {
		label = t.good(m.label(t.lang))
		since = t.lang.say(", since %s", "，自 %s 起", moment(m.Began))
	}
	t.line(label, m.sentence(t.lang), since)
	if m.advised {
		t.say("hint: `fangzhi status SITE` lists the looks at its listings; it is told once, and every crawl tries again",
			"提示：`fangzhi status 站点` 列出对其列表页的查看记录；警报只报一次，以后每次采集都会再试")
	}
}

// isTrouble tells whether a look saw nothing because something was wrong. A pause
// is the operator's own.
func isTrouble(l archive.Look) bool {
	return l == archive.Broken || l == archive.Blocked || l == archive.NotLooked
}
