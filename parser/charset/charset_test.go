package charset

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

const (
	notice = `<html><head><title>景德镇市浮梁县人民政府关于印发《通知》的公告</title></head><body><p>各乡镇人民政府，县政府各部门：为进一步加强管理，现将有关事项通知如下。</p></body></html>`
	island = `<html><head><title>臺北市政府公告：關於辦理國際會議的通知</title></head><body><p>為進一步加強管理，現將有關事項通知如下，請各單位依照辦理。</p></body></html>`
)

func encode(t testing.TB, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatalf("encode %.20s…: %v", s, err)
	}
	return b
}

func declare(page, label string) string {
	return strings.Replace(page, "<head>", `<head><meta charset="`+label+`">`, 1)
}

// The bytes, the header and the meta element disagree in every way; the text is right.
func TestDecodeDecides(t *testing.T) {
	gbk := func(s string) []byte { return encode(t, simplifiedchinese.GB18030, s) }
	big := func(s string) []byte { return encode(t, traditionalchinese.Big5, s) }
	utf := func(s string) []byte { return []byte(s) }
	tests := []struct {
		name          string
		body          []byte
		header        string
		want          string
		label, method string
	}{
		{"plain utf-8", utf(notice), "text/html; charset=utf-8", notice, "utf-8", "bytes"},
		{"utf-8 called gb2312 by the header", utf(notice), "text/html; charset=gb2312", notice, "utf-8", "bytes"},
		{"utf-8 called gb2312 by meta", utf(declare(notice, "gb2312")), "", declare(notice, "gb2312"), "utf-8", "bytes"},
		{"utf-8 called big5", utf(declare(notice, "big5")), "text/html;charset=big5", declare(notice, "big5"), "utf-8", "bytes"},
		{"gbk called by its name in the header", gbk(notice), "text/html; charset=GBK", notice, "gb18030", "header"},
		{"gbk called gb2312 by meta", gbk(declare(notice, "gb2312")), "text/html", declare(notice, "gb2312"), "gb18030", "meta"},
		{"gbk called utf-8 by the header", gbk(notice), "text/html; charset=UTF-8", notice, "gb18030", "bytes"},
		{"gbk called utf-8 by header, rightly by meta", gbk(declare(notice, "gb2312")), "text/html; charset=UTF-8", declare(notice, "gb2312"), "gb18030", "meta"},
		{"gbk called utf-8 by meta", gbk(declare(notice, "utf-8")), "", declare(notice, "utf-8"), "gb18030", "bytes"},
		{"gbk called big5", gbk(declare(notice, "big5")), "text/html; charset=big5", declare(notice, "big5"), "gb18030", "bytes"},
		{"gbk called latin", gbk(notice), "text/html; charset=ISO-8859-1", notice, "gb18030", "bytes"},
		{"gbk called western", gbk(notice), "text/html; charset=windows-1252", notice, "gb18030", "bytes"},
		{"gbk called japanese", gbk(notice), "text/html; charset=shift_jis", notice, "gb18030", "bytes"},
		{"gbk called nothing", gbk(notice), "", notice, "gb18030", "bytes"},
		{"gbk called something unheard of", gbk(notice), "text/html; charset=x-none", notice, "gb18030", "bytes"},
		{"traditional characters in gbk", gbk(island), "", island, "gb18030", "bytes"},
		{"big5", big(declare(island, "big5")), "", declare(island, "big5"), "big5", "meta"},
		{"big5 called by the header", big(island), `text/html; charset="Big5-HKSCS"`, island, "big5", "header"},
		{"big5 called gb2312", big(declare(island, "gb2312")), "text/html; charset=gbk", declare(island, "gb2312"), "big5", "bytes"},
		{"big5 called utf-8", big(island), "text/html; charset=utf-8", island, "big5", "bytes"},
		{"big5 called nothing", big(island), "", island, "big5", "bytes"},
		{"two words in gbk that are valid utf-8", gbk("目录"), "text/html; charset=gb2312", "目录", "gb18030", "header"},
		{"one character in gbk", gbk("<title>市</title>"), "", "<title>市</title>", "gb18030", "bytes"},
		{"a western footer", utf("<meta charset=gb2312><p>© 2022"), "", "<meta charset=gb2312><p>© 2022", "utf-8", "bytes"},
		{"ascii", utf("<p>hello"), "text/html; charset=gb2312", "<p>hello", "utf-8", "bytes"},
		{"empty", nil, "", "", "utf-8", "bytes"},
		{"xml in gbk", gbk(`<?xml version="1.0" encoding="GB2312"?><a>公告通知</a>`), "", `<?xml version="1.0" encoding="GB2312"?><a>公告通知</a>`, "gb18030", "meta"},
		{"western, declared", encode(t, charmap.ISO8859_1, "<p>café à Paris"), "text/html; charset=iso-8859-15", "<p>café à Paris", "iso-8859-15", "header"},
		{"western, called latin", encode(t, charmap.ISO8859_1, "<p>café à Paris"), "text/html; charset=iso-8859-1", "<p>café à Paris", "windows-1252", "guess"},
		{"cyrillic", encode(t, charmap.Windows1251, "Правительство провинции объявляет о проведении конференции"), "text/html; charset=windows-1251", "Правительство провинции объявляет о проведении конференции", "windows-1251", "header"},
		{"japanese", encode(t, japanese.ShiftJIS, "江西省の景徳鎮市は陶磁器の町として知られています。"), "text/html; charset=Shift_JIS", "江西省の景徳鎮市は陶磁器の町として知られています。", "shift_jis", "header"},
		{"korean, whose bytes are all gb2312 level 1", encode(t, korean.EUCKR, "장시성 징더전시 인민정부는 새로운 정책을 발표하였습니다"), "text/html; charset=euc-kr", "장시성 징더전시 인민정부는 새로운 정책을 발표하였습니다", "euc-kr", "header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, why := Decode(tt.body, tt.header)
			if string(got) != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if why.Label != tt.label || why.Method != tt.method || why.Replaced != 0 {
				t.Errorf("got %+v, want %s by %s", why, tt.label, tt.method)
			}
		})
	}
}

func TestDecodeMarks(t *testing.T) {
	utf16le := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	utf16be := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	gbk := encode(t, simplifiedchinese.GBK, notice)
	big := encode(t, traditionalchinese.Big5, island)
	tests := []struct {
		name, body, header, want, label, method string
	}{
		{"utf-8 mark", "\uFEFF" + notice, "text/html; charset=gbk", notice, "utf-8", "bom"},
		{"utf-8 mark twice", "\uFEFF\uFEFF" + notice, "", notice, "utf-8", "bom"},
		{"utf-8 mark in the middle", "<p>甲</p>\uFEFF<p>乙</p>", "", "<p>甲</p><p>乙</p>", "utf-8", "bytes"},
		{"utf-8 mark before gbk", "\uFEFF" + string(gbk), "", notice, "gb18030", "bytes"},
		{"utf-8 mark inside gbk", string(gbk) + "\uFEFF<p>" + string(gbk), "", notice + "<p>" + notice, "gb18030", "bytes"},
		{"utf-8 mark inside gbk before a character", string(gbk) + "\uFEFF" + string(gbk[19:]), "", notice + notice[19:], "gb18030", "bytes"},
		{"utf-8 mark inside big5", string(big) + "\uFEFF" + string(big), "text/html; charset=big5", island + island, "big5", "header"},
		{"utf-16le, declared gb2312", string(encode(t, utf16le, declare(notice, "gb2312"))), "text/html; charset=gb2312", declare(notice, "gb2312"), "utf-16le", "bom"},
		{"utf-16be", string(encode(t, utf16be, notice)), "", notice, "utf-16be", "bom"},
		{"utf-16le without mark", string(encode(t, utf16le, notice)[2:]), "", notice, "utf-16le", "bytes"},
		{"utf-16be without mark", string(encode(t, utf16be, notice)[2:]), "", notice, "utf-16be", "bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, why := Decode([]byte(tt.body), tt.header)
			if string(got) != tt.want || why.Label != tt.label || why.Method != tt.method {
				t.Errorf("got  %q %+v\nwant %q %s by %s", got, why, tt.want, tt.label, tt.method)
			}
		})
	}
}

// Half characters are replaced alone and never eat what follows them.
func TestDecodeHalves(t *testing.T) {
	gbk := string(encode(t, simplifiedchinese.GBK, notice))
	big := string(encode(t, traditionalchinese.Big5, island))
	tests := []struct{ name, body, header, want string }{
		{"gbk before a tag", gbk + "<b>\xC4</b>", "", notice + "<b>\uFFFD</b>"},
		{"gbk before a quote", gbk + "<a title=\"\xC4\" b>", "", notice + "<a title=\"\uFFFD\" b>"},
		{"gbk before a digit", gbk + "\xC41</b>", "", notice + "\uFFFD1</b>"},
		{"gbk before digits that look like four bytes", gbk + "\xC41\xC4</b>", "", notice + "\uFFFD1\uFFFD</b>"},
		{"gbk tail", gbk + "\xC4", "", notice + "\uFFFD"},
		{"gbk four-byte tail", gbk + "\x82\x35\x8F", "", notice + "\uFFFD5\uFFFD"},
		{"gbk FF", gbk + "\xFF<", "", notice + "\uFFFD<"},
		{"big5 before a tag", big + "<b>\xA4</b>", "text/html; charset=big5", island + "<b>\uFFFD</b>"},
		{"big5 tail", big + "\xA4", "text/html; charset=big5", island + "\uFFFD"},
		{"utf-8 tail of two", notice + "\xE6\x99", "", notice + "\uFFFD"},
		{"utf-8 tail of one", notice + "\xE6", "text/html; charset=gbk", notice + "\uFFFD"},
		{"utf-8 before a tag", strings.Repeat(notice, 20) + "<b>\xE6\x99</b>", "", strings.Repeat(notice, 20) + "<b>\uFFFD</b>"},
		{"utf-8 halves in a short page", "<title>公告通\xE7</title>", "text/html; charset=gbk", "<title>公告通\uFFFD</title>"},
		{"utf-16 tail of one byte", "\xFF\xFE<\x00p\x00\x2D", "", "<p\uFFFD"},
		{"utf-16 half a pair", "\xFF\xFE<\x00\x40\xD8<\x00", "", "<\uFFFD<"},
		{"utf-8 surrogate", notice + "\xED\xA0\x80", "", notice + "\uFFFD\uFFFD\uFFFD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, why := Decode([]byte(tt.body), tt.header)
			if string(got) != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if n := strings.Count(tt.want, "\uFFFD"); why.Replaced != n {
				t.Errorf("got %+v, want %d replaced", why, n)
			}
		})
	}
}

// Hong Kong writes Cantonese with characters of its own; some cells are two code points.
func TestDecodeHongKong(t *testing.T) {
	const want = "佢哋喺香港嘅茶餐廳食嘢，啲嘢好冧 Ê̄ê̌" // as Python's big5hkscs writes it
	body := "\xca\x5c\x92]\x9d\xf6\xad\xbb\xb4\xe4\x9d\xef\xaf\xf9\xc0\x5c\xc6U\xad\xb9\x9d\xcf\xa1A\x9d\xf8\x9d\xcf\xa6n\x9eU \x88\x62\x88\xa5"
	for _, label := range []string{"big5", "big5-hkscs"} {
		if got, why := Decode([]byte(body), "text/html; charset="+label); string(got) != want || why.Label != nameBig5 || why.Replaced != 0 {
			t.Errorf("%s: got %q %+v, want %q", label, got, why, want)
		}
	}
}

// Labels as they are written, and what is not a label of the page.
func TestDeclared(t *testing.T) {
	tests := []struct{ header, page, want, name string }{
		{"text/html; charset=utf-8", "", "utf-8", nameUTF8},
		{`text/html;CHARSET = "GBK" ; x=y`, "", "gbk", nameGB},
		{"text/html; charset=gb2312;charset=utf-8", "", "gb2312", nameGB},
		{"text/html;charset=", "", "", ""},
		{"text/html", `<meta charset="utf-8">`, "utf-8", nameUTF8},
		{"", `<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=gb2312">`, "gb2312", nameGB},
		{"", `<meta content='text/html;charset=GB_2312-80' http-equiv=content-type>`, "gb_2312-80", nameGB},
		{"", `<meta charset = big5 />`, "big5", nameBig5},
		{"", `<meta charset=utf-8"/>`, "utf-8", nameUTF8},
		{"", `<meta charset=x-gbk/>`, "x-gbk", nameGB},
		{"", `<script src="top.js" charset="gb2312"></script><meta charset="utf-8">`, "utf-8", nameUTF8},
		{"", `<script charset="gb2312">document.write('<meta charset="big5">')</script>`, "", ""},
		{"", `<!-- <meta charset="gb2312"> --><meta charset="utf8">`, "utf8", nameUTF8},
		{"", `<!-- <meta charset="gb2312">`, "", ""},
		{"", `<meta name="keywords" content="charset=gb2312">`, "", ""},
		{"", `<meta name="description" content="the charset=gb2312 page"><meta charset=cp936>`, "cp936", nameGB},
		{"", `<meta charset="nonsense"><meta charset="gbk">`, "gbk", nameGB},
		{"", `<meta charset="gb2312`, "gb2312", nameGB},
		{"", strings.Repeat(" ", metaReach) + `<meta charset="gb2312">`, "", ""},
		{"", `<?xml version='1.0' encoding='GBK' ?>`, "gbk", nameGB},
		{"text/html; charset=ISO-8859-1", `<meta charset="gbk">`, "gbk", nameGB},
		{"text/html; charset=MS936", "", "ms936", nameGB}, {"text/html; charset=windows-936", "", "windows-936", nameGB},
		{"text/html; charset=chinese", "", "chinese", nameGB}, {"text/html; charset=GB18030-2022", "", "gb18030-2022", nameGB},
		{"text/html; charset=Big5-HKSCS", "", "big5-hkscs", nameBig5}, {"text/html; charset=hz-gb-2312", "", "hz-gb-2312", nameGB},
		{"text/html; charset=utf-16", "", "utf-16", ""}, {"text/html; charset=latin1", "", "latin1", ""},
	}
	for _, tt := range tests {
		_, why := Decode([]byte(tt.page), tt.header)
		if why.Declared != tt.want || canonical(tt.want) != tt.name {
			t.Errorf("%s %s: got %q as %q, want %q as %q", tt.header, tt.page, why.Declared, canonical(why.Declared), tt.want, tt.name)
		}
	}
}

func TestDecodeNonsense(t *testing.T) {
	body := make([]byte, 4096)
	for i := range body {
		body[i] = byte(i*i*31 + i*7 + i>>3)
	}
	got, why := Decode(body, "")
	if !utf8.Valid(got) || why.Method != "guess" || why.Replaced < 100 {
		t.Errorf("got %+v, want a guess with hundreds of replacements", why)
	}
}

// A page that is UTF-8 already is handed back, not copied.
func TestDecodeCopiesNothing(t *testing.T) {
	body := []byte(notice)
	got, _ := Decode(body, "")
	if &got[0] != &body[0] {
		t.Error("UTF-8 was copied")
	}
	got, _ = Decode(append([]byte("\uFEFF"), body...), "")
	if !bytes.Equal(got, body) {
		t.Error("the mark was not cut")
	}
	if n := testing.AllocsPerRun(100, func() { Decode(body, "text/html; charset=utf-8") }); n > 6 {
		t.Errorf("%v allocations for a UTF-8 page, want at most 6 (labels)", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(notice), "text/html; charset=gb2312")
	f.Add(encode(f, simplifiedchinese.GB18030, notice+"ḿ𠂇䶮€"), "")
	f.Add(encode(f, traditionalchinese.Big5, island), "text/html; charset=big5")
	f.Add([]byte("\xFF\xFE<\x00p\x00"), "")
	f.Add([]byte("\xEE\x9E\x8D\xEF\xBB\xBF中\xE4"), "text/html; charset=utf-8")
	f.Add([]byte("<meta charset='gbk'\xC4\x3C\x2F"), "charset")
	f.Add([]byte("\x84\x31\x95\x34\xEF\xBB\xBF\x8135\xF47"), "text/html; charset=gb18030")
	f.Add([]byte("\x1b$B\x30\x21"), "text/html; charset=iso-2022-jp")
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		before := bytes.Clone(body)
		got, why := Decode(body, header)
		switch {
		case !utf8.Valid(got):
			t.Fatalf("%+v: not UTF-8: %q", why, got)
		case bytes.Contains(got, mark):
			t.Fatalf("%+v: a byte order mark is left: %q", why, got)
		case foldable(got):
			t.Fatalf("%+v: a private-use code point is left: %q", why, got)
		case !bytes.Equal(body, before):
			t.Fatal("the input was written to")
		case why.Label == "" || why.Method == "" || !utf8.ValidString(why.Declared):
			t.Fatalf("no evidence: %+v", why)
		case why.Replaced > 0 && !bytes.Contains(got, replacement):
			t.Fatalf("%+v: nothing is replaced in %q", why, got)
		}
		again, _ := readUTF8(got)
		if !bytes.Equal(again, got) {
			t.Fatalf("read again: %q, want %q", again, got)
		}
	})
}
