package archive

import (
	"net/http"
	"time"

	"fangzhi/parser"
)

// A Capture is one exchange at one time, as received (the crawler's wire package
// makes them).
type Capture struct {
	URL       string    // as requested, absolute, RFC 3986
	Time      time.Time // when the request began to be written, UTC
	Request   []byte    // as sent: request line, header, body
	Response  []byte    // as received: status line, header, body in its transfer coding; no 1xx
	HeaderLen int       // length of the response's status line and header, blank line included
	Status    int
	Header    http.Header // of the response, parsed
	Truncated Truncation  // why Response stops early, "" when whole
	IP        string      // address of the server, without port; "" behind a proxy
	Via       string      // URL of the page that led here, "" for a seed
	Conn      string      // key of its Connection in the same visit
}

// A Truncation is a value of WARC-Truncated (WARC 1.1, section 5.13).
type Truncation string

const (
	Whole        Truncation = ""
	TooLong      Truncation = "length"
	TooSlow      Truncation = "time"
	Disconnected Truncation = "disconnect"
)

// Payload is the body after removing the transfer coding only: what payload
// digests are made of. It shares memory with Response where it can.
func (c *Capture) Payload() []byte { return payload(c.Response[c.HeaderLen:], c.Header) }

// A Location is where the response (or revisit) record of a capture lies.
type Location struct {
	Capture uint64 `json:"capture" cbor:"1,keyasint"` // its number, counted over the whole archive
	Segment string `json:"segment" cbor:"2,keyasint"` // file name below captures/, "" for the zero Location
	Offset  int64  `json:"offset" cbor:"3,keyasint"`  // of the first byte of its gzip member
	Length  int64  `json:"length" cbor:"4,keyasint"`  // of the member, in bytes
}

// IsZero tells whether l points nowhere.
func (l Location) IsZero() bool { return l.Segment == "" }

// A Role says what the crawler expects of a link. Roles are stored.
type Role string

const (
	RoleHome    Role = "home"    // where navigation labels are looked up
	RoleListing Role = "listing" // a listing, or one of its later pages
	RoleArticle Role = "article"
	RoleRobots  Role = "robots"

	RoleAttachment Role = "attachment" // a file or image of an article
	RoleRequisite  Role = "requisite"  // a style sheet or image that a page needs to look as it does
)

// A Priority orders the frontier of one site; lower goes first.
type Priority uint8

const (
	Heads    Priority = iota // home and first pages of listings
	Fresh                    // articles not seen before
	Due                      // rechecks of known articles
	Files                    // attachments and requisites of what was read
	Backfill                 // later pages of listings
)

// A Link is one URL of a site's frontier, with the context that found it.
type Link struct {
	Site     string     `json:"site" cbor:"1,keyasint"`
	URL      string     `json:"url" cbor:"2,keyasint"` // as normalised by package uri
	Form     string     `json:"form,omitempty" cbor:"3,keyasint,omitempty"`
	Role     Role       `json:"role" cbor:"4,keyasint"`
	Priority Priority   `json:"priority" cbor:"5,keyasint"`
	Via      string     `json:"via,omitempty" cbor:"6,keyasint,omitempty"`
	Hops     int        `json:"hops,omitempty" cbor:"7,keyasint,omitempty"`      // redirects before it
	Depth    int        `json:"depth,omitempty" cbor:"8,keyasint,omitempty"`     // pages of the listing before it
	Attempts int        `json:"attempts,omitempty" cbor:"9,keyasint,omitempty"`  // failed tries before this one
	After    time.Time  `json:"after,omitzero" cbor:"10,keyasint,omitzero"`      // not to be followed before
	Region   string     `json:"region,omitempty" cbor:"11,keyasint,omitempty"`   // of its listing, GB/T 2260
	Category string     `json:"category,omitempty" cbor:"12,keyasint,omitempty"` // of its listing
	Title    string     `json:"title,omitempty" cbor:"13,keyasint,omitempty"`    // as listed
	Date     parser.Day `json:"date,omitzero" cbor:"14,keyasint,omitzero"`       // as listed
}

// An Outcome is what became of a link. Outcomes are stored: add, never rename.
type Outcome string

const (
	Kept      Outcome = "kept"      // an article was read
	Listed    Outcome = "listed"    // a listing or home page was read; or an item that leads off the site
	Unchanged Outcome = "unchanged" // 304, or the payload this URL had last time
	Spared    Outcome = "spared"    // not requested: a hub page stands in for it
	Saved     Outcome = "saved"     // a file, or what a page needs, was received
	Moved     Outcome = "moved"     // a redirect; its target is a link of its own
	Refused   Outcome = "refused"   // not requested; Reason says why
	Failed    Outcome = "failed"    // requested in vain; Reason says why
	Retried   Outcome = "retried"   // failed, and back in the frontier
)

// A Reason says why a link did not become an article. Reasons are stored and
// shown by "report": add to them, never rename or reuse one.
type Reason string

const (
	RobotsDenied  Reason = "robots"       // robots.txt forbids it
	OffSite       Reason = "off-site"     // leads to another site: listed, not followed
	NotAPage      Reason = "not-a-page"   // a file by its suffix or media type
	BadURL        Reason = "bad-url"      // cannot be requested: no http(s), no host
	PrivateHost   Reason = "private"      // resolves to a private address
	OverBudget    Reason = "budget"       // the daily cap is used up
	PausedSite    Reason = "paused"       // by the operator
	Trapped       Reason = "trap"         // a path or redirect that repeats without end
	NoConnection  Reason = "unreachable"  // no connection: DNS, refused, TLS
	TimedOut      Reason = "timeout"      // connected, then nothing in time
	ClientError   Reason = "http-4xx"     // 4xx but 404 and 410
	NotFound      Reason = "not-found"    // 404 or 410
	ServerError   Reason = "http-5xx"     //
	Throttled     Reason = "throttled"    // 429, or 503 with Retry-After
	BadResponse   Reason = "bad-response" // not HTTP, or an unsolicited 304
	TooLarge      Reason = "too-large"    // body cut at the limit
	CutShort      Reason = "cut-short"    // connection closed before the end
	BadEncoding   Reason = "encoding"     // Content-Encoding does not decode, or bombs
	Challenged    Reason = "challenge"    // a bot check, not the page
	SoftNotFound  Reason = "soft-404"     // an error page with status 200
	BadCharset    Reason = "charset"      // no decoding gave text
	NoArticle     Reason = "no-content"   // parsed, but nothing there to keep
	EmptyListing  Reason = "no-items"     // a listing without rows
	ListingLoop   Reason = "listing-loop" // a next page seen before
	BugInParser   Reason = "bug"          // the parser panicked; the capture is kept
	HeldByBreaker Reason = "breaker"      // the host failed too often in a row
	OutOfHours    Reason = "hours"        // outside the hours that the site may be asked in
	LostCapture   Reason = "lost"         // its capture is damaged, as a rebuild found
)

// A Look is what a visit to a listing found. Looks are stored.
type Look string

const (
	NothingNew Look = "nothing-new"
	SomeNew    Look = "new"
	Blocked    Look = "blocked"
	Broken     Look = "broken"
	LookPaused Look = "paused"
	NotLooked  Look = "not-looked" // our network, or the visit ended before
	Inferred   Look = "inferred"   // from a hub page that reaches back to a known article
)

// An Observation is what one look at one page of a listing saw.
type Observation struct {
	Seq      uint64    `json:"seq" cbor:"1,keyasint"`
	Visit    uint64    `json:"visit" cbor:"2,keyasint"`
	At       time.Time `json:"at" cbor:"3,keyasint"`
	Site     string    `json:"site" cbor:"4,keyasint"`
	Listing  string    `json:"listing" cbor:"5,keyasint"` // URL
	Region   string    `json:"region,omitempty" cbor:"6,keyasint,omitempty"`
	Category string    `json:"category,omitempty" cbor:"7,keyasint,omitempty"`
	Look     Look      `json:"look" cbor:"8,keyasint"`
	Items    int       `json:"items" cbor:"9,keyasint"` // rows seen
	New      int       `json:"new" cbor:"10,keyasint"`  // of them not known before
	Reason   Reason    `json:"reason,omitempty" cbor:"11,keyasint,omitempty"`
	Depth    int       `json:"depth,omitempty" cbor:"12,keyasint,omitempty"` // pages of the listing before this one
	Dated    int       `json:"dated,omitempty" cbor:"13,keyasint,omitempty"` // of Items, with a date
	Pages    int       `json:"pages,omitempty" cbor:"14,keyasint,omitempty"` // that the listing says it has, 0 when it does not
	Hub      string    `json:"hub,omitempty" cbor:"15,keyasint,omitempty"`   // URL of the page that shows all that is new in it, "" for none
}

// A Follow is what became of one link. Finish stores it; as an Entry of the
// journal it is the truth that Rebuild applies again.
type Follow struct {
	Visit    uint64        `json:"visit"`
	Link     Link          `json:"link"`
	At       time.Time     `json:"at"`
	Outcome  Outcome       `json:"outcome"`
	Reason   Reason        `json:"reason,omitempty"`
	Detail   string        `json:"detail,omitempty"` // the cause in words, for report
	Status   int           `json:"status,omitempty"`
	Location Location      `json:"location,omitzero"` // of its capture
	Links    []Link        `json:"links,omitempty"`   // found on it: to the frontier unless known
	Items    []Link        `json:"items,omitempty"`   // rows that lead off the site: kept as listed documents
	Seen     *Observation  `json:"seen,omitempty"`    // for a listing
	Charset  string        `json:"charset,omitempty"` // of an article: label and what decided it
	Ended    time.Duration `json:"took,omitempty"`

	// Article is what was read for outcome Kept. It is not in the journal:
	// Rebuild reads it again out of the capture.
	Article *parser.Article `json:"-"`
}

// A Change is what Finish did to a document.
type Change string

const (
	NoChange Change = ""
	Created  Change = "new"
	Edited   Change = "edited"
	Gone     Change = "gone"     // first time its address could not be reached
	Returned Change = "returned" // reachable again
)

// URLState is what is remembered of a URL between visits.
type URLState struct {
	URL          string
	Site         string
	Role         Role
	Known        bool      // false: never seen
	Fetched      time.Time // last exchange
	Checked      time.Time // last time it was looked at, unchanged ones too
	Changed      time.Time // last time its payload differed
	Due          time.Time // next recheck, zero for never
	Outcome      Outcome
	Reason       Reason
	Detail       string
	Status       int
	ETag         string // verbatim
	LastModified string // verbatim
	Payload      Digest // of the last whole 200 response
	Location     Location
	Region       string
	Category     string
	Title        string     // as listed
	Date         parser.Day // as listed
}

// A Connection says how captures of one visit reached their server.
type Connection struct {
	Key      string    `json:"key"`
	At       time.Time `json:"at"`
	Host     string    `json:"host"`              // host:port asked for
	DNS      []string  `json:"dns,omitempty"`     // addresses the name resolved to
	Addr     string    `json:"addr"`              // the one connected to, ip:port
	Proxy    string    `json:"proxy,omitempty"`   // without credentials
	TLS      string    `json:"tls,omitempty"`     // version, "" for plain http
	Cipher   string    `json:"cipher,omitempty"`  //
	Chain    []string  `json:"chain,omitempty"`   // base64 DER, leaf first
	Verified bool      `json:"verified,omitzero"` // the chain was checked against our roots
	TLSMode  string    `json:"tls_mode,omitempty"`
}

// HostState is what is remembered of a host between visits.
type HostState struct {
	Host      string    `json:"host"`
	NotBefore time.Time `json:"not_before,omitzero"` // Retry-After, or the breaker
	Failures  int       `json:"failures,omitempty"`  // in a row
	Day       string    `json:"day,omitempty"`       // 2006-01-02 that Requests counts, in Beijing
	Requests  int       `json:"requests,omitempty"`
	Robots    []byte    `json:"robots,omitempty"` // body of its last robots.txt
	RobotsAt  time.Time `json:"robots_at,omitzero"`
	RobotsHow string    `json:"robots_how,omitempty"` // read, allow-all, deny-all
}

// A Plan begins a visit.
type Plan struct {
	Visit uint64    `json:"visit"`
	Run   uint64    `json:"run"`
	At    time.Time `json:"at"`
	Site  string    `json:"site"`
	Links []Link    `json:"links"` // put into the frontier by the plan
}

// A VisitEnd ends a visit.
type VisitEnd struct {
	Visit       uint64        `json:"visit"`
	At          time.Time     `json:"at"`
	Site        string        `json:"site"`
	Complete    bool          `json:"complete"` // the frontier was emptied of what was due
	Why         string        `json:"why,omitempty"`
	Summary     Summary       `json:"summary"`
	ClockOffset time.Duration `json:"clock_offset,omitempty"` // median of Date headers minus our clock
	Began       time.Time     `json:"began,omitzero"`
	Resume      time.Time     `json:"resume,omitzero"` // when what was left may be done, before the next visit is due
	Yield       Yield         `json:"yield,omitzero"`
	Saved       bool          `json:"saved,omitempty"` // one page was asked for: it was not the site's turn
}

// A Yield says what a visit got out of the article pages that were new or changed.
type Yield struct {
	Visit      uint64 `json:"visit" cbor:"1,keyasint"`
	Pages      int    `json:"pages" cbor:"2,keyasint"`      // that were read
	Bodies     int    `json:"bodies" cbor:"3,keyasint"`     // of them with an article
	Dated      int    `json:"dated" cbor:"4,keyasint"`      // of those with a date
	Challenges int    `json:"challenges" cbor:"5,keyasint"` // bot checks instead of any page
}

// An Alarm is a source that could be read and cannot now, from the look that showed
// it to the one that showed the contrary.
type Alarm struct {
	ID      uint64    `json:"id"`             // number of the journal entry that began it
	Site    string    `json:"site,omitempty"` // "" for our own outage
	Listing string    `json:"listing,omitempty"`
	Kind    AlarmKind `json:"kind"`
	Reason  Reason    `json:"reason,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended,omitzero"` // zero while it lasts
}

// An AlarmKind says what is wrong with a source. Kinds are stored: add, never rename.
type AlarmKind string

const (
	AlarmBlocked   AlarmKind = "blocked"   // a listing is refused to us
	AlarmBroken    AlarmKind = "broken"    // a listing cannot be read
	AlarmChallenge AlarmKind = "challenge" // only bot checks
	AlarmNoItems   AlarmKind = "no-items"  // a listing without rows
	AlarmFewItems  AlarmKind = "few-items" // a listing with much fewer rows than usual
	AlarmNoDates   AlarmKind = "no-dates"  // rows or articles lost their dates
	AlarmNoBodies  AlarmKind = "no-bodies" // article pages in which no article is found
	AlarmOutage    AlarmKind = "outage"    // most hosts cannot be reached: our network
)

// A Source is what is remembered of a site to judge a visit by those before it.
type Source struct {
	Yields   []Yield        // of visits that read article pages, newest last, at most 10
	Listings []ListingState // in order of their addresses
	Alarms   []Alarm        // that last
}

// A ListingState is what is remembered of the looks at a listing's first page.
type ListingState struct {
	Site     string    `json:"site" cbor:"1,keyasint"`
	URL      string    `json:"url" cbor:"2,keyasint"`
	Region   string    `json:"region,omitempty" cbor:"3,keyasint,omitempty"`
	Category string    `json:"category,omitempty" cbor:"4,keyasint,omitempty"`
	First    time.Time `json:"first" cbor:"5,keyasint"` // look
	Last     time.Time `json:"last" cbor:"6,keyasint"`  // look
	Visit    uint64    `json:"visit" cbor:"7,keyasint"` // of the last look
	Look     Look      `json:"look" cbor:"8,keyasint"`  // that one
	Reason   Reason    `json:"reason,omitempty" cbor:"9,keyasint,omitempty"`
	Reads    []Read    `json:"reads,omitempty" cbor:"10,keyasint,omitempty"`    // newest last, at most 10
	Pages    int       `json:"pages,omitempty" cbor:"11,keyasint,omitempty"`    // that it last said it has
	Hub      string    `json:"hub,omitempty" cbor:"12,keyasint,omitempty"`      // that showed all of it that was new, when it was last read
	Inferred int       `json:"inferred,omitempty" cbor:"13,keyasint,omitempty"` // looks in a row that were left to the hub
	Looks    int       `json:"looks" cbor:"14,keyasint"`
	Seen     time.Time `json:"seen,omitzero" cbor:"15,keyasint,omitzero"` // last time it could be read
}

// Note adds a look at the listing's first page.
func (s *ListingState) Note(o Observation) {
	s.Site, s.URL, s.Region, s.Category = o.Site, o.Listing, o.Region, o.Category
	s.Last, s.Visit, s.Look, s.Reason = o.At, o.Visit, o.Look, o.Reason
	if s.Looks++; isRead(o.Look) {
		s.Seen = o.At
	}
	if s.Inferred++; o.Look != Inferred {
		s.Inferred = 0
	}
	if o.Items > 0 { // it was read, and not as it was before
		s.Reads = lastOf(append(s.Reads, Read{o.Visit, o.Items, o.Dated}), remembered)
		s.Pages, s.Hub = o.Pages, o.Hub
	}
}

// A Read is a first page that had changed and was read.
type Read struct {
	Visit uint64 `json:"visit" cbor:"1,keyasint"`
	Items int    `json:"items" cbor:"2,keyasint"`
	Dated int    `json:"dated" cbor:"3,keyasint"`
}

// A Summary counts what a visit, or a run, did.
type Summary struct {
	Sites     int   `json:"sites"`
	Requests  int   `json:"requests"`
	Listings  int   `json:"listings"`
	New       int   `json:"new"`
	Edited    int   `json:"edited"`
	Gone      int   `json:"gone"`
	Returned  int   `json:"returned"`
	Unchanged int   `json:"unchanged"`
	Items     int   `json:"listed_only"` // rows kept that lead off the site
	Blocked   int   `json:"blocked"`
	Broken    int   `json:"broken"`
	Refused   int   `json:"refused"`
	Bytes     int64 `json:"bytes"` // received
}

// A Run is one crawl command: its circumstances. It is the first record a run
// writes.
type Run struct {
	Run      uint64    `json:"run"`
	At       time.Time `json:"at"`
	Software string    `json:"software"`      // fangzhi and its version
	Binary   string    `json:"binary_sha256"` //
	Parser   int       `json:"parser"`        // parser.Version
	Host     string    `json:"host"`          // vantage: machine name
	Contact  string    `json:"contact,omitempty"`
	Agent    string    `json:"user_agent"`
	Config   string    `json:"config"` // effective configuration, TOML
	Clock    string    `json:"clock"`  // offset against NTP, or why it is not known
	Args     []string  `json:"args"`   // as typed
}

// A RunEnd ends a run.
type RunEnd struct {
	Run     uint64    `json:"run"`
	At      time.Time `json:"at"`
	Summary Summary   `json:"summary"`
	Bytes   int64     `json:"bytes,omitempty"` // of captures/ and the database
}

// A Pause is the operator's word that a site is not to be visited, or is again.
type Pause struct {
	At     time.Time `json:"at"`
	Site   string    `json:"site"`
	Paused bool      `json:"paused"`
}

// An Entry is one line of the journal: exactly one of its pointers is set.
type Entry struct {
	Seq        uint64      `json:"seq"`      // counted over the whole archive
	Captures   uint64      `json:"captures"` // captures there were when it was made
	Run        *Run        `json:"run,omitempty"`
	RunEnd     *RunEnd     `json:"run_end,omitempty"`
	Plan       *Plan       `json:"plan,omitempty"`
	Follow     *Follow     `json:"follow,omitempty"`
	Connection *Connection `json:"connection,omitempty"`
	Host       *HostState  `json:"host,omitempty"`
	End        *VisitEnd   `json:"end,omitempty"`
	Pause      *Pause      `json:"pause,omitempty"`
	Alarm      *Alarm      `json:"alarm,omitempty"`
	Event      *Event      `json:"event,omitempty"`
}

// An Event is something that was done to the archive, and a leaf of its ledger.
type Event struct {
	At      time.Time `json:"at"`
	What    EventKind `json:"what"`
	Subject string    `json:"subject"`          // a segment's name, a verifier key, …
	Digest  string    `json:"digest,omitempty"` // sha256:<hex> of the subject's content
	Detail  string    `json:"detail,omitempty"`
}

// An EventKind is what was done. Kinds are stored: add, never rename.
type EventKind string

const (
	SealedSegment EventKind = "sealed" // Subject: its name; Digest: of the file
	KeyChange     EventKind = "key"    // Subject: the verifier key that signs from now on
)
