package region

import (
	"strings"
	"unicode/utf8"
)

// Find reads the longest chain of place names at the start of s
// (江西省景德镇市浮梁县人民政府 -> 360222). Levels may be skipped and names short
// (景德镇浮梁). within is the code of a place that is known to contain it, "" for none:
// an ambiguous name counts only with it. The code may be an abolished one.
func Find(s, within string) (code string, ok bool) {
	s = strings.TrimLeft(s, " \t\r\n\u3000\u00a0")
	s = strings.TrimPrefix(s, "中共") // 中共福建省委
	code, _, ok = table().chain(s, within, true)
	return code, ok
}

// FindIn is the first chain of place names anywhere in text. Inside a sentence more is
// asked of a name than at its start; see Find.
func FindIn(text, within string) (code string, ok bool) {
	for hit := range hits(text, within) {
		return hit.Code, true
	}
	return "", false
}

// A Hit is a chain of place names in a text, from byte Start to byte End.
type Hit struct {
	Code       string
	Start, End int
}

// FindAll lists the chains of place names in text, in order.
func FindAll(text, within string) []Hit {
	var out []Hit
	for hit := range hits(text, within) {
		out = append(out, hit)
	}
	return out
}

func hits(text, within string) func(yield func(Hit) bool) {
	return func(yield func(Hit) bool) {
		t := table()
		edge := true // a name may begin here
		for i := 0; i < len(text); {
			if c := text[i]; c < 0xE3 || c > 0xE9 {
				_, size := utf8.DecodeRuneInString(text[i:])
				edge = true
				i += size
				continue
			}
			r, size := utf8.DecodeRuneInString(text[i:])
			if t.begins[uint16(r)>>6]>>(r&63)&1 == 1 {
				if code, n, ok := t.chain(text[i:], within, edge); ok {
					if !yield(Hit{code, i, i + n}) {
						return
					}
					i += n
					edge = false
					continue
				}
			}
			edge = !isHan(r) || leads[r]
			i += size
		}
	}
}

// A reading is one way to read the start of a text as places.
type reading struct {
	entry entry // of the last place
	first entry
	n     int // bytes read
	depth int // names read
}

// chain reads the places at the start of s. edge tells that a name may begin here.
func (t *places) chain(s, within string, edge bool) (code string, n int, ok bool) {
	var best []reading
	for _, e := range t.byHead[head(s)] {
		if !strings.HasPrefix(s, e.name) {
			continue
		}
		r, ok := t.follow(e, s)
		if !ok || r.depth == 1 && !edge && !t.standsOut(e) {
			continue
		}
		if len(best) > 0 && (r.n > best[0].n || r.n == best[0].n && r.depth > best[0].depth) {
			best = best[:0]
		}
		if len(best) == 0 || r.n == best[0].n && r.depth == best[0].depth {
			best = append(best, r)
		}
	}
	if len(best) == 0 {
		return "", 0, false
	}
	code, ok = t.choose(best, within, s)
	return code, best[0].n, ok
}

// standsOut tells whether a name counts in the middle of a run of characters: a
// province's, or a unique one of four characters. Three are too often the halves of two
// words: 适应城市发展, 沿海城市.
func (t *places) standsOut(e entry) bool {
	return !e.short && t.lone(e) && (t.rows[e.row].Level() == 1 || len(e.name) > len("应城市"))
}

// follow reads on after e as far as places below it are named.
func (t *places) follow(e entry, s string) (reading, bool) {
	rest := s[len(e.name):]
	if deeper, ok := t.descend(e, rest); ok {
		deeper.n += len(e.name)
		deeper.depth++
		deeper.first = e
		return deeper, true
	}
	if e.short && !nameEnds(rest) || !e.short && runsOn(e.name, rest) {
		return reading{}, false
	}
	return reading{e, e, len(e.name), 1}, true
}

// descend finds the longest reading of a place below e at the start of s, blanks
// and the marks of a breadcrumb skipped.
func (t *places) descend(e entry, s string) (best reading, ok bool) {
	outer := t.rows[e.row].Code
	if level(outer) == 3 {
		return best, false
	}
	trimmed := strings.TrimLeft(s, " \u3000\u00a0·>/-＞»→")
	for _, d := range t.byHead[head(trimmed)] {
		code := t.rows[d.row].Code
		if code == outer || !under(outer, code) || !strings.HasPrefix(trimmed, d.name) {
			continue
		}
		r, found := t.follow(d, trimmed)
		if found && (!ok || r.n > best.n || r.n == best.n && t.age(r.entry) < t.age(best.entry)) {
			best, ok = r, true
		}
	}
	best.n += len(s) - len(trimmed)
	return best, ok
}

// choose decides between readings of the same length, or for none of them.
func (t *places) choose(list []reading, within, s string) (string, bool) {
	if list[0].depth > 1 {
		return t.only(list, within)
	}
	var fit []reading
	for _, r := range list {
		if t.counts(r, within, s[r.n:]) {
			fit = append(fit, r)
		}
	}
	return t.only(fit, within)
}

// only is the one place that list speaks of: a full name rather than a short one, one
// within rather than without, one in force rather than a former one, the outer rather than the
// inner one of the same name.
func (t *places) only(list []reading, within string) (string, bool) {
	inside := func(r reading) bool { return within == "" || Contains(within, t.rows[r.entry.row].Code) }
	list = prefer(list, func(r reading) bool { return !r.entry.short })
	list = prefer(list, inside)
	list = prefer(list, func(r reading) bool { return t.age(r.entry) == 0 })
	list = prefer(list, func(r reading) bool { return t.age(r.entry) == 1 })
	for level := 1; level <= 3; level++ {
		list = prefer(list, func(r reading) bool { return t.rows[r.entry.row].Level() <= level })
	}
	if len(list) == 0 {
		return "", false
	}
	code := t.rows[list[0].entry.row].Code
	for _, r := range list[1:] {
		if other := t.rows[r.entry.row].Code; other != code && t.rows[r.entry.row].To != code {
			return "", false
		}
	}
	return code, true
}

// prefer keeps the readings with a property, or all if none has it.
func prefer(list []reading, has func(reading) bool) []reading {
	var kept []reading
	for _, r := range list {
		if has(r) {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return list
	}
	return kept
}

// counts tells whether a name that stands alone says where.
func (t *places) counts(r reading, within, rest string) bool {
	p := t.rows[r.entry.row]
	inside := within != "" && Contains(within, p.Code)
	level := p.Level()
	switch {
	case level == 1:
		return true
	case r.entry.short && within != "":
		return inside
	case r.entry.short:
		return level == 2 && (p.Code[2:] == "0100" || t.alone(r.entry.name))
	case level == 3 && len(r.entry.name) <= len("赵县"):
		return inside && nameEnds(rest)
	}
	return inside || t.lone(r.entry)
}

// lone tells whether a full name, three characters or more, is borne by one place in
// force only, or by none and by one former place only.
func (t *places) lone(e entry) bool {
	if len(e.name) <= len("赵县") {
		return false
	}
	return t.alone(e.name)
}

func (t *places) alone(name string) bool {
	list := t.byName[name] // what is in force comes first
	for i, e := range list[1:] {
		if t.age(e) > t.age(list[0]) {
			break
		}
		first := t.rows[list[0].row]
		if e.short == list[i].short && first.Code != t.rows[e.row].Code {
			return false
		}
	}
	return true
}

// ByName lists the places of a full or short name, those in force first.
func ByName(name string) []Place {
	t := table()
	var out []Place
	for _, e := range t.byName[strings.TrimSpace(name)] {
		out = append(out, t.rows[e.row].Place)
	}
	return out
}
