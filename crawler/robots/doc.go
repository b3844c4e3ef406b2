// Package robots reads robots.txt as RFC 9309 defines it.
//
// Its nouns: a File is a robots.txt as parsed; Rules are what it says to one
// crawler; a Verdict is the answer for one URL, with the line that decided.
//
//	Parse(body) -> File.For(agent) -> Rules.Test(url) -> Verdict
//
// Parse never fails: what it cannot read it passes over, line by line, and an
// HTML page served in place of robots.txt holds no rules. Where the RFC is
// silent and sites are not (Crawl-delay, misspelt fields, a full-width colon),
// the reading that asks less of the site is taken.
//
// What it never does: fetch, cache, or decide what a status means; that is the
// crawler's (RFC 9309, section 2.3).
package robots
