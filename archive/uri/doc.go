// Package uri gives URLs the form in which the archive knows them, and documents
// their ids.
//
// Normalize takes away what never tells two pages apart: fragment, default port,
// case of scheme and host, session ids, dot segments, doubled slashes, tracking
// parameters, the name of an index page, the print twin. It keeps what might:
// the order and the values of all other parameters. What it returns can be
// requested, and is a URI of RFC 3986.
//
// Key drops the scheme too: a portal that moves to https keeps its documents. ID
// is the same on every machine and for ever.
package uri
