package parser

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What stands instead of a page is short. Pages with more characters are read for what
// they are, whatever scripts a wall has put into them.
const (
	shortPage = 400 // visible characters of a notice
	bareStub  = 80  // of a stub that only leads on

	checkFields = 2 // fields and buttons of a bot check; forms for letters have more
)

// checkMarks are pieces of the scripts and cookies of bot checks (PORTALS 5).
var checkMarks = []string{
	"$_ts", "__jsl_clearance", "__jsluid", // 瑞数, 加速乐
	"acw_sc__v2", "wzws", "HOY_TR", "_bot_sbu", "C3VK", "__tst_status", "HBB_HC", // clouds and walls
	"_cf_chl_opt", "challenge-platform", "geetest", "TencentCaptcha", "aliyunCaptcha", "NECaptcha", "yidun",
}

// checkWords say that a person is wanted, or that a wall took the visitor for a robot.
var checkWords = []string{
	"滑块", "人机验证", "安全验证", "访问验证", "点击验证", "验证码", "完成验证", "拖动", "浏览器安全检查", "正在验证", "访问过于频繁", "请求过于频繁", "访问频率",
	"操作过于频繁", "请求被拦截", "已被拦截", "访问被拦截", "访问被拒绝", "访问被阻断", "疑似攻击", "恶意攻击", "访问行为异常", "请开启JavaScript", "请启用JavaScript", "开启cookie",
	"Checking your browser", "Just a moment", "enable JavaScript and cookies", "Access Denied", "Request blocked", "You have been blocked", "are a human", "not a robot", "unusual traffic",
}

// missingWords say that the page is not there.
var missingWords = []string{
	"404", "页面不存在", "页面未找到", "页面没有找到", "找不到页面", "找不到该页", "找不到您", "找不到你", "无法找到", "没有找到您", "页面找不到", "内容不存在", "文章不存在", "信息不存在",
	"文件不存在", "文档不存在", "栏目不存在", "页面已删除", "已被删除", "已经删除", "已删除或", "页面走丢", "页面丢失", "页面已失效", "链接已失效", "页面已过期", "访问的页面", "查看的页面", "请求的页面", "浏览的页面",
	"访问的网页", "查看的信息", "Not Found", "not found", "cannot be found", "does not exist", "頁面不存在", "找不到網頁",
}

// failedWords say that the server failed.
var failedWords = []string{
	"Internal Server Error", "Service Unavailable", "Bad Gateway", "Gateway Time", "HTTP Status 5", "服务器错误", "服务器内部错误", "服务器出错", "服务器繁忙", "系统繁忙", "系统错误", "系统异常", "系统出错",
	"系统维护", "网站维护", "正在维护", "维护中", "升级维护", "数据库连接", "数据库错误", "Fatal error", "SQLException", "java.lang.", "Warning: mysql", "Server Error in", "应用程序中的服务器错误", "网络繁忙", "服务暂时不可用",
}

// loginWords ask who is there.
var loginWords = []string{"请登录", "请先登录", "用户登录", "需要登录", "登录后", "您没有权限", "没有访问权限", "无权访问", "无权限", "统一身份认证", "会话已过期", "登录超时", "尚未登录", "重新登录"}

// visible is the number of characters that the page shows.
func (d *document) visible() int {
	n := 0
	for i := range d.lines {
		n += int(d.lines[i].chars)
	}
	return n
}

// challenge tells a bot check by its scripts, which show next to nothing, or by its words.
// A page that prints a day is none: walls put scripts into short articles too.
func (d *document) challenge() (Kind, string) {
	shown := d.visible()
	if shown > shortPage || len(d.anchors) > 15 || shown > bareStub && d.hasStamp() || d.asksPassword() {
		return "", ""
	}
	if mark := d.checkMark(shown); mark != "" {
		return KindChallenge, "script of a bot check: " + mark
	}
	if text, word := d.says(checkWords); word != "" && d.forms <= checkFields {
		return KindChallenge, "says: " + text
	}
	return "", ""
}

// checkMark is the mark of a bot check in the scripts of a page that shows little.
func (d *document) checkMark(shown int) string {
	little := shown < bareStub && len(d.anchors) < 5
	for _, s := range d.scripts {
		if attr(s.node, "r") == "m" && little { // 瑞数
			return `r="m"`
		}
		code := s.code()
		src := attr(s.node, "src")
		for _, mark := range checkMarks {
			if strings.Contains(code, mark) || src != "" && strings.Contains(src, mark) {
				return mark
			}
		}
		if little && strings.Contains(code, "document.cookie") && (strings.Contains(code, "location") || strings.Contains(code, "reload")) {
			return "document.cookie"
		}
		if little && isPacked(code) {
			return "eval of packed code"
		}
	}
	return ""
}

// isPacked tells a script that unpacks another: the first step of 加速乐.
func isPacked(code string) bool {
	code = strings.TrimSpace(code)
	return strings.HasPrefix(code, "eval(function(p,") || strings.HasPrefix(code, "var x=\"") && strings.Contains(code, "eval(") || strings.Contains(code, "while(z++)try{eval(")
}

// says is the first text among the title and the lines that holds one of the words.
func (d *document) says(words []string) (text, word string) {
	if w := wordIn(d.title, words); w != "" {
		return clip(d.title), w
	}
	for i := range d.lines {
		if s := d.lineText(i); d.lines[i].chars < shortPage {
			if w := wordIn(s, words); w != "" {
				return clip(s), w
			}
		}
	}
	return "", ""
}

func wordIn(s string, words []string) string {
	for _, w := range words {
		if strings.Contains(s, w) {
			return w
		}
	}
	return ""
}

// hasStamp tells a page that prints a day: notices of walls and servers print none, or
// one with its clock in a line of its own at the end.
func (d *document) hasStamp() bool {
	for i := range d.lines {
		if t, ok := firstStamp(d.lineText(i)); ok && (t.precision == PrecisionDay || i < len(d.lines)-2) {
			return true
		}
	}
	return false
}

// redirect is where a page leads that shows nothing else: by <meta http-equiv=refresh>
// or by an address that its script assigns.
func (d *document) redirect() (target, why string) {
	shown := d.visible()
	if wait, ref, ok := strings.Cut(d.refresh, "="); ok && shown < shortPage {
		if u := d.address.resolve(strings.Trim(trim(ref), `'"`)); u != "" && !d.isHere(u) && leadingDigits(trim(wait)) < 2 {
			return u, "meta refresh to " + u
		}
	}
	if shown >= bareStub || len(d.anchors) > 3 || d.frames > 0 {
		return "", ""
	}
	for _, s := range d.scripts {
		if u := d.address.resolve(assigned(s.code())); u != "" && !d.isHere(u) {
			return u, "script leads to " + u
		}
	}
	return "", ""
}

// assigned is the literal that a script assigns to location or hands to its replace.
func assigned(code string) string {
	if _, rest, ok := strings.Cut(code, "_cofing1"); ok { // MOFCOM, the spelling is theirs
		if _, rest, ok = strings.Cut(rest, "href:"); ok {
			return leadingLiteral(rest)
		}
	}
	for rest := code; ; {
		i := strings.Index(rest, "location")
		if i < 0 {
			return ""
		}
		rest = rest[i+len("location"):]
		tail := strings.TrimLeft(rest, " ")
		for _, way := range []string{".href", ".replace(", ".assign(", ""} {
			after, ok := strings.CutPrefix(tail, way)
			if !ok {
				continue
			}
			after = strings.TrimLeft(after, " ")
			if !strings.HasSuffix(way, "(") {
				if after, ok = strings.CutPrefix(after, "="); !ok {
					continue
				}
			}
			if s := leadingLiteral(after); s != "" {
				return s
			}
		}
	}
}

// leadingLiteral is the string literal at the start of s, "" if there is none or if more
// is joined to it.
func leadingLiteral(s string) string {
	s = strings.TrimLeft(s, " \t\r\n")
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return ""
	}
	end := closing(s[1:], s[0])
	if end < 0 || strings.HasPrefix(strings.TrimLeft(s[end+2:], " "), "+") {
		return ""
	}
	return unescape(s[1 : 1+end])
}

// refusal tells pages that stand where another should: not there, failed, or asking for
// a login. prose is the mass of the page; with much of it the words are of an article.
func (d *document) refusal(prose int) (Kind, string) {
	if prose > besideEmpty {
		return "", ""
	}
	short := d.visible() < shortPage && !d.hasStamp()
	for _, r := range []struct {
		kind  Kind
		words []string
	}{{KindFailed, failedWords}, {KindError, missingWords}} {
		if w := wordIn(d.title, r.words); w != "" && (runes(d.title) < 24 || short) {
			return r.kind, "title says: " + clip(d.title)
		}
		if text, word := d.says(r.words); word != "" && (short || d.regrets(r.words)) {
			return r.kind, "says: " + text
		}
	}
	if (d.visible() < shortPage || wordIn(d.title, loginWords) != "") && d.asksLogin() {
		return KindLogin, "asks for a login"
	}
	return "", ""
}

// regrets tells a page with its whole frame whose only line of text says that what was
// asked for is not there.
func (d *document) regrets(words []string) bool {
	for i := range d.lines {
		l := &d.lines[i]
		if l.chars > 60 || l.linked > 0 {
			continue
		}
		s := strings.TrimLeft(d.lineText(i), "【[（( ")
		for _, begin := range []string{"抱歉", "很抱歉", "非常抱歉", "对不起", "sorry", "Sorry", "您访问", "您要", "您查看", "您请求", "您浏览", "你访问", "你要", "该页", "此页", "该信息", "该文章", "该内容", "404", "页面"} {
			if strings.HasPrefix(s, begin) && wordIn(s, words) != "" {
				return true
			}
		}
	}
	return false
}

var passwordField = cascadia.MustCompile("input[type=password]")

func (d *document) asksPassword() bool {
	return d.forms > 0 && len(d.blocks) > 0 && cascadia.Query(rootOf(d.blocks[0].node), passwordField) != nil
}

// asksLogin tells a page with a field for a password, or words that refuse a visitor who
// has not given one.
func (d *document) asksLogin() bool {
	if d.asksPassword() {
		return true
	}
	_, word := d.says(loginWords)
	return word != "" && !d.hasStamp()
}

// frameNext is the page in the only frame of one that shows nothing itself: some lists
// are in it (Tianjin tax).
func (d *document) frameNext(int) (*Request, bool) {
	if d.frames != 1 || len(d.blocks) == 0 {
		return nil, false
	}
	n := firstFrame(rootOf(d.blocks[0].node), 0)
	if n == nil {
		return nil, false
	}
	u := d.address.resolve(embeddedFile(n))
	if u == "" || d.isHere(u) || !strings.HasPrefix(u, d.address.origin+"/") || isAttachment(u, "") {
		return nil, false
	}
	return &Request{URL: u}, true
}

func firstFrame(n *html.Node, depth int) *html.Node {
	if n.DataAtom == atom.Iframe || n.DataAtom == atom.Frame {
		return n
	}
	for c := n.FirstChild; c != nil && depth < maxDepth; c = c.NextSibling {
		if f := firstFrame(c, depth+1); f != nil {
			return f
		}
	}
	return nil
}
