package region

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"fangzhi/parser/region/internal/names"
)

//go:embed gbt2260.txt
var embedded string

// A row is one name of a code.
type row struct {
	Place
	past bool // the code has another name since
}

// An entry is one way to write a place.
type entry struct {
	name  string
	row   int32
	short bool // without its kind: 浮梁; counts only where a name can end
}

// places is the table with its look-ups. It is made once and never written again.
type places struct {
	rows   []row
	byCode map[string]int32
	byHead map[string][]entry // by the first two characters, longest name first
	byName map[string][]entry
	begins [1 << 16 / 64]uint64 // the characters that names begin with, a bit each
}

// table is read at the first use, in about 5 ms.
var table = sync.OnceValue(func() *places { return read(embedded) })

func read(text string) *places {
	t := &places{byCode: make(map[string]int32), byHead: make(map[string][]entry), byName: make(map[string][]entry)}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			t.add(line)
		}
	}
	for i, r := range t.rows {
		t.rows[i].past = t.byCode[r.Code] != int32(i)
	}
	for i := range t.rows {
		t.index(int32(i))
	}
	t.sort()
	return t
}

// add reads `code name since until to`; rows of one code come oldest first.
func (t *places) add(line string) {
	f := append(strings.Fields(line), "-", "-", "")
	r := row{Place: Place{Code: f[0], Name: f[1]}}
	if n := len(f) - 3; n > 2 {
		r.Since, r.Until = strings.Trim(f[2], "-"), strings.Trim(f[3], "-")
		if n > 4 {
			r.To = f[4]
		}
	}
	if r.Until == "*" {
		r.Zone, r.Since, r.Until = true, "", ""
	}
	t.byCode[r.Code] = int32(len(t.rows))
	t.rows = append(t.rows, r)
}

// index enters the ways to write a row's name.
func (t *places) index(i int32) {
	r := &t.rows[i]
	if r.Level() == 2 && orphanage(t, r) {
		return // 110100 北京市 is its province again
	}
	t.enter(entry{r.Name, i, false})
	if r.Zone {
		return
	}
	stem := names.Stem(r.Name)
	_, kind := names.Cut(r.Name)
	if short := abbreviated(stem, kind); short != "" && short != r.Name {
		t.enter(entry{short, i, false})
	}
	if stem != r.Name && len(stem) >= len("浮梁") {
		t.enter(entry{stem, i, true})
	}
	for _, other := range nicknames[r.Name] {
		t.enter(entry{other, i, true})
	}
}

// orphanage tells a prefecture that only repeats its province.
func orphanage(t *places, r *row) bool {
	i, ok := t.byCode[r.Code[:2]+"0000"]
	return ok && t.rows[i].Name == r.Name
}

// abbreviated is the usual form of an autonomous place's full name: 恩施州, 长阳县.
func abbreviated(stem, kind string) string {
	switch kind {
	case "自治州":
		return stem + "州"
	case "自治县":
		return stem + "县"
	case "自治旗":
		return stem + "旗"
	case "自治区":
		return stem + "自治区"
	case "特别行政区":
		return stem + "特区"
	}
	return ""
}

// nicknames are short forms that no rule makes.
var nicknames = map[string][]string{
	"前郭尔罗斯蒙古族自治县":     {"前郭县", "前郭"},
	"杜尔伯特蒙古族自治县":      {"杜蒙县", "杜蒙"},
	"喀喇沁左翼蒙古族自治县":     {"喀左县", "喀左"},
	"阜新蒙古族自治县":        {"阜蒙县"},
	"莫力达瓦达斡尔族自治旗":     {"莫旗"},
	"积石山保安族东乡族撒拉族自治县": {"积石山县", "积石山"},
	"巴音郭楞蒙古自治州":       {"巴州"},
	"博尔塔拉蒙古自治州":       {"博州"},
	"克孜勒苏柯尔克孜自治州":     {"克州"},
	"新疆维吾尔自治区":        {"新疆区"},
	"广西壮族自治区":         {"广西区"},
	"内蒙古自治区":          {"内蒙"},
}

func (t *places) enter(e entry) {
	for _, have := range t.byName[e.name] {
		if have.row == e.row {
			return
		}
	}
	t.byName[e.name] = append(t.byName[e.name], e)
	t.byHead[head(e.name)] = append(t.byHead[head(e.name)], e)
	r, _ := utf8.DecodeRuneInString(e.name)
	t.begins[uint16(r)>>6] |= 1 << (r & 63)
}

// head is the first two characters of s, all of them Han, or "".
func head(s string) string {
	if len(s) < 6 || s[0] < 0xE3 || s[0] > 0xE9 || s[3] < 0xE3 || s[3] > 0xE9 {
		return ""
	}
	return s[:6]
}

// sort orders entries of a head by length, what is in force before what was.
func (t *places) sort() {
	for _, list := range t.byHead {
		slices.SortStableFunc(list, func(a, b entry) int {
			return cmp.Or(len(b.name)-len(a.name), t.age(a)-t.age(b))
		})
	}
	for _, list := range t.byName {
		slices.SortStableFunc(list, func(a, b entry) int {
			return cmp.Or(t.age(a)-t.age(b), t.rows[a.row].Level()-t.rows[b.row].Level())
		})
	}
}

// age is 0 for a name in force, 1 for a former name of a code in force, 2 else.
func (t *places) age(e entry) int {
	switch r := &t.rows[e.row]; {
	case !r.past && r.Until == "":
		return 0
	case r.past:
		return 1
	}
	return 2
}
