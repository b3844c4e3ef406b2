package corpus

import "strings"

// resolve joins href to Base the way Python's urljoin does, which score.py uses. It
// never escapes, so that a reference that is no valid URL can be compared as well.
func resolve(href string) string {
	href = strings.TrimSpace(href)
	if href == "" {
		return Base
	}
	r := split(href)
	if r.scheme != "" && r.scheme != "http" {
		return href
	}
	base := split(Base)
	r.scheme = base.scheme
	switch {
	case r.host != "":
		return r.String()
	case r.path == "":
		r.path = base.path
	default:
		r.path = join(base.path, r.path)
	}
	r.host = base.host
	return r.String()
}

// A reference is a URL taken apart, nothing decoded.
type reference struct{ scheme, host, path, query, fragment string }

func split(s string) (r reference) {
	s = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
	if head, rest, ok := strings.Cut(s, ":"); ok && isScheme(head) {
		r.scheme, s = strings.ToLower(head), rest
	}
	s, r.fragment, _ = strings.Cut(s, "#")
	s, r.query, _ = strings.Cut(s, "?")
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		r.host, s = rest, ""
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			r.host, s = rest[:i], rest[i:]
		}
	}
	r.path = s
	return r
}

func isScheme(s string) bool {
	for i, c := range s {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", c)) {
			return false
		}
	}
	return s != ""
}

// join resolves a path against that of a page; empty steps are dropped.
func join(base, path string) string {
	steps := strings.Split(path, "/")
	if path[0] != '/' {
		steps = append(strings.Split(base[:strings.LastIndexByte(base, '/')], "/"), steps...)
	}
	var out []string
	last := len(steps) - 1
	for i, step := range steps {
		switch {
		case step == "" && i > 0 && i < last, step == ".":
		case step == "..":
			out = out[:max(len(out)-1, 0)]
		default:
			out = append(out, step)
		}
	}
	if steps[last] == "." || steps[last] == ".." {
		out = append(out, "")
	}
	if joined := strings.Join(out, "/"); joined != "" {
		return joined
	}
	return "/"
}

func (r reference) String() string {
	var b strings.Builder
	b.WriteString(r.scheme + "://" + r.host)
	if r.path != "" && r.path[0] != '/' {
		b.WriteByte('/')
	}
	b.WriteString(r.path)
	if r.query != "" {
		b.WriteString("?" + r.query)
	}
	if r.fragment != "" {
		b.WriteString("#" + r.fragment)
	}
	return b.String()
}
