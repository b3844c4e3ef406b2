package crawler

import (
	"context"
	"fmt"
	"time"

	"fangzhi/archive"
	"fangzhi/archive/uri"
)

// recentLook is how old a look may be that a visit which was killed need not
// repeat when it is taken up again.
const recentLook = time.Hour

// due is what a visit begins with, besides what waits in the frontier: the home
// page if labels must be found on it, listings, and articles to be rechecked.
func (v *visit) due(ctx context.Context) ([]archive.Link, error) {
	heads, err := v.dueHeads(ctx, v.headLinks())
	if err != nil {
		return nil, err
	}
	rechecks, err := v.store.Due(ctx, v.site.Name, v.opt.Rechecks)
	if err != nil {
		return nil, fmt.Errorf("list due rechecks: %w", err)
	}
	for i := range rechecks {
		rechecks[i].Role, rechecks[i].Priority = archive.RoleArticle, archive.Due
	}
	return append(heads, rechecks...), nil
}

// headLinks are the home page and the listings whose addresses are known.
func (v *visit) headLinks() []archive.Link {
	var links []archive.Link
	unknown := false
	listing := func(rawURL, region, category string) {
		l := v.link(archive.RoleListing, rawURL)
		l.Region, l.Category = region, category
		links = append(links, l)
	}
	for _, l := range v.site.Regions {
		if unknown = unknown || l.URL == ""; l.URL != "" {
			listing(l.URL, l.Region, "")
		}
	}
	for _, l := range v.site.Categories {
		if unknown = unknown || l.URL == ""; l.URL != "" {
			listing(l.URL, l.Region, l.Text)
		}
	}
	for _, l := range v.site.Listings {
		listing(l.URL, l.Region, l.Category)
	}
	if unknown || len(links) == 0 {
		links = append([]archive.Link{v.link(archive.RoleHome, v.site.Home)}, links...)
	}
	return links
}

// link is a head of the site's frontier.
func (v *visit) link(role archive.Role, rawURL string) archive.Link {
	if normal, err := uri.Normalize(rawURL); err == nil {
		rawURL = normal // else follow refuses it as it is, and says why
	}
	l := archive.Link{Site: v.site.Name, URL: rawURL, Role: role, Priority: archive.Heads}
	if role == archive.RoleArticle {
		l.Priority = archive.Fresh
	}
	return l
}

// dueHeads leaves out what was looked at a moment ago by a visit that was killed:
// its frontier still holds more than backfill.
func (v *visit) dueHeads(ctx context.Context, heads []archive.Link) ([]archive.Link, error) {
	waiting, ok, err := v.store.Next(ctx, v.site.Name)
	if err != nil {
		return nil, fmt.Errorf("next link: %w", err)
	}
	if !ok || waiting.Priority >= archive.Due || waiting.Attempts > 0 {
		return heads, nil
	}
	var due []archive.Link
	for _, l := range heads {
		state, err := v.store.URL(ctx, l.URL)
		if err != nil {
			return nil, fmt.Errorf("look up %s: %w", l.URL, err)
		}
		if age := v.opt.Now().Sub(state.Checked); age < 0 || age >= recentLook {
			due = append(due, l)
		}
	}
	return due, nil
}
