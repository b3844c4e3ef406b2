// Package portal is a small government portal for `fangzhi demo` and for tests: in
// the image of 政公网 (www.zgw123.cn), made up from the seed of a few templates, on
// loopback only, without any network.
//
// It has what portals have: a navigation of 31 regions and three categories, GBK
// that calls itself gb2312, listings of several pages with a pinned row, articles
// that stand under several addresses, rows that lead to WeChat, to a file, to
// another portal, to nothing, through a redirect and to where robots.txt forbids, a
// bot check, wrong charset labels, and a name that only GB 18030 can write.
//
//	New -> world (what is published) -> render (pages as bytes) -> ServeHTTP
//	       Advance: the next day, on which one article is edited, one withdrawn and some are new
//	       Truth: what a crawl must have found by now
//
// The same seed gives the same portal, byte for byte. Places and codes are real,
// events and sentences are not; the one real text is the article from which this
// program was conceived.
package portal
