package region

import (
	"strings"

	"fangzhi/parser/region/internal/names"
)

// A Place is a row of GB/T 2260 under its latest name.
type Place struct {
	Code  string // six digits
	Name  string // 浮梁县
	Since string // the first snapshot that has it, 200312 as year and month; "" before 2002-12
	Until string // the last snapshot that has it, "" while it is in force
	To    string // the code that succeeded an abolished one, "" while in force or unknown
	Zone  bool   // a development zone that only statistics number (320571 苏州工业园区)
}

// InForce tells whether the place is in the newest snapshot.
func (p Place) InForce() bool { return p.Until == "" && !p.Zone }

// Short is the name without its kind and nationalities: 浮梁, 恩施, 内蒙古.
func (p Place) Short() string { return names.Stem(p.Name) }

// Level is 1 for a province, 2 for a prefecture, 3 for a county.
func (p Place) Level() int { return level(p.Code) }

func level(code string) int {
	switch {
	case code[2:] == "0000":
		return 1
	case code[4:] == "00":
		return 2
	}
	return 3
}

// Lookup finds a code, abolished ones too.
func Lookup(code string) (Place, bool) {
	t := table()
	i, ok := t.byCode[code]
	if !ok {
		return Place{}, false
	}
	return t.rows[i].Place, true
}

// Path is the chain of places from the province down to code: 江西省, 景德镇市, 浮梁县.
// Levels that are no places (市辖区, 省直辖县级行政区划) are left out. It is nil for an
// unknown code.
func Path(code string) []Place {
	last, ok := Lookup(code)
	if !ok {
		return nil
	}
	var path []Place
	for _, outer := range []string{code[:2] + "0000", code[:4] + "00"} {
		p, ok := Lookup(outer)
		if ok && outer != code && p.Name != last.Name && (len(path) == 0 || path[0].Name != p.Name) {
			path = append(path, p)
		}
	}
	return append(path, last)
}

// String is the path in words, 江西省景德镇市浮梁县, "" for an unknown code.
func String(code string) string {
	var b strings.Builder
	for _, p := range Path(code) {
		b.WriteString(p.Name)
	}
	return b.String()
}

// Contains tells whether place code lies in outer (a code contains itself). A code
// that was succeeded lies where its successor lies too.
func Contains(outer, code string) bool {
	if len(outer) != 6 || len(code) != 6 {
		return false
	}
	if under(outer, code) {
		return true
	}
	newOuter, newCode := successor(outer), successor(code)
	return under(outer, newCode) || under(newOuter, code) || under(newOuter, newCode)
}

func under(outer, code string) bool {
	return strings.HasPrefix(code, outer[:2*level(outer)])
}

func successor(code string) string {
	if p, ok := Lookup(code); ok && p.To != "" {
		return p.To
	}
	return code
}

// Children are the places in force directly below code, by code; those of "" are the
// 34 provinces.
func Children(code string) []Place {
	var out []Place
	want := 1
	if code != "" {
		if _, ok := Lookup(code); !ok {
			return nil
		}
		want = level(code) + 1
	}
	for _, r := range table().rows {
		if !r.InForce() || r.past || code != "" && (r.Code == code || !under(code, r.Code)) {
			continue
		}
		level := r.Level()
		if level == 2 && repeats(r.Place) {
			continue
		}
		// A county without a prefecture (469001, 110101) is a child of its province.
		if level == want || want == 2 && level == 3 && orphan(r.Code) {
			out = append(out, r.Place)
		}
	}
	return out
}

// orphan tells whether nothing stands between a county and its province.
func orphan(code string) bool {
	p, ok := Lookup(code[:4] + "00")
	return !ok || repeats(p)
}

// repeats tells a prefecture that is its province again: 110100 北京市.
func repeats(p Place) bool {
	province, ok := Lookup(p.Code[:2] + "0000")
	return ok && province.Name == p.Name
}
