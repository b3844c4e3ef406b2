package region

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFind(t *testing.T) {
	tests := []struct{ text, within, want string }{
		// chains, whole and with levels left out
		{"江西省景德镇市浮梁县人民政府", "", "360222"},
		{"景德镇市浮梁县：国家试验区新平先行区管委会第一次全体会议召开", "", "360222"},
		{"江西省浮梁县", "", "360222"},
		{"江西 景德镇 浮梁", "", "360222"},
		{"江西 > 景德镇市 > 浮梁县", "", "360222"},
		{"　江西省·景德镇市", "", "360200"},
		{"景德镇浮梁：今年的茶", "", "360222"},
		{"浮梁县人民政府办公室", "", "360222"},
		{"江西省教育厅", "", "360000"},
		{"江西政企信息", "", "360000"},
		{"江西日报", "", "360000"},
		{"江西", "", "360000"},
		{"江西：伦敦奥运会确保再夺金牌", "", "360000"},
		{"内蒙古呼和浩特市新城区", "", "150102"},
		{"内蒙古自治区呼和浩特市", "", "150100"},
		{"新疆伊犁哈萨克自治州奎屯市", "", "654003"},
		{"广西壮族自治区南宁市青秀区", "", "450103"},
		{"上海市浦东新区", "", "310115"},
		{"上海浦东：", "", "310115"},
		{"重庆市渝北区", "", "500112"},
		{"湖北省仙桃市", "", "429004"},
		{"仙桃市人民政府", "", "429004"},
		{"广东省东莞市虎门镇", "", "441900"},
		{"海南省儋州市", "", "460400"},
		{"海南藏族自治州共和县", "", "632521"},
		{"海南州共和县人民政府", "", "632521"},
		{"恩施州利川市", "", "422802"},
		{"道真县启动农民工工资实名制管理", "", "520325"},
		{"长阳土家族自治县", "", "420528"},
		{"吉林省吉林市丰满区", "", "220211"},
		{"吉林市丰满区", "", "220211"},
		{"中共福建省委机构编制委员会办公室", "", "350000"},
		{"南昌高新区管委会", "", "360100"},
		{"南京召开全市大会", "", "320100"},
		{"北京PM2.5首入政府工作报告", "", "110000"},
		{"江苏省苏州市苏州工业园区", "", "320571"},

		// names of several places count in a chain or within a known place only
		{"朝阳区", "", ""},
		{"朝阳区人民政府", "110000", "110105"},
		{"朝阳区人民政府", "220000", "220104"},
		{"朝阳区人民政府", "360000", ""},
		{"北京市朝阳区", "", "110105"},
		{"长春市朝阳区", "", "220104"},
		{"辽宁省朝阳市", "", "211300"},
		{"朝阳召开全区大会", "", ""},
		{"朝阳召开全区大会", "110000", "110105"},
		{"朝阳召开全市大会", "210000", "211300"},
		{"鼓楼区", "", ""},
		{"鼓楼区教育局", "320100", "320106"},
		{"鼓楼区教育局", "320000", ""}, // 南京 and 徐州 have one each
		{"福州市鼓楼区", "", "350102"},
		{"新华区", "", ""},
		{"平顶山市新华区", "", "410402"},

		// two characters are never enough
		{"和县人民政府", "", ""},
		{"和县和县级市", "", ""},
		{"和县人民政府", "340000", "340523"},
		{"马鞍山市和县人民政府", "", "340523"},
		{"河北省赵县", "", "130133"},
		{"城区", "140000", ""},
		{"郊区", "", ""},

		// short forms that are other words
		{"南京路步行街", "", ""},
		{"北京时间2022年3月31日", "", ""},
		{"上海合作组织", "", ""},
		{"东方风来满眼春", "", ""},
		{"东方市人民政府", "", "469007"},
		{"和平发展", "", ""},
		{"天津和平崛起", "", ""},
		{"天津和平区", "", "120101"},
		{"天津市和平：", "", "120101"},
		{"平安建设", "", ""},
		{"新华社北京电", "", ""},
		{"长江经济带", "", ""},
		{"安康码", "", ""},
		{"大方县", "", "520521"},
		{"白银市场", "", ""},
		{"吉林市场", "", ""},
		{"海口市", "", "460100"},
		{"出海口", "", ""},
		{"河南蒙古族自治县", "", "632324"},
		{"延安精神", "", ""},
		{"来宾致辞", "", ""},
		{"大庆油田", "", ""},
		{"四川大学", "", ""},
		{"西安召开推进会", "", "610100"}, // a provincial capital beats the two 西安区

		// the past
		{"杭州市下城区", "", "330103"},
		{"会理县人民政府", "", "513425"},
		{"巢湖市含山县", "", "341423"},
		{"含山县", "", "340522"},
		{"襄樊市樊城区", "", "420606"},
		{"襄樊市", "", "420600"},
		{"铜仁地区石阡县", "", "522224"},
		{"铜仁市石阡县", "", "520623"},
		{"楚州区", "", "320803"},

		// nothing
		{"", "", ""}, {"浮", "", ""}, {"浮梁", "", ""}, {"第一财经日报", "", ""}, {"x", "360000", ""},
		{"浮梁：茶", "360000", "360222"}, {"\xe6\xb5", "", ""},
	}
	for _, tt := range tests {
		got, ok := Find(tt.text, tt.within)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q within %q: got %q %s %v, want %q %s", tt.text, tt.within, got, String(got), ok, tt.want, String(tt.want))
		}
	}
}

// Every full name in force is found under its parents, and alone too where it is
// unique and longer than two characters.
func TestFindEveryPlace(t *testing.T) {
	for _, r := range table().rows {
		if r.past || !r.InForce() || r.Level() == 2 && repeats(r.Place) {
			continue
		}
		if got, ok := Find(String(r.Code)+"人民政府", ""); !ok || got != r.Code {
			t.Errorf("%s: got %s %v", String(r.Code), got, ok)
		}
		if got, ok := FindIn("本报讯（来源："+String(r.Code)+"）", ""); !ok || got != r.Code {
			t.Errorf("%s in a text: got %s %v", String(r.Code), got, ok)
		}
		got, ok := Find(r.Name+"：", "")
		same := 0
		for _, p := range ByName(r.Name) {
			if p.InForce() && p.Name == r.Name {
				same++
			}
		}
		unique := same == 1 && (utf8.RuneCountInString(r.Name) > 2 || r.Level() < 3)
		if unique && got != r.Code || !unique && ok {
			t.Errorf("%s alone: got %s %v", r.Name, got, ok)
		}
	}
}

// The names that several counties bear, 28 of them and 南沙区 since 2024, count within a
// place that has one bearer only, and nowhere else.
func TestFindSharedNames(t *testing.T) {
	bearers := make(map[string][]Place)
	for _, r := range table().rows {
		if !r.past && r.InForce() && r.Level() == 3 {
			bearers[r.Name] = append(bearers[r.Name], r.Place)
		}
	}
	shared := 0
	for name, list := range bearers {
		if len(list) < 2 {
			continue
		}
		shared++
		text := name + "人民政府关于印发通知的公告"
		if got, ok := Find(text, ""); ok {
			t.Errorf("%s alone: got %s", name, got)
		}
		for _, p := range list {
			province, prefecture := p.Code[:2]+"0000", p.Code[:4]+"00"
			want := p.Code
			if slices.ContainsFunc(list, func(o Place) bool { return o.Code != p.Code && under(province, o.Code) }) {
				want = ""
			}
			if got, _ := Find(text, province); got != want {
				t.Errorf("%s within %s: got %q, want %q", name, province, got, want)
			}
			if got, _ := Find(text, prefecture); got != p.Code {
				t.Errorf("%s within %s: got %q, want %q", name, prefecture, got, p.Code)
			}
			if got, ok := FindIn("记者从"+name+"获悉", ""); ok {
				t.Errorf("%s in a sentence: got %s", name, got)
			}
		}
	}
	if shared != 29 {
		t.Errorf("%d names are shared, want 29", shared)
	}
}

func TestFindAll(t *testing.T) {
	tests := []struct {
		text, within string
		want         string
	}{
		{"(来源:江西省景德镇市浮梁县人民政府)", "", "江西省景德镇市浮梁县=360222"},
		{"政策解读：关于《广东省重点领域研发计划管理办法》的解读", "", "广东省=440000"},
		{"从江西省到浙江省杭州市西湖区考察", "", "江西省=360000 浙江省杭州市西湖区=330106"},
		{"适应城市发展需求，建设沿海城市", "", ""},
		{"在应城市召开", "", "应城市=420981"},
		{"启动会在北京召开", "", "北京=110000"},
		{"由内蒙古敖汉旗安泰公司和陕西蒲城县虹桥公司承担", "", "内蒙古敖汉旗=150430 陕西蒲城县=610526"},
		{"河南、浙江中部，河北，京津", "", "河南=410000 河北=130000"},
		{"全市中区域、社区和县级市", "370000", ""},
		{"江海口岸与平和县人和县人", "", "平和县=350628"},
		{"西南山区", "440000", ""},
		{"", "", ""},
		{"plain text, no place", "", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, h := range FindAll(tt.text, tt.within) {
			got = append(got, tt.text[h.Start:h.End]+"="+h.Code)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %v, want %s", tt.text, got, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		in, want string
		near     string // one of the candidates
	}{
		{"36", "360000", ""}, {"3602", "360200", ""}, {"360222", "360222", ""}, {"360222100", "360222", ""}, {"360222100201", "360222", ""},
		{"江西", "360000", ""}, {"江西省", "360000", ""}, {"赣", "360000", ""}, {"JiangXi", "360000", ""}, {"蜀", "510000", ""},
		{"陕西", "610000", ""}, {"shanxi", "140000", ""}, {"内蒙古", "150000", ""}, {"吉林", "220000", ""}, {"吉林市", "220200", ""},
		{"海南", "460000", ""}, {"海南州", "632500", ""}, {"香港", "810000", ""},
		{"浮梁", "360222", ""}, {"浮梁县", "360222", ""}, {" 景德镇 ", "360200", ""}, {"江西省景德镇市", "360200", ""},
		{"江西 景德镇 浮梁", "360222", ""}, {"江西/景德镇/浮梁县", "360222", ""}, {"江西省景德镇市浮梁县人民政府", "360222", ""},
		{"和县", "340523", ""}, {"北京朝阳", "110105", ""}, {"北京市朝阳区", "110105", ""},
		{"中山", "442000", "210202"}, {"朝阳", "211300", "110105"}, {"西安", "610100", "220403"},
		{"莱芜市", "371200", ""}, {"会理县", "513425", ""}, {"襄樊", "420600", ""},
		{"朝阳区", "", "110105"}, {"鼓楼区", "", "320106"}, {"城关区", "", "620102"},
		{"浮粱县", "", "360222"}, {"景德", "", "360200"}, {"", "", ""}, {"99", "", ""}, {"火星", "", ""}, {"1234567", "", ""},
	}
	for _, tt := range tests {
		got, near, ok := Parse(tt.in)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: got %q %v, want %q", tt.in, got, ok, tt.want)
		}
		if tt.near != "" && !slices.ContainsFunc(near, func(p Place) bool { return p.Code == tt.near }) {
			t.Errorf("%q: %v lacks %s", tt.in, near, tt.near)
		}
		if len(near) > nearMost {
			t.Errorf("%q: %d candidates", tt.in, len(near))
		}
	}
}

func TestHost(t *testing.T) {
	tests := map[string]string{
		"www.jiangxi.gov.cn": "360000", "jiangxi.gov.cn": "360000", "czt.jiangxi.gov.cn:8080": "360000", "WWW.ZJ.GOV.CN.": "330000",
		"www.gxzf.gov.cn": "450000", "zwgk.qh.gov.cn": "630000", "scjgj.sh.gov.cn": "310000", "www.shaanxi.gov.cn": "610000",
		"jiangxi.chinatax.gov.cn": "360000", "guangdong.chinatax.gov.cn": "440000", "www.chinatax.gov.cn": "",
		"www.gz.gov.cn": "", "hrss.xz.gov.cn": "", "www.sx.gov.cn": "", "www.hn.gov.cn": "", "www.hb.gov.cn": "", "www.suzhou.gov.cn": "",
		"jiangxi.example.com": "", "www.gov.cn": "", "gov.cn": "", "": "", "jiangxi.gov.cn.evil.com": "",
	}
	for host, want := range tests {
		if got, ok := Host(host); got != want || ok != (want != "") {
			t.Errorf("%s: got %q %v, want %q", host, got, ok, want)
		}
	}
	for _, l := range Labels() {
		name, _, _ := strings.Cut(l.Domain, " ")
		if got, _ := Host("www." + name + ".gov.cn"); got != l.Code {
			t.Errorf("%s: got %s, want %s", l.Domain, got, l.Code)
		}
	}
}

func TestSiteID(t *testing.T) {
	tests := []struct{ id, within, want string }{
		{"3602220001", "", "360222"}, {"3600000001", "360000", "360000"}, {"3602220001", "360000", "360222"}, {"3600000001", "360222", "360000"},
		{"3602220001", "330000", ""}, {"bm01000001", "", ""}, {"3699990001", "", ""}, {"360222", "", ""}, {"", "", ""},
	}
	for _, tt := range tests {
		if got, ok := SiteID(tt.id, tt.within); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s within %q: got %q %v, want %q", tt.id, tt.within, got, ok, tt.want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("江西省景德镇市浮梁县人民政府", "")
	f.Add("转自朝阳区\xe6\xb5和县级市", "110000")
	f.Add("海南州 > 共和", "46")
	f.Fuzz(func(t *testing.T, text, within string) {
		if code, ok := Find(text, within); ok {
			if _, known := Lookup(code); !known {
				t.Fatalf("found %q", code)
			}
		}
		end := 0
		for _, h := range FindAll(text, within) {
			if h.Start < end || h.End <= h.Start || h.End > len(text) || !utf8.ValidString(text[h.Start:h.End]) {
				t.Fatalf("hit %+v in %q", h, text)
			}
			end = h.End
		}
		if code, _, ok := Parse(text); ok {
			if _, known := Lookup(code); !known {
				t.Fatalf("parsed %q", code)
			}
		}
		Host(text)
		SiteID(text, within)
	})
}

func BenchmarkFind(b *testing.B) {
	for b.Loop() {
		Find("江西省景德镇市浮梁县人民政府", "")
	}
}

func BenchmarkFindAll(b *testing.B) {
	text := strings.Repeat("北京时间2022年3月31日，景德镇市浮梁县国家试验区新平先行区管委会第一次全体会议召开，会议研究部署了下一阶段的工作。", 40)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		FindAll(text, "360000")
	}
}

func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		read(embedded)
	}
}

func ExampleFind() {
	code, _ := Find("江西省景德镇市浮梁县人民政府", "")
	fmt.Println(code, String(code))
	_, ok := Find("朝阳区人民政府", "")
	fmt.Println(ok)
	code, _ = Find("朝阳区人民政府", "110000")
	fmt.Println(code, String(code))
	// Output:
	// 360222 江西省景德镇市浮梁县
	// false
	// 110105 北京市朝阳区
}
