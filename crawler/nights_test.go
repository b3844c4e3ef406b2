package crawler_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"fangzhi/archive"
	"fangzhi/crawler"
	"fangzhi/crawler/storetest"
	"fangzhi/parser"
)

// TestFiguresNights lets cron run for 30 virtual nights over many hosts, of which six
// kinds of trouble befall some. It is printed by
//
//	FANGZHI_LONG=1 go test ./crawler -run FiguresNights -v
//
// and run with fewer hosts always.
func TestFiguresNights(t *testing.T) {
	hosts := 12
	if os.Getenv("FANGZHI_LONG") != "" {
		hosts = 300
	}
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		w := newNights(t, hosts)
		for w.night = 1; w.night <= 30; w.night++ {
			w.passNight()
		}
		want := map[int][]string{
			5:  {"portal1 no-items"},
			8:  {"portal2 no-dates"},
			11: {"portal3 no-bodies"},
			14: {"portal4 few-items"},
			17: {"portal5 challenge"},
			20: {" outage"},
		}
		if diff := cmp.Diff(want, w.alarms); diff != "" {
			t.Errorf("nights that end with exit code 3 (-want +got):\n%s", diff)
		}
		ends := map[int][]string{
			7: {"portal1 no-items"}, 10: {"portal2 no-dates"}, 13: {"portal3 no-bodies"}, 16: {"portal4 few-items"}, 19: {"portal5 challenge"}, 21: {" outage"},
		}
		if diff := cmp.Diff(ends, w.over); diff != "" {
			t.Errorf("nights on which alarms end (-want +got):\n%s", diff)
		}
		if w.outside > 0 {
			t.Errorf("%d of %d requests were made outside of the hours", w.outside, w.requests)
		}
		if w.breakers() > 0 {
			t.Errorf("%d breakers are open", w.breakers())
		}
		if w.cutOff == 0 {
			t.Error("no visit met the end of its hours: that they are kept was not tried")
		}
		t.Logf("30 nights, %d hosts, %d runs of cron, %d requests: %d alarms on %d nights, %d requests outside of the hours, %d visits stopped by them",
			hosts, w.runs, w.requests, counted(w.alarms), len(w.alarms), w.outside, w.cutOff)
	})
	t.Logf("took %.1f s", time.Since(began).Seconds())
}

func counted(byNight map[int][]string) (n int) {
	for _, list := range byNight {
		n += len(list)
	}
	return n
}

// nightHours are those in which all hosts but the busy one may be asked.
var nightHours = crawler.Hours{From: 22 * 60, To: 6 * 60}

// busyHours are too short for what the busy host publishes in a day.
var busyHours = crawler.Hours{From: 22 * 60, To: 22*60 + 10}

// nights are portals and the crawls of one night after the other.
type nights struct {
	*testing.T
	store   *storetest.Memory
	sites   []crawler.Site
	status  map[string]archive.SiteStatus
	alarms  map[int][]string // that began, by night
	over    map[int][]string
	runs    int
	cutOff  int
	serving sync.WaitGroup

	mu       sync.Mutex
	night    int
	requests int
	outside  int
}

func newNights(t *testing.T, hosts int) *nights {
	w := &nights{T: t, store: storetest.NewMemory(nil), status: map[string]archive.SiteStatus{}, alarms: map[int][]string{}, over: map[int][]string{}}
	for i := range hosts {
		home := fmt.Sprintf("http://portal%d.test/", i)
		site := crawler.Site{Name: fmt.Sprint("portal", i), Home: home, Listings: []crawler.Listing{{URL: home + "list.html", Region: "360000"}}, Every: 24 * time.Hour, Hours: nightHours}
		if i == 0 {
			site.Hours, site.Delay = busyHours, 30*time.Second
		}
		w.sites = append(w.sites, site)
	}
	// The clock of a bubble begins at midnight UTC: eight in the morning.
	time.Sleep(time.Until(time.Date(2000, 1, 1, 22, 0, 0, 0, parser.Beijing)))
	return w
}

// passNight runs cron every two hours for a day.
func (w *nights) passNight() {
	w.Helper()
	next := time.Now()
	for range 12 {
		w.run()
		next = next.Add(2 * time.Hour)
		time.Sleep(time.Until(next))
	}
	w.serving.Wait()
}

func (w *nights) run() {
	w.Helper()
	recorder := storetest.Record(w.store)
	var due []crawler.Site
	for _, s := range w.sites {
		if s.Due(w.status[s.Name], time.Now()) {
			due = append(due, s)
		}
	}
	if len(due) == 0 {
		return
	}
	w.runs++
	c := crawler.New(crawler.Options{Store: recorder, Agent: "fangzhi/test", Sites: due, Dial: w.dial, Rechecks: 1})
	if _, err := c.Run(w.Context(), archive.Run{}); err != nil {
		w.Fatal(err)
	}
	for _, end := range recorder.Visits {
		w.status[end.Site] = archive.SiteStatus{Last: end}
		if strings.Contains(end.Why, "(hours)") {
			w.cutOff++
		}
	}
	for _, m := range c.Alarms() {
		told := w.alarms
		if !m.Ended.IsZero() {
			told = w.over
		}
		told[w.night] = append(told[w.night], m.Site+" "+string(m.Kind))
	}
}

// breakers counts hosts that may not be asked for hours.
func (w *nights) breakers() (open int) {
	for _, s := range w.sites {
		h, err := w.store.Host(w.Context(), strings.TrimSuffix(strings.TrimPrefix(s.Home, "http://"), "/"))
		if err != nil {
			w.Fatal(err)
		}
		if time.Until(h.NotBefore) > time.Hour {
			open++
		}
	}
	return open
}

// during tells whether it is one of two nights from the first on.
func (w *nights) during(first int) bool { return w.night == first || w.night == first+1 }

func (w *nights) dial(context.Context, string, string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.night == 20 {
		return nil, errors.New("network is unreachable")
	}
	client, server := net.Pipe()
	w.serving.Go(func() { w.serve(server) })
	return tcpLike{client}, nil
}

// tcpLike is a pipe whose address looks like one of TCP.
type tcpLike struct{ net.Conn }

func (tcpLike) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }
func (tcpLike) LocalAddr() net.Addr  { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 1024} }

func (w *nights) serve(c net.Conn) {
	defer c.Close()
	for r := bufio.NewReader(c); ; {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		status, body := w.answer(req)
		resp := http.Response{StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
			Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}}
		var b bytes.Buffer
		if resp.Write(&b) != nil {
			return
		}
		if _, err := c.Write(b.Bytes()); err != nil {
			return
		}
	}
}

func (w *nights) answer(r *http.Request) (status int, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests++
	portal, n := 0, 0
	fmt.Sscanf(r.Host, "portal%d.test", &portal)
	hours := nightHours
	if portal == 0 {
		hours = busyHours
	}
	if !hours.Contain(time.Now()) {
		w.outside++
	}
	switch {
	case r.URL.Path == "/robots.txt":
		return http.StatusNotFound, ""
	case portal == 5 && w.during(17):
		return http.StatusOK, challengePage
	case r.URL.Path == "/list.html":
		return http.StatusOK, w.list(portal)
	}
	fmt.Sscanf(r.URL.Path, "/a/%d.html", &n)
	if portal == 3 && w.during(11) && n > 11*perNight(portal) {
		return http.StatusOK, "<html><head><title>政公网</title></head><body><div id=\"app\"></div></body></html>"
	}
	_, page, _ := strings.Cut(article("/", fmt.Sprintf("江西省第%d号公告：关于做好有关工作的通知", n)), "\n")
	return http.StatusOK, page
}

const challengePage = `<html><head><script>document.cookie="__jsl_clearance=1;path=/";location.href=location.pathname;</script></head><body></body></html>`

// perNight is how many articles a portal publishes in a day.
func perNight(portal int) int {
	switch portal {
	case 0:
		return 25
	case 3:
		return 4
	}
	return 1
}

// list is a portal's listing: its newest articles, of which one more a night is new.
func (w *nights) list(portal int) string {
	var b strings.Builder
	b.WriteString("<html><body><h2>江西政企信息</h2><ul class=\"list\">\n")
	newest, rows := (w.night+1)*perNight(portal)+30, 30
	switch {
	case portal == 1 && w.during(5):
		rows = 0
	case portal == 4 && w.during(14):
		rows = 3
	}
	for n := newest; n > newest-rows; n-- {
		date := fmt.Sprintf("<span>2000-01-%02d</span>", 1+w.night%28)
		if portal == 2 && w.during(8) {
			date = ""
		}
		fmt.Fprintf(&b, "<li><a href=\"/a/%d.html\">江西省第%d号公告：关于做好有关工作的通知</a>%s</li>\n", n, n, date)
	}
	b.WriteString("</ul></body></html>")
	return b.String()
}
