package crawler

import (
	"context"

	"fangzhi/archive"
)

// A Store keeps what a crawl must not lose. *archive.Archive is one. All methods
// may be called from several goroutines; after an error of any of them the run
// stops.
type Store interface {
	// BeginRun numbers a run and stores its circumstances.
	BeginRun(ctx context.Context, run archive.Run) (archive.Run, error)
	// EndRun stores the run's summary.
	EndRun(ctx context.Context, run uint64, sum archive.Summary) error

	// BeginVisit numbers a visit and puts the plan's links into the frontier,
	// also those that are known; a link that waits there already stays once.
	BeginVisit(ctx context.Context, plan archive.Plan) (archive.Plan, error)
	// EndVisit writes the journal of the visit into the captures and commits.
	EndVisit(ctx context.Context, end archive.VisitEnd) error

	// Next is the first link of the site's frontier that may be followed now,
	// best priority first, then oldest. It stays there until Finish. ok is false
	// when there is none.
	Next(ctx context.Context, site string) (link archive.Link, ok bool, err error)
	// Due lists known articles of the site whose recheck is due, at most n.
	Due(ctx context.Context, site string, n int) ([]archive.Link, error)
	// URL is what is remembered of a URL.
	URL(ctx context.Context, url string) (archive.URLState, error)
	// Unread is the capture of the link that was kept and not finished, if there is
	// one: by a run that was killed before it could read it, or just now. What was
	// kept as a revisit comes with the payload that it points to; a 304 comes as
	// the response it stands for.
	Unread(ctx context.Context, link archive.Link) (c *archive.Capture, loc archive.Location, ok bool, err error)

	// Append writes the exchange to the captures and returns after its fsync.
	// repeated is true when the payload is the one this URL had last time, or
	// the answer is a 304: then a revisit record was written.
	Append(ctx context.Context, c *archive.Capture, role archive.Role) (loc archive.Location, repeated bool, err error)
	// Connected notes how captures with its key reached their server.
	Connected(ctx context.Context, visit uint64, c archive.Connection) error
	// Finish applies what became of a link, in one step. A Retried link goes back
	// into the frontier as it is in f.Link.
	Finish(ctx context.Context, f *archive.Follow) (archive.Change, error)

	// Host and SetHost remember what must be known of a host across runs.
	Host(ctx context.Context, host string) (archive.HostState, error)
	SetHost(ctx context.Context, visit uint64, h archive.HostState) error

	// Source is what is remembered of a site to judge its visits by, and the alarms of
	// it that last.
	Source(ctx context.Context, site string) (archive.Source, error)
	// Alarm remembers that an alarm began, and gives it its ID, or that one ended.
	Alarm(ctx context.Context, alarm archive.Alarm) (archive.Alarm, error)

	// Paused tells whether the operator paused the site; it is asked before
	// every request.
	Paused(ctx context.Context, site string) (bool, error)
}
