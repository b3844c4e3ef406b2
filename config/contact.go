package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// MayCrawl is nil if the site may be crawled as configured: a public host is not
// asked for anything by someone who cannot be reached. The error is an *Error.
func (c *Config) MayCrawl(s *Site) error {
	if c.Contact != "" {
		return nil
	}
	for _, host := range s.hosts() {
		if !isPrivate(host) {
			return c.noContact(host)
		}
	}
	return nil
}

// MayAsk is MayCrawl for one address.
func (c *Config) MayAsk(address string) error {
	u, err := url.Parse(address)
	if err != nil || c.Contact != "" || isPrivate(u.Hostname()) {
		return nil // what is no address is for others to refuse
	}
	return c.noContact(u.Hostname())
}

func (c *Config) noContact(host string) error {
	e := &Error{Kind: Missing, Key: "contact",
		Message: fmt.Sprintf("contact is not set, and without it no public host such as %s is asked for anything: want an e-mail address or a page by which its operator can reach you", host)}
	if len(c.Files) > 0 {
		e.Place = c.from.at("contact").Place
		e.File = c.Files[0]
	}
	return e
}

// hosts are those of all addresses of a site.
func (s *Site) hosts() []string {
	hosts := append([]string{}, s.Hosts...)
	for _, address := range append([]string{s.Home}, s.addresses()...) {
		if u, err := url.Parse(address); err == nil {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}

func (s *Site) addresses() (all []string) {
	for _, l := range s.Listings {
		all = append(all, l.URL)
	}
	return all
}

// isPrivate tells of a host, with or without port, that it is this machine or in
// this network by its very name.
func isPrivate(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Agent is the User-Agent of this program in the given version: who it is, for
// whom it asks, and how they are reached.
func (c *Config) Agent(version string) string {
	var notes []string
	if c.UserAgent != "" {
		notes = append(notes, c.UserAgent)
	}
	if c.Contact != "" {
		notes = append(notes, "+"+c.Contact)
	}
	if len(notes) == 0 {
		return "fangzhi/" + version
	}
	return "fangzhi/" + version + " (" + strings.Join(notes, "; ") + ")"
}

// From is the contact if it is an e-mail address, for the From header, else "".
func (c *Config) From() string {
	if isMail(c.Contact) {
		return c.Contact
	}
	return ""
}
