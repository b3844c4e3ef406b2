package warc

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
)

// A Fault is something in a file that the standard does not allow, or with Advice
// advises against.
type Fault struct {
	Offset  int64  // of the record, in the file
	Record  string // its id, "" where it cannot be read
	Field   string // name of the field, "block", "header", or "" for the record
	Problem string
	Advice  bool
}

// A Checker reads a file to its end and tells every fault, by the rules of WARC 1.1
// (ISO 28500:2017), in the order of records. What is damaged is passed over where the
// next gzip member can be found. Memory stays flat.
type Checker struct {
	Report func(Fault)
	Visit  func(*Record, Span) // nil, or called for every record that was read whole

	now     Span
	rec     *Record
	held    []Fault           // of the record, until it is read to its end
	records map[[16]byte]seen // by digest of their ids
	count   int
}

// seen is what later records are compared with.
type seen struct {
	offset  int64
	date    time.Time
	payload string
}

// maxInMemory is the length of a block that is looked into; of longer ones only the
// digest is checked.
const maxInMemory = 64 << 20

// Check reads the file, which is size bytes long, and returns how many records it
// has.
func (c *Checker) Check(f io.ReaderAt, size int64) (records int) {
	c.records = map[[16]byte]seen{}
	var magic [2]byte
	_, _ = f.ReadAt(magic[:], 0) // of a shorter file it is none
	zipped := magic == [2]byte{0x1f, 0x8b}
	for at := int64(0); at < size; {
		end, err := c.run(f, at, size)
		if err == nil {
			break
		}
		c.now, c.rec = Span{Offset: end}, nil
		c.fault("", "%s", describe(err))
		c.release()
		if !zipped { // where the next record begins cannot be told
			break
		}
		if at = NextMember(f, end+1); at < 0 {
			break
		}
	}
	if size == 0 {
		c.fault("", "the file is empty: it has no record")
		c.release()
	}
	return c.count
}

func describe(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the file ends in the middle of the record"
	}
	return err.Error()
}

// run reads records from an offset to the end, or to where that cannot be done.
func (c *Checker) run(f io.ReaderAt, from, size int64) (end int64, err error) {
	r := NewReader(io.NewSectionReader(f, from, size-from), from)
	for {
		at := r.offset()
		magic, _ := r.in.Peek(2)
		if len(magic) == 0 {
			return at, nil
		}
		zipped := bytes.Equal(magic, []byte("\x1f\x8b"))
		in := r.in
		if zipped {
			if err := r.gz.Reset(r.in); err != nil {
				return at, noEOF(err)
			}
			r.gz.Multistream(false)
			r.plain.Reset(&r.gz)
			in = r.plain
		}
		c.now, c.rec = Span{Offset: at}, nil
		checked, err := c.record(in, size-at, zipped)
		if err == nil && zipped {
			if _, err = r.plain.ReadByte(); err == nil {
				err = errors.New("more than one record in a gzip member: no tool could find the second by its offset")
			} else if err == io.EOF {
				err = nil
			}
		}
		if err != nil {
			if zipped { // what seems wrong in it is wrong for that reason
				c.held = nil
			}
			return at, noEOF(err)
		}
		c.release()
		c.now.Length = r.offset() - at
		c.count++
		if checked != nil && c.Visit != nil {
			c.Visit(checked, c.now)
		}
	}
}

func (c *Checker) fault(field, format string, args ...any)  { c.tell(false, field, format, args...) }
func (c *Checker) advise(field, format string, args ...any) { c.tell(true, field, format, args...) }

func (c *Checker) tell(advice bool, field, format string, args ...any) {
	id := ""
	if c.rec != nil {
		id = c.rec.ID()
	}
	c.held = append(c.held, Fault{Offset: c.now.Offset, Record: id, Field: field, Problem: fmt.Sprintf(format, args...), Advice: advice})
}

func (c *Checker) release() {
	for _, f := range c.held {
		c.Report(f)
	}
	c.held = c.held[:0]
}

// record reads one record and checks it. The error is about the file: no record can
// be read here. rec is nil when its block was too long to be kept.
func (c *Checker) record(in *bufio.Reader, left int64, zipped bool) (rec *Record, err error) {
	h := head{in: in, budget: maxHeader}
	rec, length, err := h.parseAny()
	if err != nil {
		return nil, err
	}
	c.rec = rec
	if !zipped && length > left {
		return nil, fmt.Errorf("Content-Length: %d bytes are claimed, the file has %d more", length, left)
	}
	if h.bare > 0 {
		c.fault("header", "%d lines do not end with CR LF", h.bare)
	}
	if h.lengths > 1 {
		c.fault("Content-Length", "is there more than once")
	}
	c.checkFields(rec)
	sums := newSums(rec)
	if length > maxInMemory {
		if _, err := io.CopyN(sums, in, length); err != nil {
			return nil, fmt.Errorf("block of %d bytes: %w", length, noEOF(err))
		}
		c.checkBlockDigest(rec, sums)
		c.advise("WARC-Payload-Digest", "is not checked: the block is longer than %d bytes", int64(maxInMemory))
		c.remember(rec)
		return nil, endOf(in)
	}
	if rec.Block, err = readBlock(in, length); err != nil {
		return nil, fmt.Errorf("block of %d bytes: %w", length, noEOF(err))
	}
	if err := endOf(in); err != nil {
		return nil, err
	}
	sums.Write(rec.Block)
	c.checkBlockDigest(rec, sums)
	c.checkBlock(rec)
	c.checkLinks(rec)
	c.remember(rec)
	return rec, nil
}

func endOf(in *bufio.Reader) error {
	var end [4]byte
	_, err := io.ReadFull(in, end[:])
	if err == nil && string(end[:]) != endOfRecord {
		err = errors.New("no two line ends after the block")
	}
	return noEOF(err)
}

// checkFields checks each field by its rule.
func (c *Checker) checkFields(rec *Record) {
	kind, times := rec.Type(), map[string]int{}
	for _, f := range rec.Header {
		name := strings.ToLower(f.Name)
		rule, known := fieldRules[name]
		times[name]++
		switch {
		case isToken(f.Name, "") != nil:
			c.fault(f.Name, "is not a name that a field may have")
		case !isPlain(f.Value):
			c.fault(f.Name, "has control characters or is not UTF-8")
		case times[name] > 1 && known && !rule.many:
			c.fault(f.Name, "is there more than once")
		case known && rule.on != "" && among(knownTypes, kind) && !among(rule.on, kind):
			c.fault(f.Name, "must not be in a record of type %s", kind)
		case rule.form != nil:
			if err := rule.form(f.Value, rec.Version); err != nil {
				c.fault(f.Name, "%.120q %v", f.Value, err)
			}
		}
	}
	for _, name := range mandatory {
		rule := fieldRules[strings.ToLower(name)]
		if times[strings.ToLower(name)] == 0 && (rule.must == "*" || among(rule.must, kind)) {
			c.fault(name, "is missing")
		}
	}
	c.checkType(rec, kind)
}

// mandatory are the fields that some records must have.
var mandatory = []string{"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "WARC-Profile", "WARC-Segment-Number", "WARC-Segment-Origin-ID"}

// checkType checks what depends on the type of the record.
func (c *Checker) checkType(rec *Record, kind string) {
	if kind != "" && !among(knownTypes, kind) {
		c.advise("WARC-Type", "%.40q is not one of the eight types of the standard", kind)
	}
	if c.count == 0 && kind != "warcinfo" {
		c.advise("WARC-Type", "the first record is not a warcinfo")
	}
	if n := rec.Get("WARC-Segment-Number"); n == "0" || n == "1" && kind == "continuation" || n != "" && n != "1" && kind != "continuation" {
		c.fault("WARC-Segment-Number", "%.20q cannot be in a record of type %s", n, kind)
	}
	if kind != "revisit" {
		return
	}
	profile := unbracket(rec.Get("WARC-Profile"))
	switch _, name, _ := strings.Cut(profile, "/revisit/"); {
	case name == "identical-payload-digest":
		if rec.Get("WARC-Payload-Digest") == "" {
			c.fault("WARC-Payload-Digest", "is missing, and the profile is identical-payload-digest")
		}
	case name != "server-not-modified" && profile != "":
		c.advise("WARC-Profile", "%.120q is not known", profile)
	}
	for _, name := range []string{"WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"} {
		if rec.Get(name) == "" {
			c.advise(name, "is missing: replay tools will not find what is revisited")
		}
	}
}

// sums are the digests that a record names.
type sums map[string]hash.Hash

func newSums(rec *Record) sums {
	s := sums{}
	for _, name := range []string{"WARC-Block-Digest", "WARC-Payload-Digest"} {
		algorithm, _, _ := strings.Cut(rec.Get(name), ":")
		if h := newHash(algorithm); h != nil {
			s[strings.ToLower(algorithm)] = h
		}
	}
	return s
}

func (s sums) Write(p []byte) (int, error) {
	for _, h := range s {
		h.Write(p)
	}
	return len(p), nil
}

func newHash(algorithm string) hash.Hash {
	switch strings.ToLower(algorithm) {
	case "md5":
		return md5.New()
	case "sha1":
		return sha1.New()
	case "sha256":
		return sha256.New()
	case "sha512":
		return sha512.New()
	}
	return nil
}

func (c *Checker) checkBlockDigest(rec *Record, s sums) {
	value := rec.Get("WARC-Block-Digest")
	if value == "" {
		c.advise("WARC-Block-Digest", "is missing")
		return
	}
	algorithm, sum, _ := strings.Cut(value, ":")
	h := s[strings.ToLower(algorithm)]
	if h == nil {
		c.advise("WARC-Block-Digest", "is of an algorithm that is not known: %.40q", algorithm)
		return
	}
	if want := decodeSum(sum, h.Size()); want != nil && !bytes.Equal(want, h.Sum(nil)) {
		c.fault("WARC-Block-Digest", "%s: the block has %s:%x", value, strings.ToLower(algorithm), h.Sum(nil))
	}
}

// checkBlock checks what the block must be.
func (c *Checker) checkBlock(rec *Record) {
	if rec.Type() == "warcinfo" && strings.HasPrefix(rec.Get("Content-Type"), TypeFields) {
		for i, line := range strings.Split(strings.TrimSuffix(string(rec.Block), newline), newline) {
			name, _, ok := strings.Cut(line, ":")
			folded := i > 0 && strings.TrimLeft(line, " \t") != line
			if line != "" && !folded && (!ok || isToken(name, "") != nil) {
				c.fault("block", "line %d is not a field: %.60q", i+1, line)
			}
		}
	}
	if len(rec.Block) > 0 && rec.Get("Content-Type") == "" && rec.Type() != "continuation" {
		c.advise("Content-Type", "is missing")
	}
	c.checkPayloadDigest(rec)
}

// checkPayloadDigest checks the digest of the payload where the record has it. The
// payload of a message is its body without the transfer coding; wget and others
// leave the coding on.
func (c *Checker) checkPayloadDigest(rec *Record) {
	value := rec.Get("WARC-Payload-Digest")
	algorithm, sum, _ := strings.Cut(value, ":")
	h := newHash(algorithm)
	if value == "" || h == nil || rec.Type() == "revisit" || rec.Type() == "continuation" || rec.Get("WARC-Segment-Number") != "" {
		return
	}
	raw, payload := payloadOf(rec)
	want := decodeSum(sum, h.Size())
	h.Write(payload)
	got := h.Sum(nil)
	if want == nil || bytes.Equal(want, got) {
		return
	}
	h.Reset()
	h.Write(raw)
	if bytes.Equal(want, h.Sum(nil)) {
		c.advise("WARC-Payload-Digest", "is of the body with its transfer coding still on")
		return
	}
	c.fault("WARC-Payload-Digest", "%s: the payload has %s:%x", value, strings.ToLower(algorithm), got)
}

// payloadOf is the payload of a record, and the same with its transfer coding.
func payloadOf(rec *Record) (raw, payload []byte) {
	if t := rec.Type(); t != "response" && t != "request" || !strings.HasPrefix(rec.Get("Content-Type"), "application/http") {
		return rec.Block, rec.Block
	}
	at, chunked := messageHead(rec.Block)
	raw = rec.Block[at:]
	if chunked {
		return raw, Unchunk(raw)
	}
	return raw, raw
}

// messageHead is the length of a message's header, the blank line included, and
// whether it says that the body is chunked.
func messageHead(message []byte) (length int, chunked bool) {
	for at := 0; ; {
		i := bytes.IndexByte(message[at:], '\n')
		if i < 0 {
			return len(message), chunked
		}
		line := bytes.TrimSuffix(message[at:at+i], []byte("\r"))
		at += i + 1
		if len(line) == 0 {
			return at, chunked
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if strings.EqualFold(string(name), "Transfer-Encoding") && strings.EqualFold(string(bytes.TrimSpace(value)), "chunked") {
			chunked = true
		}
	}
}

func keyOf(id string) [16]byte {
	sum := sha256.Sum256([]byte(id))
	return [16]byte(sum[:16])
}

// checkLinks compares a record with those before it that it names.
func (c *Checker) checkLinks(rec *Record) {
	for _, f := range rec.Header {
		if other, ok := c.records[keyOf(unbracket(f.Value))]; ok && strings.EqualFold(f.Name, "WARC-Concurrent-To") && !other.date.Equal(rec.Date()) {
			c.fault("WARC-Date", "differs from that of the record at offset %d, which is of the same capture", other.offset)
		}
	}
	original, ok := c.records[keyOf(unbracket(rec.Get("WARC-Refers-To")))]
	if !ok || rec.Type() != "revisit" {
		return
	}
	algorithm, _, _ := strings.Cut(original.payload, ":")
	if p := rec.Get("WARC-Payload-Digest"); algorithm != "" && strings.HasPrefix(p, algorithm+":") && !strings.EqualFold(p, original.payload) {
		c.fault("WARC-Payload-Digest", "differs from that of the record at offset %d, which is revisited", original.offset)
	}
	// Some tools write it to the second.
	if d := rec.Get("WARC-Refers-To-Date"); d != "" && !ParseDate(d).Truncate(time.Second).Equal(original.date.Truncate(time.Second)) {
		c.fault("WARC-Refers-To-Date", "differs from the date of the record at offset %d, which is revisited", original.offset)
	}
}

func (c *Checker) remember(rec *Record) {
	id := rec.ID()
	if id == "" {
		return
	}
	if other, ok := c.records[keyOf(id)]; ok {
		c.fault("WARC-Record-ID", "is that of the record at offset %d, too", other.offset)
		return
	}
	c.records[keyOf(id)] = seen{c.now.Offset, rec.Date(), rec.Get("WARC-Payload-Digest")}
}
