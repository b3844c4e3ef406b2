package region

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// after are words that may follow a short form, so that 江西 in 江西日报 is the place
// and in 江西路 is not: public bodies, media, zones, and verbs of headlines.
var after = byFirst(
	"人民", "政府", "省政府", "市政府", "县政府", "区政府", "省委", "市委", "县委", "区委", "人大", "政协", "纪委", "党委", "监委", "统战",
	"发布", "网", "日报", "晚报", "晨报", "早报", "商报", "都市报", "新闻", "政务", "政企", "政法", "电视", "广播", "融媒", "传媒", "频道",
	"教育", "财政", "公安", "税务", "统计", "气象", "检察", "法院", "海关", "消防", "交警", "城管", "住建", "交通", "水利", "水务", "农业", "林业",
	"文旅", "文化", "旅游", "体育", "卫健", "卫生", "医保", "民政", "人社", "司法", "审计", "生态", "自然资源", "应急", "发改", "工信", "科技", "商务",
	"国资", "金融", "公共", "信用", "招标", "采购", "地方", "总工会", "团市委", "妇联", "残联", "档案",
	"市场监", "退役", "民委", "民族", "投资", "侨", "外事", "医疗", "人力", "住房", "城乡", "规划", "工业", "药品", "粮食", "机关", "国防", "信访",
	"国土", "安监", "质监", "工商", "科学", "发展和改革", "大数据", "疾控", "海事", "海洋", "地震局", "邮政", "烟草", "供销", "红十字", "福彩", "体彩",
	"党校", "社科", "作协", "文联", "公积金", "图书馆", "博物馆", "仲裁", "纪检", "巡视", "史志", "方志",
	"高新", "经开", "经济", "开发区", "新区", "工业园", "自贸", "保税", "综保", "管委会", "示范区",
	"召开", "举行", "举办", "出台", "印发", "启动", "开展", "推进", "推动", "加快", "加强", "组织", "打造", "实施", "全面", "全力", "全市", "全县", "全省",
	"深入", "部署", "公布", "首个", "首批", "新增", "完成", "荣获", "入选", "扎实", "积极", "持续", "着力", "多措", "优化", "深化", "强化", "落实", "做好",
	"助力", "下达", "拨付", "开通", "关于",
)

// inside are words that a full name and what follows it may make by accident, keyed by
// the last character of the name: 吉林市 and 场.
var inside = map[string][]string{
	"市": {"场", "值"},
	"区": {"域", "块", "间", "划", "别", "位"},
	"县": {"级市"},
	"州": {"市"},
}

// leads are characters that a name may follow inside a sentence: in, at, from, to.
var leads = map[rune]bool{
	'在': true, '于': true, '从': true, '到': true, '由': true, '据': true, '赴': true, '驻': true, '自': true,
	'向': true, '经': true, '是': true, '对': true, '与': true, '及': true, '为': true,
}

func byFirst(words ...string) map[string][]string {
	m := make(map[string][]string)
	for _, w := range words {
		_, size := utf8.DecodeRuneInString(w)
		m[w[:size]] = append(m[w[:size]], w)
	}
	return m
}

// nameEnds tells whether a short form may end where rest begins.
func nameEnds(rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if size == 0 || !isHan(r) {
		return true
	}
	for _, w := range after[rest[:size]] {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return false
}

// runsOn tells whether a full name is only the beginning of another word.
func runsOn(name, rest string) bool {
	_, size := utf8.DecodeLastRuneInString(name)
	for _, w := range inside[name[len(name)-size:]] {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return false
}
