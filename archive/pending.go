package archive

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/uri"
)

// Pending implements Reader.
func (a *Archive) Pending(ctx context.Context) (*Pending, error) {
	p := pending{at: a.opt.Now().UTC(), sites: map[string]*PendingSite{}, hosts: map[[2]string]*PendingHost{}}
	for _, walk := range []func(context.Context, *Archive) error{p.listings, p.frontier, p.rechecks, p.states} {
		if err := walk(ctx, a); err != nil {
			return nil, fmt.Errorf("what is pending: %w", err)
		}
	}
	return p.answer(), nil
}

// A pending collects what waits, by site and host.
type pending struct {
	at    time.Time
	sites map[string]*PendingSite
	hosts map[[2]string]*PendingHost
}

func (p *pending) site(name string) *PendingSite {
	if p.sites[name] == nil {
		p.sites[name] = &PendingSite{Site: name}
	}
	return p.sites[name]
}

func (p *pending) host(site, rawURL string) *PendingHost {
	p.site(site)
	key := [2]string{site, uri.Host(rawURL)}
	if p.hosts[key] == nil {
		p.hosts[key] = &PendingHost{Host: key[1]}
	}
	return p.hosts[key]
}

// walk calls f for the entries of a bucket, in several transactions.
func (a *Archive) walk(ctx context.Context, bucket []byte, f func(tx *bbolt.Tx, k, v []byte) error) error {
	var at []byte
	return a.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		k, v := after(tx.Bucket(bucket).Cursor(), at)
		if k == nil {
			return false, nil
		}
		at = append(at[:0], k...)
		return true, f(tx, k, v)
	})
}

func (p *pending) listings(ctx context.Context, a *Archive) error {
	return a.walk(ctx, bucketListing, func(_ *bbolt.Tx, k, v []byte) error {
		var l ListingState
		if err := decode(bucketListing, k, v, &l); err != nil {
			return err
		}
		p.site(l.Site).Listings++
		p.host(l.Site, l.URL).Heads++
		return nil
	})
}

// frontier counts the links that wait, but first pages: those are looked at anyway.
func (p *pending) frontier(ctx context.Context, a *Archive) error {
	return a.walk(ctx, bucketFrontier, func(_ *bbolt.Tx, k, v []byte) error {
		var l Link
		if err := decode(bucketFrontier, k, v, &l); err != nil {
			return err
		}
		h := p.host(l.Site, l.URL)
		switch {
		case l.After.After(p.at):
			h.Waiting++
		case l.Priority == Fresh:
			h.Fresh++
		case l.Priority == Due:
			h.Due++
		case l.Priority == Files:
			h.Files++
		case l.Priority == Backfill:
			h.Backfill++
		}
		return nil
	})
}

func (p *pending) rechecks(ctx context.Context, a *Archive) error {
	return a.walk(ctx, bucketDue, func(tx *bbolt.Tx, k, _ []byte) error {
		site, rest, ok := bytes.Cut(k, []byte{0})
		if !ok || len(rest) < 8 {
			return &DamagedError{string(bucketDue), printable(k)}
		}
		due := nano(int64(numberOf(rest)))
		if due.After(p.at) {
			return nil
		}
		var u urlRecord
		ok, err := get(tx, bucketURL, rest[8:], &u)
		if err != nil || !ok {
			return err
		}
		p.host(string(site), u.URL).Due++
		s := p.site(string(site))
		if p.at.Sub(due) > day {
			s.Overdue++
		}
		if s.Oldest.IsZero() || due.Before(s.Oldest) {
			s.Oldest = due
		}
		return nil
	})
}

// states adds what is remembered of the hosts themselves.
func (p *pending) states(_ context.Context, a *Archive) error {
	return a.view(func(tx *bbolt.Tx) error {
		for _, h := range p.hosts {
			var s HostState
			if _, err := get(tx, bucketHostState, []byte(h.Host), &s); err != nil {
				return err
			}
			h.NotBefore, h.Day, h.Requests, h.Robots = s.NotBefore, s.Day, s.Requests, s.Robots
		}
		return nil
	})
}

func (p *pending) answer() *Pending {
	out := &Pending{At: p.at}
	for _, name := range slices.Sorted(maps.Keys(p.sites)) {
		out.Sites = append(out.Sites, *p.sites[name])
	}
	for i := range out.Sites {
		s := &out.Sites[i]
		for key, h := range p.hosts {
			if key[0] == s.Site {
				s.Hosts = append(s.Hosts, *h)
			}
		}
		slices.SortFunc(s.Hosts, func(a, b PendingHost) int { return bytes.Compare([]byte(a.Host), []byte(b.Host)) })
	}
	return out
}
