package archive

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"fangzhi/archive/warc"
)

// lookups are the answers of name servers that are not in captures/ yet. They are
// written in front of the next capture, each once a process unless it changes.
type lookups struct {
	known   map[string]string // host -> addresses
	waiting []*warc.Record
}

// note keeps the addresses that a connection's name resolved to.
func (l *lookups) note(c Connection) {
	host, _, err := net.SplitHostPort(c.Host)
	if err != nil || len(c.DNS) == 0 || net.ParseIP(host) != nil || !warc.IsURI("dns:"+host) {
		return
	}
	addresses := slices.Clone(c.DNS)
	slices.Sort(addresses)
	answer := strings.Join(addresses, " ")
	if l.known[host] == answer {
		return
	}
	if l.known == nil {
		l.known = map[string]string{}
	}
	l.known[host] = answer
	l.waiting = append(l.waiting, lookup(host, addresses, c.At))
}

// lookup is the resource record of one look-up (WARC 1.1, section 6.3.4; RFC 4501,
// RFC 4027). The system's resolver does not tell times to live: they are left out.
func lookup(host string, addresses []string, at time.Time) *warc.Record {
	var block strings.Builder
	for _, a := range addresses {
		ip, err := netip.ParseAddr(a)
		if err != nil {
			continue
		}
		kind := "AAAA"
		if ip.Unmap().Is4() {
			kind = "A"
		}
		fmt.Fprintf(&block, "%s. IN %s %s\r\n", strings.TrimSuffix(host, "."), kind, ip.Unmap().WithZone(""))
	}
	return warc.Resource("dns:"+host, at, "text/dns", []byte(block.String()))
}

// take hands over what waits.
func (l *lookups) take() []*warc.Record {
	waiting := l.waiting
	l.waiting = nil
	return waiting
}
