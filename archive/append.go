package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/cdxj"
	"fangzhi/archive/uri"
	"fangzhi/archive/warc"
)

// Extension fields of response and revisit records, as WARC 1.1, section 4 allows
// them: what Rebuild must know of a capture and finds in no field of the standard.
const (
	numberField     = "Fangzhi-Capture"    // its number, which orders captures over all segments
	originalField   = "Fangzhi-Original"   // of a revisit: the number of the capture that has its payload
	connectionField = "Fangzhi-Connection" // key of its Connection in the journal
	viaField        = "Fangzhi-Via"        // the page that led to it
)

// Append writes an exchange to the captures and returns after its fsync: names that
// were looked up for it, the response, the request. repeated is true when the payload is the one
// this URL had last time, or the answer is a 304: then it is a revisit record
// that points back.
func (a *Archive) Append(ctx context.Context, c *Capture, role Role) (loc Location, repeated bool, err error) {
	if err := ctx.Err(); err != nil {
		return Location{}, false, err
	}
	if !warc.IsURI(c.URL) {
		return Location{}, false, fmt.Errorf("append %q: not a URI as RFC 3986 has them", c.URL)
	}
	w, err := a.write(c, role)
	if err != nil {
		return Location{}, false, a.stop(fmt.Errorf("append %s: %w", c.URL, err))
	}
	err = w.segment.durable(w.end, func() int64 {
		a.mu.Lock()
		defer a.mu.Unlock()
		return w.segment.w.Size()
	})
	if err != nil {
		return Location{}, false, a.stop(fmt.Errorf("append %s: %w", c.URL, err))
	}
	// The bytes are safe: what follows is done also when ctx ended meanwhile.
	err = a.update(context.WithoutCancel(ctx), func(tx *bbolt.Tx) error { return a.register(tx, w) })
	if err != nil {
		return Location{}, false, fmt.Errorf("register %s: %w", c.URL, err)
	}
	return w.record.location(w.number), w.repeated, nil
}

// stop makes an error of the captures the end of all writing, unless it is the
// end already.
func (a *Archive) stop(err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !errors.Is(err, ErrClosed) && a.failed == nil {
		// What was finished before is whole and durable: keep it.
		_ = a.commit()
		a.failed = errors.Join(a.failed, err)
	}
	return err
}

// A written is a capture that is in its segment and not yet in the database.
type written struct {
	number   uint64
	record   captureRecord
	role     Role
	segment  *segment
	end      int64 // of its records in the segment
	repeated bool
}

func (a *Archive) write(c *Capture, role Role) (*written, error) {
	payload := c.Payload()
	digest := DigestOf(payload)
	a.mu.Lock()
	defer a.mu.Unlock()
	tx, err := a.transaction()
	if err != nil {
		return nil, err
	}
	o, err := findOriginal(tx, c, digest, len(payload))
	if err != nil {
		return nil, err
	}
	w := &written{number: a.meta.Captures + 1, role: role, repeated: o.repeated}
	response, request := records(c, o, digest, w.number)
	s, err := a.segmentFor(o.repeated && role == RoleArticle, c.Time)
	if err != nil {
		return nil, err
	}
	looked := a.names.take()
	spans, err := s.w.Write(append(looked, response, request)...)
	if err != nil {
		return nil, err
	}
	spans = spans[len(looked):]
	a.meta.Captures = w.number
	w.segment, w.end = s, spans[1].Offset+spans[1].Length
	s.unregistered = append(s.unregistered, unregistered{spans[0].Offset, w.number})
	s.mark.holds(w.number)
	w.record = captureRecord{
		ID: captureID(c), URL: c.URL, Time: c.Time.UnixNano(), Status: c.Status, Payload: digest[:],
		Segment: s.name, Offset: spans[0].Offset, Length: spans[0].Length, Request: spans[1].Length,
		Full: o.number, Truncated: c.Truncated, Via: c.Via, Record: response.ID(),
		ETag: c.Header.Get("ETag"), LastModified: c.Header.Get("Last-Modified"), Mime: cdxj.Mime(c.Header.Get("Content-Type")),
	}
	head := response.HeadDigest()
	w.record.Head = head[:]
	if c.Status == http.StatusNotModified && o.number != 0 {
		w.record.Payload = o.record.Payload
	}
	return w, nil
}

// urlID is the id of a URL, or of a form posted to it.
func urlID(normal, form string) []byte {
	key := uri.Key(normal)
	if form != "" {
		key += "\n" + form
	}
	return []byte(uri.ID(key))
}

// captureID is the urlID of the link that a capture answers.
func captureID(c *Capture) []byte {
	normal, err := uri.Normalize(c.URL)
	if err != nil {
		normal = c.URL
	}
	return urlID(normal, formOf(c.Request))
}

// formOf is the form that a request posted.
func formOf(request []byte) string {
	if !bytes.HasPrefix(request, []byte("POST ")) {
		return ""
	}
	_, form, _ := bytes.Cut(request, []byte("\r\n\r\n"))
	return string(form)
}

// An original is the capture that already has the payload of another.
type original struct {
	number   uint64 // 0: there is none
	record   captureRecord
	repeated bool // at the same URL, last time
}

// minRevisit is the payload below which a revisit record saves nothing.
const minRevisit = 256

func findOriginal(tx *bbolt.Tx, c *Capture, digest Digest, size int) (o original, err error) {
	var last urlRecord
	if _, err := get(tx, bucketURL, captureID(c), &last); err != nil {
		return o, err
	}
	switch {
	case c.Status == http.StatusNotModified:
		o.number, o.repeated = last.Full, last.Full != 0
	case c.Status != http.StatusOK || c.Truncated != Whole:
		return o, nil
	case last.Full != 0 && bytes.Equal(last.Payload, digest[:]):
		o.number, o.repeated = last.Full, true
	case size >= minRevisit:
		if o.number, err = getNumber(tx, bucketPayload, digest[:textKeyLength]); err != nil {
			return o, err
		}
	}
	if o.number == 0 {
		return o, nil
	}
	ok, err := get(tx, bucketCapture, number(o.number), &o.record)
	if err == nil && !ok {
		err = fmt.Errorf("capture %d is not in the database", o.number)
	}
	return o, err
}

// records are the response, or the revisit that stands for it, and the request.
func records(c *Capture, o original, digest Digest, n uint64) (response, request *warc.Record) {
	x := warc.Exchange{URI: c.URL, Date: c.Time, IP: c.IP, Payload: digest.String(), Truncated: string(c.Truncated)}
	switch {
	case o.number == 0:
		response = warc.Response(x, c.Response)
	default:
		profile := warc.IdenticalPayload
		if c.Status == http.StatusNotModified {
			profile = warc.NotModified
			x.Payload = Digest(o.record.Payload).String()
		}
		of := warc.Original{ID: o.record.Record, URI: o.record.URL, Date: time.Unix(0, o.record.Time)}
		response = warc.Revisit(x, profile, of, c.Response[:c.HeaderLen])
	}
	response.Add(numberField, strconv.FormatUint(n, 10))
	if o.number != 0 {
		response.Add(originalField, strconv.FormatUint(o.number, 10))
	}
	response.Add(connectionField, c.Conn)
	response.Add(viaField, c.Via)
	return response, warc.Request(x, response, c.Request)
}

// register puts a capture that is durable into the database.
func (a *Archive) register(tx *bbolt.Tx, w *written) error {
	if i := slices.Index(w.segment.unregistered, unregistered{w.record.Offset, w.number}); i >= 0 {
		w.segment.unregistered = slices.Delete(w.segment.unregistered, i, i+1)
	}
	return putCapture(tx, w.number, &w.record, w.role)
}

// putCapture makes a capture known: by number, by URL and time, by payload, by host,
// and as one that nobody has read yet.
func putCapture(tx *bbolt.Tx, n uint64, c *captureRecord, role Role) error {
	if err := put(tx, bucketCapture, number(n), c); err != nil {
		return err
	}
	if err := tx.Bucket(bucketHostCapture).Put(append(under(uri.Host(c.URL)), number(n)...), nil); err != nil {
		return err
	}
	if err := tx.Bucket(bucketTaken).Put(takenKey(c.ID, c.Time, n), nil); err != nil {
		return err
	}
	if err := putPayload(tx, n, c); err != nil || role == RoleRobots {
		return err
	}
	return putNumber(tx, bucketUnread, c.ID, n)
}

// putPayload remembers the first whole capture of a payload.
func putPayload(tx *bbolt.Tx, n uint64, c *captureRecord) error {
	if c.Status != http.StatusOK || c.Truncated != Whole || c.Full != 0 {
		return nil
	}
	key := c.Payload[:textKeyLength]
	first, err := getNumber(tx, bucketPayload, key)
	if err != nil || first != 0 && first <= n {
		return err
	}
	return putNumber(tx, bucketPayload, key, n)
}
