package portaltest

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// SimOptions describe a simulated portal. Equal options make equal portals.
type SimOptions struct {
	Seed       uint64
	Regions    int      // at most 31
	Categories int      // of each region
	Articles   int      // of each region and category, at first
	Rows       int      // of a page of a listing
	Hub        int      // rows of a region's page, which shows the newest of its categories; 0 for none
	HubLacks   bool     // the last category of each
	Families   []string // how listings lead on to their next page, by turns; nil for anchors
	Charsets   []string // of articles, by turns: utf-8, gbk, or a lie about either; nil for utf-8
	ETags      bool
	Traps      bool
	Latency    time.Duration

	Faults float64  // share of requests that end in a fault, robots.txt aside
	Kinds  []string // of faults, by chance; nil for FaultKinds
}

// FaultKinds are what may go wrong with an answer: 500, a reset connection, a body cut
// short, one that drips, a 503 with Retry-After, a connection that is closed without an
// answer or stays silent.
var FaultKinds = []string{"500", "reset", "cut", "drip", "503", "close", "silent"}

// A Sim is a portal made of listings of articles, any number of either. Its home page
// leads to the pages of its regions, those to the listings of their categories, or they
// are known: Listing. It remembers what it was asked.
type Sim struct {
	URL string
	opt SimOptions

	mu       sync.Mutex
	listings [][]int // numbers of articles, newest first, by region and category
	articles []simArticle
	asked    map[string]int // times, by method and address
	log      []Request
}

type simArticle struct {
	listing, version int
	day              time.Time
}

// provinces are labels of the navigation.
var provinces = strings.Fields("北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆")

// simBegan is the day of the oldest articles.
var simBegan = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)

// NewSim makes the portal and its articles.
func NewSim(opt SimOptions) *Sim {
	if opt.Rows == 0 {
		opt.Rows = 20
	}
	if len(opt.Kinds) == 0 {
		opt.Kinds = FaultKinds
	}
	s := &Sim{URL: "http://portal.test", opt: opt, asked: map[string]int{}}
	s.listings = make([][]int, opt.Regions*opt.Categories)
	for n := range opt.Articles {
		for i := range s.listings {
			s.add(i, simBegan.AddDate(0, 0, (n*len(s.listings)+i)*360/max(1, opt.Articles*len(s.listings))))
		}
	}
	return s
}

func (s *Sim) add(listing int, day time.Time) {
	s.listings[listing] = slices.Insert(s.listings[listing], 0, len(s.articles))
	s.articles = append(s.articles, simArticle{listing: listing, day: day})
}

// Publish adds n articles of one day to listings by chance.
func (s *Sim) Publish(n int, day time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := rand.New(rand.NewPCG(s.opt.Seed, uint64(len(s.articles))))
	for range n {
		s.add(r.IntN(len(s.listings)), day)
	}
}

// Edit changes the text of n articles by chance.
func (s *Sim) Edit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range rand.New(rand.NewPCG(s.opt.Seed, 7)).Perm(len(s.articles))[:n] {
		s.articles[i].version++
	}
}

// Articles is how many there are.
func (s *Sim) Articles() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.articles)
}

// Region is the label of a region, Category that of a category.
func (s *Sim) Region(i int) string { return provinces[i] }

// Category is a label of the navigation below a region.
func (s *Sim) Category(i int) string { return fmt.Sprintf("公告%c类", '甲'+rune(i)) }

// Listing is the address of a listing: path and query.
func (s *Sim) Listing(i int) string {
	return fmt.Sprintf("/r%d/c%d/", i/s.opt.Categories, i%s.opt.Categories)
}

// Listings is how many there are, the pages of regions aside.
func (s *Sim) Listings() int { return len(s.listings) }

// Pipe serves the portal inside of a synctest bubble. What it returns connects to it.
func (s *Sim) Pipe(t testing.TB) func(ctx context.Context, network, address string) (net.Conn, error) {
	t.Helper()
	l := newPipeListener()
	serveOn(t, l, s)
	return func(ctx context.Context, _, _ string) (net.Conn, error) { return l.dial(ctx) }
}

// Serve serves it on loopback.
func (s *Sim) Serve(t testing.TB) func(ctx context.Context, network, address string) (net.Conn, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, l, s)
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}
}

// Log is what the portal was asked since Forget, in order.
func (s *Sim) Log() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Forget empties the log.
func (s *Sim) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// ServeHTTP answers like any portal, but for the faults.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	form, _ := io.ReadAll(r.Body)
	key := r.Method + " " + r.URL.RequestURI() + " " + string(form)
	s.mu.Lock()
	s.log = append(s.log, Request{at, r.Method, r.Host, r.URL.RequestURI(), r.Header.Clone(), string(form), r.RemoteAddr})
	s.asked[key]++
	f := s.page(r, string(form))
	kind := s.fault(key, s.asked[key])
	s.mu.Unlock()
	if f == nil {
		f = &file{status: http.StatusNotFound, header: http.Header{}, cut: -1}
	}
	if r.URL.Path != "/robots.txt" {
		f.spoil(kind)
	}
	f.delay, f.etag = s.opt.Latency, s.opt.ETags && f.status == http.StatusOK && kind == ""
	if f.etag {
		f.header.Set("ETag", fmt.Sprintf(`"%x"`, hashOf(0, string(f.body))))
	}
	if kind == "silent" && r.URL.Path != "/robots.txt" {
		<-r.Context().Done()
		return
	}
	f.send(w, r)
}

// fault is what is to go wrong with the nth answer to a request, "" for nothing.
func (s *Sim) fault(key string, n int) string {
	chance := hashOf(s.opt.Seed, key+strconv.Itoa(n))
	if float64(chance%1e6)/1e6 >= s.opt.Faults {
		return ""
	}
	return s.opt.Kinds[chance/1e6%uint64(len(s.opt.Kinds))]
}

func hashOf(seed uint64, text string) uint64 {
	h := fnv.New64a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed))
	io.WriteString(h, text)
	x := h.Sum64() // whose low bits are the text's last
	return x ^ x>>29 ^ x>>47
}

func (f *file) spoil(kind string) {
	switch kind {
	case "500":
		f.status, f.body = http.StatusInternalServerError, []byte("error")
	case "503":
		f.status, f.body = http.StatusServiceUnavailable, []byte("busy")
		f.header.Set("Retry-After", "5")
	case "reset", "close":
		f.reset = true
	case "cut":
		f.cut = len(f.body) / 2
	case "drip":
		f.drip = 10 * time.Second
	}
}
