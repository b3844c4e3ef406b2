package portal

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// A writer makes up news from a stream of random numbers.
type writer struct {
	*rand.Rand
}

func (w writer) pick(words ...string) string { return words[w.IntN(len(words))] }
func (w writer) between(low, high int) int   { return low + w.IntN(high-low+1) }

// some are n of the sentences, in their order.
func (w writer) some(n int, sentences ...string) string {
	for len(sentences) > n {
		i := w.IntN(len(sentences))
		sentences = append(sentences[:i:i], sentences[i+1:]...)
	}
	return strings.Join(sentences, "")
}

// county is the last part of a place's name: 浮梁县 of 景德镇市浮梁县.
func (p place) county() string {
	for _, kind := range []string{"自治州", "地区", "市"} {
		if _, county, ok := strings.Cut(p.name, kind); ok && county != "" {
			return county
		}
	}
	return p.name
}

// suited says of a district or a banner what is written of a county.
func (p place) suited(text string) string {
	_, size := utf8.DecodeLastRuneInString(p.name)
	if kind := p.name[len(p.name)-size:]; kind != "县" {
		return strings.NewReplacer("全县", "全"+kind, "由县人民医院", "由"+kind+"人民医院", "县财政", kind+"财政", "县政府", kind+"政府").Replace(text)
	}
	return text
}

// A story is the title, without the place, and the paragraphs of a piece of news.
type story struct {
	title string
	body  []string
	file  string // title of an attachment, "" for none
}

// stories are what may happen at a place. Each gives titles enough to tell apart
// what happens there on several days.
var stories = []func(writer, place) story{
	ploughing, reservoir, counter, school, clinic, road, festival, jobs, trees, projects, drill, meeting, notice, pipes,
}

func ploughing(w writer, p place) story {
	crop := w.pick("马铃薯", "春玉米", "大豆", "油料", "蔬菜")
	area, share := w.between(12, 96), w.between(41, 83)
	return story{title: fmt.Sprintf("%s播种进度过%d%% 农技人员进村指导", crop, share), body: []string{
		fmt.Sprintf("连日来,%s各乡镇抢抓晴好天气开展春耕生产。截至目前,全县%s已播种%d.%d万亩,占计划面积的%d%%。", p.county(), crop, area/10, area%10, share),
		fmt.Sprintf("%s农业农村局组织%d名农技人员分片包村,就选种、整地、施肥和病虫害防治等环节开展现场指导。", p.county(), w.between(24, 130)) +
			w.some(2, "为解决缺劳力农户的困难,当地还组建了农机服务队,优先安排代耕代种。", "种子、化肥等农资储备充足,价格总体平稳。", "市场监管部门同步开展农资打假检查,未发现假劣种子。"),
		fmt.Sprintf("下一步,%s将加强墒情、苗情监测,及时发布农事提醒,确保%s种足种好。", p.county(), crop),
	}}
}

func reservoir(w writer, p place) story {
	name := w.pick("石门", "龙潭", "双河", "青山", "白沙", "柳溪", "三岔河", "红旗") + "水库"
	days := w.between(120, 310)
	return story{title: name + w.pick("除险加固工程通过完工验收", "除险加固工程完工", "恢复蓄水"), body: []string{
		fmt.Sprintf("近日,%s%s除险加固工程完成全部建设内容。工程自开工以来历时%d天,完成大坝坝体灌浆%d米,新建溢洪道%d米。", p.county(), name, days, w.between(800, 5200), w.between(60, 240)),
		w.some(2, "验收组实地查看了大坝、溢洪道和放水设施,查阅了施工、监理和质量检测资料,认为工程质量合格,同意通过验收。", "工程投入使用后,水库防洪标准由三十年一遇提高到五十年一遇。", "水库管理所同步更新了水位、雨量自动监测设备。"),
		fmt.Sprintf("据介绍,工程可保障下游%d个村、%d.%d万亩农田的防洪和灌溉安全。", w.between(6, 38), w.between(1, 6), w.between(0, 9)),
	}}
}

func counter(w writer, p place) story {
	items := w.between(180, 860)
	return story{title: fmt.Sprintf("政务服务大厅%s %d项事项“一窗通办”", w.pick("完成改造", "启用新窗口", "推行午间不打烊"), items), body: []string{
		fmt.Sprintf("走进%s政务服务大厅,原来按部门设置的%d个窗口已调整为综合窗口。目前,%d项依申请办理的事项实现“一窗通办”。", p.county(), w.between(18, 64), items),
		w.some(2, "大厅设置了老年人绿色通道和母婴室,配备帮办代办人员。", "对材料不齐的申请,实行一次性告知和容缺受理。", "群众可以通过手机查询办理进度,并对服务作出评价。"),
		fmt.Sprintf("今年以来,大厅共受理各类事项%d件,按时办结率%d.%d%%。", w.between(3000, 42000), w.between(97, 99), w.between(0, 9)),
	}}
}

func school(w writer, p place) story {
	n, seats := w.between(2, 9), w.between(4, 36)*90
	return story{title: fmt.Sprintf("%d所%s秋季投用 新增学位%d个", n, w.pick("公办幼儿园", "乡镇中心幼儿园", "小学教学楼"), seats), body: []string{
		fmt.Sprintf("记者从%s教育局获悉,今年全县列入民生实事的%d所学校建设项目已有%d所主体封顶,其余项目正在进行基础施工。", p.county(), n, n/2+1),
		w.some(2, "项目建设资金由县财政统筹安排,实行专款专用。", "施工现场采取喷淋降尘、错时施工等措施,减少对周边居民的影响。", "教育部门提前开展教师招聘和岗前培训。"),
		fmt.Sprintf("项目全部建成后,可新增学位%d个,进一步缓解城区入园、入学压力。", seats),
	}}
}

func clinic(w writer, p place) story {
	villages := w.between(8, 46)
	return story{title: fmt.Sprintf("巡回医疗队走进%d个村 %s送到家门口", villages, w.pick("义诊", "体检", "健康服务")), body: []string{
		fmt.Sprintf("“血压控制得不错,药要按时吃。”在%s一处村卫生室,巡回医疗队的医生正在为村民测量血压。今年以来,医疗队已走进%d个村。", p.county(), villages),
		fmt.Sprintf("医疗队由县人民医院、中医院的%d名医务人员组成,配备便携式超声、心电图等设备。", w.between(9, 32)) +
			w.some(1, "对行动不便的老年人,队员们上门服务。", "体检结果同步录入居民健康档案。", "需要进一步检查的,由家庭医生协助预约转诊。"),
		fmt.Sprintf("截至目前,共接诊群众%d人次,发放健康资料%d份。", w.between(1200, 9800), w.between(2000, 15000)),
	}}
}

func road(w writer, p place) story {
	km := w.between(18, 240)
	return story{title: fmt.Sprintf("今年计划改造提升农村公路%d公里", km), body: []string{
		fmt.Sprintf("%s交通运输局日前公布年度农村公路建设计划:改造提升农村公路%d公里,改造危桥%d座,实施安全防护工程%d公里。", p.county(), km, w.between(2, 14), w.between(20, 160)),
		w.some(2, "计划优先安排通往产业基地和乡村旅游点的路段。", "各路段实行路长制,公示牌写明养护责任人和电话。", "施工期间将分段放行,提前发布绕行信息。"),
		fmt.Sprintf("首批%d个项目已完成招标,将于4月中旬陆续进场施工。", w.between(3, 12)),
	}}
}

func festival(w writer, p place) story {
	flower := w.pick("油菜花", "桃花", "梨花", "樱花", "杏花", "杜鹃花")
	return story{title: fmt.Sprintf("第%s届%s%s", w.pick("三", "四", "五", "六", "七", "八"), flower, w.pick("文化旅游节开幕", "节线上开幕", "乡村旅游季启动")), body: []string{
		fmt.Sprintf("春和景明,%s%s如期而至。活动采取线上线下结合的方式举行,持续至4月下旬。", p.county(), flower),
		w.some(2, "活动期间将举办摄影展、民歌会和农产品展销等。", "景区实行预约、错峰、限流,游客须提前一天在网上预约。", "当地推出三条乡村旅游线路,串起沿线的古村、茶园和民宿。", "文化馆组织业余文艺团队到各村巡演。"),
		fmt.Sprintf("据文化和旅游部门统计,去年活动期间当地接待游客%d.%d万人次。", w.between(3, 48), w.between(0, 9)),
	}}
}

func jobs(w writer, p place) story {
	n := w.between(9, 88) * 50
	return story{title: fmt.Sprintf("春季招聘会提供岗位%d个", n), body: []string{
		fmt.Sprintf("由%s人力资源和社会保障局主办的春季招聘会日前举行,%d家企业提供就业岗位%d个,涉及机械加工、电子、纺织、物流、家政等行业。", p.county(), w.between(28, 160), n),
		w.some(2, "现场设有政策咨询、技能培训报名和法律援助等服务台。", "部分企业通过直播介绍岗位,求职者可在线投递简历。", "对脱贫户劳动力和高校毕业生,工作人员一对一推荐岗位。"),
		fmt.Sprintf("活动当天共达成就业意向%d人。", n/w.between(3, 6)),
	}}
}

func trees(w writer, p place) story {
	mu := w.between(12, 180) * 100
	return story{title: fmt.Sprintf("完成春季造林%d亩", mu), body: []string{
		fmt.Sprintf("截至目前,%s完成春季人工造林%d亩,森林抚育%d亩,均超过序时进度。", p.county(), mu, mu*w.between(2, 4)),
		w.some(2, "造林以乡土树种为主,实行专业队施工、按成活率付款。", "林业部门对苗木实行一签两证管理,从源头把好质量关。", "结合林长制,每个山头地块都落实了管护责任人。"),
		fmt.Sprintf("今年全县还将新建村庄公共绿地%d处,完成道路绿化%d公里。", w.between(5, 40), w.between(10, 90)),
	}}
}

func projects(w writer, p place) story {
	n, money := w.between(5, 36), w.between(8, 150)
	return story{title: fmt.Sprintf("%d个项目集中开工 总投资%d亿元", n, money), body: []string{
		fmt.Sprintf("%s举行一季度重大项目集中开工活动。此次开工的%d个项目总投资%d亿元,涵盖产业、基础设施和民生等领域。", p.county(), n, money),
		w.some(2, "当地对每个项目明确一名联系领导、一个责任单位和一名专员。", "用地、环评、施工许可等手续实行并联审批。", "项目建设情况按月公布,接受社会监督。"),
		fmt.Sprintf("今年,全县计划实施亿元以上项目%d个,年度计划投资%d亿元。", w.between(30, 160), money*2),
	}}
}

func drill(w writer, p place) story {
	kind := w.pick("森林防火", "防汛", "地震应急", "危险化学品泄漏", "城市燃气")
	return story{title: fmt.Sprintf("开展%s应急演练 %d人参加", kind, w.between(60, 380)), body: []string{
		fmt.Sprintf("%s应急管理局牵头组织%s应急演练。演练模拟突发险情,依次开展信息报告、人员转移、抢险处置和医疗救护等科目。", p.county(), kind),
		w.some(2, "各参演队伍在规定时间内到达现场,通信和物资保障及时到位。", "演练结束后进行了现场点评,指出信息报送不够规范等问题。", "当地要求各乡镇在4月底前完成一次本级演练。"),
		fmt.Sprintf("目前,全县共有专兼职应急救援队伍%d支、队员%d人。", w.between(12, 48), w.between(300, 1900)),
	}}
}

func meeting(w writer, p place) story {
	topic := w.pick("乡村振兴", "生态环境保护", "安全生产", "优化营商环境", "粮食生产", "基层治理")
	return story{title: fmt.Sprintf("%s工作推进会召开", topic), body: []string{
		fmt.Sprintf("%s%s工作推进会召开,传达上级有关会议精神,通报一季度工作情况,安排下一阶段任务。", p.county(), topic),
		fmt.Sprintf("会议指出,一季度各项任务有序推进,%d项年度重点任务已完成%d项,同时也存在进度不平衡、资料不规范等问题。", w.between(30, 60), w.between(7, 20)),
		"会议要求," + w.some(2, "各乡镇、各部门要对照清单逐项销号,每半月报送一次进展。", "要把问题整改与长效机制结合起来,防止反弹。", "要加强督促检查,对进度滞后的予以通报。"),
	}}
}

func notice(w writer, p place) story {
	subject := w.pick("农村饮水安全", "城区停车管理", "老旧小区改造", "秸秆综合利用", "农贸市场整治", "河道采砂管理")
	number := fmt.Sprintf("%s政办发〔2022〕%d号", string([]rune(p.county())[:1]), w.between(3, 29))
	return story{title: fmt.Sprintf("印发《%s实施方案》(%s)", subject, number), file: subject + "实施方案", body: []string{
		fmt.Sprintf("%s人民政府办公室印发《%s实施方案》(%s),自印发之日起施行。", p.county(), subject, number),
		fmt.Sprintf("方案提出,到2022年底完成%d项重点任务,明确了牵头单位和完成时限。", w.between(9, 26)) +
			w.some(1, "方案征求意见期间共收到意见建议二十余条,多数已予采纳。", "县财政安排专项资金予以支持。", "完成情况纳入年度考核。"),
		"各乡镇人民政府、县政府各部门应当结合实际制定工作细则,并于每季度末报送落实情况。",
	}}
}

func pipes(w writer, p place) story {
	km, homes := w.between(4, 38), w.between(9, 96)*100
	return story{title: fmt.Sprintf("城区供水管网改造%d公里 惠及居民%d户", km, homes), body: []string{
		fmt.Sprintf("%s住房和城乡建设局组织实施的城区供水管网改造工程进入收尾阶段,更换老旧管道%d公里,新装智能水表%d块。", p.county(), km, homes),
		w.some(2, "工程采取夜间施工、分段停水的办法,停水信息提前两天公告。", "改造后,管网漏损率下降约五个百分点。", "供水企业开通了二十四小时服务电话。"),
		"工程预计4月底前全部完成,届时将对路面进行统一恢复。",
	}}
}

// signs, fairs and firms are for the three categories.
var signs = []string{"白羊座", "金牛座", "双子座", "巨蟹座", "狮子座", "处女座", "天秤座", "天蝎座", "射手座", "摩羯座", "水瓶座", "双鱼座"}

func horoscope(w writer, n int) story {
	sign := signs[n%len(signs)]
	return story{title: sign + w.pick("四月运势:宜整理,忌拖延", "本周运势:静下心来读一本书", "春季运势:多听少说"), body: []string{
		sign + "的朋友这段时间精力充沛,适合把搁置的事情做完。" + w.some(1, "周中会有旧友来信。", "出门记得带伞。", "早睡一小时,胜过一杯浓茶。"),
		fmt.Sprintf("幸运数字:%d。幸运颜色:%s。", w.between(1, 9), w.pick("青", "赤", "黄", "白", "玄")),
		"本栏内容仅供消遣,不构成任何建议。",
	}}
}

func fair(w writer, n int) story {
	trade := []string{"现代农业装备", "陶瓷与工艺美术", "茶叶", "智能制造", "绿色建材", "花卉苗木", "水利技术", "医疗器械", "文化创意", "现代物流"}[n%10]
	city := w.pick("南昌", "郑州", "成都", "长沙", "合肥", "济南")
	return story{title: fmt.Sprintf("2022年%s%s博览会%s", city, trade, w.pick("将于五月举行", "开始招展", "公布日程")), body: []string{
		fmt.Sprintf("2022年%s%s博览会定于5月举行,展览面积%d万平方米,设标准展位%d个。", city, trade, w.between(1, 6), w.between(12, 90)*10),
		"展会期间将举办" + w.some(2, "新技术发布会、", "采购对接会、", "行业论坛、") + "优秀产品评选等活动。",
		"参展报名截止日期为4月20日。专业观众可在线预约,凭预约码入场。",
	}}
}

func firm(w writer, n int) story {
	name := w.pick("青禾", "远帆", "明湖", "九江源", "松石", "云岭") + w.pick("农业科技", "新材料", "陶瓷", "机械", "食品") + "有限公司"
	return story{title: fmt.Sprintf("%s第%d条生产线投产", name, n%5+2), body: []string{
		fmt.Sprintf("%s宣布其第%d条生产线正式投产,年产能增加%d万件。", name, n%5+2, w.between(5, 80)),
		"公司负责人表示,新线采用自动化检测设备," + w.some(1, "单位能耗下降一成。", "一次合格率明显提高。", "用水全部循环利用。"),
		fmt.Sprintf("企业现有员工%d人,产品销往多个省份。", w.between(60, 900)),
	}}
}
