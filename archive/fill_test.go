package archive

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/uri"
	"fangzhi/parser"
)

// noon is the instant n minutes after a day's noon.
func noon(n int) time.Time { return time.Date(2022, 7, 1, 4, n, 0, 0, time.UTC) }

func dayDate(year, month, day int) parser.Date {
	return parser.Date{Time: time.Date(year, time.Month(month), day, 0, 0, 0, 0, parser.Beijing), Precision: parser.PrecisionDay, Evidence: "label"}
}

func newArchive(tb testing.TB, opt Options) *Archive {
	tb.Helper()
	a, err := Create(tb.TempDir(), opt)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}

// A visit fills an archive as a crawl does, but for the bytes: its captures are
// known to the database and lie nowhere.
type visit struct {
	testing.TB
	*Archive
}

// keep stores what was read at the link's URL.
func (v visit) keep(l Link, article parser.Article, at time.Time) {
	v.Helper()
	v.follow(Follow{Link: l, At: at, Outcome: Kept, Status: 200, Article: &article})
}

// follow stores what became of a link; what was asked for has a capture.
func (v visit) follow(f Follow) {
	v.Helper()
	f.Link.Role = otherwise(f.Link.Role, RoleArticle)
	f.Link.Site = otherwise(f.Link.Site, "zgw")
	err := v.update(v.Context(), func(tx *bbolt.Tx) error {
		if f.Outcome != Refused {
			v.meta.Captures++
			f.Location = Location{Capture: v.meta.Captures, Segment: "s.warc.gz", Offset: int64(v.meta.Captures), Length: 1}
			payload := DigestOf([]byte(fmt.Sprint(f.Link.URL, f.Article)))
			c := captureRecord{
				ID: urlID(f.Link.URL, ""), URL: f.Link.URL, Time: f.At.UnixNano(), Status: f.Status, Payload: payload[:],
				Segment: f.Location.Segment, Offset: f.Location.Offset, Length: 1, Via: f.Link.Via,
			}
			if err := putCapture(tx, v.meta.Captures, &c, f.Link.Role); err != nil {
				return err
			}
		}
		_, err := v.apply(tx, &Entry{Follow: &f})
		return err
	})
	if err != nil {
		v.Fatal(err)
	}
}

func (v visit) flush() {
	v.Helper()
	if err := v.Flush(v.Context()); err != nil {
		v.Fatal(err)
	}
}

func idOf(url string) string { return uri.ID(uri.Key(url)) }

// fill keeps n documents with texts of so many characters, one in a hundred of
// which has the name 新平先行区.
func (v visit) fill(n, characters int) {
	v.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		text := sampleText(rnd, 3*characters)
		if i%100 == 7 {
			text += "新平先行区管委会召开会议。"
		}
		l := Link{Site: fmt.Sprintf("s%d", i%3), URL: fmt.Sprintf("http://a.example/%d.html", i), Via: "http://a.example/list", Region: "360000", Category: "新闻"}
		v.keep(l, parser.Article{Title: sampleText(rnd, 60), Text: text, Date: dayDate(2022, 1+i%12, 1+i%28)}, noon(i))
	}
	v.flush()
}
