package cdxj

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Key is what an address is looked up by: its host turned round, path and sorted
// query, all in lower case: cn,zgw123)/art/1.html?b=2.
func Key(raw string) string {
	if !strings.HasPrefix(raw, "http:") && !strings.HasPrefix(raw, "https:") {
		return raw
	}
	u, err := url.Parse(escapeBeyondASCII(strings.ToLower(withoutWWW(raw))))
	if err != nil || u.Host == "" {
		return raw
	}
	host := strings.Split(u.Hostname(), ".")
	if strings.Contains(u.Hostname(), ":") {
		host = []string{"[" + u.Hostname() + "]"}
	}
	slices.Reverse(host)
	key := strings.Join(host, ",")
	if port := u.Port(); port != "" && !(u.Scheme == "http" && port == "80") && !(u.Scheme == "https" && port == "443") {
		key += ":" + port
	}
	key += ")" + cleanPath(u.EscapedPath())
	if u.RawQuery != "" {
		params := strings.Split(u.RawQuery, "&")
		slices.Sort(params)
		key += "?" + strings.Join(params, "&")
	}
	return key
}

// withoutWWW takes www., www2. and the like off the host.
func withoutWWW(raw string) string {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return raw
	}
	digits, ok := strings.CutPrefix(rest, "www")
	if !ok {
		return raw
	}
	bare, ok := strings.CutPrefix(strings.TrimLeft(digits, "0123456789"), ".")
	if !ok {
		return raw
	}
	return scheme + "://" + bare
}

// cleanPath resolves dot segments as browsers do.
func cleanPath(p string) string {
	if p == "" {
		return "/"
	}
	if !strings.Contains(p, "/.") {
		return p
	}
	var kept []string
	segments := strings.Split(p, "/")[1:]
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, s)
			continue
		}
		if last {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

// escapeBeyondASCII escapes what is no ASCII, and blanks and quotes, as browsers do.
func escapeBeyondASCII(s string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c <= ' ' || strings.IndexByte("\"<>'", c) >= 0 && strings.Contains(s[:i], "?") {
			b.WriteByte('%')
			b.WriteByte(upper[c>>4])
			b.WriteByte(upper[c&15])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Posted is what was posted, as a query: a form as it is, else in Base64.
func Posted(contentType string, body []byte) string {
	if Mime(contentType) == "application/x-www-form-urlencoded" {
		return string(body)
	}
	return "__wb_post_data=" + base64.StdEncoding.EncodeToString(body)
}

// KeyOfForm is the key of an address that a form was posted to.
func KeyOfForm(raw, form string) string {
	mark := "?"
	if strings.IndexByte(raw, '?') > 0 {
		mark = "&"
	}
	return Key(raw + mark + "__wb_method=POST&" + decodeURI(form))
}

// reserved are the characters whose escapes decodeURI leaves as they are.
const reserved = ";/?:@&=+$,#"

// decodeURI is ECMAScript's function of this name; "" for what is no UTF-8.
func decodeURI(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return ""
		}
		plain, err := url.PathUnescape(s[i : i+3])
		if err != nil {
			return ""
		}
		if strings.Contains(reserved, plain) {
			plain = s[i : i+3]
		}
		b.WriteString(plain)
		i += 2
	}
	if !utf8.ValidString(b.String()) {
		return ""
	}
	return b.String()
}
