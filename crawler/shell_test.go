package crawler_test

import (
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
