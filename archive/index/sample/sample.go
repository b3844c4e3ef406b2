package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"fangzhi/parser/region"
)

// An Article is what a portal would have published.
type Article struct {
	Title, Text, Source, Number string
	Region, Category, Site      string
	Date                        uint32 // 20220331
	Captured                    int64  // nanoseconds since 1970
	Group                       uint64 // the same for reposts of one text
}

// A Maker makes articles. It is used by one goroutine.
type Maker struct {
	words  []string
	places []region.Place
	zipf   *rand.Zipf
	rnd    *rand.Rand
}

const wordCount = 60000

// New makes a Maker; all of them make the same articles.
func New() *Maker {
	m := &Maker{rnd: rand.New(rand.NewPCG(0, 0))}
	for _, province := range region.Children("") {
		m.places = append(m.places, province)
		for _, city := range region.Children(province.Code) {
			m.places = append(append(m.places, city), region.Children(city.Code)...)
		}
	}
	rnd := rand.New(rand.NewPCG(6, 2022))
	known := map[string]bool{}
	m.words = strings.Fields(officialWords)
	hand := len(m.words)
	letters := letters(rnd)
	characters := rand.NewZipf(rnd, 1.3, 30, uint64(len(letters))-1)
	for len(m.words) < wordCount {
		var b strings.Builder
		for range [...]int{2, 2, 2, 2, 2, 2, 3, 3, 4, 4}[rnd.IntN(10)] {
			b.WriteRune(letters[characters.Uint64()])
		}
		if w := b.String(); !known[w] {
			known[w] = true
			m.words = append(m.words, w)
		}
	}
	rnd.Shuffle(hand, func(i, k int) { m.words[i], m.words[k] = m.words[k], m.words[i] })
	return m
}

// letters are the 3,755 characters of the first level of GB 2312, common ones first.
func letters(rnd *rand.Rand) []rune {
	all := []rune(commonCharacters)
	var rest []rune
	for row := 0xB0; row <= 0xD7; row++ {
		for cell := 0xA1; cell <= 0xFE; cell++ {
			s, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte{byte(row), byte(cell)})
			if r, _ := utf8.DecodeRune(s); err == nil && r >= 0x4E00 && r <= 0x9FFF && !slices.Contains(all, r) {
				rest = append(rest, r)
			}
		}
	}
	rnd.Shuffle(len(rest), func(i, k int) { rest[i], rest[k] = rest[k], rest[i] })
	return append(all, rest...)
}

// Article is the article with a number.
func (m *Maker) Article(n int) Article {
	m.rnd = rand.New(rand.NewPCG(uint64(n), 31))
	text := n
	if n > 100 && m.rnd.IntN(100) < 3 {
		text = n - 1 - m.rnd.IntN(100)
	}
	rnd := rand.New(rand.NewPCG(uint64(text), 42))
	own := m.rnd
	m.rnd = rnd
	m.zipf = rand.NewZipf(rnd, 1.02, 8, wordCount-1)
	place := m.places[rnd.IntN(len(m.places))]
	topic := make([]string, 12)
	for i := range topic {
		topic[i] = m.words[int(m.zipf.Uint64()*uint64(rnd.IntN(9)+1))%wordCount]
	}
	a := Article{Title: m.title(place, topic), Text: m.text(place, topic), Group: uint64(text) + 1}
	m.rnd = own
	a.Source = place.Name + "人民政府"
	if own.IntN(4) == 0 {
		a.Number = m.number()
	}
	a.Region = place.Code
	if text != n {
		a.Region = m.places[own.IntN(len(m.places))].Code
	}
	a.Category = categories[own.IntN(len(categories))]
	a.Site = fmt.Sprintf("s%03d", own.IntN(own.IntN(300)+1))
	a.Date = uint32((2008+own.IntN(15))*10000 + (1+own.IntN(12))*100 + 1 + own.IntN(28))
	a.Captured = 1_600_000_000_000_000_000 + int64(n)*60_000_000_000
	return a
}

func (m *Maker) title(place region.Place, topic []string) string {
	r := m.rnd
	return place.Name + m.word(topic) + m.word(topic) + verbs[r.IntN(len(verbs))] + m.word(topic) + m.word(topic) + m.word(topic) + endings[r.IntN(len(endings))]
}

// text has 300 to 2,100 characters, 1,200 on average.
func (m *Maker) text(place region.Place, topic []string) string {
	var b strings.Builder
	r := m.rnd
	long := (300 + r.IntN(1800)) * 278 / 100
	for sentence := 0; b.Len() < long; sentence++ {
		if sentence%4 == 0 {
			if sentence > 0 {
				b.WriteByte('\n')
			}
			b.WriteString("　　")
		}
		for i, n := 0, 5+r.IntN(12); i < n; i++ {
			switch r.IntN(40) {
			case 0:
				fmt.Fprintf(&b, "%d年%d月%d日", 2005+r.IntN(18), 1+r.IntN(12), 1+r.IntN(28))
			case 1:
				fmt.Fprintf(&b, "%d.%d%s", r.IntN(1000), r.IntN(100), units[r.IntN(len(units))])
			case 2:
				b.WriteString(m.name())
			case 3:
				b.WriteString(place.Name)
			case 4:
				if r.IntN(6) == 0 {
					b.WriteString("（" + m.number() + "）")
				}
			case 5, 6:
				b.WriteString(particles[r.IntN(len(particles))])
			}
			b.WriteString(m.word(topic))
			if r.IntN(6) == 0 {
				b.WriteString("，")
			}
		}
		b.WriteString("。")
	}
	return b.String()
}

func (m *Maker) word(topic []string) string {
	if m.rnd.IntN(5) == 0 {
		return topic[m.rnd.IntN(len(topic))]
	}
	return m.words[m.zipf.Uint64()]
}

func (m *Maker) number() string {
	r := m.rnd
	return fmt.Sprintf("%s%s发〔%d〕%d号", []string{"国", "赣府", "浙政", "粤", "景府", "浮府"}[r.IntN(6)], []string{"", "办", "厅字"}[r.IntN(3)], 2005+r.IntN(18), 1+r.IntN(200))
}

func (m *Maker) name() string {
	pick := func(s string) string {
		all := []rune(s)
		return string(all[m.rnd.IntN(len(all))])
	}
	return pick("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗") + pick("建国志文明秀丽晓春海云德永庆玉伟芳强军") + pick("华平英兰民生荣杰峰林霞辉斌燕涛 ")
}
