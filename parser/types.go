package parser

import (
	"fmt"
	"net/url"
	"time"

	"fangzhi/parser/charset"
)

// Version numbers the reading. It is raised whenever the same bytes may read
// differently, so that two captures are compared only when one parser read both.
//
//	1  first reading
const Version = 1

// Beijing is the zone of every time a portal prints: +08:00, without daylight
// saving since 1991.
var Beijing = time.FixedZone("+08:00", 8*60*60)

// An Origin says where and when the bytes of a page came from.
type Origin struct {
	URL     *url.URL  // absolute; links are resolved against it
	Fetched time.Time // to complete dates without a year and relative ones
	Rules   Rules     // of the site; the zero value reads any portal
	Form    string    // that was posted, "" for a GET
}

// Rules are a site's optional overrides, CSS selectors all. An empty one leaves
// the parser to find the element by itself.
type Rules struct {
	Item     string // one row of a listing
	ItemDate string // inside a row
	Next     string // the anchor to the next page of a listing
	Title    string
	Date     string
	Source   string
	Body     string
}

// A Kind says what a page is. Kinds are stored: add to them, never rename one.
type Kind string

const (
	KindListing   Kind = "listing"   // rows that lead to articles
	KindArticle   Kind = "article"   // one text with title and body
	KindHome      Kind = "home"      // the front of a site or of a part of it: many short lists
	KindOther     Kind = "other"     // none of the others: a form, a hub without rows
	KindError     Kind = "soft-404"  // served with status 200, and says that the page is not there
	KindFailed    Kind = "error"     // served with status 200, and says that the server failed
	KindLogin     Kind = "login"     // asks who is there instead of showing the page
	KindChallenge Kind = "challenge" // a bot check instead of the page
	KindRedirect  Kind = "redirect"  // a stub whose only content is a literal redirect
)

// A Page is what Parse read. Exactly one of Listing and Article is set for the
// kinds of these names; a home page has the best list it shows. Links are there for
// every kind.
type Page struct {
	Kind     Kind
	Why      string // the evidence for Kind, one phrase
	Title    string // of the <title> element, blanks collapsed
	Listing  *Listing
	Article  *Article
	Redirect string // absolute target of a KindRedirect
	Links    []Link // anchors in document order, absolute http(s), without fragment
}

// A Link is an anchor: its target and its visible words.
type Link struct {
	URL  string
	Text string
}

// A Listing is a page of links to articles (列表页).
type Listing struct {
	Items []Item
	Next  *Request // nil on the last page
	Dead  int      // rows whose link leads nowhere (javascript:;)
	Pages int      // that it says it has, 0 when it does not
}

// An Item is one row of a listing.
type Item struct {
	URL    string // absolute http(s)
	Title  string // in full where the page has it, else cut as shown
	Date   Day    // zero when the row has none
	Pinned bool   // 置顶
}

// A Request is a page to ask for: a GET, or with a Form a POST of it, which is
// application/x-www-form-urlencoded, or application/json if it begins with a brace.
type Request struct {
	URL  string
	Form string
}

// An Article is what was read out of a detail page (正文页).
type Article struct {
	Title       string
	Date        Date     // 发布日期
	SignedOn    Day      // 成文日期, zero when not printed
	Source      string   // 来源
	Author      string   // 作者
	Editor      string   // 责任编辑
	Issuer      string   // 发文机关
	DocNumber   string   // 发文字号, brackets as printed
	IndexNumber string   // 索引号
	Region      string   // GB/T 2260, six digits, "" when the page does not say
	Category    string   // 栏目, the last step of the breadcrumb
	Breadcrumb  []string // 当前位置, from the home page down
	Text        string   // body: paragraphs, headings and table rows, one a line
	HTML        string   // body: p, h1 to h6, table, tr, th, td, img, a, and nothing else
	Amounts     []Amount // of money, in the body's order
	Next        string   // address of the next part of an article in several pages
	Attachments []Link   // 附件
	Images      []Link   // of the body; Text is the caption or alt
	Charset     charset.Evidence
}

// An Amount is a sum of money as it was printed: 1.2亿元.
type Amount struct {
	Text     string
	Value    float64 // in units of the currency
	Currency string  // CNY, USD, EUR, HKD, JPY …
}

// A Precision says how much of a Date was printed.
type Precision string

const (
	PrecisionNone   Precision = ""
	PrecisionMonth  Precision = "month"
	PrecisionDay    Precision = "day"
	PrecisionMinute Precision = "minute"
	PrecisionSecond Precision = "second"
)

// A Date is a publication date as a page printed it, in Beijing's zone.
type Date struct {
	Time      time.Time // in Beijing; midnight when no time of day is known
	Precision Precision
	Evidence  string // where it stood and as what: `label: 发布时间:2022-03-31`
	Weak      bool   // 日期存疑: from evidence that is often wrong
}

// Day is the calendar day of d, zero if d is empty or known to the month only.
func (d Date) Day() Day {
	if d.Precision == PrecisionNone || d.Precision == PrecisionMonth {
		return Day{}
	}
	return DayOf(d.Time)
}

// A Day is a calendar day in Beijing; the zero Day is no day.
type Day struct {
	Year, Month, Day int
}

// DayOf is the day in Beijing at the instant t.
func DayOf(t time.Time) Day {
	y, m, d := t.In(Beijing).Date()
	return Day{y, int(m), d}
}

// ParseDay reads "2006-01-02".
func ParseDay(s string) (Day, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, Beijing)
	if err != nil {
		return Day{}, fmt.Errorf("day %q: want the form 2022-03-31", s)
	}
	return DayOf(t), nil
}

// IsZero tells whether d is no day.
func (d Day) IsZero() bool { return d == Day{} }

// String is "2006-01-02", or "" for the zero Day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Compare orders days; the zero Day is before all others.
func (d Day) Compare(e Day) int {
	return d.number() - e.number()
}

// midnight is the instant at which d begins in Beijing.
func (d Day) midnight() time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, Beijing)
}

func (d Day) number() int { return (d.Year*100+d.Month)*100 + d.Day }

// MarshalText makes a Day its String in JSON and TOML.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (d *Day) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Day{}
		return nil
	}
	*d, err = ParseDay(string(b))
	return err
}
