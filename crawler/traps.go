package crawler

import (
	"fmt"
	"hash/maphash"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fangzhi/archive"
)

// Limits behind which a URL is a trap, not a page: generous, because a real page
// that is refused is lost and a trap only costs requests.
const (
	maxURL      = 2000  // bytes
	maxSegments = 24    // of a path
	maxRepeats  = 3     // times that a sequence of segments follows itself
	maxHops     = 10    // redirects after each other
	maxDepth    = 10000 // pages of one listing
	maxKnown    = 8     // known pages in a row of a listing taken up again
	maxRows     = 1e5   // addresses that one walk through a listing may find
	maxSets     = 8     // sets of parameters with which one path is asked for in a visit
	maxCopies   = 4     // pages of one shape that stand at other addresses too
	firstYear   = 1990  // of anything on the web
)

// trapped says in what way u is a trap, "" if in none.
func trapped(u *url.URL) string {
	if len(u.String()) > maxURL {
		return "address longer than 2000 bytes"
	}
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(segments) > maxSegments {
		return "path of more than 24 steps"
	}
	if repeats(segments) {
		return "path that repeats itself"
	}
	return ""
}

// calendarNames are parameters of calendars, which have a page for every month.
var calendarNames = map[string]bool{"year": true, "y": true, "nian": true, "month": true, "m": true, "yue": true, "day": true, "d": true, "date": true, "week": true}

// offCalendar tells whether u is a page of a calendar for a year in which nothing was
// published, or for one that has not begun. A month of the coming year is none.
func offCalendar(u *url.URL, now time.Time) bool {
	year := 0
	for name, values := range u.Query() {
		if !calendarNames[strings.ToLower(name)] {
			return false
		}
		if n, err := strconv.Atoi(values[0][:min(4, len(values[0]))]); err == nil && n >= 1000 {
			year = n
		}
	}
	return year != 0 && (year < firstYear || year > now.Year()+1)
}

// snares are what a visit knows of addresses by their shape: the path without its
// numbers, and the names of the parameters.
type snares struct {
	sets   map[string]map[string]bool // of parameters with which a path was asked for
	bodies map[uint64]seenBody        // of articles that were read, by hash
	whole  map[shape]int              // articles that were read first at an address of the shape
	copies map[shape]int              // that stand elsewhere too
}

// A shape is that of an address.
type shape struct{ path, parameters string }

// A seenBody is where an article was read first.
type seenBody struct {
	address uint64 // its hash
	shape   shape
}

func newSnares() snares {
	return snares{map[string]map[string]bool{}, map[uint64]seenBody{}, map[shape]int{}, map[shape]int{}}
}

func shapeOf(u *url.URL) shape {
	path := u.Host + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, u.Path)
	names := make([]string, 0, 4)
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	return shape{path, strings.Join(names, "&")}
}

// trapped says why an address is a trap as the pages of this visit show, "" if it is
// none: too many sets of parameters lead to one path, or addresses of its shape show
// again what others show.
func (s *snares) trapped(u *url.URL) string {
	at := shapeOf(u)
	if n := s.copies[at]; n >= maxCopies && n > s.whole[at] {
		return "addresses of this form show again what others show"
	}
	if !strings.Contains(at.parameters, "&") {
		return ""
	}
	sets := s.sets[at.path]
	if sets == nil {
		sets = map[string]bool{}
		s.sets[at.path] = sets
	}
	if !sets[at.parameters] && len(sets) >= maxSets {
		return fmt.Sprintf("more than %d sets of parameters for one path", maxSets)
	}
	sets[at.parameters] = true
	return ""
}

// note remembers the body of a page in which an article was read. Of two addresses
// that show the same, the one with more parameters is the copy, else the later one.
func (s *snares) note(link archive.Link, body []byte) {
	u, err := url.Parse(link.URL)
	if err != nil || link.Role != archive.RoleArticle {
		return
	}
	hash, here := maphash.Bytes(hashSeed, body), seenBody{maphash.String(hashSeed, link.URL), shapeOf(u)}
	first, seen := s.bodies[hash]
	switch {
	case !seen:
		s.bodies[hash] = here
		s.whole[here.shape]++
	case first.address == here.address:
	case len(first.shape.parameters) > len(here.shape.parameters):
		s.bodies[hash] = here
		s.whole[first.shape]--
		s.copies[first.shape]++
		s.whole[here.shape]++
	default:
		s.copies[here.shape]++
	}
}

// repeats tells whether some sequence of segments stands maxRepeats times in a
// row: /a/b/a/b/a/b, as relative links of a page that answers to any path make.
func repeats(segments []string) bool {
	for n := 1; n*maxRepeats <= len(segments); n++ {
		for i := 0; i+n*maxRepeats <= len(segments); i++ {
			if repeatsAt(segments[i:], n) {
				return true
			}
		}
	}
	return false
}

func repeatsAt(segments []string, n int) bool {
	first := segments[:n]
	if n == 1 && isNumber(first[0]) { // /2022/22/22/ is a date, /001001/001001/ a tree
		return false
	}
	for k := 1; k < maxRepeats; k++ {
		if !slices.Equal(first, segments[k*n:(k+1)*n]) {
			return false
		}
	}
	return true
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
