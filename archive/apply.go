package archive

import (
	"errors"
	"time"

	"go.etcd.io/bbolt"
)

// apply does what an entry says. All that is in the database comes from here, in a
// crawl and in a Rebuild alike; so nothing here asks a clock or the network.
func (a *Archive) apply(tx *bbolt.Tx, e *Entry) (Change, error) {
	switch {
	case e.Follow != nil:
		return a.applyFollow(tx, e.Follow)
	case e.Plan != nil:
		return NoChange, a.applyPlan(tx, e.Plan)
	case e.End != nil:
		return NoChange, a.applyEnd(tx, e.End)
	case e.Host != nil:
		return NoChange, put(tx, bucketHostState, []byte(e.Host.Host), e.Host)
	case e.Connection != nil: // kept in captures/, for whoever asks how a capture came
		return NoChange, nil
	case e.Run != nil:
		a.meta.Runs = max(a.meta.Runs, e.Run.Run)
		return NoChange, put(tx, bucketRun, number(e.Run.Run), &RunStatus{Run: *e.Run})
	case e.RunEnd != nil:
		return NoChange, applyRunEnd(tx, e.RunEnd)
	case e.Pause != nil:
		return NoChange, a.changeSite(tx, e.Pause.Site, func(s *siteRecord) { s.Paused = e.Pause.Paused })
	case e.Alarm != nil:
		return NoChange, applyAlarm(tx, e)
	case e.Event != nil:
		return NoChange, applyEvent(tx, e)
	}
	return NoChange, errors.New("journal entry says nothing")
}

func (a *Archive) applyPlan(tx *bbolt.Tx, p *Plan) error {
	a.meta.Visits = max(a.meta.Visits, p.Visit)
	for _, l := range p.Links {
		if err := a.enqueue(tx, l, p.At); err != nil {
			return err
		}
	}
	open := *p
	open.Links = nil
	return put(tx, bucketVisit, number(p.Visit), &open)
}

func (a *Archive) applyEnd(tx *bbolt.Tx, end *VisitEnd) error {
	if err := tx.Bucket(bucketVisit).Delete(number(end.Visit)); err != nil {
		return err
	}
	if end.Saved {
		return nil
	}
	return a.changeSite(tx, end.Site, func(s *siteRecord) {
		s.Last = *end
		if end.Yield.Pages > 0 || end.Yield.Challenges > 0 {
			s.Yields = lastOf(append(s.Yields, end.Yield), remembered)
		}
	})
}

func applyRunEnd(tx *bbolt.Tx, end *RunEnd) error {
	var r RunStatus
	if _, err := get(tx, bucketRun, number(end.Run), &r); err != nil {
		return err
	}
	r.Ended, r.Summary, r.Bytes = end.At, end.Summary, end.Bytes
	return put(tx, bucketRun, number(end.Run), &r)
}

// changeSite changes what is remembered of a site. Every link changes it, so it is
// stored once a batch, by commit.
func (a *Archive) changeSite(tx *bbolt.Tx, name string, change func(*siteRecord)) error {
	s := a.batch.sites[name]
	if s == nil {
		s = new(siteRecord)
		if _, err := get(tx, bucketSite, []byte(name), s); err != nil {
			return err
		}
		a.batch.sites[name] = s
	}
	change(s)
	return nil
}

// site is what is remembered of a site, changes of the open batch included.
func (a *Archive) site(tx *bbolt.Tx, name string) (s siteRecord, err error) {
	if a.batch != nil && a.batch.sites[name] != nil {
		return *a.batch.sites[name], nil
	}
	_, err = get(tx, bucketSite, []byte(name), &s)
	return s, err
}

func (b *batch) saveSites() error {
	for name, s := range b.sites {
		if err := put(b.tx, bucketSite, []byte(name), s); err != nil {
			return err
		}
	}
	return nil
}

// applyFollow draws all conclusions of what became of a link.
func (a *Archive) applyFollow(tx *bbolt.Tx, f *Follow) (Change, error) {
	id := urlID(f.Link.URL, f.Link.Form)
	if err := errors.Join(a.dequeue(tx, id), tx.Bucket(bucketUnread).Delete(id)); err != nil {
		return NoChange, err
	}
	state, err := a.urlOf(tx, id, f.Link)
	if err != nil {
		return NoChange, err
	}
	if err := state.follow(tx, f); err != nil {
		return NoChange, err
	}
	if f.Link.Priority == Backfill && f.Outcome != Retried {
		if err := a.changeSite(tx, f.Link.Site, func(s *siteRecord) { s.Filled++ }); err != nil {
			return NoChange, err
		}
	}
	change, err := a.applyToDocument(tx, id, f, state)
	if err != nil {
		return NoChange, err
	}
	if err := reschedule(tx, id, state, f, change); err != nil {
		return NoChange, err
	}
	if err := put(tx, bucketURL, id, state); err != nil {
		return NoChange, err
	}
	return change, a.applyFound(tx, f)
}

// applyFound files what a page led to.
func (a *Archive) applyFound(tx *bbolt.Tx, f *Follow) error {
	if f.Outcome == Retried {
		if err := a.enqueue(tx, f.Link, f.At); err != nil {
			return err
		}
	}
	// A link is as much to write as a page: without counting them a batch of
	// listings grows to a hundred megabytes of dirty pages.
	a.batch.ops += len(f.Links) + len(f.Items)
	for _, l := range f.Links {
		if err := a.applyLink(tx, l, f.At); err != nil {
			return err
		}
	}
	for _, l := range f.Items {
		if err := a.applyItem(tx, l, f.At); err != nil {
			return err
		}
	}
	if f.Seen == nil {
		return nil
	}
	return a.applySeen(tx, *f.Seen)
}

func (a *Archive) applySeen(tx *bbolt.Tx, o Observation) error {
	a.meta.Looks++
	o.Seq = a.meta.Looks
	if err := put(tx, bucketObservation, number(o.Seq), &o); err != nil {
		return err
	}
	if err := tx.Bucket(bucketSiteLook).Put(append(under(o.Site), number(o.Seq)...), nil); err != nil {
		return err
	}
	if err := applyLook(tx, o); err != nil {
		return err
	}
	return a.changeSite(tx, o.Site, func(s *siteRecord) { s.LastLook = max(s.LastLook, stored(o.At)) })
}

// applyLink puts a link that a page led to into the frontier, unless it is known,
// and remembers the listing that showed it.
func (a *Archive) applyLink(tx *bbolt.Tx, l Link, at time.Time) error {
	id := urlID(l.URL, l.Form)
	known := tx.Bucket(bucketURL).Get(id) != nil
	if !known || l.Priority == Heads || l.Form != "" || l.Role == RoleRequisite {
		if err := a.enqueue(tx, l, at); err != nil {
			return err
		}
	}
	if l.Role != RoleArticle {
		return nil
	}
	return a.addContext(tx, id, l, at)
}
