package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"

	"fangzhi/parser"
)

// Format is the version of the database.
//
//	1  first format
const Format = 1

// The buckets. Numbers and times (nanoseconds since 1970) are eight bytes, big
// endian, so that they sort; an id is its twelve letters. Every value is sealed:
// what it is, then its CRC-32C.
var (
	bucketMeta        = []byte("meta")        // format, sequences
	bucketURL         = []byte("url")         // id -> urlRecord
	bucketDue         = []byte("due")         // site 00 time id -> nothing; rechecks in order
	bucketFrontier    = []byte("frontier")    // site 00 priority number -> Link; one with After: site 00 ff time priority number
	bucketQueued      = []byte("queued")      // id -> key in frontier
	bucketCapture     = []byte("capture")     // number -> captureRecord
	bucketPayload     = []byte("payload")     // first half of digest -> number of the first whole capture with it
	bucketTaken       = []byte("taken")       // id time number -> nothing; captures of a URL
	bucketUnread      = []byte("unread")      // id -> number of a capture nobody has read
	bucketHostCapture = []byte("host")        // host 00 number -> nothing; requests made to a host
	bucketHostState   = []byte("host-state")  // host -> HostState
	bucketDocument    = []byte("document")    // number -> documentRecord
	bucketDocumentID  = []byte("document-id") // id -> number
	bucketVersion     = []byte("version")     // document number, version (4 bytes) -> versionRecord
	bucketText        = []byte("text")        // key -> text, compressed
	bucketAddress     = []byte("address")     // group, document number -> nothing; of newest versions
	bucketObservation = []byte("observation") // number -> Observation
	bucketSiteLook    = []byte("site-look")   // site 00 number -> nothing; observations of a site
	bucketSite        = []byte("site")        // name -> siteRecord
	bucketVisit       = []byte("visit")       // number -> Plan without its links, while the visit is open
	bucketJournal     = []byte("journal")     // visit, entry number -> Entry as JSON, until it is in captures/
	bucketRun         = []byte("run")         // number -> RunStatus
	bucketSegment     = []byte("segment")     // name -> segmentRecord
	bucketListing     = []byte("listing")     // site 00 id -> ListingState
	bucketAlarm       = []byte("alarm")       // site 00 number of the entry that began it -> Alarm
	bucketEvent       = []byte("event")       // number of its journal entry -> eventRecord
	bucketHash        = []byte("hash")        // number -> block of hashes of the ledger's tree
	bucketRow         = []byte("row")         // number -> rowRecord
	bucketIndex       = []byte("index")       // first row -> index.Entry, a segment

	buckets = [][]byte{
		bucketMeta, bucketURL, bucketDue, bucketFrontier, bucketQueued, bucketCapture, bucketPayload, bucketTaken, bucketUnread,
		bucketHostCapture, bucketHostState, bucketDocument, bucketDocumentID, bucketVersion, bucketText, bucketAddress,
		bucketObservation, bucketSiteLook, bucketSite, bucketVisit, bucketJournal, bucketRun, bucketSegment,
		bucketListing, bucketAlarm, bucketEvent, bucketHash, bucketRow, bucketIndex,
	}
)

// metaRecord has the counters that must never run backwards. Its key is "meta".
type metaRecord struct {
	Format    int    `cbor:"1,keyasint"`
	Captures  uint64 `cbor:"2,keyasint"` // numbers given out
	Entries   uint64 `cbor:"3,keyasint"`
	Links     uint64 `cbor:"4,keyasint"`
	Documents uint64 `cbor:"5,keyasint"` // Items included
	Changes   uint64 `cbor:"6,keyasint"` // sequence of versions
	Looks     uint64 `cbor:"7,keyasint"`
	Visits    uint64 `cbor:"8,keyasint"`
	Runs      uint64 `cbor:"9,keyasint"`
	Items     uint64 `cbor:"10,keyasint"` // of Documents, known from listings only
	URLs      uint64 `cbor:"11,keyasint"`
	Queued    uint64 `cbor:"12,keyasint"` // links in the frontier
	Segments  uint64 `cbor:"13,keyasint"` // serial of the last segment
	Versions  uint64 `cbor:"14,keyasint"` // of documents that are no Items
	Leaves    uint64 `cbor:"15,keyasint"` // of the ledger
	Logged    uint64 `cbor:"16,keyasint"` // number of the last capture that is a leaf
	Noted     uint64 `cbor:"17,keyasint"` // number of the last event that is a leaf
	Rows      uint64 `cbor:"18,keyasint"` // of the index: the number of the next one
}

var metaKey = []byte("meta")

// urlRecord is a URLState as it is stored. Instants are nanoseconds since 1970.
type urlRecord struct {
	URL          string     `cbor:"1,keyasint"`
	Form         string     `cbor:"2,keyasint,omitempty"`
	Site         string     `cbor:"3,keyasint"`
	Role         Role       `cbor:"4,keyasint"`
	Via          string     `cbor:"5,keyasint,omitempty"`
	Fetched      int64      `cbor:"6,keyasint,omitempty"`
	Checked      int64      `cbor:"7,keyasint,omitempty"`
	Changed      int64      `cbor:"8,keyasint,omitempty"`
	Due          int64      `cbor:"9,keyasint,omitempty"`
	Step         int        `cbor:"10,keyasint,omitempty"` // of the recheck schedule
	Outcome      Outcome    `cbor:"11,keyasint,omitempty"`
	Reason       Reason     `cbor:"12,keyasint,omitempty"`
	Detail       string     `cbor:"13,keyasint,omitempty"`
	Status       int        `cbor:"14,keyasint,omitempty"`
	ETag         string     `cbor:"15,keyasint,omitempty"`
	LastModified string     `cbor:"16,keyasint,omitempty"`
	Payload      []byte     `cbor:"17,keyasint,omitempty"` // Digest of the last whole 200 response
	Full         uint64     `cbor:"18,keyasint,omitempty"` // number of the capture that has that payload
	Last         uint64     `cbor:"19,keyasint,omitempty"` // number of the last capture
	Region       string     `cbor:"20,keyasint,omitempty"`
	Category     string     `cbor:"21,keyasint,omitempty"`
	Title        string     `cbor:"22,keyasint,omitempty"`
	Date         parser.Day `cbor:"23,keyasint,omitzero"`
	Contexts     []Context  `cbor:"24,keyasint,omitempty"` // of its document, until there is one
}

// captureRecord is what is known of a capture without reading it.
type captureRecord struct {
	ID           []byte     `cbor:"1,keyasint"` // of its URL
	URL          string     `cbor:"2,keyasint"`
	Time         int64      `cbor:"3,keyasint"`
	Status       int        `cbor:"4,keyasint"`
	Payload      []byte     `cbor:"5,keyasint,omitempty"`
	Segment      string     `cbor:"6,keyasint"`
	Offset       int64      `cbor:"7,keyasint"`
	Length       int64      `cbor:"8,keyasint"`
	Full         uint64     `cbor:"9,keyasint,omitempty"` // for a revisit: the capture that has the payload
	Truncated    Truncation `cbor:"10,keyasint,omitempty"`
	ETag         string     `cbor:"11,keyasint,omitempty"`
	LastModified string     `cbor:"12,keyasint,omitempty"`
	Via          string     `cbor:"13,keyasint,omitempty"`
	Request      int64      `cbor:"14,keyasint,omitempty"` // length of the request's member, which follows
	Record       string     `cbor:"15,keyasint"`           // WARC-Record-ID
	Head         []byte     `cbor:"16,keyasint"`           // SHA-256 of the record's header, as written
	Mime         string     `cbor:"17,keyasint,omitempty"` // of the response
	Leaf         uint64     `cbor:"18,keyasint,omitempty"` // in the ledger, counted from 1
}

func (c *captureRecord) location(number uint64) Location {
	return Location{Capture: number, Segment: c.Segment, Offset: c.Offset, Length: c.Length}
}

// documentRecord is a document without its versions.
type documentRecord struct {
	ID          string       `cbor:"1,keyasint"`
	URL         string       `cbor:"2,keyasint"`
	Site        string       `cbor:"3,keyasint"`
	Item        bool         `cbor:"4,keyasint,omitempty"` // known from listings only
	Region      string       `cbor:"5,keyasint,omitempty"`
	Category    string       `cbor:"6,keyasint,omitempty"`
	Contexts    []Context    `cbor:"7,keyasint,omitempty"`
	Versions    int          `cbor:"8,keyasint"`
	FirstSeen   int64        `cbor:"9,keyasint"`
	LastSeen    int64        `cbor:"10,keyasint"` // of the newest version
	Unreachable *Unreachable `cbor:"11,keyasint,omitempty"`
	Created     uint64       `cbor:"12,keyasint"` // sequence of its first version
	Row         uint64       `cbor:"13,keyasint"` // of the newest version, plus 1
}

// versionRecord is one version of a document.
type versionRecord struct {
	Seq         uint64           `cbor:"1,keyasint"` // of this change
	Captured    int64            `cbor:"2,keyasint"`
	LastSeen    int64            `cbor:"3,keyasint"`
	Location    Location         `cbor:"4,keyasint,omitzero"`
	Payload     []byte           `cbor:"5,keyasint,omitempty"`
	Parser      int              `cbor:"6,keyasint,omitempty"`
	Charset     string           `cbor:"7,keyasint,omitempty"`
	Title       string           `cbor:"8,keyasint"`
	Date        int64            `cbor:"9,keyasint,omitempty"` // seconds since 1970, of Date.Time
	Precision   parser.Precision `cbor:"10,keyasint,omitempty"`
	Evidence    string           `cbor:"11,keyasint,omitempty"`
	Weak        bool             `cbor:"12,keyasint,omitempty"`
	SignedOn    parser.Day       `cbor:"13,keyasint,omitzero"`
	Source      string           `cbor:"14,keyasint,omitempty"`
	Author      string           `cbor:"15,keyasint,omitempty"`
	Issuer      string           `cbor:"16,keyasint,omitempty"`
	DocNumber   string           `cbor:"17,keyasint,omitempty"`
	IndexNumber string           `cbor:"18,keyasint,omitempty"`
	Text        []byte           `cbor:"19,keyasint,omitempty"` // key of its text
	Attachments []parser.Link    `cbor:"20,keyasint,omitempty"`
	Images      []parser.Link    `cbor:"21,keyasint,omitempty"`
	Group       []byte           `cbor:"22,keyasint,omitempty"` // the same for versions with equal text, see groupOf
}

// siteRecord is what is remembered of a site.
type siteRecord struct {
	Paused    bool     `cbor:"1,keyasint,omitempty"`
	Documents int      `cbor:"2,keyasint,omitempty"` // without those known from listings only
	Queued    int      `cbor:"3,keyasint,omitempty"` // links in the frontier
	Last      VisitEnd `cbor:"4,keyasint,omitzero"`
	LastLook  int64    `cbor:"5,keyasint,omitempty"`
	Yields    []Yield  `cbor:"6,keyasint,omitempty"` // newest last
	Backlog   int      `cbor:"7,keyasint,omitempty"` // links in the frontier for backfill
	Filled    int      `cbor:"8,keyasint,omitempty"` // links of backfill that were followed
}

// segmentRecord says how much of a segment the database knows.
type segmentRecord struct {
	Committed int64  `cbor:"1,keyasint"`           // bytes; every capture before it is registered
	Sealed    bool   `cbor:"2,keyasint,omitempty"` // nothing is appended any more
	Info      []byte `cbor:"3,keyasint,omitempty"` // digest of its last warcinfo block
	First     uint64 `cbor:"4,keyasint,omitempty"` // number of the first capture in it
	Last      uint64 `cbor:"5,keyasint,omitempty"` // and of the last
	Digest    []byte `cbor:"6,keyasint,omitempty"` // SHA-256 of the file, once that is an event of the ledger
}

var (
	encoding = must(cbor.EncOptions{Time: cbor.TimeRFC3339NanoUTC, TextMarshaler: cbor.TextMarshalerTextString}.EncMode())
	decoding = must(cbor.DecOptions{TextUnmarshaler: cbor.TextUnmarshalerTextString}.DecMode())
	castagno = crc32.MakeTable(crc32.Castagnoli)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// errDamaged: the checksum of a value is wrong.
var errDamaged = errors.New("wrong checksum")

// seal appends the CRC-32C that open checks.
func seal(v []byte) []byte { return binary.BigEndian.AppendUint32(v, crc32.Checksum(v, castagno)) }

func unseal(v []byte) ([]byte, error) {
	if len(v) < 4 {
		return nil, errDamaged
	}
	body := v[:len(v)-4]
	if crc32.Checksum(body, castagno) != binary.BigEndian.Uint32(v[len(v)-4:]) {
		return nil, errDamaged
	}
	return body, nil
}

// put stores a value in a bucket.
func put[T any](tx *bbolt.Tx, bucket, key []byte, v *T) error {
	b, err := encoding.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s/%s: %w", bucket, printable(key), err)
	}
	return tx.Bucket(bucket).Put(key, seal(b))
}

// get loads a value; ok is false when there is none. A *DamagedError names a
// value that is not what was stored.
func get[T any](tx *bbolt.Tx, bucket, key []byte, v *T) (ok bool, err error) {
	b := tx.Bucket(bucket).Get(key)
	if b == nil {
		return false, nil
	}
	return true, decode(bucket, key, b, v)
}

// decode reads a value as a cursor gives it.
func decode[T any](bucket, key, value []byte, v *T) error {
	body, err := unseal(value)
	if err == nil {
		err = decoding.Unmarshal(body, v)
	}
	if err != nil {
		return &DamagedError{string(bucket), printable(key)}
	}
	return nil
}

// each calls f for the values of a bucket whose keys begin with the prefix, in
// order. The key is valid during the call only.
func each[T any](tx *bbolt.Tx, bucket, prefix []byte, f func(key []byte, v *T) error) error {
	c := tx.Bucket(bucket).Cursor()
	for k, b := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, b = c.Next() {
		v := new(T)
		if err := decode(bucket, k, b, v); err != nil {
			return err
		}
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

// putNumber stores a number as the value of a key.
func putNumber(tx *bbolt.Tx, bucket, key []byte, n uint64) error {
	return tx.Bucket(bucket).Put(key, seal(number(n)))
}

// getNumber loads a number that is the value of a key; 0 when there is none.
func getNumber(tx *bbolt.Tx, bucket, key []byte) (uint64, error) {
	b := tx.Bucket(bucket).Get(key)
	if b == nil {
		return 0, nil
	}
	body, err := unseal(b)
	if err != nil || len(body) != 8 {
		return 0, &DamagedError{string(bucket), printable(key)}
	}
	return numberOf(body), nil
}

func printable(key []byte) string {
	for _, c := range key {
		if c < ' ' || c > '~' {
			return fmt.Sprintf("%x", key)
		}
	}
	return string(key)
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func numberOf(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

func versionKey(document uint64, n int) []byte {
	return binary.BigEndian.AppendUint32(number(document), uint32(n))
}

// under is the prefix of the keys that belong to a name.
func under(name string) []byte { return append([]byte(name), 0) }
