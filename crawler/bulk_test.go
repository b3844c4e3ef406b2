package crawler_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"fangzhi/crawler"
)

// A bulk portal is made of as many pages as one asks for, of a size one asks for:
//
//	/plain/12/list/3.html   listing 3, rows to articles 150 to 199
//	/gzip/62/a/151.html     article 151, 62 kB, sent gzipped
//
// It runs in a process of its own, so that what it costs is not taken for what
// the crawler costs.
const (
	bulkEnv  = "FANGZHI_TEST_BULK" // set in the process that is the portal
	bulkRows = 50                  // of a listing
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(bulkEnv) != "":
		os.Exit(serveBulk())
	case os.Getenv(crawlEnv) != "":
		os.Exit(crawlInProcess())
	}
	os.Exit(m.Run())
}

// serveBulk prints the portal's address and serves until its input ends: with the
// test that started it.
func serveBulk() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go http.Serve(l, http.HandlerFunc(answerBulk))
	fmt.Println(l.Addr())
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// startBulk starts a bulk portal. What it returns connects any host to it.
func startBulk(t *testing.T) (dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	portal := exec.Command(self)
	portal.Env = append(os.Environ(), bulkEnv+"=1")
	portal.Stderr = os.Stderr
	stdin, err := portal.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := portal.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := portal.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		portal.Wait()
	})
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the portal did not start: %v", err)
	}
	address = strings.TrimSpace(address)
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}

// made are the pages that were asked for before.
var made sync.Map

func answerBulk(w http.ResponseWriter, r *http.Request) {
	var coding, kind string
	var size, n int
	if _, err := fmt.Sscanf(strings.ReplaceAll(r.URL.Path, "/", " "), "%s %d %s %d.html", &coding, &size, &kind, &n); err != nil {
		http.NotFound(w, r)
		return
	}
	page, ok := made.Load(r.URL.Path)
	if !ok {
		page = bulkPage(coding, size, kind, n)
		made.Store(r.URL.Path, page)
	}
	body := page.([]byte)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if coding == "gzip" {
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.Write(body)
}

func bulkPage(coding string, size int, kind string, n int) []byte {
	root := fmt.Sprintf("/%s/%d", coding, size)
	page := bulkArticle(root, n, size<<10)
	if kind == "list" {
		page = bulkListing(root, n, min(size, 12)<<10)
	}
	if coding == "gzip" {
		page = packed(page)
	}
	return page
}

func packed(page []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(page)
	z.Close()
	return b.Bytes()
}

// A job is a number of hosts with listings of the bulk portal: kind is the
// beginning of their paths.
type job struct {
	kind     string
	hosts    int
	listings int // of each host
}

func (j job) host(i int) string { return fmt.Sprintf("http://portal%d.test", i) }

// paths are the listings of a host; no two hosts have one listing.
func (j job) paths(host int) []string {
	var paths []string
	for i := range j.listings {
		paths = append(paths, fmt.Sprintf("%s/list/%d.html", j.kind, host*j.listings+i))
	}
	return paths
}

func (j job) articles() int { return j.hosts * j.listings * bulkRows }

func (j job) pages() int { return j.articles() + j.hosts*j.listings }

// options crawl the job into a store, politeness off.
func (j job) options(store crawler.Store) crawler.Options {
	opt := crawler.Options{Store: store, Agent: "fangzhi/test"}
	for i := range j.hosts {
		site := crawler.Site{Name: fmt.Sprint("portal", i), Home: j.host(i), Delay: crawler.NoDelay}
		for _, path := range j.paths(i) {
			site.Listings = append(site.Listings, crawler.Listing{URL: j.host(i) + path, Region: "360000"})
		}
		opt.Sites = append(opt.Sites, site)
	}
	return opt
}

// words of notices; texts are drawn from them.
var words = strings.Fields(`关于 印发 工作 方案 的 通知 各 市 县 人民政府 省政府 各部门 单位 为 深入 贯彻 落实 党的 二十大 精神 进一步 加强 推进
	农业 农村 现代化 乡村 振兴 重点 项目 建设 提高 质量 安全 生产 责任制 现 将 有关 事项 如下 一 二 三 四 请 认真 组织 实施 公共 资源 交易
	财政 资金 管理 办法 民生 保障 教育 卫生 健康 养老 服务 体系 就业 创业 企业 营商 环境 优化 审批 制度 改革 数字 经济 创新 驱动 发展 战略
	生态 环境 保护 污染 防治 长江 流域 水库 移民 防汛 抗旱 森林 防火 会议 强调 指出 要求 确保 完成 年度 目标 任务 景德镇 浮梁 九江 赣州 吉安`)

func sentence(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(words[r.IntN(len(words))])
	}
	return b.String()
}

func bulkTitle(n int) string {
	return sentence(rand.New(rand.NewPCG(uint64(n), 1)), 8) + fmt.Sprintf("〔2022〕%d号", n)
}

// bulkFrame is what is around each page: scripts and menus. A fifth of the bytes
// are script, and a kilobyte has 12 elements, 13 texts and 14 attributes, as the
// pages of the corpus have.
func bulkFrame(b *bytes.Buffer, r *rand.Rand, title, main string, size int) {
	fmt.Fprintf(b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%s_江西省人民政府</title>\n<link rel=\"stylesheet\" href=\"/css/main.css\">\n<script>\n", title)
	for i := 0; b.Len() < size/5; i++ {
		fmt.Fprintf(b, "function share%d(to) { var url = '/share?to=' + encodeURIComponent(to) + '&n=%d'; window.open(url, 'w%d'); return false; }\n", i, r.IntN(1000), i)
	}
	b.WriteString("</script></head>\n<body>\n<div class=\"header\">\n")
	for i := 0; b.Len()+len(main) < size-400; i++ {
		fmt.Fprintf(b, "<div class=\"menu\"><h3><a href=\"/column/%d/\">%s</a></h3><ul class=\"nav\">\n", i, words[i%len(words)])
		for k := range 6 {
			fmt.Fprintf(b, "<li class=\"item\"><a href=\"/column/%d/%d/\" target=\"_blank\">%s</a></li>\n", i, k, words[(i+7*k)%len(words)])
		}
		b.WriteString("</ul></div>\n")
	}
	b.WriteString("</div>\n" + main + "<div class=\"footer\"><p>版权所有：江西省人民政府办公厅 赣ICP备05000001号</p><p>网站标识码：3600000001</p></div>\n</body></html>\n")
}

func bulkArticle(root string, n, size int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 2))
	var main strings.Builder
	fmt.Fprintf(&main, "<div class=\"pos\">当前位置：<a href=\"%s/list/%d.html\">首页</a> &gt; 政务公开 &gt; 正文</div>\n<h1>%s</h1>\n"+
		"<div class=\"info\">发布时间：2022-03-%02d 09:30　来源：省政府办公厅</div>\n<div class=\"content\" id=\"zoom\">\n", root, n/bulkRows, bulkTitle(n), 1+n%28)
	for main.Len() < size/3 {
		fmt.Fprintf(&main, "<p style=\"text-indent:2em\"><span style=\"font-size:16px\">%s，%s。%s。</span></p>\n", sentence(r, 20), sentence(r, 15), sentence(r, 25))
	}
	main.WriteString("</div>\n")
	var b bytes.Buffer
	bulkFrame(&b, r, bulkTitle(n), main.String(), size)
	return b.Bytes()
}

func bulkListing(root string, n, size int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	var main strings.Builder
	main.WriteString("<div class=\"main\"><h2>政策文件</h2><ul class=\"list\">\n")
	for i := n * bulkRows; i < (n+1)*bulkRows; i++ {
		fmt.Fprintf(&main, "<li><a href=\"%s/a/%d.html\">%s</a><span>2022-03-%02d</span></li>\n", root, i, bulkTitle(i), 1+i%28)
	}
	main.WriteString("</ul></div>\n")
	var b bytes.Buffer
	bulkFrame(&b, r, fmt.Sprint("政策文件", n), main.String(), size)
	return b.Bytes()
}
