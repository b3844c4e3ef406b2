// Package owner lets many processes use one archive, which one of them has open.
//
// bbolt cannot be opened twice, not even to read. So whoever opens the archive
// owns it and answers the questions of all others. Its nouns: the lock is flock
// on owner.json, and nothing else decides who owns; the message is what stands in
// that file: who it is and where to ask; a tenure is the time from taking the
// lock to releasing it; a peer is the owner seen from another process; a Session
// is the archive as a command uses it, owning or asking, which of the two may
// change between any two calls.
//
//	Open -> seek: lock free?  take it, listen, write the message, open the archive
//	              lock held?  read the message, ask there
//	call -> own tenure, or peer; whoever answers "moved" or is gone: seek again
//
// Roles: a crawl keeps the archive until it ends, and a second crawl gets a
// BusyError. A reader that owns hands over to a crawl that asks: it finishes the
// calls in hand, closes, promises the lock to the crawl in the message, and from
// then on asks; when the crawl has ended, whoever needs the archive next takes it.
//
// The kernel releases the lock of a process that was killed. Its message is then
// stale, its socket refuses, and the next one takes over; a pid is only ever shown,
// never tested.
//
// Owner and asker talk HTTP on a unix socket with a short path (mode 0600), or on
// 127.0.0.1 where that fails; a token from the message is asked for either way.
// Answers begin with blank lines, one a second, while they are being worked on, so
// that an owner that hangs is told from one that works.
//
// It never deletes owner.json: a lock on a file that is no longer in its directory
// would lock nobody out.
package owner
