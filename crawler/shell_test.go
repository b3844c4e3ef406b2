package crawler_test

import (
	"slices"
	"testing"

	"fangzhi/archive"
)

// TestShellLeadsToItsInterface: a listing whose script asks an interface for the rows is
// followed there, page by page, and on the next visit too, though it did not change.
func TestShellLeadsToItsInterface(t *testing.T) {
	shell := "-- /list/ --\n> etag\n<html><body><h2>通知公告</h2><div id=\"list\"></div><script>\n" +
		"$.get('/common/search/c0?_isJson=true&_pageSize=2&page=1', show);</script></body></html>\n"
	answers := "-- /common/search/c0?_isJson=true&_pageSize=2&page=1 --\n> Content-Type: application/json\n" +
		`{"data":{"total":3,"results":[{"title":"南昌市召开会议部署工作","url":"/1.html","publishedTimeStr":"2022-03-31"},{"title":"九江市推进重点项目建设","url":"/2.html","publishedTimeStr":"2022-03-30"}]}}` +
		"\n-- /common/search/c0?_isJson=true&_pageSize=2&page=2 --\n> Content-Type: application/json\n" +
		`{"data":{"total":3,"results":[{"title":"宜昌市开展安全生产检查","url":"/3.html","publishedTimeStr":"2022-03-29"}]}}` + "\n"
	inList(t, shell+answers+article("/1.html", "一")+article("/2.html", "二")+article("/3.html", "三"), func(w *world) {
		if sum := w.crawl(); sum.New != 3 || sum.Listings != 3 {
			w.Errorf("first visit: %+v, asked for %q", sum, w.portal.Asked())
		}
		w.wantEnds(map[string]string{"/list/": "listed " + string(archive.EmptyListing), "/3.html": "kept"})
		w.portal.Forget()
		w.crawl()
		if n := w.times("/common/search/c0?_isJson=true&_pageSize=2&page=1"); n != 1 {
			w.Errorf("second visit asked the interface %d times: %q", n, w.portal.Asked())
		}
	})
}

// TestJSONIsPosted: an interface that wants JSON is sent JSON, and the parser is told what
// was sent, so that it knows which page comes next.
func TestJSONIsPosted(t *testing.T) {
	shell := "-- /list/ --\n<html><body><h2>政策文件</h2><div id=\"list\"></div><script>\n" +
		"$.ajax({url: '/irs/front/list', type: 'post', data: JSON.stringify({pageNo: 1, pageSize: 1})});</script></body></html>\n"
	answer := "-- /irs/front/list --\n> Content-Type: application/json\n" +
		`{"success":true,"data":{"total":2,"list":[{"f_1":"南昌市召开会议部署工作","doc_pub_url":"/1.html","save_time":"2022-03-31 08:00:00"}]}}` + "\n"
	inList(t, shell+answer+article("/1.html", "一"), func(w *world) {
		w.crawl()
		var posted []string
		for _, r := range w.portal.Log() {
			if r.Method == "POST" {
				posted = append(posted, r.Header.Get("Content-Type")+" "+r.Form)
			}
		}
		want := []string{`application/json {"pageNo":1,"pageSize":1}`, `application/json {"pageNo":2,"pageSize":1}`}
		if !slices.Equal(posted, want) {
			w.Errorf("posted %q, want %q", posted, want)
		}
		w.wantEnds(map[string]string{"/1.html": "kept"})
	})
}
