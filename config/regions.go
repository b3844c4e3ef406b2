package config

import "strings"

// A province is what a portal's navigation may name.
type province struct {
	code, label, full string
}

// provinces are the 31 of portals' navigations and the three that some have
// besides, by GB/T 2260.
var provinces = []province{
	{"11", "北京", "北京市"}, {"12", "天津", "天津市"}, {"13", "河北", "河北省"}, {"14", "山西", "山西省"}, {"15", "内蒙古", "内蒙古自治区"},
	{"21", "辽宁", "辽宁省"}, {"22", "吉林", "吉林省"}, {"23", "黑龙江", "黑龙江省"},
	{"31", "上海", "上海市"}, {"32", "江苏", "江苏省"}, {"33", "浙江", "浙江省"}, {"34", "安徽", "安徽省"},
	{"35", "福建", "福建省"}, {"36", "江西", "江西省"}, {"37", "山东", "山东省"},
	{"41", "河南", "河南省"}, {"42", "湖北", "湖北省"}, {"43", "湖南", "湖南省"}, {"44", "广东", "广东省"},
	{"45", "广西", "广西壮族自治区"}, {"46", "海南", "海南省"},
	{"50", "重庆", "重庆市"}, {"51", "四川", "四川省"}, {"52", "贵州", "贵州省"}, {"53", "云南", "云南省"}, {"54", "西藏", "西藏自治区"},
	{"61", "陕西", "陕西省"}, {"62", "甘肃", "甘肃省"}, {"63", "青海", "青海省"}, {"64", "宁夏", "宁夏回族自治区"}, {"65", "新疆", "新疆维吾尔自治区"},
	{"71", "台湾", "台湾省"}, {"81", "香港", "香港特别行政区"}, {"82", "澳门", "澳门特别行政区"},
}

const mainland = 31 // of provinces

// AllRegions are the 31 of a portal's navigation, labelled as it shows them.
func AllRegions() []Region {
	regions := make([]Region, mainland)
	for i, p := range provinces[:mainland] {
		regions[i] = Region{Code: p.code + "0000", Label: p.label}
	}
	return regions
}

// regionCode makes six digits of a label of a province or a code of 2, 4 or 6
// digits. It cannot tell whether a county of this code exists.
func regionCode(text string) (code string, ok bool) {
	for _, p := range provinces {
		if text == p.label || text == p.full {
			return p.code + "0000", true
		}
	}
	if n := len(text); n != 2 && n != 4 && n != 6 || strings.Trim(text, "0123456789") != "" {
		return "", false
	}
	return text + "000000"[len(text):], provinceOf(text) != nil
}

// provinceOf is the province in whose code a code begins, nil if there is none.
func provinceOf(code string) *province {
	for i := range provinces {
		if strings.HasPrefix(code, provinces[i].code) {
			return &provinces[i]
		}
	}
	return nil
}

// regionLabels are what a region may be called, for the nearest of them.
func regionLabels() []string {
	var labels []string
	for _, p := range provinces {
		labels = append(labels, p.label)
	}
	return labels
}
