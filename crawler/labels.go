package crawler

import (
	"slices"
	"strings"
	"unicode"

	"fangzhi/archive"
	"fangzhi/parser"
)

// suffixes of provinces that a portal's navigation may leave out: 江西 is 江西省.
var suffixes = []string{"维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市"}

// bareLabel is a navigation text without what does not tell it from others:
// blanks, brackets and bars around it, and the kind of the province.
func bareLabel(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("[]【】|·>»《》", r) {
			return -1
		}
		return r
	}, text)
	for _, suffix := range suffixes {
		if short, ok := strings.CutSuffix(text, suffix); ok && short != "" {
			return short
		}
	}
	return text
}

// findLabels looks for anchors whose text is a label without address, and makes
// listings of them. Of several with one text the first on the site is taken.
// missing are the texts that none has.
func (v *visit) findLabels(page *parser.Page, via archive.Link, labels []parsedLabel) (found []archive.Link, missing []string) {
	byText := map[string]string{}
	for _, link := range page.Links {
		text := bareLabel(link.Text)
		if _, taken := byText[text]; text == "" || taken || !v.isOwnPage(link.URL) {
			continue
		}
		byText[text] = link.URL
	}
	for _, label := range labels {
		rawURL, ok := byText[bareLabel(label.Text)]
		if !ok {
			missing = append(missing, label.Text)
			continue
		}
		l := v.link(archive.RoleListing, rawURL)
		l.Via, l.Region, l.Category = via.URL, label.region, label.category
		found = append(found, l)
	}
	return found, missing
}

// A parsedLabel is a Label with the context of the listing it leads to.
type parsedLabel struct {
	Label
	region, category string
}

// wanted are the site's labels that must be found on its home page.
func (v *visit) wanted() []parsedLabel {
	var labels []parsedLabel
	for _, l := range v.site.Regions {
		labels = append(labels, parsedLabel{l, l.Region, ""})
	}
	for _, l := range v.site.Categories {
		labels = append(labels, parsedLabel{l, l.Region, l.Text})
	}
	return slices.DeleteFunc(labels, func(l parsedLabel) bool { return l.URL != "" })
}

// readHome turns the navigation of the home page into listings.
func (v *visit) readHome(f *archive.Follow, page *parser.Page) {
	f.Outcome = archive.Listed
	f.Links, v.missing = v.findLabels(page, f.Link, v.wanted())
	for _, l := range f.Links {
		v.expect(l)
	}
	if len(f.Links) == 0 && len(v.missing) > 0 {
		f.Reason, f.Detail = archive.EmptyListing, "none of the labels is in its navigation"
		f.Seen = v.observation(f, archive.Broken)
	}
}

// readSubNavigation finds the categories of a region on the region's own page.
// A link that leads to the same listing from everywhere is none of the region's.
func (v *visit) readSubNavigation(f *archive.Follow, page *parser.Page) []archive.Link {
	if !v.isRegionPage(f.Link) {
		return nil
	}
	var labels []parsedLabel
	for _, l := range v.site.Categories {
		if l.URL == "" {
			labels = append(labels, parsedLabel{l, f.Link.Region, l.Text})
		}
	}
	found, _ := v.findLabels(page, f.Link, labels)
	found = slices.DeleteFunc(found, func(l archive.Link) bool {
		_, planned := v.heads[linkKey(l)]
		return planned || l.URL == f.Link.URL
	})
	for _, l := range found {
		v.expect(l)
	}
	return found
}

// isRegionPage tells whether link is the first page of a region, which may lead
// to listings of its categories.
func (v *visit) isRegionPage(link archive.Link) bool {
	return link.Role == archive.RoleListing && link.Region != "" && link.Category == "" && link.Depth == 0 && len(v.site.Categories) > 0
}
