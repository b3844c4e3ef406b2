// Package parser reads pages: bytes and where they came from go in, values come
// out. It has no network, no files, no clock and no logger, so that a page reads
// the same today, after a rebuild and on another machine.
//
// The flow is Decode (bytes to UTF-8, see parser/charset), then Parse, which
// decides once what kind of page it has before it (Kind) and returns a Page:
//
//	Listing   items with title and date, and the request for the next page; the answers
//	          of interfaces (JSON, XML, pieces of markup), feeds and sitemaps are listings too
//	Article   title, date, source, body and fields, each with its evidence
//
// What the page does not say is left empty; nothing is guessed in silence. Places
// are codes of GB/T 2260 (see parser/region). Knowledge about one portal is data
// (Rules); knowledge about a family of content management systems is a file of
// its own.
package parser
