// Package wire makes HTTP exchanges and records them as they are on the wire, so
// that what is kept is what was received and not what a library made of it.
//
// A Client serves one site. Do makes one exchange and returns it as an
// archive.Capture: the bytes of the request as sent, the bytes of the response as
// received (order and case of header fields, chunk framing, content coding), and
// why it stops early if it does. A Transport is a Client with the face of an
// http.RoundTripper, for colly: it hands out decoded bodies and keeps the capture
// of the last exchange for its one user.
//
//	Do -> http.Transport -> dial (addresses checked after DNS) -> TLS -> conn
//	conn records from httptrace.GotConn to the end of the body -> frame -> Capture
//
// It speaks HTTP/1.1 only, because an HTTP/2 exchange has no bytes of its own. It
// follows no redirect, knows no cookies, sends no request twice, and keeps no
// pace: these are the crawler's. A connection whose response was not read to its end is never used
// again. Addresses that are not of the public Internet are refused unless the
// site allows them.
package wire
