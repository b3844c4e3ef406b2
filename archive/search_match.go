package archive

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"fangzhi/archive/fold"
)

// A matcher seeks the terms of one query in one text after another. It is used by
// one goroutine.
//
// Folding a text costs more than looking through it. So each term is first sought
// as it is, and has, when it holds a Chinese character that only itself folds to,
// this anchor: a text without the anchor needs not be folded.
type matcher struct {
	terms   [][]byte
	anchors [][]byte // nil for a term that has none
	folded  []byte   // room
}

func newMatcher(terms []string) *matcher {
	m := &matcher{}
	for _, t := range terms {
		m.terms = append(m.terms, []byte(t))
		m.anchors = append(m.anchors, anchor(t))
	}
	return m
}

// A found has a bit for each term; a query of more terms than bits is refused.
type found uint64

const maxTerms = 64

func (m *matcher) all() found { return found(1)<<len(m.terms) - 1 }

// find tells which of the terms, but for those known already, text holds.
func (m *matcher) find(text []byte, known found) found {
	got := known
	folded := false
	for i, t := range m.terms {
		bit := found(1) << i
		if got&bit != 0 || m.anchors[i] != nil && !bytes.Contains(text, m.anchors[i]) {
			continue
		}
		if bytes.Contains(text, t) {
			got |= bit
			continue
		}
		if !folded {
			m.folded, folded = fold.Append(m.folded[:0], text), true
		}
		if bytes.Contains(m.folded, t) {
			got |= bit
		}
	}
	return got
}

// anchor is the rarest character of a folded term that nothing else folds to.
func anchor(term string) []byte {
	best, rank := rune(0), -1
	for _, r := range term {
		if r < 0x4E00 || r > 0x9FFF || hasTwins()[r] {
			continue
		}
		at := strings.IndexRune(commonest, r)
		if at < 0 {
			at = len(commonest)
		}
		if at > rank {
			best, rank = r, at
		}
	}
	if rank < 0 {
		return nil
	}
	return utf8.AppendRune(nil, best)
}

// hasTwins holds the characters that radicals, squared and compatibility forms
// fold to.
var hasTwins = sync.OnceValue(func() map[rune]bool {
	twins := make(map[rune]bool)
	for _, span := range [][2]rune{{0x2E80, 0x2FDF}, {0x3036, 0x303A}, {0x3190, 0x33FF}, {0xF900, 0xFAFF}, {0x1F100, 0x1F2FF}, {0x2F800, 0x2FA1F}} {
		for r := span[0]; r <= span[1]; r++ {
			for _, to := range fold.String(string(r)) {
				if to != r {
					twins[to] = true
				}
			}
		}
	}
	return twins
})

// commonest are frequent characters of official texts, the most frequent first:
// poor anchors.
const commonest = "的和工一国发人会中在业作政全大市展为年行建有地区理是加部实设新开动上生对时公方现进法日要县月合了学管经以下产民体化不高主关出务力同机组织项目应省成信息服社安保局办厅府委院级强推企通知强步重点情况资金度能及家科技教育第十二三四五六七八九施与等各制事分本于到外多件规定内文号期报"
