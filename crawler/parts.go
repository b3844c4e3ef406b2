package crawler

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"fangzhi/archive"
	"fangzhi/archive/uri"
	"fangzhi/parser"
)

// partsFresh is how long a requisite is not asked for again.
const partsFresh = 24 * time.Hour

// maxNested is how deep style sheets may import each other.
const maxNested = 3

// imageEndings are those of the images of an article's body, which are fetched with its
// attachments.
var imageEndings = []string{"jpg", "jpeg", "png", "gif", "bmp", "webp", "svg", "tif", "tiff"}

// isPart tells the roles of what belongs to a page and is none.
func isPart(role archive.Role) bool {
	return role == archive.RoleAttachment || role == archive.RoleRequisite
}

// addParts adds to the links of a page that was read its files and what it needs to
// look as it does.
func (v *visit) addParts(ctx context.Context, f *archive.Follow, x *exchange) error {
	if f.Outcome != archive.Kept && f.Outcome != archive.Listed {
		return nil
	}
	if f.Article != nil {
		for _, l := range f.Article.Attachments {
			v.addAttachment(f, l.URL, v.opt.Attachments)
		}
		for _, l := range f.Article.Images {
			v.addAttachment(f, l.URL, imageEndings)
		}
	}
	for _, item := range f.Items { // rows that lead to files
		v.addAttachment(f, item.URL, v.opt.Attachments)
	}
	base, err := url.Parse(x.capture.URL)
	if err != nil || !v.site.Requisites {
		return nil
	}
	return v.addRequisites(ctx, f, parser.Requisites(x.body, base))
}

// addAttachment adds a file whose name ends in one of these.
func (v *visit) addAttachment(f *archive.Follow, rawURL string, endings []string) {
	u, err := url.Parse(rawURL)
	if err != nil || len(v.opt.Attachments) == 0 {
		return
	}
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), "."))
	if !slices.Contains(endings, ending) {
		return
	}
	if link, ok := v.part(f, archive.RoleAttachment, rawURL); ok {
		f.Links = append(f.Links, link)
	}
}

// addRequisites adds those that were not asked for today.
func (v *visit) addRequisites(ctx context.Context, f *archive.Follow, addresses []string) error {
	for _, address := range addresses {
		link, ok := v.part(f, archive.RoleRequisite, address)
		if !ok {
			continue
		}
		state, err := v.store.URL(ctx, link.URL)
		if err != nil {
			return fmt.Errorf("look up %s: %w", link.URL, err)
		}
		if age := v.opt.Now().Sub(state.Checked); state.Checked.IsZero() || age < 0 || age >= partsFresh {
			f.Links = append(f.Links, link)
		}
	}
	return nil
}

// part is a link to what belongs to f's page; false when the visit has seen it, or it
// is on another domain.
func (v *visit) part(f *archive.Follow, role archive.Role, rawURL string) (archive.Link, bool) {
	normal, err := uri.Normalize(rawURL)
	if err != nil {
		return archive.Link{}, false
	}
	hash := maphash.String(hashSeed, normal)
	u, err := url.Parse(normal)
	if err != nil || v.needed[hash] || !v.scope.contains(u) && !v.sameDomain(u) {
		return archive.Link{}, false
	}
	v.needed[hash] = true
	link := archive.Link{Site: v.site.Name, URL: normal, Role: role, Priority: archive.Files, Via: f.Link.URL}
	if f.Link.Role == archive.RoleRequisite {
		link.Depth = f.Link.Depth + 1
	}
	return link, link.Depth <= maxNested
}

// sameDomain tells whether u is below the domain that the site's home page is in:
// img.zgw123.cn belongs to www.zgw123.cn.
func (v *visit) sameDomain(u *url.URL) bool {
	home, err := url.Parse(v.site.Home)
	if err != nil {
		return false
	}
	ours, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(home.Hostname()))
	if err != nil {
		return false
	}
	theirs, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(u.Hostname()))
	return err == nil && ours == theirs
}

// readPart files what belongs to a page: it is kept as it came, and of style sheets
// the addresses in them are followed.
func (v *visit) readPart(f *archive.Follow, x *exchange) {
	kind, _, _ := strings.Cut(strings.ToLower(x.header("Content-Type")), ";")
	if kind = strings.TrimSpace(kind); kind == "text/html" && f.Link.Role == archive.RoleAttachment && !strings.HasSuffix(f.Link.URL, "html") {
		v.fail(f, problem{archive.SoftNotFound, "a page in place of a file"}, 0)
		return
	}
	f.Outcome = archive.Saved
	base, err := url.Parse(x.capture.URL)
	if err != nil || kind != "text/css" || f.Link.Role != archive.RoleRequisite {
		return
	}
	for _, address := range parser.StyleRequisites(x.body, base) {
		if link, ok := v.part(f, archive.RoleRequisite, address); ok {
			f.Links = append(f.Links, link)
		}
	}
}

// followParts follows what belongs to a page that was saved, at once. What cannot be
// had now waits in the frontier.
func (v *visit) followParts(ctx context.Context, f *archive.Follow) error {
	for _, link := range f.Links {
		if !isPart(link.Role) {
			continue
		}
		part, err := v.follow(ctx, link)
		if holdOf(err, v.opt.Now()) != nil {
			continue
		}
		if err != nil {
			return err
		}
		if err := v.followParts(ctx, part); err != nil {
			return err
		}
	}
	return nil
}
