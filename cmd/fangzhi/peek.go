package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"fangzhi/archive"
	"fangzhi/config"
	"fangzhi/crawler"
	"fangzhi/parser"
)

// A peeker asks for pages through the gate of a crawl, into an archive that is thrown
// away.
type peeker struct {
	dir     string
	store   *archive.Archive
	crawler *crawler.Crawler
	run     archive.Run
	known   []crawler.Site
}

// peek makes a peeker for the host of address and for those of the configuration.
func (a *app) peek(ctx context.Context, cfg *config.Config, address string) (*peeker, error) {
	dir, err := os.MkdirTemp("", "fangzhi-peek-")
	if err != nil {
		return nil, err
	}
	store, err := archive.Create(filepath.Join(dir, "archive"), a.archiveOptions(cfg, nil))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	opt := a.crawlerOptions(crawlJob{cfg: cfg}, store, nil, nil)
	opt.Known = append(opt.Known, typedSite(address)...)
	return &peeker{dir: dir, store: store, crawler: crawler.New(opt), run: a.circumstances(ctx, cfg, nil), known: opt.Known}, nil
}

// Close forgets what was asked for.
func (p *peeker) Close() error { return errors.Join(p.store.Close(), os.RemoveAll(p.dir)) }

// page is what an address answers; what was refused or gave no answer is an error.
func (p *peeker) page(ctx context.Context, address string) (*pageBytes, *archive.Follow, error) {
	f, err := p.crawler.Save(ctx, p.run, address)
	if err != nil {
		return nil, f, err
	}
	if f.Location.IsZero() {
		return nil, f, fmt.Errorf("%s: %s %s %s", address, f.Outcome, f.Reason, f.Detail)
	}
	c, err := archive.ReadCapture(filepath.Join(p.dir, "archive"), f.Location)
	if err != nil {
		return nil, f, err
	}
	in, err := pageOfCapture(address, c, rulesOf(p.known, c.URL))
	return in, f, err
}

// rulesOf are those of the site on whose host an address is.
func rulesOf(sites []crawler.Site, address string) parser.Rules {
	u, err := url.Parse(address)
	if err != nil {
		return parser.Rules{}
	}
	for _, s := range sites {
		if home, err := url.Parse(s.Home); err == nil && (home.Host == u.Host || slices.Contains(s.Hosts, u.Host)) {
			return s.Rules
		}
	}
	return parser.Rules{}
}

// typedSite allows a host of loopback that somebody typed: who can type it can reach it.
func typedSite(address string) []crawler.Site {
	u, err := url.Parse(address)
	if err != nil || !isLoopback(u.Hostname()) {
		return nil
	}
	return []crawler.Site{{Name: u.Host, Home: u.Scheme + "://" + u.Host + "/", Delay: crawler.NoDelay, AllowPrivate: true}}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
