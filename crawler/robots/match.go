package robots

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Rules are what a robots.txt says to one crawler. The zero Rules allow everything.
type Rules struct {
	Delay time.Duration // Crawl-delay, 0 when there is none; at most a day
	rules []rule
}

// A Verdict is the answer for one URL.
type Verdict struct {
	Allowed bool
	Rule    string // path pattern of the line that decided, as written; "" when none matched
	Line    int    // its number, from 1
}

// For gathers the rules of every group that names agent, or of the groups for
// "*" when none does. agent is a User-Agent header or a bare product token.
func (f *File) For(agent string) *Rules {
	if rules, ok := f.gather(Token(agent)); ok {
		return rules
	}
	rules, _ := f.gather("*")
	return rules
}

func (f *File) gather(token string) (*Rules, bool) {
	found, r := false, new(Rules)
	for _, g := range f.groups {
		if !slices.Contains(g.agents, token) {
			continue
		}
		found = true
		r.rules = append(r.rules, g.rules...)
		r.Delay = max(r.Delay, g.delay)
	}
	return r, found
}

// Token is the product token, in lower case, that stands for a User-Agent header:
// its first product, or with a browser-like Mozilla/5.0 (compatible; Name/1.0; …)
// the product named in the comment.
func Token(agent string) string {
	if comment, ok := cutBetween(agent, "(compatible;", ")"); ok && strings.HasPrefix(agent, "Mozilla/") {
		agent = strings.TrimSpace(comment)
	}
	end := 0
	for end < len(agent) && isTokenByte(agent[end]) {
		end++
	}
	return strings.ToLower(agent[:end])
}

func cutBetween(s, before, after string) (string, bool) {
	_, s, ok := strings.Cut(s, before)
	if !ok {
		return "", false
	}
	s, _, _ = strings.Cut(s, after)
	return s, true
}

// isTokenByte tells the characters of a product token (RFC 9309, section 2.2.1).
func isTokenByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b == '_' || b == '-'
}

// Test answers for u: the longest pattern that matches its path and query decides,
// and Allow between equals. /robots.txt itself is always allowed.
func (r *Rules) Test(u *url.URL) Verdict {
	target := targetOf(u)
	best := Verdict{Allowed: true}
	if target == "/robots.txt" {
		return best
	}
	longest := -1
	for _, rule := range r.rules {
		if rule.size < longest || rule.size == longest && !rule.allow || !rule.match(target) {
			continue
		}
		longest = rule.size
		best = Verdict{Allowed: rule.allow, Rule: rule.text, Line: rule.line}
	}
	return best
}

func targetOf(u *url.URL) string {
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		target += "?" + u.RawQuery
	}
	return canonical(target, true)
}

// A pattern is a path of a rule: literal parts between its stars.
type pattern struct {
	parts []string // at least one
	whole bool     // ended with $: the target must end there too
	size  int      // in octets, canonical: how specific it is
}

func compile(path string) pattern {
	path, whole := strings.CutSuffix(path, "$")
	path = strings.ReplaceAll(path, "$", "%24") // only the last one is special
	path = canonical(path, false)
	p := pattern{parts: strings.Split(path, "*"), whole: whole, size: len(path)}
	if whole {
		p.size++
	}
	return p
}

// match takes each part at the first place it fits, which is enough for stars
// that match anything; only the last part of a whole pattern must stand at the end.
func (p pattern) match(target string) bool {
	first, rest := p.parts[0], p.parts[1:]
	target, ok := strings.CutPrefix(target, first)
	if !ok {
		return false
	}
	if len(rest) == 0 {
		return !p.whole || target == ""
	}
	last := rest[len(rest)-1]
	for _, part := range rest[:len(rest)-1] {
		if _, target, ok = strings.Cut(target, part); !ok {
			return false
		}
	}
	if p.whole {
		return strings.HasSuffix(target, last)
	}
	return strings.Contains(target, last)
}

const hexDigits = "0123456789ABCDEF"

// canonical writes a path or pattern the one way in which equal ones are equal:
// what needs no escape is bare, all else is %XX in capitals (RFC 9309, section
// 2.2.2). A target's own * and $ are no wildcards and are escaped.
func canonical(s string, target bool) string {
	if isCanonical(s, target) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/2)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
			if isUnreserved(c) {
				b.WriteByte(c)
				continue
			}
			escape(&b, c)
			continue
		}
		if mustEscape(c, target) {
			escape(&b, c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isCanonical(s string, target bool) bool {
	for i := range len(s) {
		if mustEscape(s[i], target) {
			return false
		}
	}
	return true
}

func escape(b *strings.Builder, c byte) {
	b.WriteByte('%')
	b.WriteByte(hexDigits[c>>4])
	b.WriteByte(hexDigits[c&15])
}

// mustEscape tells the bytes that may not stand bare in a canonical path.
func mustEscape(c byte, target bool) bool {
	if c == '%' || target && (c == '*' || c == '$') {
		return true
	}
	return c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
