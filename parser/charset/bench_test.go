package charset

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"fangzhi/parser/internal/corpus"
)

// page is as large as a portal's page usually is, 62 kB, and about as Chinese.
func page(line string) string {
	row := `<li class="list-item"><a href="/art/2022/3/31/art_1234_567890.html" target="_blank" title="">` + line + `</a><span>2022-03-31</span></li>` + "\n"
	return strings.Repeat(row, 62_000/len(row))
}

// benchInputs are a page in each encoding, and the reader of x/text for it.
var benchInputs = []struct {
	name, text string
	enc        encoding.Encoding
}{
	{"utf-8", page(simple), unicode.UTF8},
	{"gb18030", page(simple), simplifiedchinese.GB18030},
	{"big5", page(traditional), traditionalchinese.Big5},
}

const (
	simple      = "景德镇市浮梁县：国家试验区新平先行区管委会第一次全体会议召开，研究部署下一阶段工作"
	traditional = "臺北市政府公告：關於辦理國際會議的通知，請各單位依照辦理，並於期限內回覆"
)

func BenchmarkDecode(b *testing.B) {
	for _, in := range benchInputs {
		b.Run(in.name, func(b *testing.B) {
			body := encode(b, in.enc, in.text)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				Decode(body, "text/html; charset=gb2312")
			}
		})
	}
}

// BenchmarkBesideXText is what Decode costs, decision and all, beside x/text that is told
// what to read, in processor time, in turns.
func BenchmarkBesideXText(b *testing.B) {
	for _, in := range benchInputs {
		b.Run(in.name, func(b *testing.B) {
			b.ReportMetric(besideXText(b, encode(b, in.enc, in.text), in.enc, max(b.N, 5)), "x-xtext")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func besideXText(tb testing.TB, body []byte, enc encoding.Encoding, rounds int) float64 {
	const times = 300 // of one page: a round must be long enough to be measured
	return corpus.Race(rounds, []corpus.Runner{
		{Name: "x/text", Run: func() {
			for range times {
				if _, err := enc.NewDecoder().Bytes(body); err != nil {
					tb.Fatal(err)
				}
			}
		}},
		{Name: "here", Run: func() {
			for range times {
				Decode(body, "text/html; charset=gb2312")
			}
		}},
	})[1].Ratio
}

// Decode is as fast as x/text, with room for noise.
func TestBesideXText(t *testing.T) {
	if testing.Short() || corpus.Instrumented {
		t.Skip("measures for a second; not under the race detector")
	}
	for _, in := range benchInputs {
		ratio := besideXText(t, encode(t, in.enc, in.text), in.enc, 3)
		t.Logf("%s: %.2f x the processor time of x/text", in.name, ratio)
		if ratio > 1.1 {
			t.Errorf("%s: got %.2f x x/text, want 1", in.name, ratio)
		}
	}
}
