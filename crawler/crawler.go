package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fangzhi/archive"
)

// closingTime is how long the last writes of a run that was interrupted may take.
const closingTime = 10 * time.Second

// errTimeIsUp ends a run that used up Options.Duration; it is no failure.
var errTimeIsUp = errors.New("the run's time is up")

// A Crawler visits sites. It may be run once.
type Crawler struct {
	opt   Options
	gate  *Gate
	tally *tally

	mu      sync.Mutex
	visited []visited       // that ended by themselves
	alarms  []archive.Alarm // see judge
}

// New makes a Crawler.
func New(opt Options) *Crawler {
	opt = opt.withDefaults()
	return &Crawler{opt: opt, gate: newGate(opt), tally: newTally(opt)}
}

// Run visits every site once and says what all visits did. When ctx ends, what
// is in flight is finished or left in the frontier, the archive's records are
// closed, and the error is the cause. What went wrong with single pages is no
// error.
func (c *Crawler) Run(ctx context.Context, run archive.Run) (archive.Summary, error) {
	run, err := c.opt.Store.BeginRun(ctx, run)
	if err != nil {
		return archive.Summary{}, fmt.Errorf("begin run: %w", err)
	}
	visiting, stop := c.deadline(ctx)
	defer stop()
	err = c.visitAll(visiting, run.Run)
	if ctx.Err() == nil && errors.Is(err, errTimeIsUp) {
		err = nil
	}
	if err == nil { // what was left undone for it is done by the next run
		err = c.opt.Room()
	}
	sum := c.tally.summary()
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer done()
	if judgeErr := c.judge(closing); judgeErr != nil {
		err = errors.Join(err, judgeErr)
	}
	if endErr := c.opt.Store.EndRun(closing, run.Run, sum); endErr != nil {
		err = errors.Join(err, fmt.Errorf("end run %d: %w", run.Run, endErr))
	}
	return sum, err
}

func (c *Crawler) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.opt.Duration <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, c.opt.Duration, errTimeIsUp)
}

// visitAll is the only place of the crawler with goroutines: one for each site
// that is being visited. They meet in the Gate and in the Store.
func (c *Crawler) visitAll(ctx context.Context, run uint64) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.opt.Concurrency)
	for _, site := range c.opt.Sites {
		if ctx.Err() != nil || c.opt.Room() != nil {
			break
		}
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := c.visit(ctx, run, site); err != nil {
				return fmt.Errorf("visit %s: %w", site.Name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// visitedBy notes a visit that ended by itself.
func (c *Crawler) visitedBy(v *visit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.visited = append(c.visited, visited{v.site, v.plan.Visit})
}

// Save fetches one page now, through the same gate, and follows its redirects.
// It returns what became of the last of them. The page belongs to the site whose
// host it is on, or to a site of its host's name. When that site or host is held, the error says until
// when.
func (c *Crawler) Save(ctx context.Context, run archive.Run, rawURL string) (*archive.Follow, error) {
	run, err := c.opt.Store.BeginRun(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("begin run: %w", err)
	}
	if err := c.opt.Room(); err != nil {
		return nil, errors.Join(err, c.opt.Store.EndRun(context.WithoutCancel(ctx), run.Run, archive.Summary{}))
	}
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("save %q: not an absolute http(s) URL", rawURL)
	}
	f, err := c.save(ctx, run.Run, c.siteOf(u), u)
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer done()
	return f, errors.Join(err, c.opt.Store.EndRun(closing, run.Run, c.tally.summary()))
}

func (c *Crawler) siteOf(u *url.URL) Site {
	for _, site := range slices.Concat(c.opt.Sites, c.opt.Known) {
		if scopeOf(site).contains(u) {
			return site
		}
	}
	return Site{Name: u.Hostname(), Home: u.Scheme + "://" + u.Host + "/"}
}

// save is a visit whose plan is one article.
func (c *Crawler) save(ctx context.Context, run uint64, site Site, u *url.URL) (*archive.Follow, error) {
	v, err := newVisit(c, run, site)
	if err != nil {
		return nil, err
	}
	defer v.fetch.Close()
	v.saves = true
	link := v.link(archive.RoleArticle, u.String())
	if err := v.begin(ctx, []archive.Link{link}); err != nil {
		return nil, err
	}
	f, err := v.followThrough(ctx, link)
	if err == nil {
		err = v.followParts(ctx, f)
	}
	if h := holdOf(err, c.opt.Now()); h != nil { // the link waits in the frontier
		v.stopped = &stop{why: h.detail, reason: h.reason}
		return f, errors.Join(err, v.end(ctx, nil))
	}
	return f, errors.Join(err, v.end(ctx, err))
}
