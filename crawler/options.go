package crawler

import (
	"context"
	"log/slog"
	"net"
	"time"

	"fangzhi/archive"
	"fangzhi/parser"
)

// Options are what a Crawler needs. Store and Agent must be set; the zero value
// of every other field has the meaning its comment gives.
type Options struct {
	Store Store
	Sites []Site // to be visited
	Known []Site // further ones, whose pages may be saved meanwhile

	Agent string // User-Agent: product, version and contact
	From  string // From header: an address that is read; "" sends none

	Full  bool       // no limit of Backfill: walk every listing to its end
	Since parser.Day // pass over rows with an earlier date, and end a walk at a page of them; zero for none

	Concurrency int           // sites visited at a time; 0 for 16
	Backfill    int           // of visits to sites whose Budget says nothing else; 0 for DefaultBackfill
	Requests    int           // the same; 0 for no limit
	Duration    time.Duration // of a run at most; 0 for no limit
	Platforms   []string      // "*.cq.gov.cn": hosts below such a domain are on one machine and spared as one
	Rechecks    int           // known articles fetched again in a visit at most; 0 for DefaultRechecks

	Attachments   []string // endings of the names of files that are fetched with their articles: "pdf"; nil for none
	MaxAttachment int64    // bytes of one of them, as MaxBody; 0 for 50 MiB

	MaxBody  int64           // bytes of one response, as received and again as decoded; 0 for 20 MiB
	Timeout  time.Duration   // of one exchange, from its start; 0 for 60 s
	Patience time.Duration   // how long a visit waits for a host that asked for it; 0 for 5 min
	Backoff  []time.Duration // before the second, third … attempt at a link; nil for 10 s and 1 min

	Room     func() error     // says before each request why the archive may not grow; nil for never
	Now      func() time.Time // the calendar; nil for time.Now
	Log      *slog.Logger     // nil for none
	Progress func(Event)      // called after each link, from several goroutines; nil for none

	// Dial replaces how connections are made, for tests; nil dials.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	parse func(html []byte, from parser.Origin) (*parser.Page, error) // parser.Parse, but in tests of its failure
}

// An Event tells where a run stands after a link; a progress bar draws it.
type Event struct {
	Site    string
	URL     string
	Role    archive.Role
	Outcome archive.Outcome
	Reason  archive.Reason
	Sites   int // visits that ended
	Done    int // links followed in this run
	Known   int // links known so far, Done included; grows as listings are read
	Summary archive.Summary
	Elapsed time.Duration // since the run began
	Rate    float64       // links a second over the last minute or since the run began
}

func (o Options) withDefaults() Options {
	o.Concurrency = orDefault(o.Concurrency, 16)
	o.Backfill = orDefault(o.Backfill, DefaultBackfill)
	o.Rechecks = orDefault(o.Rechecks, DefaultRechecks)
	o.MaxBody = orDefault(o.MaxBody, 20<<20)
	o.MaxAttachment = orDefault(o.MaxAttachment, 50<<20)
	o.Timeout = orDefault(o.Timeout, time.Minute)
	o.Patience = orDefault(o.Patience, 5*time.Minute)
	if o.Backoff == nil {
		o.Backoff = []time.Duration{10 * time.Second, time.Minute}
	}
	if o.Room == nil {
		o.Room = func() error { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.parse == nil {
		o.parse = parser.Parse
	}
	if o.Progress == nil {
		o.Progress = func(Event) {}
	}
	return o
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
