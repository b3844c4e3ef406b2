package archive

import (
	"context"
	"time"

	"fangzhi/archive/index"
	"fangzhi/parser"
)

// A Reader answers questions about an archive. *Archive is one for the process
// that has it open, owner.Client for all others: every answer is a plain value
// that survives JSON. No call holds a read transaction longer than it takes to
// make one page of results.
type Reader interface {
	// Search finds documents; see Query.
	Search(ctx context.Context, q Query) (*Results, error)
	// Article is one document at one version. ref is an id or a unique prefix of
	// one, either with @N for a version, or a URL, which may lack its scheme.
	// ErrNotFound and ErrAmbiguous name the ref.
	Article(ctx context.Context, ref string) (*Article, error)
	// Export is a page of at most n articles of the selection, in order of their
	// number, beginning after the cursor ("" for the start); there are fewer when
	// their texts are long. The answer's cursor pins the sequence number of the
	// first page: what changes later is not in it. Limit and Offset are not used.
	Export(ctx context.Context, q Query, cursor string, n int) (*ExportPage, error)
	// Observations are those of a site ("" for all), newest first, at most n.
	Observations(ctx context.Context, site string, n int) ([]Observation, error)
	// Report lists what is remembered of URLs; see ReportQuery.
	Report(ctx context.Context, q ReportQuery) ([]URLReport, error)
	// Status is an overview of archive, sites and last run.
	Status(ctx context.Context) (*Status, error)
	// Coverage is a calendar of looks; see CoverageQuery.
	Coverage(ctx context.Context, q CoverageQuery) (*Coverage, error)
	// Pending is what a crawl that begins now finds to do.
	Pending(ctx context.Context) (*Pending, error)
}

// A Query selects documents. The zero Query selects all of them.
type Query struct {
	Text      string    `json:"text,omitempty"`     // see package query
	Region    string    `json:"region,omitempty"`   // GB/T 2260: it and all below it
	Category  string    `json:"category,omitempty"` //
	Site      string    `json:"site,omitempty"`
	Published DayRange  `json:"published,omitzero"`
	Captured  TimeRange `json:"captured,omitzero"`
	Limit     int       `json:"limit,omitempty"` // hits returned; 0 for 20
	Offset    int       `json:"offset,omitempty"`
	Sort      Sort      `json:"sort,omitempty"`   // "" for published
	At        uint64    `json:"at,omitempty"`     // what was to be found at that sequence number; 0 for now
	Apart     bool      `json:"apart,omitempty"`  // documents with the same text are hits of their own
	Facets    bool      `json:"facets,omitempty"` // counted too
}

// A Sort is an order of hits.
type Sort string

const (
	ByPublished Sort = "published" // newest first, undated last
	ByRelevance Sort = "relevance"
	ByCaptured  Sort = "captured" // newest first
)

// A DayRange is a span of days, ends included; a zero end is open. A date of which
// only the month is known lies in it when the whole month does.
type DayRange struct {
	From parser.Day `json:"from,omitzero"`
	To   parser.Day `json:"to,omitzero"`
}

// A TimeRange is a span of instants, From included and To not; a zero end is open.
type TimeRange struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Results are the hits of a Query.
type Results struct {
	At        uint64        `json:"at"`    // sequence number that the answer is about
	Total     int           `json:"total"` // documents found, exact
	Hits      []Hit         `json:"hits"`
	Facets    *index.Facets `json:"facets,omitempty"`    // of all that was found
	Partial   bool          `json:"partial,omitempty"`   // the context ended first
	Missing   []string      `json:"missing,omitempty"`   // damaged files of the index: what is in them was not searched
	Unindexed int           `json:"unindexed,omitempty"` // versions that were not searched yet
	Trouble   string        `json:"trouble,omitempty"`   // why not
}

// A Hit is one document found.
type Hit struct {
	Article
	Snippet string   `json:"snippet,omitempty"` // text around the first match
	Match   [2]int   `json:"match,omitzero"`    // bytes of Snippet that matched first
	Marks   [][2]int `json:"marks,omitempty"`   // and all that matched
	Also    int      `json:"also,omitempty"`    // further addresses with the same text
}

// An Article is a document at one of its versions, as every command prints it.
// Fields are added, never changed.
type Article struct {
	Type         string        `json:"type"` // "article", or "item" for what only a listing showed
	ID           string        `json:"id"`
	Version      int           `json:"version"`
	Versions     int           `json:"versions"`
	URL          string        `json:"url"`
	Site         string        `json:"site"`
	Title        string        `json:"title"`
	Date         string        `json:"date,omitempty"`     // 2022-03-31, or 2022-03 when only the month is known
	DateTime     string        `json:"datetime,omitempty"` // RFC 3339, when a time of day was printed
	DateEvidence string        `json:"date_evidence,omitempty"`
	DateWeak     bool          `json:"date_weak,omitempty"` // 日期存疑
	SignedOn     string        `json:"signed_on,omitempty"`
	Source       string        `json:"source,omitempty"`
	Author       string        `json:"author,omitempty"`
	Issuer       string        `json:"issuer,omitempty"`
	DocNumber    string        `json:"doc_number,omitempty"`
	IndexNumber  string        `json:"index_number,omitempty"`
	Region       string        `json:"region,omitempty"` // 江西省 > 景德镇市 > 浮梁县
	RegionCode   string        `json:"region_code,omitempty"`
	Category     string        `json:"category,omitempty"`
	Text         string        `json:"text,omitempty"`
	Attachments  []parser.Link `json:"attachments,omitempty"`
	Images       []parser.Link `json:"images,omitempty"`
	Captured     time.Time     `json:"captured"` // of this version's first capture
	FirstSeen    time.Time     `json:"first_seen"`
	LastSeen     time.Time     `json:"last_seen"`        // last seen so
	Digest       string        `json:"digest,omitempty"` // sha256:<hex> of the payload
	Location     Location      `json:"warc,omitzero"`
	Charset      string        `json:"charset,omitempty"` // label and what decided it
	Parser       int           `json:"parser,omitempty"`
	Listings     []Context     `json:"listings,omitempty"`
	Addresses    []string      `json:"addresses,omitempty"` // other URLs that show the same text now, at most 100
	Unreachable  *Unreachable  `json:"unreachable,omitempty"`
}

// A Context is a listing that showed a document.
type Context struct {
	Listing  string     `json:"listing"`
	Region   string     `json:"region,omitempty"`
	Category string     `json:"category,omitempty"`
	Title    string     `json:"title,omitempty"` // as listed
	Date     parser.Day `json:"date,omitzero"`   // as listed
	Seen     time.Time  `json:"seen"`            // first
}

// Unreachable says since when an address could not be reached (原址已无法访问).
// It is no claim that anything was withdrawn.
type Unreachable struct {
	Since    time.Time `json:"since"`
	Last     time.Time `json:"last"`
	Status   int       `json:"status"`
	Times    int       `json:"times"`
	Location Location  `json:"warc"` // of the first such answer
}

// An ExportPage is one page of an export.
type ExportPage struct {
	Articles []Article `json:"articles"`
	Cursor   string    `json:"cursor"` // "" after the last page
}

// A ReportQuery selects URL states; the zero value selects all that did not
// become an article: those with a Reason.
type ReportQuery struct {
	URL   string `json:"url,omitempty"`   // just this one, whatever became of it
	Why   Reason `json:"why,omitempty"`   //
	Site  string `json:"site,omitempty"`  //
	Host  string `json:"host,omitempty"`  // every request made to it, instead
	After string `json:"after,omitempty"` // key of the last row seen
	Limit int    `json:"limit,omitempty"` // 0 for 1000

	Time TimeRange `json:"time,omitzero"` // of the request, or of the last look at the URL
}

// A URLReport is a row of a report: a URL's last outcome, or with
// ReportQuery.Host one request made.
type URLReport struct {
	Key      string    `json:"key"`
	URL      string    `json:"url"`
	Site     string    `json:"site"`
	At       time.Time `json:"at"`
	Outcome  Outcome   `json:"outcome"`
	Reason   Reason    `json:"reason,omitempty"`
	Detail   string    `json:"detail,omitempty"`
	Status   int       `json:"status,omitempty"`
	Via      string    `json:"via,omitempty"`
	Location Location  `json:"warc,omitzero"`
}

// Status is an overview of the archive.
type Status struct {
	Dir       string       `json:"dir"`
	Documents int          `json:"documents"`
	Items     int          `json:"items"` // known from listings only
	Versions  int          `json:"versions"`
	Captures  int          `json:"captures"`
	URLs      int          `json:"urls"`
	Frontier  int          `json:"frontier"`
	Unread    int          `json:"unread"`
	Bytes     int64        `json:"bytes"`    // of captures/
	Database  int64        `json:"database"` // bytes of fangzhi.db
	Sites     []SiteStatus `json:"sites"`
	LastRun   *RunStatus   `json:"last_run,omitempty"`
	Crawling  bool         `json:"crawling,omitempty"` // filled in by the owner
	Alarms    []Alarm      `json:"alarms,omitempty"`   // that last, oldest first
	Growth    int64        `json:"bytes_per_day"`      // of captures and database over the last 30 days, 0 when not known
}

// A SiteStatus is what is known of one site.
type SiteStatus struct {
	Site      string    `json:"site"`
	Paused    bool      `json:"paused,omitempty"`
	Documents int       `json:"documents"`
	Frontier  int       `json:"frontier"`
	Last      VisitEnd  `json:"last,omitzero"`
	LastLook  time.Time `json:"last_look,omitzero"`
	Backfill  Backlog   `json:"backfill"`
}

// A Backlog says how far the walk through older pages has come, in requests.
type Backlog struct {
	Done  int  `json:"done"`
	Left  int  `json:"left"`  // waiting, and behind the pages that wait
	Known bool `json:"known"` // the listings say how many pages they have; else Left is what is known so far
}

// Share is how much is done, from 0 to 1.
func (b Backlog) Share() float64 {
	if b.Done+b.Left == 0 {
		return 1
	}
	return float64(b.Done) / float64(b.Done+b.Left)
}

// A CoverageQuery selects looks at listings.
type CoverageQuery struct {
	Site     string   `json:"site,omitempty"`
	Region   string   `json:"region,omitempty"` // GB/T 2260: it, what is below it, and what it is in
	Category string   `json:"category,omitempty"`
	Days     DayRange `json:"days,omitzero"`   // in Beijing; an open end is the first or the last look
	Cells    bool     `json:"cells,omitempty"` // the calendar too, not the totals alone
	Stale    bool     `json:"stale,omitempty"` // count what was not rechecked, which reads all URLs
}

// Coverage is what was looked at: what an absence is worth.
type Coverage struct {
	Days     DayRange       `json:"days,omitzero"` // that the answer is about
	Places   []Place        `json:"places"`        // ever looked at, of what was asked for
	Cells    []CoverageCell `json:"cells,omitempty"`
	Looks    int            `json:"looks"`              // at first pages
	Listings int            `json:"listings"`           //
	Last     time.Time      `json:"last_look,omitzero"` // the newest that could be read
	Trouble  int            `json:"trouble"`            // listings whose newest look saw nothing
	Stale    int            `json:"stale"`              // documents not looked at for 90 days
}

// A Place is a region and a category that listings are about.
type Place struct {
	Region   string `json:"region,omitempty"`
	Category string `json:"category,omitempty"`
}

// A CoverageCell is a place on one day: the best of its looks.
type CoverageCell struct {
	Day parser.Day `json:"day"`
	Place
	Look  Look `json:"look"`
	New   int  `json:"new,omitempty"` // rows not known before
	Looks int  `json:"looks"`
}

// Pending is what waits, by site in order of names.
type Pending struct {
	At    time.Time     `json:"at"`
	Sites []PendingSite `json:"sites"`
}

// A PendingSite is what waits of a site, by host in order of names.
type PendingSite struct {
	Site     string        `json:"site"`
	Listings int           `json:"listings"` // looked at before
	Hosts    []PendingHost `json:"hosts,omitempty"`
	Overdue  int           `json:"overdue"`         // rechecks due for more than a day
	Oldest   time.Time     `json:"oldest,omitzero"` // when the first recheck became due
}

// A PendingHost is what waits of a host.
type PendingHost struct {
	Host      string    `json:"host"`
	Heads     int       `json:"heads"`    // first pages
	Fresh     int       `json:"fresh"`    // new articles
	Due       int       `json:"due"`      // rechecks
	Files     int       `json:"files"`    // attachments, and what pages need to look as they do
	Backfill  int       `json:"backfill"` // older pages that are known
	Waiting   int       `json:"waiting"`  // not to be followed yet
	NotBefore time.Time `json:"not_before,omitzero"`
	Day       string    `json:"day,omitempty"`
	Requests  int       `json:"requests,omitempty"` // made on Day
	Robots    []byte    `json:"robots,omitempty"`
}

// A RunStatus is a run with its end.
type RunStatus struct {
	Run     Run       `json:"run"`
	Ended   time.Time `json:"ended,omitzero"`
	Summary Summary   `json:"summary"`
	Bytes   int64     `json:"bytes,omitempty"` // of captures/ and the database when it ended
}
