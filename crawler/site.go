package crawler

import (
	"time"

	"fangzhi/crawler/wire"
	"fangzhi/parser"
)

// A Site is a portal and how to treat it.
type Site struct {
	Name         string
	Home         string        // URL; its navigation leads to listings whose labels Regions and Categories name
	Regions      []Label       // expected in the navigation, or with a URL of their own
	Categories   []Label       // the same
	Listings     []Listing     // known listing pages
	Hosts        []string      // further hosts of the site, with their ports where they have one
	Delay        time.Duration // between starts of requests to one host; 0 for DefaultDelay, NoDelay for none
	Jitter       time.Duration // added to Delay by chance, up to this and up to Delay itself
	DailyCap     int           // requests a host a day (Beijing); 0 for none
	Every        time.Duration // from the beginning of one visit to the next; 0 or less for always due
	Hours        Hours         // of the day in which it may be asked
	Budget       Budget        // of one visit
	Requisites   bool          // style sheets and images of pages are fetched, each once a day
	TLS          TLSMode
	Proxy        string // http(s):// or socks5:// URL, "" for none
	AllowPrivate bool   // loopback and private addresses may be connected to
	Rules        parser.Rules
}

// DefaultDelay is between the starts of two requests to a host whose site says
// nothing else. NoDelay is for portals of one's own.
const (
	DefaultDelay = 3 * time.Second
	NoDelay      = time.Duration(-1)
)

// A Label is a word in the navigation of a portal, and what it stands for.
type Label struct {
	Text   string // as the portal shows it: 江西, 展会
	Region string // GB/T 2260, "" for a category
	URL    string // "" to find it by Text on the home page
}

// A Listing is a listing page that needs not be looked for.
type Listing struct {
	URL, Region, Category string
}

// A TLSMode says how much of TLS is insisted on. Every departure is recorded
// with the capture.
type TLSMode = wire.TLSMode
