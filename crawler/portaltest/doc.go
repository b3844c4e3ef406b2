// Package portaltest serves a whole little portal out of a text archive, so that
// a test of the crawler is a portal one can read.
//
//	-- /robots.txt --
//	User-agent: *
//	Disallow: /admin/
//	-- /index.html --
//	> charset=gbk
//	> Content-Type: text/html; charset=gb2312
//	<a href="/jiangxi/">江西</a>
//	-- /jiangxi/1.html --
//	> 503 times=2
//	> Retry-After: 3
//	-- /jiangxi/1.html --
//	<h1>…</h1>
//	-- //other.test/a.html --
//	on another host
//
// A file is named by the path and query it answers, with //host before it when
// the portal has several hosts. Lines that begin with "> " head a file: first,
// if wanted, one of words, then headers. The words:
//
//	404           status
//	hex           the body is written in hexadecimal
//	charset=gbk   encode the body so (gbk, gb18030, big5)
//	delay=2s      wait before answering
//	drip=100ms    send the body in sixteen pieces with this much between them
//	cut=120       announce the whole body and close after 120 bytes
//	size=100MB    fill the body up to this size
//	gzip          encode the body; with size=, a gzip bomb
//	etag          send an ETag of the body, answer 304 to it
//	raw           the body is the whole answer as it goes over the wire
//	hang          do not answer before Change has another file for it
//	reset         close the connection without a word
//	times=2       answer so twice, then as the next file of the same name says
//
// $PORTAL in a body or header is the portal's own address. What is not in the
// archive is 404.
package portaltest
