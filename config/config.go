package config

import "time"

// FileName is the name of the configuration in its archive.
const FileName = "fangzhi.toml"

// A Config is what fangzhi.toml and the files it includes say, completed with
// presets, environment and defaults. The comments below stand in Init's text too,
// for those who write such files; `want` is what an error message asks for.
type Config struct {
	Lang      string   `toml:"lang" want:"\"zh\", \"en\" or \"\" (as the system's LANG says)"`
	Contact   string   `toml:"contact" want:"an e-mail address or an http(s) address of a page"` // no public host is crawled without it
	UserAgent string   `toml:"user_agent" want:"a short text without brackets"`                  // who crawls, added to our User-Agent
	NTP       string   `toml:"ntp" want:"a host name, with or without port"`                     // asked for the clock's offset; "" asks none
	Key       string   `toml:"signing_key" want:"the path of a file"`                            // that signs the ledger's checkpoints; "" for signing.key in the archive
	Platforms []string `toml:"platforms" want:"a list of domains such as [\"*.cq.gov.cn\"]"`     // whose hosts are on one machine and spared as one
	Include   []string `toml:"include" want:"a list of file patterns such as [\"sites/*.toml\"]"`
	Limits    Limits   `toml:"limits" want:"a table: [limits]"`
	Defaults  Defaults `toml:"defaults" want:"a table: [defaults]"`
	Alarm     Alarm    `toml:"alarm" want:"a table: [alarm]"`
	Access    Access   `toml:"access" want:"a table: [access]"`
	Sites     []Site   `toml:"site" want:"[[site]], with double brackets"`

	Files []string `toml:"-"` // read for this, fangzhi.toml first; none are for the built-in defaults

	from origins
}

// Limits bound every exchange and the whole run.
type Limits struct {
	MaxBody     Size     `toml:"max_body" want:"a size such as \"20MiB\""` // of one response; what is longer is cut and recorded so
	Timeout     Duration `toml:"timeout" want:"a duration such as \"60s\""`
	Concurrency int      `toml:"concurrency" want:"a whole number from 1 to 1000"` // sites at a time; a host is always asked by one

	Attachments   []string `toml:"attachments" want:"a list of endings of names such as [\"pdf\", \"doc\"], [] for none"` // files that are fetched with their articles
	Reserve       Size     `toml:"reserve" want:"a size such as \"256MiB\", \"0B\" for none"`                             // of the disk that a crawl leaves free: it pauses before
	MaxAttachment Size     `toml:"max_attachment" want:"a size such as \"50MiB\""`                                        // of one file; what is longer is cut and recorded so
}

// Defaults hold for sites that say nothing else.
type Defaults struct {
	Delay    Duration `toml:"delay" want:"a duration such as \"3s\""`                      // between the starts of two requests to a host
	Jitter   Duration `toml:"jitter" want:"a duration such as \"300ms\", \"0s\" for none"` // added to delay by chance, up to this and up to delay itself
	DailyCap int      `toml:"daily_cap" want:"a whole number, 0 for no limit"`
	Every    Duration `toml:"every" want:"a duration such as \"6h\", \"0s\" for always due"`                  // from the beginning of a visit to the next
	Hours    string   `toml:"hours" want:"hours of the day in Beijing such as \"22:00-06:00\", \"\" for any"` // outside of which no request is made
	Backfill int      `toml:"backfill" want:"a whole number of requests, 0 for none"`                         // of a visit, for older pages

	MaxRequests int      `toml:"max_requests" want:"a whole number, 0 for no limit"` // of one visit
	MaxTime     Duration `toml:"max_time" want:"a duration such as \"2h\", \"0s\" for no limit"`
	MaxBytes    Size     `toml:"max_bytes" want:"a size such as \"500MB\", \"0B\" for no limit"` // received

	Requisites string `toml:"requisites" want:"\"page\" or \"none\""` // whether style sheets and images are fetched with a page, once a day
}

// An Alarm says who is told when a source breaks, and when it works again. Each is
// told at the end of a crawl; what is empty is not told.
type Alarm struct {
	Command    []string `toml:"command" want:"a program with its arguments such as [\"mail\", \"-s\", \"fangzhi\", \"ops@example.org\"]"` // reads the alarms
	Webhook    string   `toml:"webhook" want:"an http(s) address"`                                                                        // gets the alarms as JSON, by POST
	Ping       string   `toml:"ping" want:"an http(s) address"`                                                                           // asked for after every crawl, with /fail after one that failed
	Prometheus string   `toml:"prometheus" want:"the path of a .prom file"`                                                               // written after every crawl, for the node exporter's textfile collector
}

// Access names the groups of this machine that share the archive.
type Access struct {
	Operators string `toml:"operators" want:"the name of a group"` // may write: crawl, pause, rebuild
	Readers   string `toml:"readers" want:"the name of a group"`   // may read: search, show, export
}

// A Site is a portal.
type Site struct {
	Name         string    `toml:"name" want:"a name of letters, digits, \"-\", \"_\" and \".\""`
	Preset       string    `toml:"preset" want:"the name of a preset"`
	Home         string    `toml:"home" want:"an http(s) address"`
	Regions      []Region  `toml:"regions" want:"a list such as [\"江西\", { code = \"360222\", label = \"浮梁县\" }]"`
	Categories   []string  `toml:"categories" want:"a list of labels such as [\"展会\"]"`
	Listings     []Listing `toml:"listings" want:"[[site.listings]] with url, region and category"`
	Hosts        []string  `toml:"hosts" want:"a list of host names such as [\"zwgk.example.gov.cn\"]"` // that also belong to the site
	Delay        Duration  `toml:"delay" want:"a duration such as \"3s\""`
	Jitter       Duration  `toml:"jitter" want:"a duration such as \"300ms\", \"0s\" for none"`
	DailyCap     int       `toml:"daily_cap" want:"a whole number, 0 for no limit"` // requests a host a day in Beijing
	Every        Duration  `toml:"every" want:"a duration such as \"6h\", \"0s\" for always due"`
	Hours        string    `toml:"hours" want:"hours of the day in Beijing such as \"22:00-06:00\", \"\" for any"`
	Backfill     int       `toml:"backfill" want:"a whole number of requests, 0 for none"`
	MaxRequests  int       `toml:"max_requests" want:"a whole number, 0 for no limit"`
	MaxTime      Duration  `toml:"max_time" want:"a duration such as \"2h\", \"0s\" for no limit"`
	MaxBytes     Size      `toml:"max_bytes" want:"a size such as \"500MB\", \"0B\" for no limit"`
	Requisites   string    `toml:"requisites" want:"\"page\" or \"none\""`
	TLS          string    `toml:"tls" want:"\"legacy\" or \"unverified\""`
	Proxy        string    `toml:"proxy" want:"an http://, https:// or socks5:// address"`
	AllowPrivate bool      `toml:"allow_private" want:"true or false"` // loopback and private addresses may be connected to
	Paused       bool      `toml:"paused" want:"true or false"`
	Seen         string    `toml:"seen" want:"a month or span such as \"2026-08\" or \"2017..2026\""` // when these facts were last seen to hold
	Rules        Rules     `toml:"rules" want:"a table: [site.rules]"`

	from origins
}

// A Region is a place a portal lists under a label. In the file it is a label of
// the 31 ("江西"), a code, or a table of both.
type Region struct {
	Code  string `toml:"code" want:"a code of GB/T 2260 such as \"36\" or \"360222\""` // six digits once loaded
	Label string `toml:"label" want:"the label as the portal shows it"`
}

// UnmarshalText reads the short form. Whether the label is known is for Validate,
// which knows where it stands.
func (r *Region) UnmarshalText(text []byte) error {
	*r = Region{Label: string(text)}
	return nil
}

// A Listing is a listing page that is not found by its label, or in the file a pattern
// of several.
type Listing struct {
	URL      string `toml:"url" want:"an http(s) address, or a pattern of several"`
	Region   string `toml:"region" want:"a label or code of a region"` // six digits once loaded
	Category string `toml:"category" want:"the label of a category"`
	Seen     string `toml:"seen" want:"a month or span such as \"2026-08\" or \"2017..2026\""`
}

// Rules are CSS selectors that override what the parser finds by itself. None is
// ever needed.
type Rules struct {
	Item     string `toml:"item" want:"a CSS selector"`      // one row of a listing
	ItemDate string `toml:"item_date" want:"a CSS selector"` // inside a row
	Next     string `toml:"next" want:"a CSS selector"`      // the anchor to the next page
	Title    string `toml:"title" want:"a CSS selector"`
	Date     string `toml:"date" want:"a CSS selector"`
	Source   string `toml:"source" want:"a CSS selector"`
	Body     string `toml:"body" want:"a CSS selector"`
}

// NoDelay is what "0s" reads as: no delay, always due, no limit. 0 is a duration that nobody set.
const NoDelay = time.Duration(-1)

// MinDelay is the shortest delay for a public portal.
const MinDelay = time.Second

// Default is the configuration of an archive whose file says nothing.
func Default() *Config {
	return &Config{
		Platforms: []string{"*.cq.gov.cn"},
		Limits: Limits{MaxBody: 20 << 20, Timeout: Duration{time.Minute}, Concurrency: 16, MaxAttachment: 50 << 20, Reserve: 256 << 20,
			Attachments: []string{"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "dps", "ofd", "ceb", "rtf", "txt", "csv", "zip", "rar", "7z"}},
		Defaults: Defaults{Delay: Duration{3 * time.Second}, Jitter: Duration{300 * time.Millisecond}, DailyCap: 10000, Every: Duration{6 * time.Hour},
			Backfill: 2000, MaxTime: Duration{NoDelay}, Requisites: "page"},
		from: origins{},
	}
}

// Site is the site of this name, nil if there is none.
func (c *Config) Site(name string) *Site {
	for i := range c.Sites {
		if sameName(c.Sites[i].Name, name) {
			return &c.Sites[i]
		}
	}
	return nil
}
