package wire

import "net/netip"

// ranges are the addresses that are not of the public Internet (IANA's registries
// of special-purpose addresses, RFC 6890 and its updates), and those behind which
// clouds keep the secrets of their machines.
var ranges = parseRanges([][2]string{
	{"0.0.0.0/8", "this-network"},
	{"10.0.0.0/8", "private"},
	{"100.64.0.0/10", "carrier-nat"}, // with Alibaba Cloud's 100.100.100.200
	{"127.0.0.0/8", "loopback"},
	{"168.63.129.16/32", "metadata"}, // Azure
	{"169.254.0.0/16", "link-local"}, // with 169.254.169.254, the metadata of most clouds
	{"172.16.0.0/12", "private"},
	{"192.0.0.0/24", "reserved"}, // with Oracle Cloud's 192.0.0.192
	{"192.0.2.0/24", "documentation"},
	{"192.88.99.0/24", "reserved"},
	{"192.168.0.0/16", "private"},
	{"198.18.0.0/15", "benchmark"}, // also the made-up DNS answers of some local proxies
	{"198.51.100.0/24", "documentation"},
	{"203.0.113.0/24", "documentation"},
	{"224.0.0.0/4", "multicast"},
	{"240.0.0.0/4", "reserved"},

	{"::/128", "unspecified"},
	{"::1/128", "loopback"},
	{"64:ff9b:1::/48", "private"}, // NAT64 of one's own
	{"2001::/23", "reserved"},     // with Teredo and ORCHID
	{"2001:db8::/32", "documentation"},
	{"3fff::/20", "documentation"},
	{"fc00::/7", "private"}, // with AWS's fd00:ec2::254
	{"fe80::/10", "link-local"},
	{"fec0::/10", "private"},
	{"ff00::/8", "multicast"},
})

type namedRange struct {
	prefix netip.Prefix
	kind   string
}

func parseRanges(table [][2]string) []namedRange {
	var all []namedRange
	for _, row := range table {
		all = append(all, namedRange{netip.MustParsePrefix(row[0]), row[1]})
	}
	return all
}

var (
	globalUnicast = netip.MustParsePrefix("2000::/3") // all that is handed out of IPv6
	nat64         = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour     = netip.MustParsePrefix("2002::/16")
)

// refuse is a *PrivateError unless addr is of the public Internet.
func refuse(addr netip.Addr) error {
	plain := addr.Unmap().WithZone("")
	for _, r := range ranges {
		if r.prefix.Contains(plain) {
			return &PrivateError{addr, r.kind}
		}
	}
	if plain.Is4() {
		return nil
	}
	b := plain.As16()
	switch {
	case nat64.Contains(plain):
		return refuse(netip.AddrFrom4([4]byte(b[12:])))
	case sixToFour.Contains(plain):
		return refuse(netip.AddrFrom4([4]byte(b[2:6])))
	case !globalUnicast.Contains(plain):
		return &PrivateError{addr, "reserved"}
	}
	return nil
}
