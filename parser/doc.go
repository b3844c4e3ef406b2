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
// An article is read from the document of one walk over the tree (walk.go): lines and the
// elements that hold them. Its title is weighed (title.go), the body's element chosen by
// where prose is dense after the title (body.go), what is not the body cut off (trim.go),
// labels read as fields around it (fields.go), the date picked from candidates (date.go).
// Words that this needs are lists (words.go). Explain is Parse with the reasons.
//
// What the page does not say is left empty; nothing is guessed in silence. Places
// are codes of GB/T 2260 (see parser/region). Knowledge about one portal is data
// (Rules); knowledge about a family of content management systems is a file of
// its own.
package parser
