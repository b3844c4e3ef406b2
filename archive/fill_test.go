package archive

import (
	"fmt"
	"math/rand/v2"
	"strings"
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

// sampleText is n bytes with characters as unevenly frequent as in real texts.
func sampleText(rnd *rand.Rand, n int) string {
	common := []rune(commonest)
	var b strings.Builder
	for b.Len() < n {
		switch k := rnd.IntN(20); {
		case k == 0:
			b.WriteString("，")
		case k == 1:
			b.WriteString("。\n　　")
		case k == 2:
			b.WriteString("2022年3月")
		case k < 14:
			b.WriteRune(common[rnd.IntN(rnd.IntN(len(common))+1)])
		default:
			b.WriteRune(rune(0x4E00 + rnd.IntN(6000)))
		}
	}
	return b.String()
}

// commonest are frequent characters of official texts, the most frequent first.
const commonest = "的和工一国发人会中在业作政全大市展为年行建有地区理是加部实设新开动上生对时公方现进法日要县月合了学管经以下产民体化不高主关出务力同机组织项目应省成信息服社安保局办厅府委院级强推企通知强步重点情况资金度能及家科技教育第十二三四五六七八九施与等各制事分本于到外多件规定内文号期报"
