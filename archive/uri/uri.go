package uri

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Errors of Normalize.
var (
	ErrScheme = errors.New("not http or https")
	ErrHost   = errors.New("no host")
)

// maxLength of a URL in bytes; longer ones are traps.
const maxLength = 4096

// Normalize is the normal form of an absolute http or https URL. It is
// idempotent.
func Normalize(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxLength {
		return "", fmt.Errorf("url of %d bytes: longer than %d", len(raw), maxLength)
	}
	u, err := url.Parse(escapeStray(raw))
	if err != nil {
		return "", fmt.Errorf("url %.200q: %w", raw, cause(err))
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return "", fmt.Errorf("url %.200q: %w", raw, ErrScheme)
	}
	host, err := normalHost(u, scheme)
	if err != nil {
		return "", fmt.Errorf("url %.200q: %w", raw, err)
	}
	s := scheme + "://" + host + normalPath(u.EscapedPath())
	if q := normalQuery(u.RawQuery); q != "" {
		s += "?" + q
	}
	if len(s) > 3*maxLength {
		return "", fmt.Errorf("url of %d bytes: longer than %d", len(s), 3*maxLength)
	}
	return s, nil
}

func cause(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// escapeStray escapes what url.Parse refuses and browsers do not: a per cent
// sign that begins no escape, and control characters, which are dropped.
func escapeStray(s string) string {
	clean := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '%' || r == '\\' }) < 0
	if clean {
		return s
	}
	var b strings.Builder
	inQuery := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
		case c == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])):
			b.WriteString("%25")
		case c == '\\' && !inQuery:
			b.WriteByte('/')
		default:
			inQuery = inQuery || c == '?' || c == '#'
			b.WriteByte(c)
		}
	}
	return b.String()
}

func normalHost(u *url.URL, scheme string) (string, error) {
	host := strings.ToLower(strings.TrimRight(u.Hostname(), "."))
	if host == "" {
		return "", ErrHost
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	} else if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	} else if !isHostname(host) {
		return "", fmt.Errorf("host %q: %w", host, err)
	}
	if port := u.Port(); port != "" && !(scheme == "http" && port == "80") && !(scheme == "https" && port == "443") {
		host += ":" + port
	}
	return host, nil
}

// isHostname: what portals use and IDNA is too strict for, such as underscores.
func isHostname(s string) bool {
	for _, c := range []byte(s) {
		if !(c == '-' || c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z') {
			return false
		}
	}
	return true
}

// indexNames are the pages that a directory answers with.
var indexNames = map[string]bool{
	"index.html": true, "index.htm": true, "index.shtml": true, "index.jhtml": true,
	"index.php": true, "index.jsp": true, "index.asp": true, "index.aspx": true,
	"default.html": true, "default.htm": true, "default.asp": true, "default.aspx": true,
}

func normalPath(escaped string) string {
	p := escapePath(escaped)
	p = dropSession(p)
	directory := strings.HasSuffix(p, "/") || strings.HasSuffix(p, "/.") || strings.HasSuffix(p, "/..")
	p = path.Clean("/" + p) // dot segments and doubled slashes
	if directory && p != "/" {
		p += "/"
	}
	dir, name := path.Split(p)
	if indexNames[strings.ToLower(name)] {
		return dir
	}
	if page, isPrint := strings.CutSuffix(dir, "/print/"); isPrint && name != "" { // print/ itself may be a listing
		return page + "/" + name
	}
	return p
}

// dropSession takes path parameters such as ;jsessionid=… off.
func dropSession(p string) string {
	i := strings.IndexByte(p, ';')
	if i < 0 || !isSession(p[i+1:]) {
		return p
	}
	rest := ""
	if j := strings.IndexByte(p[i:], '/'); j >= 0 {
		rest = p[i+j:]
	}
	return p[:i] + rest
}

func isSession(param string) bool {
	name, _, _ := strings.Cut(param, "=")
	return sessionNames[strings.ToLower(name)]
}

var sessionNames = map[string]bool{
	"jsessionid": true, "phpsessid": true, "sessionid": true, "session_id": true,
	"aspsessionid": true, "cfid": true, "cftoken": true, "sid": false,
}

// tracking parameters tell the server who sent the reader, never what to show.
var tracking = map[string]bool{
	"spm": true, "gclid": true, "fbclid": true, "msclkid": true, "hmsr": true, "hmpl": true, "hmcu": true, "hmkw": true, "hmci": true,
	"share_token": true, "isappinstalled": true, "from_wecom": true, "wxshare_count": true, "nsukey": true, "_t": true, "bd_vid": true,
}

func isNoise(param string) bool {
	name, value, _ := strings.Cut(param, "=")
	name = strings.ToLower(name)
	return tracking[name] || strings.HasPrefix(name, "utm_") || sessionNames[name] || name == "print" && (value == "1" || value == "true")
}

// normalQuery keeps the order of parameters: some servers read them by position.
func normalQuery(q string) string {
	if q == "" {
		return ""
	}
	var kept []string
	for param := range strings.SplitSeq(q, "&") {
		if param != "" && !isNoise(param) {
			kept = append(kept, escapeQuery(param))
		}
	}
	return strings.Join(kept, "&")
}

func escapePath(s string) string  { return reescape(s, "/!$&'()*+,;=:@") }
func escapeQuery(s string) string { return reescape(s, "/?!$'()*+,;=:@") }

// reescape escapes all but unreserved characters and those of keep, and undoes
// escapes of unreserved ones, so that equal URLs have equal spelling.
func reescape(s, keep string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
			if isUnreserved(c) {
				b.WriteByte(c)
				continue
			}
		case isUnreserved(c), strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upper[c>>4])
		b.WriteByte(upper[c&15])
	}
	return b.String()
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

// Key is what identifies the document at a normalised URL: all but its scheme.
func Key(normal string) string {
	if i := strings.Index(normal, "://"); i >= 0 {
		return normal[i+3:]
	}
	return normal
}

// IDLength is the length of an id in bytes.
const IDLength = 12

var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID is the id of the document with that key: twelve characters of the base32
// alphabet in lower case, the first a letter, made of the key's SHA-256.
func ID(key string) string {
	sum := sha256.Sum256([]byte(key))
	id := []byte(alphabet.EncodeToString(sum[:8]))[:IDLength]
	id[0] = 'a' + sum[31]%26
	return string(id)
}

// Host is the host of a URL in lower case, with its port unless that is the
// default one; "" for what is no URL.
func Host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	host, err := normalHost(u, strings.ToLower(u.Scheme))
	if err != nil {
		return ""
	}
	return host
}

// Ext is the suffix of a URL's path in lower case, without its dot: pdf.
func Ext(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	ext := strings.ToLower(path.Ext(u.Path))
	if !utf8.ValidString(ext) {
		return ""
	}
	return strings.TrimPrefix(ext, ".")
}
