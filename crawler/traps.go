package crawler

import (
	"net/url"
	"slices"
	"strings"
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
