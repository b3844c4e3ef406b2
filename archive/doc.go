// Package archive keeps what was received, proves it, and finds it again.
//
// Its nouns: a Capture is one exchange as it came over the wire; a Location is
// where its record lies; a Link is one URL waiting in the frontier; a Follow is
// what became of a link; a Document is what lives at one normalised URL, with
// its Versions; an Observation is what a look at a listing saw, also when it saw
// nothing; the journal is the sequence of Entries of one visit.
//
// On disk (see DESIGN in the README, "Where things are"):
//
//	captures/    the truth: WARC/1.1, append-only, fsynced before anything is parsed
//	             a .cdxj beside each sealed segment, for replay tools
//	ledger/      checkpoints of the ledger, signed, and the keys they are signed with
//	fangzhi.db   bbolt; everything in it can be made anew from captures/ (Rebuild)
//	owner.json   who has the archive open now (package owner)
//
// The flow of one link: Append writes its exchange to a segment; the crawler
// parses; Finish applies what became of it, in one step: the link leaves the
// frontier, its URL state, document, version and observation are stored, new
// links enter. Finish is acknowledged by Flush (or by itself, within half a
// second): committed in bbolt after the fsync of the segment it points to.
//
// Every change of a visit goes through one function, apply, as an Entry; at the
// end of a visit its Entries are written into captures/ as a metadata record.
// Rebuild reads these records and applies the same Entries again: there is no
// second way to build the database.
//
// After a kill, Open cuts a torn record off the newest segments and adopts
// whole records that were not committed: Unread hands them to the crawler, which
// reads them instead of fetching again.
//
// Readers see what is committed. An answer (Reader) is made in many short read
// transactions and is about one horizon: versions that come later are not in it.
//
// Every capture, and every event in the care of the archive, is a leaf of the ledger
// (package ledger): captures in the order of their numbers, an event behind all
// captures there were when it was noted. The leaves are made of what captures/ holds,
// so that a Rebuild grows the same tree. A run ends with a signed checkpoint.
//
// The extracted text is not kept as a conversion record: it is a fifth of what its
// page is, can be made anew, and would be another one with each parser. Nor is there
// a metadata record for each capture: the journal says the same in one record a visit.
//
// Reading one capture by address and time takes 0.14 ms, and 0.44 ms at the 99th
// percentile, among a million (TestFiguresTaken; 860 bytes of the database a capture).
// With 20 million the database has 17 GB: a key of "taken" leads through three or four
// pages of 16 KiB to a number, that through four to the record's place. The inner pages
// of both are some 40 MB and stay in memory; what is cold costs two reads of the
// database and one of the segment.
//
// What it never does: rewrite a captured byte, fetch, decide what to crawl.
package archive
