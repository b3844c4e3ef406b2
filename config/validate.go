package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
)

// Validate finds everything that is wrong with the values, in the order of keys.
// The error is an *Error or Errors; it has places if the Config was loaded.
func (c *Config) Validate() error { return c.check().asError() }

func (c *Config) check() Errors {
	v := validator{}
	v.top(c)
	for i := range c.Sites {
		v.site(&c.Sites[i])
	}
	v.twins(c.Sites)
	return v.errs
}

// A validator collects what is wrong in one table after the other.
type validator struct {
	errs  Errors
	table string
	from  origins
}

// wrong notes a value that its key cannot have: what it is, or "", is completed by
// what is wanted.
func (v *validator) wrong(path, format string, args ...any) *Error {
	origin := v.from.at(path)
	e := &Error{Kind: BadValue, Place: origin.Place, Key: join(v.table, path), Message: fmt.Sprintf(format, args...)}
	if origin.Variable != "" {
		e.Place = Place{File: "environment"}
		e.Key = origin.Variable
	}
	v.errs = append(v.errs, e)
	return e
}

// want notes a value that is not of the form its key's documentation asks for.
func (v *validator) want(path, value string) *Error {
	k, _ := keyAt(join(v.table, withoutNumbers(path)))
	name := k.name()
	return v.wrong(path, "%s = %q: want %s", name, value, k.want)
}

var numbers = regexp.MustCompile(`\.\d+`)

func withoutNumbers(path string) string { return numbers.ReplaceAllString(path, "") }

func (v *validator) top(c *Config) {
	v.table, v.from = "", c.from
	if !slices.Contains([]string{"", "zh", "en"}, c.Lang) {
		v.want("lang", c.Lang)
	}
	if c.Contact != "" && !isMail(c.Contact) && !isPage(c.Contact) {
		v.want("contact", c.Contact)
	}
	if strings.ContainsAny(c.UserAgent, "()\r\n") || !isPrintableASCII(c.UserAgent) || len(c.UserAgent) > 100 {
		v.want("user_agent", c.UserAgent)
	}
	if c.NTP != "" && !isHost(c.NTP) {
		v.want("ntp", c.NTP)
	}
	if c.Limits.MaxBody < 1<<10 || c.Limits.MaxBody > 4<<30 {
		v.wrong("limits.max_body", "max_body = %q: want a size from \"1KiB\" to \"4GiB\"", c.Limits.MaxBody)
	}
	if t := c.Limits.Timeout.Duration; t < time.Second || t > time.Hour {
		v.wrong("limits.timeout", "timeout = %q: want a duration from \"1s\" to \"1h\"", c.Limits.Timeout)
	}
	if n := c.Limits.Concurrency; n < 1 || n > 1000 {
		v.want("limits.concurrency", strconv.Itoa(n))
	}
	v.files(c.Limits)
	for i, domain := range c.Platforms {
		if below, ok := strings.CutPrefix(domain, "*."); !ok || !isHost(below) || !strings.Contains(below, ".") {
			v.wrong(fmt.Sprintf("platforms.%d", i), "%q is no domain of hosts: want such as \"*.cq.gov.cn\"", domain)
		}
	}
	d := c.Defaults
	v.pace("defaults.", d.Delay, d.DailyCap)
	v.schedule("defaults.", d.Hours, d.Backfill, d.MaxRequests)
	v.requisites("defaults.requisites", d.Requisites)
	v.alarm(c.Alarm)
	for _, g := range []struct{ path, name string }{{"access.operators", c.Access.Operators}, {"access.readers", c.Access.Readers}} {
		if g.name != "" && !isName(g.name, 32) {
			v.want(g.path, g.name)
		}
	}
}

func (v *validator) files(l Limits) {
	if l.MaxAttachment < 1<<10 || l.MaxAttachment > 4<<30 {
		v.wrong("limits.max_attachment", "max_attachment = %q: want a size from \"1KiB\" to \"4GiB\"", l.MaxAttachment)
	}
	for i, ending := range l.Attachments {
		if !isName(ending, 8) || ending != strings.ToLower(ending) {
			v.wrong(fmt.Sprintf("limits.attachments.%d", i), "%q is no ending of a name: want such as \"pdf\"", ending)
		}
	}
}

func (v *validator) requisites(path, value string) {
	if known := []string{"page", "none"}; !slices.Contains(known, value) {
		v.want(path, value).Nearest = nearest(value, known)
	}
}

func (v *validator) schedule(prefix, hours string, backfill, requests int) {
	if _, err := ParseHours(hours); err != nil {
		v.want(prefix+"hours", hours)
	}
	if backfill < 0 {
		v.want(prefix+"backfill", strconv.Itoa(backfill))
	}
	if requests < 0 {
		v.want(prefix+"max_requests", strconv.Itoa(requests))
	}
}

func (v *validator) alarm(a Alarm) {
	if len(a.Command) > 0 && a.Command[0] == "" {
		v.wrong("alarm.command", "command names no program")
	}
	for _, u := range []struct{ path, address string }{{"alarm.webhook", a.Webhook}, {"alarm.ping", a.Ping}} {
		if u.address != "" && !isWeb(u.address) {
			v.webError(u.path, u.address)
		}
	}
	if a.Prometheus != "" && !strings.HasSuffix(a.Prometheus, ".prom") { // the node exporter reads no others
		v.want("alarm.prometheus", a.Prometheus)
	}
}

func (v *validator) pace(prefix string, delay Duration, daily int) {
	if delay.Duration > time.Hour {
		v.wrong(prefix+"delay", "delay = %q: want at most \"1h\"", delay)
	}
	if daily < 0 {
		v.want(prefix+"daily_cap", strconv.Itoa(daily))
	}
}

func (v *validator) site(s *Site) {
	v.table, v.from = "site", s.from
	v.name(s)
	v.home(s)
	v.places(s)
	v.listings(s)
	for i, host := range s.Hosts {
		if !isHost(host) {
			v.hostError(fmt.Sprintf("hosts.%d", i), host)
		}
	}
	v.pace("", s.Delay, s.DailyCap)
	v.schedule("", s.Hours, s.Backfill, s.MaxRequests)
	v.requisites("requisites", s.Requisites)
	if s.Delay.Duration < MinDelay && !s.AllowPrivate {
		v.wrong("delay", "delay = %q is too short for a public portal: want at least %q, or allow_private = true if it is your own", s.Delay, Duration{MinDelay})
	}
	if tls := []string{"legacy", "unverified"}; s.TLS != "" && !slices.Contains(tls, s.TLS) {
		v.want("tls", s.TLS).Nearest = nearest(s.TLS, tls)
	}
	if s.Proxy != "" && !isProxy(s.Proxy) {
		v.want("proxy", s.Proxy)
	}
	v.seen("seen", s.Seen)
	v.rules(s.Rules)
}

// isName tells of the name of a site or group whether it is one. Whether there is such a
// group is found out where it is used. A regular expression that counts letters of all
// scripts would take every command 10 ms.
func isName(text string, most int) bool {
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' && (i == 0 || r != '.' && r != '-') {
			return false
		}
	}
	return text != "" && utf8.RuneCountInString(text) <= most
}

func (v *validator) name(s *Site) {
	switch {
	case s.Name == "":
		v.wrong("", "this site has no name").Kind = Missing
	case !isName(s.Name, 64):
		v.want("name", s.Name)
	}
}

func (v *validator) home(s *Site) {
	switch {
	case s.Home == "":
		v.wrong("", "site %q has no home: its home page, from which its other pages are found", s.Name).Kind = Missing
	case !isWeb(s.Home):
		v.webError("home", s.Home)
	}
}

func (v *validator) places(s *Site) {
	labels := map[string]bool{}
	for i, r := range s.Regions {
		path := fmt.Sprintf("regions.%d", i)
		if provinceOf(r.Code) == nil || len(r.Code) != 6 {
			v.regionError(path, r)
		} else if r.Label == "" {
			v.wrong(path, "region %s has no label: want the text by which the portal shows it", r.Code).Kind = Missing
		} else if labels[r.Label] {
			v.wrong(path, "region %s stands here twice", r.Label).Kind = Twice
		}
		labels[r.Label] = true
	}
	for i, label := range s.Categories {
		path := fmt.Sprintf("categories.%d", i)
		if strings.TrimSpace(label) == "" {
			v.wrong(path, "an empty label names no category")
		} else if labels[label] {
			v.wrong(path, "label %s stands here twice", label).Kind = Twice
		}
		labels[label] = true
	}
}

func (v *validator) regionError(path string, r Region) {
	text, what := r.Code, "code"
	if text == "" {
		text, what = r.Label, "region"
	}
	e := v.wrong(path, "%s %q is not known: want a province such as \"江西\", or { code = \"360222\", label = %q }", what, text, "浮梁县")
	if close := allNearest(text, regionLabels()); len(close) == 1 {
		e.Nearest = close[0]
	}
}

func (v *validator) listings(s *Site) {
	seen := map[string]int{}
	for i, l := range s.Listings {
		path := fmt.Sprintf("listings.%d", i)
		switch {
		case l.URL == "":
			v.wrong(path, "this listing has no url").Kind = Missing
		case strings.ContainsAny(l.URL, "{}"):
			v.wrong(path+".url", "%q is no pattern: want {443,5868}, {1..20} with at most %d pages in all, {code} or {label}", l.URL, maxExpanded)
		case !isWeb(l.URL):
			v.webError(path+".url", l.URL)
		}
		if first, twice := seen[l.URL]; twice && l.URL != "" {
			e := v.wrong(path+".url", "listing %s stands here twice", l.URL)
			e.Kind, e.Also = Twice, s.from.at(fmt.Sprintf("listings.%d", first)).Place
		}
		seen[l.URL] = i
		if l.Region != "" && (len(l.Region) != 6 || provinceOf(l.Region) == nil) {
			v.regionError(path+".region", Region{Label: l.Region})
		}
		v.seen(path+".seen", l.Seen)
	}
}

var seenForm = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d)?)?(\.\.\d{4}(-\d\d(-\d\d)?)?)?$`)

func (v *validator) seen(path, text string) {
	if text != "" && !seenForm.MatchString(text) {
		v.want(path, text)
	}
}

func (v *validator) rules(r Rules) {
	for _, rule := range []struct{ name, selector string }{
		{"item", r.Item}, {"item_date", r.ItemDate}, {"next", r.Next}, {"title", r.Title}, {"date", r.Date}, {"source", r.Source}, {"body", r.Body},
	} {
		if rule.selector == "" {
			continue
		}
		if _, err := cascadia.Compile(rule.selector); err != nil {
			v.wrong("rules."+rule.name, "%s = %q is no CSS selector: %v", rule.name, rule.selector, err)
		}
	}
}

// twins finds sites of the same name.
func (v *validator) twins(sites []Site) {
	for i := range sites {
		for j := range sites[:i] {
			if !sameName(sites[i].Name, sites[j].Name) || sites[i].Name == "" {
				continue
			}
			v.from = sites[i].from
			also := sites[j].from.at("name").Place
			if sites[j].from.at("name").Preset != "" {
				also = sites[j].from[""].Place
			}
			e := v.wrong("", "site %q is defined already", sites[i].Name)
			if also.File != "" {
				e.Message += " at " + also.String()
			}
			e.Kind, e.Also = Twice, also
			break
		}
	}
}

// sameName tells whether two names are the same to commands, which do not tell
// upper case from lower.
func sameName(a, b string) bool { return strings.EqualFold(a, b) }

func (v *validator) webError(path, value string) {
	e := v.want(path, value)
	if !strings.Contains(value, "://") && isWeb("http://"+value) {
		e.Nearest = "http://" + value
	}
}

func (v *validator) hostError(path, value string) {
	e := v.want(path, value)
	if u, err := url.Parse(value); err == nil && isHost(u.Host) {
		e.Nearest = u.Host
	}
}

func isWeb(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Opaque == "" && isHost(u.Host)
}

func isPage(text string) bool { return isWeb(text) && isPrintableASCII(text) }

func isProxy(text string) bool {
	u, err := url.Parse(text)
	return err == nil && slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) && u.Hostname() != ""
}

func isMail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text && isPrintableASCII(text) && strings.Contains(text[strings.LastIndexByte(text, '@'):], ".")
}

// hostForm is generous: underscores and Han occur in names of hosts.
var hostForm = regexp.MustCompile(`^[\p{L}\p{N}_]([\p{L}\p{N}_.-]*[\p{L}\p{N}_])?\.?$`)

// isHost tells whether text is a host name or address, with or without port.
func isHost(text string) bool {
	host := text
	if h, port, err := net.SplitHostPort(text); err == nil {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return false
		}
		host = h
	}
	if address, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return address.IsValid()
	}
	return len(host) <= 253 && hostForm.MatchString(host)
}

func isPrintableASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= utf8.RuneSelf-1 })
}
