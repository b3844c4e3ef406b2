package charset

import (
	"bytes"
	"sync"
	"unicode/utf8"
)

// How a rank (see rank.value) is understood: -5 is all errors, 1 possible characters,
// 3 nothing but frequent ones. Chinese read rightly has 1.6 to 2.4, read wrongly at
// most 0.8 (corpus of 2026-11, all encodings by all readers); Korean read as GB about 1.1.
const (
	plausible = 0.9
	certain   = 1.3
	decisive  = 1.5 // no other reading of such bytes comes near
	margin    = 0.5
	sample    = 1000 // characters looked at in each reading
)

// frequent are characters of which two in three of a Chinese page consist, simplified
// and traditional, with punctuation and the signs of Latin-1 that footers use.
const frequent = "，。、：；？！（）“”‘’《》【】〔〕·—…　　０１２３４５６７８９©®«»\u00a0｜→" +
	"的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经" +
	"十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全" +
	"表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员" +
	"革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处" +
	"理府省市县区乡镇村委局厅办务信息网站公开告通知首页新闻政策服务联系我们版权所有备案号主管单位招标采购中标项目日期来源作者正文附件下载" +
	"打印关闭字体大小搜索登录注册更多返回上一篇下京津沪渝州安江河南北东海湖广福建山陕川云贵林黑龙吉辽宁甘青藏疆" +
	"這個們來時國為會對發動產種後過說學經進著電現實體機當點從業還應開關線數與樣無軍條題黨義結問級資統組見計別總設長頭員處圖幾則據戰決" +
	"縣鄉鎮廳辦務網聞標購項單載閱讀報導記者華灣臺聯繫權號篇東廣陝雲貴龍遼寧門貿醫藥車馬風話請讓認識師議員選舉該語訊廠歲萬億"

var (
	frequentRunes = sync.OnceValue(func() map[rune]bool {
		m := make(map[rune]bool)
		for _, r := range frequent {
			m[r] = true
		}
		return m
	})
	frequentGB = sync.OnceValue(func() *[leads * gbTrails]bool {
		m := new([leads * gbTrails]bool)
		for i, r := range gb().two {
			m[i] = frequentRunes()[rune(r)]
		}
		return m
	})
	frequentBig5 = sync.OnceValue(func() *[leads * big5Trails]bool {
		m := new([leads * big5Trails]bool)
		for i, r := range big5() {
			m[i] = frequentRunes()[r]
		}
		return m
	})
)

// isUTF8 tells whether the bytes alone say UTF-8: valid but for a torn tail and one
// sequence in a thousand, and not of the two-byte sequences that a few words in GBK
// happen to make (目录 is C4BF C2BC). valid is whether body is valid without exception.
func isUTF8(body []byte, valid bool) bool {
	if valid {
		return hasThree(body) || high(body) == 0
	}
	good, bad := 0, 0
	for rest := body; len(rest) > 0; {
		rest = rest[plain(rest):]
		if len(rest) == 0 {
			break
		}
		r, size := utf8.DecodeRune(rest)
		switch {
		case r != utf8.RuneError || size > 1:
			good++
		case !utf8.FullRune(rest): // the tail of a cut page
			size = len(rest)
		default:
			bad++
			size = torn(rest)
		}
		if bad > 16 && bad*20 > good { // not even a mended page: save the rest of the walk
			return false
		}
		rest = rest[size:]
	}
	return good > 0 && bad*1000 <= good && hasThree(body)
}

// hasThree tells whether there is a lead byte of three or four.
func hasThree(s []byte) bool {
	for _, c := range s {
		if c >= 0xE0 {
			return true
		}
	}
	return false
}

// A rank counts what one reading makes of the bytes.
type rank struct{ all, usual, frequent, bad int }

func (r rank) value() float64 {
	if r.all == 0 {
		return 0
	}
	return float64(r.usual+2*r.frequent-5*r.bad) / float64(r.all)
}

// likeliest ranks the readings of Chinese and names the best. GB comes first, and alone
// when it is so good that no other can be.
func likeliest(body []byte) (best string, ranks map[string]float64) {
	ranks = map[string]float64{nameGB: rankGB(body).value()}
	if ranks[nameGB] >= decisive {
		return nameGB, ranks
	}
	ranks[nameUTF8], ranks[nameBig5] = rankUTF8(body).value(), rankBig5(body).value()
	best = nameUTF8
	for _, name := range []string{nameGB, nameBig5} {
		if ranks[name] > ranks[best] {
			best = name
		}
	}
	return best, ranks
}

func rankUTF8(s []byte) (k rank) {
	known := frequentRunes()
	for k.all < sample {
		s = s[plain(s):]
		if len(s) == 0 {
			break
		}
		r, size := utf8.DecodeRune(s)
		if r == utf8.RuneError && size == 1 {
			if size = torn(s); size == len(s) {
				break
			}
			k.bad++
		} else {
			k.usual++
			if known[r] {
				k.frequent++
			}
		}
		k.all++
		s = s[size:]
	}
	return k
}

// rankGB takes level 1 of GB 2312 and its signs as usual.
func rankGB(s []byte) (k rank) {
	t, known := gb(), frequentGB()
	for k.all < sample {
		s = s[plain(s):]
		if len(s) < 2 {
			break
		}
		if bytes.HasPrefix(s, mark) {
			s = s[len(mark):]
			continue
		}
		size := 2
		if c, d := s[0], s[1]; c > 0x80 && c < 0xFF && d >= 0x40 && d != 0x7F && d != 0xFF {
			if d >= 0xA1 && (c >= 0xB0 && c <= 0xD7 || c >= 0xA1 && c <= 0xA3) {
				k.usual++
			}
			if known[gbCell(c, d)] {
				k.frequent++
			}
		} else {
			var r rune
			if r, size = t.odd(s); r == utf8.RuneError {
				k.bad++
			}
		}
		k.all++
		s = s[size:]
	}
	return k
}

// rankBig5 takes level 1 of Big5 and its signs as usual.
func rankBig5(s []byte) (k rank) {
	t, known := big5(), frequentBig5()
	for k.all < sample {
		s = s[plain(s):]
		if len(s) < 2 {
			break
		}
		if bytes.HasPrefix(s, mark) {
			s = s[len(mark):]
			continue
		}
		r, size := big5At(t, s)
		switch {
		case r == utf8.RuneError:
			k.bad++
		case s[0] >= 0xA1 && s[0] <= 0xC6:
			k.usual++
			fallthrough
		default:
			if known[big5Cell(s[0], s[1])] {
				k.frequent++
			}
		}
		k.all++
		s = s[size:]
	}
	return k
}
