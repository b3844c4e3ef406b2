package parser

import (
	"net/url"
	"strings"
)

// A resolver makes addresses absolute. Nearly all of a page's are plain, so that
// they are put together as strings; net/url reads the rest.
type resolver struct {
	base   *url.URL
	origin string // http://host
	dir    string // path up to its last slash
	path   string
}

func newResolver(base *url.URL) *resolver {
	r := new(resolver)
	if base == nil {
		base = new(url.URL)
	}
	r.set(base)
	return r
}

func (r *resolver) set(base *url.URL) {
	r.base = base
	r.path = base.EscapedPath()
	if r.path == "" {
		r.path = "/"
	}
	if r.path[0] != '/' {
		r.path = "/" + r.path
	}
	r.origin = base.Scheme + "://" + base.Host
	r.dir = r.path[:strings.LastIndexByte(r.path, '/')+1]
}

// rebase obeys <base href>.
func (r *resolver) rebase(href string) {
	if href == "" {
		return
	}
	if u, err := r.base.Parse(clean(href)); err == nil && isWeb(u) {
		r.set(u)
	}
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// resolve is href as an absolute http(s) address without fragment, "" if it is
// none.
func (r *resolver) resolve(href string) string {
	if !isPlain(href) {
		href = clean(href)
		if i := strings.IndexByte(href, '#'); i >= 0 {
			href = href[:i]
		}
		if href == "" || !isPlain(href) {
			return r.slow(href)
		}
	}
	if r.base.Host == "" {
		return r.slow(href)
	}
	switch {
	case isWhole(href):
		return href
	case strings.HasPrefix(href, "//"), href[0] != '?' && strings.IndexByte(href, ':') >= 0:
		return r.slow(href)
	case href[0] == '/':
		return r.origin + href
	case href[0] == '?':
		return r.origin + r.path + href
	}
	return r.relative(href)
}

// isWhole tells whether a plain href is an absolute address already.
func isWhole(href string) bool {
	rest, ok := strings.CutPrefix(href, "http://")
	if !ok {
		if rest, ok = strings.CutPrefix(href, "https://"); !ok {
			return false
		}
	}
	host, _, _ := strings.Cut(rest, "/")
	if host == "" || host[0] == '.' || host[0] == '-' {
		return false
	}
	for i := 0; i < len(host); i++ {
		if c := host[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-') {
			return false
		}
	}
	return true
}

func (r *resolver) relative(href string) string {
	dir := r.dir
	for {
		switch {
		case strings.HasPrefix(href, "./"):
			href = href[2:]
			continue
		case strings.HasPrefix(href, "../"):
			href = href[3:]
			if i := strings.LastIndexByte(dir[:len(dir)-1], '/'); len(dir) > 1 && i >= 0 {
				dir = dir[:i+1]
			}
			continue
		case href == ".." || href == ".":
			return r.slow(dir + href)
		}
		return r.origin + dir + href
	}
}

func (r *resolver) slow(href string) string {
	if href == "" {
		return ""
	}
	u, err := r.base.Parse(href)
	if err != nil || !isWeb(u) {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	return ascii(u.String())
}

// clean does to an address what browsers do: blanks around it and line ends in it
// go, a backslash is a slash.
func clean(href string) string {
	href = trim(href)
	if strings.IndexFunc(href, func(c rune) bool { return c < ' ' || c == '\\' }) < 0 {
		return href
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\\':
			return '/'
		case c < ' ':
			return -1
		}
		return c
	}, href)
}

// plainBytes are those that need no escaping wherever they stand in a path.
var plainBytes = func() (plain [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-=&:,~+" {
		plain[c] = true
	}
	return plain
}()

// isPlain tells whether href needs no escaping and has dot segments at its front
// at most.
func isPlain(href string) bool {
	lead := true
	for i := 0; i < len(href); i++ {
		c := href[i]
		switch {
		case plainBytes[c]:
			lead = false
		case c == '?':
			return isPlainQuery(href[i+1:])
		case c == '/':
			if i+1 < len(href) && href[i+1] == '.' && !lead {
				return false
			}
		case c == '.':
			if lead && i > 0 && href[0] == '/' {
				return false
			}
		default:
			return false
		}
	}
	return href != ""
}

func isPlainQuery(q string) bool {
	for i := 0; i < len(q); i++ {
		c := q[i]
		if c <= ' ' || c >= 0x7F || c == '"' || c == '<' || c == '>' || c == '\'' || c == '{' || c == '}' || c == '|' || c == '^' || c == '`' {
			return false
		}
	}
	return true
}

// ascii escapes what url.String leaves as it is.
func ascii(s string) string {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if s[i] > ' ' && s[i] < 0x7F {
			continue
		}
		b := append(make([]byte, 0, len(s)+16), s[:i]...)
		for ; i < len(s); i++ {
			if c := s[i]; c > ' ' && c < 0x7F {
				b = append(b, c)
			} else {
				b = append(b, '%', hex[c>>4], hex[c&15])
			}
		}
		return string(b)
	}
	return s
}
