package region

import "strings"

// nearMost is how many candidates Parse gives at most.
const nearMost = 10

// Parse reads what a person types for a region: a code (36, 3602, 360222), a full or
// short name (江西, 江西省, 浮梁, 赣, jiangxi), or a path (江西省景德镇市, 江西 景德镇,
// 江西/景德镇). A name of several places means the one of the highest level (中山 is the
// prefecture); near then holds the others. ok is false for an unknown or ambiguous
// name; then near holds candidates.
func Parse(s string) (code string, near []Place, ok bool) {
	s = strings.TrimSpace(s)
	if code, ok := digits(s); ok {
		return code, nil, true
	}
	if code, ok := labelled(s); ok {
		return code, nil, true
	}
	bare := strings.NewReplacer(" ", "", "\u3000", "", "/", "", ">", "", "·", "", "-", "", "，", "", ",", "").Replace(s)
	if list := ByName(bare); len(list) > 0 {
		return pick(list)
	}
	t := table()
	var best []Place
	for _, e := range t.byHead[head(bare)] {
		if !strings.HasPrefix(bare, e.name) {
			continue
		}
		r, found := t.descend(e, bare[len(e.name):])
		if !found {
			r = reading{entry: e}
		}
		if end := len(e.name) + r.n; end == len(bare) || found && nameEnds(bare[end:]) || !e.short && nameEnds(bare[end:]) {
			best = append(best, t.rows[r.entry.row].Place)
		}
	}
	if len(best) > 0 {
		return pick(best)
	}
	return "", resembling(bare), false
}

// digits completes a code with zeros or cuts a town's down to its county.
func digits(s string) (string, bool) {
	if strings.Trim(s, "0123456789") != "" {
		return "", false
	}
	switch len(s) {
	case 2, 4:
		s += "0000"[:6-len(s)]
	case 9, 12:
		s = s[:6]
	}
	_, ok := Lookup(s)
	return s, ok
}

// pick takes the place of the highest level among those in force, if it is one.
func pick(list []Place) (string, []Place, bool) {
	rank := func(p Place) int {
		switch {
		case p.Zone:
			return 8
		case !p.InForce():
			return 4 + p.Level()
		}
		return p.Level()
	}
	best, ties := list[0], 0
	for _, p := range list[1:] {
		switch {
		case p.Code == best.Code:
		case rank(p) < rank(best):
			best, ties = p, 0
		case rank(p) == rank(best):
			ties++
		}
	}
	if ties > 0 {
		return "", list, false
	}
	var others []Place
	for _, p := range list {
		if p.Code != best.Code && p.InForce() {
			others = append(others, p)
		}
	}
	return best.Code, others, true
}

// resembling are places in force whose names begin as s does or differ from it in one
// character, for a hint.
func resembling(s string) []Place {
	var out []Place
	if s == "" {
		return nil
	}
	for _, r := range table().rows {
		if r.past || !r.InForce() || r.Level() == 2 && repeats(r.Place) {
			continue
		}
		if strings.HasPrefix(r.Name, s) || oneOff(r.Name, s) || oneOff(r.Short(), s) {
			if out = append(out, r.Place); len(out) == nearMost {
				break
			}
		}
	}
	return out
}

// oneOff tells whether a and b are equally long and differ in one of their characters,
// three or more.
func oneOff(a, b string) bool {
	if len(a) != len(b) || len(a) < len("浮梁县") {
		return false
	}
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) {
		return false
	}
	diff := 0
	for i := range x {
		if x[i] != y[i] {
			diff++
		}
	}
	return diff == 1
}
