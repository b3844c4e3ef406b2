package parser

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// An entry is what a feed or sitemap says of one page.
type entry struct {
	title, link, date string
}

// feed reads RSS, Atom and sitemaps. A sitemap names no titles, and an index of sitemaps
// no articles: its Links are the sitemaps. Markup that breaks off is read up to there.
func (d *document) feed(page []byte) *Page {
	dec := xml.NewDecoder(bytes.NewReader(page))
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	l := &Listing{}
	index := hasTag(page, "sitemapindex")
	var e *entry
	for {
		t, err := dec.Token()
		if err != nil {
			break
		}
		switch t := t.(type) {
		case xml.StartElement:
			if isEntry(t.Name.Local) {
				e = &entry{}
			} else if e != nil {
				e.read(dec, t)
			} else if t.Name.Local == "link" && xmlAttr(t, "rel") == "next" { // RFC 5005
				if next := d.address.resolve(xmlAttr(t, "href")); next != "" {
					l.Next = &Request{URL: next}
				}
			}
		case xml.EndElement:
			if isEntry(t.Name.Local) && e != nil {
				d.addEntry(l, e)
				e = nil
			}
		}
	}
	l.Items = unique(l.Items)
	p := d.answered(l, "a feed or sitemap")
	if index {
		p.Kind, p.Why, p.Listing = KindOther, "an index of sitemaps", nil
	}
	return p
}

func isEntry(name string) bool {
	return name == "item" || name == "entry" || name == "url" || name == "sitemap"
}

// read takes a child of an entry.
func (e *entry) read(dec *xml.Decoder, t xml.StartElement) {
	if href := xmlAttr(t, "href"); t.Name.Local == "link" && href != "" { // Atom
		if rel := xmlAttr(t, "rel"); e.link == "" || rel == "alternate" {
			e.link = href
		}
		return
	}
	var to *string
	switch t.Name.Local {
	case "title":
		to = &e.title
	case "link", "loc":
		to = &e.link
	case "pubDate", "published", "publication_date", "date":
		to = &e.date
	case "updated", "lastmod":
		if e.date == "" {
			to = &e.date
		}
	case "guid":
		if e.link == "" && xmlAttr(t, "isPermaLink") != "false" {
			to = &e.link
		}
	}
	if to == nil {
		return
	}
	var text struct {
		S string `xml:",chardata"`
	}
	if err := dec.DecodeElement(&text, &t); err == nil && strings.TrimSpace(text.S) != "" {
		*to = strings.TrimSpace(text.S)
	}
}

func xmlAttr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (d *document) addEntry(l *Listing, e *entry) {
	address := d.address.resolve(e.link)
	if address == "" {
		l.Dead++
		return
	}
	l.Items = append(l.Items, Item{URL: address, Title: cleanTitle(e.title), Date: listStamp(e.date).date("", d.from.Fetched)})
}
