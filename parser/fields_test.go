package parser

import (
	"bytes"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// documentOf walks a piece of a page.
func documentOf(t *testing.T, markup string) *document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader([]byte(markup)))
	if err != nil {
		t.Fatal(err)
	}
	return walk(root, Origin{}, len(markup))
}

// TestFields: labels and their values as info lines have them (PORTALS 3.2, 3.5).
func TestFields(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string // label=value
	}{
		{"发布时间：2024-03-05 来源：清河融媒 作者：王小明 浏览次数：", []string{"发布时间=2024-03-05", "来源=清河融媒", "作者=王小明", "浏览次数="}},
		{"来　源：新华社　　发 布 时 间：2024年3月5日", []string{"来源=新华社", "发布时间=2024年3月5日"}},
		{"【来源：清河县人民政府】【打印】", []string{"来源=清河县人民政府"}},
		{"来源：<a href=x>第一财经日报</a>(上海)", []string{"来源=第一财经日报"}},
		{"<span>来源：</span><span>新华社</span><span>2024-03-05</span>", []string{"来源=新华社"}},
		{"来源： 浏览次数：35", []string{"来源=", "浏览次数=35"}},
		{"文号：国办发〔2017〕47号 | 字号：大 中 小", []string{"文号=国办发〔2017〕47号", "字号=大 中 小"}},
		{"2024-03-05　来源:人民日报（记者 张三）", []string{"来源=人民日报（记者 张三）"}},
		{"发布时间 2024-03-05", []string{"发布时间=2024-03-05"}},
		{"来源：新华社作者：张三编辑：李四", []string{"来源=新华社", "作者=张三", "编辑=李四"}},
		{"来源：新华网 打印 关闭", []string{"来源=新华网"}},
		{"来源：清河县 人民政府 2024-03-05 10:20", []string{"来源=清河县 人民政府"}},
		{"会议时间紧迫，来源广泛。", nil},
	} {
		d := documentOf(t, "<p>"+tt.in+"</p>")
		var got []string
		for i := range d.lines {
			for _, f := range d.fieldsOf(int32(i), nil) {
				got = append(got, f.label+"="+f.value)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.in, diff)
		}
	}
}

// TestPublicationDate: which of several dates is that of publication (PORTALS 2.4, 2.5).
func TestPublicationDate(t *testing.T) {
	const prose = "<p>三月五日，县里召开会议，研究部署下一步工作，要求各单位抓好落实。</p><p>会议强调，要压实责任，形成合力，确保完成全年目标任务。</p>"
	for _, tt := range []struct{ name, in, want string }{
		{"meta and label agree, meta has the time", `<meta name=PubDate content="2024-03-05 08:30"><h1>清河县召开会议</h1><p>发布时间：2024-03-05</p>` + prose, "2024-03-05 08:30 minute"},
		{"meta says midnight, label the time", `<meta name=PubDate content="2023-11-06 00:00"><h1>清河县召开会议</h1><p>发布时间：2023-11-06 17:20</p>` + prose, "2023-11-06 17:20 minute"},
		{"meta is when the page was made", `<meta name=others content="页面生成时间 2024-03-18 14:53:51"><meta name=PubDate content="2024-03-18 14:53:51"><h1>清河县召开会议</h1><p>日期：2023-07-19</p>` + prose, "2023-07-19 00:00 day"},
		{"a clock in the header", `<div>今天是2024年3月20日 星期三</div><h1>清河县召开会议</h1><p>2024-03-05</p>` + prose, "2024-03-05 00:00 day"},
		{"a deadline before the date", `<h1>清河县召开会议</h1><p>报名截止时间：2024年4月1日</p><p>2024-03-05 来源：县政府</p>` + prose, "2024-03-05 00:00 day"},
		{"modified and published", `<h1>清河县召开会议</h1><p>更新时间：2024-03-09 发布时间：2024-03-05</p>` + prose, "2024-03-05 00:00 day"},
		{"the disclosure table", `<table><tr><td>索引号：</td><td>000014349/2024-00110</td></tr><tr><td>成文日期：</td><td>2024年3月1日</td><td>发布日期：</td><td>2024年3月5日</td></tr></table><h1>清河县召开会议</h1>` + prose, "2024-03-05 00:00 day"},
		{"in the future", `<h1>清河县召开会议</h1><p>发布时间：2034-03-05</p>` + prose, ""},
		{"a copyright", `<h1>清河县召开会议</h1>` + prose + `<p>Copyright © 2006-2024 清河县 版权所有</p>`, ""},
		{"JSON-LD", `<script type="application/ld+json">{"datePublished":"2024-03-05T08:30:00+08:00"}</script><h1>清河县召开会议</h1>` + prose, "2024-03-05 08:30 second"},
		{"in an attribute", `<h1>清河县召开会议</h1><p><time datetime="2024-03-05">前天</time></p>` + prose, "2024-03-05 00:00 day"},
		{"after the body", `<h1>清河县召开会议</h1><div>` + prose + `</div><p>发布日期：2024-03-05</p>`, "2024-03-05 00:00 day"},
	} {
		d := documentOf(t, "<title>清河县召开会议</title>"+tt.in)
		d.from.Fetched = goldenFetched
		got := ""
		if a := d.article(); a.Date.Precision != PrecisionNone {
			got = a.Date.Time.Format("2006-01-02 15:04") + " " + string(a.Date.Precision)
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNextPart(t *testing.T) {
	for _, tt := range []struct {
		here, next string
		parts      int // later, 0 for none
	}{
		{"/202403/t20240310_60.html", "/202403/t20240310_60_1.html", 1},
		{"/202403/t20240310_60_1.html", "/202403/t20240310_60_2.html", 1},
		{"/202403/t20240310_60_2.html", "/202403/t20240310_60_1.html", 0},
		{"/202403/t20240310_60.html", "/202403/t20240310_8123.html", 0},
		{"/a/5.html", "/a/6.html", 0},
		{"/a/5.html", "/a/5_2.html", 2},
		{"/a/5.html", "/a/5.html?page=2", 1},
		{"/a/5.html?page=2", "/a/5.html?page=3", 1},
		{"/a/5.html?page=2", "/a/5.html?page=1", 0},
	} {
		d := &document{from: Origin{URL: goldenURL(t, tt.here)}}
		d.address = newResolver(d.from.URL)
		got, ok := d.partOf(d.from.URL.Path, goldenURL(t, tt.next).String())
		if !ok {
			got = 0
		}
		if got != tt.parts {
			t.Errorf("%s to %s: got %d, want %d", tt.here, tt.next, got, tt.parts)
		}
	}
}

func goldenURL(t *testing.T, path string) *url.URL {
	t.Helper()
	u, err := url.Parse("http://www.qinghe.example" + path)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
