package robots

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// MaxBytes of a robots.txt are read, the limit of RFC 9309, section 2.5. What
// follows is ignored.
const MaxBytes = 500 << 10

// A File is a robots.txt as parsed. The zero File forbids nothing.
type File struct {
	Sitemaps []string // as written
	HTML     bool     // a web page was served in its place; it holds no rules
	groups   []group
}

// A group is a run of User-agent lines and the rules that follow it.
type group struct {
	agents []string // product tokens in lower case; "*" for all others
	rules  []rule
	delay  time.Duration
}

// A rule is one Allow or Disallow line.
type rule struct {
	pattern
	allow bool
	text  string // as written
	line  int
}

// Parse reads a robots.txt. It never fails: lines that say nothing are passed over.
func Parse(body []byte) *File {
	p := parseState{file: new(File)}
	text := readable(body)
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("<")) {
		p.file.HTML = true
		return p.file
	}
	for len(text) > 0 {
		var line []byte
		line, text = cutLine(text)
		p.line++
		p.read(string(line))
	}
	return p.file
}

// readable is body without byte order mark and cut at MaxBytes, whole lines only:
// half a rule could forbid or allow more than the whole.
func readable(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if len(body) <= MaxBytes {
		return body
	}
	body = body[:MaxBytes]
	return body[:bytes.LastIndexAny(body, "\r\n")+1]
}

// cutLine splits at LF, CR LF or CR.
func cutLine(text []byte) (line, rest []byte) {
	i := bytes.IndexAny(text, "\r\n")
	if i < 0 {
		return text, nil
	}
	line, rest = text[:i], text[i+1:]
	if text[i] == '\r' && len(rest) > 0 && rest[0] == '\n' {
		rest = rest[1:]
	}
	return line, rest
}

// parseState is where Parse stands: the last group takes what is read, and while
// open it takes further agents too.
type parseState struct {
	file *File
	open bool
	line int
}

func (p *parseState) read(line string) {
	key, value, ok := field(line)
	if !ok {
		return
	}
	switch key {
	case "user-agent", "useragent", "user agent":
		p.agent(value)
	case "allow":
		p.rule(value, true)
	case "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
		p.rule(value, false)
	case "crawl-delay", "crawldelay", "crawl delay":
		p.delay(value)
	case "sitemap", "site-map":
		p.file.Sitemaps = append(p.file.Sitemaps, value)
	}
}

// field is the key, in lower case, and the value of a line. The colon may be the
// full-width one of a Chinese keyboard, or missing between two words.
func field(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.Trim(line, " \t\v\f\x00")
	key, value, ok = strings.Cut(line, ":")
	if wideKey, wideValue, wide := strings.Cut(line, "："); wide && (!ok || len(wideKey) < len(key)) {
		key, value, ok = wideKey, wideValue, true
	}
	if !ok {
		words := strings.Fields(line)
		if len(words) != 2 {
			return "", "", false
		}
		key, value = words[0], words[1]
	}
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), true
}

func (p *parseState) agent(value string) {
	token := agentToken(value)
	if token == "" {
		return
	}
	if !p.open {
		p.file.groups = append(p.file.groups, group{})
		p.open = true
	}
	g := p.last()
	g.agents = append(g.agents, token)
}

// agentToken is the product token of a User-agent line in lower case: Foo/1.2 is
// foo. "*" stands alone.
func agentToken(value string) string {
	if value == "*" || strings.HasPrefix(value, "* ") {
		return "*"
	}
	end := 0
	for end < len(value) && isTokenByte(value[end]) {
		end++
	}
	return strings.ToLower(value[:end])
}

func (p *parseState) rule(value string, allow bool) {
	p.open = false
	if p.last() == nil || value == "" { // an empty Disallow forbids nothing
		return
	}
	if value[0] != '/' && value[0] != '*' && value[0] != '$' {
		value = "/" + value // "Disallow: admin/" is meant so
	}
	g := p.last()
	g.rules = append(g.rules, rule{pattern: compile(value), allow: allow, text: value, line: p.line})
}

// delay does not close the group: a line unknown to the RFC must not change how
// the others are read (section 2.2.4).
func (p *parseState) delay(value string) {
	seconds, err := strconv.ParseFloat(value, 64)
	g := p.last()
	if err != nil || g == nil || !(seconds > 0) {
		return
	}
	seconds = min(seconds, (24 * time.Hour).Seconds()) // also keeps Inf out of a Duration
	g.delay = max(g.delay, time.Duration(math.Round(seconds*1e9)))
}

func (p *parseState) last() *group {
	if len(p.file.groups) == 0 {
		return nil
	}
	return &p.file.groups[len(p.file.groups)-1]
}
