package portal

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A spelling says in which charset a page is sent and which one it claims.
type spelling int

const (
	gbk         spelling = iota // GB 18030 bytes that call themselves gb2312, as the portal has it
	utfAsGB2312                 // UTF-8 bytes under the same label
	gbkAsUTF                    // GBK bytes that call themselves UTF-8
)

// An article is what stands at one address.
type article struct {
	section  *section
	title    string
	day      time.Time
	lead     string // what the dateline is followed by
	body     []string
	source   string
	region   string // code of the place in the source, "" if it names none
	file     string // title of an attachment
	spelling spelling
	pinned   bool
	hurdle   hurdle
	id       int
	added    int // day of the portal on which it appeared
	withdraw bool
	gone     bool
}

// A hurdle stands between a row and its article.
type hurdle int

const (
	unhindered hurdle = iota
	challenged        // a bot check answers instead
	forbidden         // robots.txt does not let us ask
	missing           // the page is not there and never was
	redirected        // the row leads to another address of it
)

// A section is a listing: a region's or a category's.
type section struct {
	label, slug, crumb string
	region             *region // nil for a category
	articles           []*article
	links              []link // rows that lead elsewhere
}

// A link is a row that is no article of the portal.
type link struct {
	title, url string
	day        time.Time
}

// A world is all that is published, on one day.
type world struct {
	day      int // 1 or 2
	sections []*section
	writer   writer
	lastID   int
	edited   *article
}

//go:embed seed.txt
var seedText string

// Seed is the article the program was conceived from.
const (
	SeedTitle = "景德镇市浮梁县:国家试验区新平先行区管委会第一次全体会议召开"
	RareTitle = "乐山市沐川县:竹编手艺人王䶮把课堂搬进村里"
	rowsAPage = 10
)

func newWorld(seed uint64) *world {
	w := &world{day: 1, writer: writer{rand.New(rand.NewPCG(seed, 0x666a))}, lastID: 1000}
	for i := range regions {
		w.sections = append(w.sections, &section{label: regions[i].label, slug: regions[i].slug, crumb: regions[i].label + "政企信息", region: &regions[i]})
	}
	for _, c := range categories {
		w.sections = append(w.sections, &section{label: c.label, slug: c.slug, crumb: c.label})
	}
	for _, s := range w.sections {
		w.fill(s)
	}
	w.oddities()
	w.crossPosts()
	w.number()
	return w
}

func (w *world) section(label string) *section {
	return w.sections[slices.IndexFunc(w.sections, func(s *section) bool { return s.label == label })]
}

// sizes are how many ordinary articles a section has; others have about eight.
var sizes = map[string]int{"江西": 24, "广东": 23, "山东": 22, "北京": 21}

func (w *world) fill(s *section) {
	n, ok := sizes[s.label]
	if !ok {
		n = w.writer.between(7, 9)
	}
	day := firstDay
	first := w.writer.IntN(len(stories))
	for i := range n {
		s.articles = append(s.articles, w.write(s, first+i, day))
		day = day.AddDate(0, 0, -w.writer.between(0, 3))
	}
}

// write is the n-th ordinary article of a section. Places and kinds of stories
// take turns, so that no title stands in a section twice.
func (w *world) write(s *section, n int, day time.Time) *article {
	if s.region == nil {
		return w.writeCategory(s, n, day)
	}
	p := s.region.places[n%len(s.region.places)]
	told := stories[n%len(stories)](w.writer, p)
	for i := range told.body {
		told.body[i] = p.suited(told.body[i])
	}
	title := p.name + ":" + told.title
	return &article{section: s, day: day, title: title, lead: s.region.full + title + "。", body: told.body, file: told.file,
		source: s.region.full + p.name + "人民政府", region: p.code, added: w.day}
}

func (w *world) writeCategory(s *section, n int, day time.Time) *article {
	tell := map[string]func(writer, int) story{"星座": horoscope, "展会": fair, "企宣": firm}[s.label]
	told := tell(w.writer, n)
	return &article{section: s, day: day, title: told.title, lead: told.title + "。", body: told.body, source: "政公网", added: w.day}
}

// oddities are the pages on which crawlers break.
func (w *world) oddities() {
	seed := w.add("江西", 0, -1, SeedTitle, strings.Split(strings.TrimSpace(seedText), "\n")...)
	seed.day = time.Date(2022, 3, 31, 0, 0, 0, 0, beijing)
	w.add("江西", 1, -94, "政务信息报送须知",
		"各乡镇、各部门报送信息,请注明单位名称和联系方式,附件不超过五个。", "来稿文责自负,编辑有权作文字性修改。来稿一经采用,不再另行通知。").pinned = true

	w.edited = w.add("山西", 0, -3, "一季度安全生产检查情况通报",
		"壶关县应急管理局组织4个检查组,对工业园区、加油站和在建工地开展安全生产检查。", "检查共发现隐患37处,当场整改12处,其余限期整改。", "检查组要求各单位举一反三,落实主体责任,在4月15日前报送整改情况。")
	w.add("河南", 0, -2, "生活垃圾转运站项目选址公示",
		"滑县城市管理局现对生活垃圾转运站项目选址予以公示,公示期为十个工作日。", "项目拟占地12亩,日转运能力80吨。公示期间如有意见,可来信来电反映。").withdraw = true

	w.add("湖南", 1, -4, "古镇保护修缮方案公开征求意见",
		"平江县住房和城乡建设局就古镇保护修缮方案公开征求意见,期限三十天。", "方案提出保持街巷原有尺度,修缮以本地材料和工艺为主。").spelling = utfAsGB2312
	w.add("辽宁", 2, -5, "古城墙遗址测绘工作启动",
		"义县文物部门会同有关单位启动古城墙遗址测绘,预计用时四个月。", "测绘成果将用于编制保护规划,并建立数字档案。").spelling = gbkAsUTF

	rare := w.add("四川", 1, -1, "竹编手艺人王䶮把课堂搬进村里",
		"沐川县的竹编手艺人王䶮今年把传习课堂办到了四个村,报名学员八十余人。", "王䶮说,学会编一只背篓要三天,编得好看要三年。徒弟李𬍛已能独立编制茶具。", "当地文化馆为课堂提供场地和竹材,产品由合作社统一收购。")
	rare.source = "四川省乐山市沐川县文化馆"

	w.add("陕西", 0, -2, "朱鹮栖息地监测数据发布", "此页由网站防护系统拦截。").hurdle = challenged
	w.add("甘肃", 1, -3, "内部通报(仅供工作使用)", "此页不应被采集。").hurdle = forbidden
	w.add("贵州", 0, -6, "茶园机械化采摘现场会召开", "此页不存在。").hurdle = missing
	w.add("湖北", 0, -2, "脐橙冷链物流园一期投入运营",
		"秭归县脐橙冷链物流园一期投入运营,日处理鲜果能力300吨。", "园区设分选、预冷、仓储和发货四个功能区,服务周边五个乡镇。").hurdle = redirected

	w.elsewhere("广东", -1, "一图读懂:清远市佛冈县春耕补贴怎么领", "https://mp.weixin.qq.com/s/fangzhi-demo-0001")
	w.elsewhere("湖北", -5, "国务院办公厅关于做好春季农业生产的通知(转载)", "https://www.gov.cn/zhengce/content/202203/content_0000001.htm")
	w.elsewhere("山东", -4, "2022年第3期政府公报(PDF)", "/upload/2022/0328/zfgb202203.pdf")
}

// add puts an article of a place into a section, some days before the first.
func (w *world) add(label string, placeIndex, days int, title string, body ...string) *article {
	s := w.section(label)
	p := s.region.places[placeIndex]
	if !strings.Contains(title, ":") {
		title = p.name + ":" + title
	}
	a := &article{section: s, day: firstDay.AddDate(0, 0, days), title: title, lead: s.region.full + title + "。", body: body,
		source: s.region.full + p.name + "人民政府", region: p.code, added: w.day}
	s.articles = append(s.articles, a)
	return a
}

func (w *world) elsewhere(label string, days int, title, url string) {
	s := w.section(label)
	s.links = append(s.links, link{title, url, firstDay.AddDate(0, 0, days)})
}

// crossPosts stand in several regions with one text.
func (w *world) crossPosts() {
	for _, post := range []struct {
		labels []string
		days   int
		title  string
		source string
		body   []string
	}{
		{[]string{"北京", "天津", "河北"}, -2, "京津冀联合开展春季大气污染防治执法", "京津冀生态环境联合执法办公室", []string{
			"京津冀三地生态环境部门启动春季联合执法,重点检查建筑工地扬尘、柴油货车尾气和挥发性有机物排放。",
			"三地实行执法信息共享、结果互认,对跨区域线索当日移交。", "首周共检查点位412个,发现并督促整改问题57个。"}},
		{[]string{"上海", "江苏", "浙江", "安徽"}, -4, "长三角四地公布新一批跨省通办事项", "长三角政务服务联席会议办公室", []string{
			"上海、江苏、浙江、安徽四地公布新一批跨省通办事项,涉及社保、公积金、户籍和不动产登记。",
			"事项实行收受分离、异地代收、两地联办,办理时限不超过七个工作日。"}},
		{[]string{"四川", "重庆"}, -1, "成渝两地共建嘉陵江水质监测网", "川渝河长制联合推进办公室", []string{
			"四川、重庆两地在嘉陵江干支流新建水质自动监测站18座,数据每四小时更新一次。",
			"两地约定,断面水质出现异常时一小时内互相通报,联合溯源。"}},
	} {
		for _, label := range post.labels {
			s := w.section(label)
			s.articles = append(s.articles, &article{section: s, day: firstDay.AddDate(0, 0, post.days), title: post.title,
				lead: post.title + "。", body: post.body, source: post.source, added: w.day})
		}
	}
}

// number gives ids in the order of days and sorts sections newest first.
func (w *world) number() {
	var unnumbered []*article
	for _, s := range w.sections {
		for _, a := range s.articles {
			if a.id == 0 {
				unnumbered = append(unnumbered, a)
			}
		}
	}
	slices.SortStableFunc(unnumbered, func(a, b *article) int { return a.day.Compare(b.day) })
	for _, a := range unnumbered {
		w.lastID++
		a.id = w.lastID
	}
	for _, s := range w.sections {
		slices.SortStableFunc(s.articles, newestFirst)
	}
}

// newestFirst orders a listing: pinned rows before all.
func newestFirst(a, b *article) int {
	if a.pinned != b.pinned {
		return map[bool]int{true: -1, false: 1}[a.pinned]
	}
	if c := b.day.Compare(a.day); c != 0 {
		return c
	}
	return b.id - a.id
}

// growth is how many articles appear in a section on the second day.
var growth = map[string]int{"江西": 3, "广东": 2, "浙江": 2, "北京": 1, "四川": 1, "河南": 1, "云南": 1, "展会": 1}

// advance makes it the second day.
func (w *world) advance() {
	w.day = 2
	for _, s := range w.sections {
		for i := range growth[s.label] {
			s.articles = append(s.articles, w.write(s, 100+i+w.writer.IntN(14)*3, firstDay.AddDate(0, 0, 1)))
		}
	}
	w.edited.body = slices.Clone(w.edited.body)
	w.edited.body[1] = strings.Replace(w.edited.body[1], "37处", "17处", 1)
	for _, s := range w.sections {
		for _, a := range s.articles {
			a.gone = a.withdraw
		}
	}
	w.number()
}

// dateline is how every article begins.
func (a *article) dateline() string {
	y, m, d := lunar(a.day)
	return fmt.Sprintf("北京时间%d年%d月%d日(农历%d年%d月%d日),%s,%s", a.day.Year(), a.day.Month(), a.day.Day(), y, m, d, weekdays[a.day.Weekday()], a.lead)
}

// paragraphs are the text of an article without its source.
func (a *article) paragraphs() []string { return append([]string{a.dateline()}, a.body...) }

// path is the address of the article, href what its row leads to.
func (a *article) path() string {
	dir := a.section.slug
	if a.hurdle == forbidden {
		dir = "neibu"
	}
	return fmt.Sprintf("/%s/%s/%d.html", dir, a.day.Format("20060102"), a.id)
}

func (a *article) href() string {
	if a.hurdle == redirected {
		return fmt.Sprintf("/go/%d.html", a.id)
	}
	return a.path()
}

// attachment is the address of the article's attachment.
func (a *article) attachment() string {
	return fmt.Sprintf("/upload/%s/%s/%d.pdf", a.day.Format("2006"), a.day.Format("0102"), a.id)
}
