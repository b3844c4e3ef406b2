package archive

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// The methods of this file are what a crawler needs of its store; what they
// promise is said in crawler.Store.

// BeginRun numbers a run and stores its circumstances: the first record that a run
// writes into captures/.
func (a *Archive) BeginRun(ctx context.Context, run Run) (Run, error) {
	if err := a.finishSeals(ctx); err != nil {
		return run, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.usable(ctx); err != nil {
		return run, err
	}
	if err := a.loadKey(); err != nil { // better now than when the run is done
		return run, err
	}
	if err := a.writeLeftJournals(); err != nil {
		return run, fmt.Errorf("journals of runs before: %w", err)
	}
	run.Run = a.meta.Runs + 1
	if err := a.recordAtOnce(&Entry{Run: &run}); err != nil {
		return run, err
	}
	return run, a.noteKey()
}

// EndRun stores the summary of a run, and signs a checkpoint of the ledger.
func (a *Archive) EndRun(ctx context.Context, run uint64, sum Summary) error {
	if err := a.finishSeals(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.usable(ctx); err != nil {
		return err
	}
	size, err := a.size()
	if err != nil {
		return err
	}
	if err := a.recordAtOnce(&Entry{RunEnd: &RunEnd{Run: run, At: a.opt.Now().UTC(), Summary: sum, Bytes: size}}); err != nil {
		return err
	}
	return a.checkpoint()
}

// SetPaused pauses a site or lets it go on.
func (a *Archive) SetPaused(ctx context.Context, site string, paused bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.usable(ctx); err != nil {
		return err
	}
	return a.recordAtOnce(&Entry{Pause: &Pause{At: a.opt.Now().UTC(), Site: site, Paused: paused}})
}

// Alarm remembers that an alarm began, or that one ended.
func (a *Archive) Alarm(ctx context.Context, alarm Alarm) (Alarm, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.usable(ctx); err != nil {
		return alarm, err
	}
	if alarm.ID == 0 {
		alarm.ID = a.meta.Entries + 1
	}
	return alarm, a.recordAtOnce(&Entry{Alarm: &alarm})
}

func (a *Archive) usable(ctx context.Context) error {
	if a.closed {
		return ErrClosed
	}
	return ctx.Err()
}

// recordAtOnce applies an entry that belongs to no visit, and writes it into
// captures/.
func (a *Archive) recordAtOnce(e *Entry) error {
	err := a.updateLocked(func(tx *bbolt.Tx) error {
		_, err := a.record(tx, 0, e)
		return err
	})
	if err != nil {
		return err
	}
	return a.writeJournal(0)
}

// BeginVisit numbers a visit and puts the plan's links into the frontier.
func (a *Archive) BeginVisit(ctx context.Context, plan Plan) (Plan, error) {
	err := a.update(ctx, func(tx *bbolt.Tx) error {
		plan.Visit = a.meta.Visits + 1
		_, err := a.record(tx, plan.Visit, &Entry{Plan: &plan})
		return err
	})
	return plan, err
}

// EndVisit closes a visit, writes its journal into captures/, and commits.
func (a *Archive) EndVisit(ctx context.Context, end VisitEnd) error {
	if err := a.finishSeals(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.usable(ctx); err != nil {
		return err
	}
	err := a.updateLocked(func(tx *bbolt.Tx) error {
		_, err := a.record(tx, end.Visit, &Entry{End: &end})
		return err
	})
	if err != nil {
		return err
	}
	return a.writeJournal(end.Visit)
}

// Finish applies what became of a link, in one step.
func (a *Archive) Finish(ctx context.Context, f *Follow) (change Change, err error) {
	if f.Article != nil {
		f.Charset = charsetWords(f.Article.Charset)
	}
	err = a.updateVisit(ctx, f.Visit, func(tx *bbolt.Tx) (err error) {
		change, err = a.record(tx, f.Visit, &Entry{Follow: f})
		return err
	})
	return change, err
}

// Connected notes how captures with its key reached their server.
func (a *Archive) Connected(ctx context.Context, visit uint64, c Connection) error {
	return a.updateVisit(ctx, visit, func(tx *bbolt.Tx) error {
		a.names.note(c)
		_, err := a.record(tx, visit, &Entry{Connection: &c})
		return err
	})
}

// SetHost remembers what must be known of a host across runs.
func (a *Archive) SetHost(ctx context.Context, visit uint64, h HostState) error {
	return a.updateVisit(ctx, visit, func(tx *bbolt.Tx) error {
		_, err := a.record(tx, visit, &Entry{Host: &h})
		return err
	})
}

// updateVisit does one operation of a visit, and moves its journal into captures/
// when it has become long.
func (a *Archive) updateVisit(ctx context.Context, visit uint64, f func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.updateLocked(f); err != nil || a.unwritten[visit] < journalEntries {
		return err
	}
	return a.writeJournal(visit)
}

// Host is what is remembered of a host.
func (a *Archive) Host(ctx context.Context, host string) (h HostState, err error) {
	h.Host = host
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx, bucketHostState, []byte(host), &h)
		return err
	})
	return h, err
}

// Paused tells whether the operator paused the site.
func (a *Archive) Paused(ctx context.Context, site string) (bool, error) {
	var s siteRecord
	err := a.look(ctx, func(tx *bbolt.Tx) (err error) {
		s, err = a.site(tx, site)
		return err
	})
	return s.Paused, err
}

// URL is what is remembered of a URL.
func (a *Archive) URL(ctx context.Context, url string) (state URLState, err error) {
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		state, err = loadURL(tx, url)
		return err
	})
	return state, err
}
