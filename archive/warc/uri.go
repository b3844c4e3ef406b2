package warc

import (
	"net/netip"
	"strings"
)

// IsURI tells whether s is an absolute URI by the grammar of RFC 3986.
func IsURI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) {
		return false
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	if !consistsOf(fragment, pathExtra+"?") || !consistsOf(query, pathExtra+"?") {
		return false
	}
	rest, hasAuthority := strings.CutPrefix(rest, "//")
	if !hasAuthority {
		return consistsOf(rest, pathExtra) && (rest != "" || query != "")
	}
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	return isAuthority(authority, strings.ToLower(scheme)) && consistsOf(path, pathExtra)
}

// What may stand in parts of a URI besides unreserved characters and escapes.
const (
	subDelims = "!$&'()*+,;="
	pathExtra = subDelims + ":@/"
)

func isScheme(s string) bool {
	if s == "" || !isLetter(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) && strings.IndexByte("+-.", s[i]) < 0 {
			return false
		}
	}
	return true
}

func isAuthority(s, scheme string) bool {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		if !consistsOf(s[:i], subDelims+":") {
			return false
		}
		s = s[i+1:]
	}
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
	}
	if strings.Trim(port, "0123456789") != "" || host == "" && (scheme == "http" || scheme == "https") {
		return false
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		ip, err := netip.ParseAddr(inner)
		return ok && err == nil && ip.Is6() && ip.Zone() == ""
	}
	return consistsOf(host, subDelims)
}

// consistsOf tells whether s has unreserved characters, escapes and those of extra
// only.
func consistsOf(s, extra string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isLetter(c), isDigit(c), strings.IndexByte("-._~", c) >= 0, strings.IndexByte(extra, c) >= 0:
		case c == '%' && i+2 < len(s) && isHexDigit(s[i+1]) && isHexDigit(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	return true
}

func isLetter(c byte) bool   { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isHexDigit(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
