package region

import "strings"

// A Label is a province as navigation bars, file names and hosts call it.
type Label struct {
	Code   string
	Name   string // 江西省
	Short  string // 江西
	Abbr   string // 赣; several are parted by blanks
	Pinyin string // jiangxi; several likewise
	Domain string // before .gov.cn: jiangxi, zj; several likewise
}

// labels are the 31 provinces of a portal's navigation, then Taiwan, Hong Kong and
// Macao. Domains are the provincial portals' own (2026-11).
var labels = []Label{
	{"110000", "北京市", "北京", "京", "beijing", "beijing"},
	{"120000", "天津市", "天津", "津", "tianjin", "tj"},
	{"130000", "河北省", "河北", "冀", "hebei", "hebei"},
	{"140000", "山西省", "山西", "晋", "shanxi", "shanxi"},
	{"150000", "内蒙古自治区", "内蒙古", "蒙", "neimenggu", "nmg"},
	{"210000", "辽宁省", "辽宁", "辽", "liaoning", "ln"},
	{"220000", "吉林省", "吉林", "吉", "jilin", "jl"},
	{"230000", "黑龙江省", "黑龙江", "黑", "heilongjiang", "hlj"},
	{"310000", "上海市", "上海", "沪 申", "shanghai", "shanghai sh"},
	{"320000", "江苏省", "江苏", "苏", "jiangsu", "jiangsu"},
	{"330000", "浙江省", "浙江", "浙", "zhejiang", "zj"},
	{"340000", "安徽省", "安徽", "皖", "anhui", "ah"},
	{"350000", "福建省", "福建", "闽", "fujian", "fujian"},
	{"360000", "江西省", "江西", "赣", "jiangxi", "jiangxi"},
	{"370000", "山东省", "山东", "鲁", "shandong", "shandong"},
	{"410000", "河南省", "河南", "豫", "henan", "henan"},
	{"420000", "湖北省", "湖北", "鄂", "hubei", "hubei"},
	{"430000", "湖南省", "湖南", "湘", "hunan", "hunan"},
	{"440000", "广东省", "广东", "粤", "guangdong", "gd"},
	{"450000", "广西壮族自治区", "广西", "桂", "guangxi", "gxzf"},
	{"460000", "海南省", "海南", "琼", "hainan", "hainan"},
	{"500000", "重庆市", "重庆", "渝", "chongqing", "cq"},
	{"510000", "四川省", "四川", "川 蜀", "sichuan", "sc"},
	{"520000", "贵州省", "贵州", "贵 黔", "guizhou", "guizhou"},
	{"530000", "云南省", "云南", "云 滇", "yunnan", "yn"},
	{"540000", "西藏自治区", "西藏", "藏", "xizang", "xizang"},
	{"610000", "陕西省", "陕西", "陕 秦", "shaanxi shanxi2 shanxisheng", "shaanxi"},
	{"620000", "甘肃省", "甘肃", "甘 陇", "gansu", "gansu"},
	{"630000", "青海省", "青海", "青", "qinghai", "qinghai qh"},
	{"640000", "宁夏回族自治区", "宁夏", "宁", "ningxia", "nx"},
	{"650000", "新疆维吾尔自治区", "新疆", "新", "xinjiang", "xinjiang"},
	{"710000", "台湾省", "台湾", "台", "taiwan", ""},
	{"810000", "香港特别行政区", "香港", "港", "xianggang hongkong", ""},
	{"820000", "澳门特别行政区", "澳门", "澳", "aomen macao", ""},
}

// Labels are the 31 provinces as a portal's navigation has them, in the order of GB/T
// 2260.
func Labels() []Label { return append([]Label(nil), labels[:31]...) }

var labelCodes = func() map[string]string {
	m := make(map[string]string)
	for _, l := range labels {
		for _, s := range []string{l.Name, l.Short, l.Abbr, l.Pinyin} {
			for _, word := range strings.Fields(s) {
				m[word] = l.Code
			}
		}
	}
	return m
}()

// labelled reads a province by label, abbreviation or pinyin.
func labelled(s string) (string, bool) {
	code, ok := labelCodes[strings.ToLower(s)]
	return code, ok
}

// domainCodes maps what stands before .gov.cn. Initials that mean several places are
// not there: gz (广州), xz (徐州), sx, hn, hb.
var domainCodes = func() map[string]string {
	m := make(map[string]string)
	for _, l := range labels[:31] {
		for _, word := range strings.Fields(l.Domain) {
			m[word] = l.Code
		}
	}
	return m
}()

// Host is the province of a portal's host: www.jiangxi.gov.cn and all below it, and
// the sub-domains by full pinyin of national bodies (jiangxi.chinatax.gov.cn). Hosts of
// cities, whose names are ambiguous, are not guessed.
func Host(host string) (code string, ok bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if name, _, cut := strings.Cut(host, ":"); cut {
		host = name
	}
	inner, ok := strings.CutSuffix(host, ".gov.cn")
	if !ok {
		return "", false
	}
	parts := strings.Split(inner, ".")
	if code, ok := domainCodes[parts[len(parts)-1]]; ok {
		return code, true
	}
	if code, ok := labelCodes[parts[len(parts)-1]]; ok {
		return code, true
	}
	if len(parts) > 1 && national[parts[len(parts)-1]] {
		code, ok = labelCodes[parts[len(parts)-2]]
		return code, ok
	}
	return "", false
}

// national are bodies whose provincial offices are sub-domains by pinyin.
var national = map[string]bool{"chinatax": true}

// SiteID is the place of a government site's identity code (网站标识码): six digits of
// GB/T 2260 and a number of four. It must be a known place, and one that within
// contains or lies in; ministries' codes (bm01000001) have no place.
func SiteID(id, within string) (code string, ok bool) {
	id = strings.TrimSpace(id)
	if len(id) != 10 || strings.Trim(id, "0123456789") != "" {
		return "", false
	}
	code = id[:6]
	if _, known := Lookup(code); !known {
		return "", false
	}
	if within != "" && !Contains(within, code) && !Contains(code, within) {
		return "", false
	}
	return code, true
}
