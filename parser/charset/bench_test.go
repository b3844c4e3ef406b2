package charset

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// page is as large as a portal's page usually is, 62 kB, and about as Chinese.
func page(line string) string {
	row := `<li class="list-item"><a href="/art/2022/3/31/art_1234_567890.html" target="_blank" title="">` + line + `</a><span>2022-03-31</span></li>` + "\n"
	return strings.Repeat(row, 62_000/len(row))
}

// BenchmarkDecode has each decision beside x/text's plain decoding of the same bytes.
func BenchmarkDecode(b *testing.B) {
	simple := page("景德镇市浮梁县：国家试验区新平先行区管委会第一次全体会议召开，研究部署下一阶段工作")
	traditional := page("臺北市政府公告：關於辦理國際會議的通知，請各單位依照辦理，並於期限內回覆")
	inputs := []struct {
		name, text string
		enc        encoding.Encoding
	}{
		{"utf-8", simple, encoding.Nop},
		{"gb18030", simple, simplifiedchinese.GB18030},
		{"big5", traditional, traditionalchinese.Big5},
	}
	for _, in := range inputs {
		body := encode(b, in.enc, in.text)
		b.Run(in.name+"/here", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				Decode(body, "text/html; charset=gb2312")
			}
		})
		b.Run(in.name+"/xtext", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := in.enc.NewDecoder().Bytes(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
