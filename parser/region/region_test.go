package region

import (
	"slices"
	"strings"
	"testing"
)

// The table has what was counted in the packages by other means.
func TestTableCounts(t *testing.T) {
	got := make(map[string]int)
	bearers := make(map[string]int)
	for _, r := range table().rows {
		switch {
		case r.past:
			got["former names"]++
		case r.InForce():
			got[[]string{"", "provinces", "prefectures", "counties"}[r.Level()]]++
			if r.Level() == 3 {
				bearers[r.Name]++
			}
		default:
			got["not in force"]++
			if r.Level() == 3 {
				got["counties not in force"]++
			}
		}
	}
	for _, n := range bearers {
		if n > 1 {
			got["shared names"]++
			got["bearers of shared names"] += n
		}
	}
	want := map[string]int{
		// The Ministry's list of 2024 has 34, 342 and 2849 rows; 5 of the 342 are no
		// places but 省直辖县级行政区划 and 县.
		"provinces": 34, "prefectures": 337, "counties": 2849,
		// 653 with 500300 市, which is no place either. 142 of them are development zones.
		"not in force": 652, "counties not in force": 633,
		"former names": 64,
		// 28 and 64 in 2023; 2024 has a second 南沙区, that of 三沙市.
		"shared names": 29, "bearers of shared names": 66,
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%s: got %d, want %d", k, got[k], n)
		}
	}
}

func TestTableIsSound(t *testing.T) {
	rows := table().rows
	for i, r := range rows {
		if len(r.Code) != 6 || strings.Trim(r.Code, "0123456789") != "" || r.Name == "" {
			t.Fatalf("row %d: %+v", i, r)
		}
		if i > 0 && rows[i-1].Code > r.Code {
			t.Errorf("%s comes after %s", r.Code, rows[i-1].Code)
		}
		if r.Since != "" && r.Until != "" && r.Since > r.Until {
			t.Errorf("%s ended before it began: %+v", r.Code, r)
		}
		if _, ok := Lookup(r.Code[:2] + "0000"); !ok {
			t.Errorf("%s has no province", r.Code)
		}
		if r.To == "" {
			continue
		}
		to, ok := Lookup(r.To)
		if !ok || !to.InForce() || to.Code[:2] != r.Code[:2] || to.Level() != r.Level() || to.Code == r.Code {
			t.Errorf("%s %s is succeeded by %+v", r.Code, r.Name, to)
		}
	}
}

func TestLookup(t *testing.T) {
	tests := []Place{
		{Code: "360222", Name: "浮梁县"},
		{Code: "110000", Name: "北京市"},
		{Code: "522224", Name: "石阡县", Until: "201010", To: "520623"},
		{Code: "522200", Name: "铜仁地区", Until: "201010", To: "520600"},
		{Code: "542300", Name: "日喀则地区", Until: "201308", To: "540200"},
		{Code: "652200", Name: "哈密地区", Until: "201509", To: "650500"},
		{Code: "152600", Name: "乌兰察布盟", Until: "200403", To: "150900"},
		{Code: "330103", Name: "下城区", Until: "202101"}, // merged: no one place took it over
		{Code: "371200", Name: "莱芜市", Until: "201607"}, // a prefecture that became two districts
		{Code: "450127", Name: "横县", Until: "202101"},  // 横州市 is another name
		{Code: "430700", Name: "常德市"},
		{Code: "210112", Name: "浑南区", Since: "201410"},
		{Code: "320803", Name: "淮安区", Since: "201210"},
		{Code: "540481", Name: "米林市", Since: "202412"},
		{Code: "410381", Name: "偃师市", Until: "202101", To: "410307"},
		{Code: "320124", Name: "溧水县", Until: "201210", To: "320117"},
		{Code: "431121", Name: "祁阳县", Until: "202101", To: "431181"},
		{Code: "320571", Name: "苏州工业园区", Zone: true},
	}
	for _, want := range tests {
		if got, ok := Lookup(want.Code); !ok || got != want {
			t.Errorf("%s: got %+v, want %+v", want.Code, got, want)
		}
	}
	for _, code := range []string{"", "36", "360201", "429000", "500200", "999999", "浮梁"} {
		if got, ok := Lookup(code); ok {
			t.Errorf("%q: got %+v, want nothing", code, got)
		}
	}
}

func TestPath(t *testing.T) {
	tests := map[string]string{
		"360222": "江西省 景德镇市 浮梁县", "360200": "江西省 景德镇市", "360000": "江西省",
		"110105": "北京市 朝阳区", "110100": "北京市", "500235": "重庆市 云阳县", "429004": "湖北省 仙桃市",
		"469007": "海南省 东方市", "659001": "新疆维吾尔自治区 石河子市", "441900": "广东省 东莞市",
		"341423": "安徽省 巢湖市 含山县", "220200": "吉林省 吉林市", "810000": "香港特别行政区", "360299": "",
	}
	for code, want := range tests {
		var got []string
		for _, p := range Path(code) {
			got = append(got, p.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", code, got, want)
		}
		if String(code) != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s in words: %s", code, String(code))
		}
	}
}

func TestContains(t *testing.T) {
	tests := []struct {
		outer, code string
		want        bool
	}{
		{"360000", "360222", true}, {"360200", "360222", true}, {"360222", "360222", true},
		{"360222", "360200", false}, {"360200", "360100", false}, {"110000", "110105", true},
		{"520600", "522224", true}, // 石阡县 of 铜仁地区 lies in 铜仁市
		{"522200", "520623", true}, // and the other way
		{"522200", "522224", true}, {"520600", "520623", true}, {"520500", "522224", false},
		{"", "360222", false}, {"360000", "", false}, {"36", "360222", false},
	}
	for _, tt := range tests {
		if got := Contains(tt.outer, tt.code); got != tt.want {
			t.Errorf("%s in %s: got %v", tt.code, tt.outer, got)
		}
	}
}

func TestChildren(t *testing.T) {
	tests := []struct {
		code string
		n    int
		some string
	}{
		{"", 34, "360000"}, {"360000", 11, "360200"}, {"360200", 4, "360222"}, {"110000", 16, "110105"},
		{"500000", 38, "500235"}, {"460000", 4 + 15, "469007"}, {"420000", 13 + 4, "429004"}, {"441900", 0, ""}, {"360222", 0, ""},
		{"999999", 0, ""},
	}
	for _, tt := range tests {
		got := Children(tt.code)
		if len(got) != tt.n || tt.some != "" && !slices.ContainsFunc(got, func(p Place) bool { return p.Code == tt.some }) {
			t.Errorf("%s: got %d %v, want %d with %s", tt.code, len(got), got, tt.n, tt.some)
		}
	}
}

func TestShort(t *testing.T) {
	tests := map[string]string{
		"360222": "浮梁", "150000": "内蒙古", "450000": "广西", "540000": "西藏", "640000": "宁夏", "650000": "新疆", "810000": "香港",
		"422800": "恩施", "530925": "双江", "620926": "东乡", "620927": "积石山", "654022": "察布查尔", "652700": "博尔塔拉",
		"429021": "神农架", "310115": "浦东", "520203": "六枝", "150206": "白云鄂博", "152500": "锡林郭勒", "522300": "黔西南",
		"410304": "瀍河", "450328": "龙胜", "230229": "克山", "220821": "镇赉", "150721": "阿荣",
	}
	for code, want := range tests {
		p, ok := Lookup(code)
		if !ok {
			t.Logf("%s is not in the table", code)
			continue
		}
		if got := p.Short(); got != want {
			t.Errorf("%s %s: got %s, want %s", code, p.Name, got, want)
		}
	}
	for _, l := range Labels() {
		if p, ok := Lookup(l.Code); !ok || p.Name != l.Name || p.Short() != l.Short {
			t.Errorf("label %+v is not %+v %s", l, p, p.Short())
		}
	}
}
