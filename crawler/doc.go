// Package crawler decides what to visit and when, and visits it.
//
// Its nouns: a Site is a portal with its listings; a visit is one scheduled look
// at one site; follow takes one link through its life; the Gate spaces requests
// to a host; package wire fetches and records the bytes; package robots reads
// robots.txt.
//
//	Run -> visit -> Store.Next -> gate -> fetch -> Store.Append -> parse -> Store.Finish
//
// One visit of a site is one goroutine that calls colly synchronously; visits of
// different sites run side by side, and a host is asked by one of them at a
// time. All state that must survive is in the Store: killing a run and starting
// it again is the normal way to resume.
//
// A Site is due by its Every, within its Hours; its Budget bounds one visit. At the
// end of a run what its visits saw is compared with what the Store remembers of each
// source, and alarms begin or end (judge).
//
// What went wrong with a page is an archive.Outcome with its Reason; an error is
// about the run and ends it.
package crawler
