package names

import "strings"

// kinds end a full name, longest first where one ends another.
var kinds = []string{
	"特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "特区", "新区", "矿区", "群岛",
	"省", "市", "盟", "州", "县", "区", "旗",
}

// peoples are the nationalities of the names of autonomous places, as they are
// written there: some without 族. Longer ones come before those that end them.
var peoples = []string{
	"塔吉克", "哈萨克", "柯尔克孜", "达斡尔", "鄂温克", "鄂伦春", "蒙古", "锡伯", "维吾尔", "各族",
	"蒙古族", "达斡尔族", "鄂温克族", "哈萨克族", "塔吉克族", "柯尔克孜族", "锡伯族", "维吾尔族", "裕固族", "撒拉族",
	"保安族", "东乡族", "哈尼族", "拉祜族", "布朗族", "土家族", "仡佬族", "布依族", "仫佬族", "毛南族", "景颇族",
	"傈僳族", "普米族", "纳西族", "独龙族", "高山族", "朝鲜族", "回族", "满族", "藏族", "羌族", "土族", "彝族", "白族",
	"苗族", "侗族", "瑶族", "壮族", "黎族", "畲族", "傣族", "佤族", "怒族", "水族",
}

// Stem is the short form of a name, without kind and nationalities: 景德镇, 双江. A name
// that would be left with less than two characters keeps them: 东乡, 内蒙古.
func Stem(name string) string {
	stem, kind := Cut(name)
	if kind == "" {
		return name
	}
	if strings.HasPrefix(kind, "自治") {
		stem = withoutPeoples(stem)
	}
	if strings.HasSuffix(stem, "回族") && kind == "区" {
		stem = strings.TrimSuffix(stem, "回族") // 管城回族区, 瀍河回族区
	}
	return stem
}

// Cut parts a full name from its kind: 浮梁 and 县. A name of the kind alone (城区,
// 矿区) is parted at its last character.
func Cut(name string) (stem, kind string) {
	for _, k := range kinds {
		if s, ok := strings.CutSuffix(name, k); ok && s != "" {
			return s, k
		}
	}
	return name, ""
}

func withoutPeoples(s string) string {
	for {
		cut := ""
		for _, p := range peoples {
			if strings.HasSuffix(s, p) && len(p) > len(cut) {
				cut = p
			}
		}
		switch {
		case cut == "":
			return s
		case cut == s:
			return strings.TrimSuffix(s, "族")
		case len(s)-len(cut) < len("双江"): // 内蒙古 is no 内
			return s
		}
		s = strings.TrimSuffix(s, cut)
	}
}

// Filler tells the rows that name no place but a level of the tree.
func Filler(name string) bool {
	return strings.HasSuffix(name, "市辖区") || name == "县" || name == "市" || strings.Contains(name, "直辖县级行政") || name == "省直辖行政单位"
}
