package wire

import (
	"errors"
	"net/netip"
	"testing"

	"fangzhi/archive"
)

func TestRefuse(t *testing.T) {
	for addr, kind := range map[string]string{
		"8.8.8.8": "", "223.5.5.5": "", "172.15.255.255": "", "172.32.0.0": "", "100.63.255.255": "", "100.128.0.0": "",
		"168.63.129.15": "", "223.255.255.255": "", "192.0.1.1": "", "198.17.255.255": "", "198.20.0.0": "",
		"0.0.0.0": "this-network", "0.1.2.3": "this-network", "10.1.2.3": "private", "172.16.0.1": "private", "172.31.255.255": "private",
		"192.168.1.1": "private", "127.0.0.1": "loopback", "127.8.9.10": "loopback", "169.254.169.254": "link-local",
		"100.100.100.200": "carrier-nat", "168.63.129.16": "metadata", "192.0.0.192": "reserved", "192.0.2.1": "documentation",
		"198.18.0.5": "benchmark", "198.51.100.1": "documentation", "203.0.113.1": "documentation",
		"224.0.0.1": "multicast", "239.255.255.250": "multicast", "240.0.0.1": "reserved", "255.255.255.255": "reserved",

		"2400:3200::1": "", "2606:4700::1111": "", "64:ff9b::808:808": "", "2002:808:808::1": "",
		"::": "unspecified", "::1": "loopback", "fe80::1": "link-local", "fe80::1%eth0": "link-local", "febf::1": "link-local",
		"fc00::1": "private", "fd00:ec2::254": "private", "fec0::1": "private", "ff02::1": "multicast",
		"::ffff:127.0.0.1": "loopback", "::ffff:10.0.0.1": "private", "::ffff:8.8.8.8": "", "::127.0.0.1": "reserved",
		"::ffff:0:7f00:1": "reserved", "64:ff9b::7f00:1": "loopback", "64:ff9b::a9fe:a9fe": "link-local", "64:ff9b:1::a00:1": "private",
		"2002:7f00:1::": "loopback", "2002:a00:1::": "private", "2001::1": "reserved", "2001:0:808:808::": "reserved", "2001:db8::1": "documentation",
		"3fff::1": "documentation", "5f00::1": "reserved", "100::1": "reserved", "4000::1": "reserved",
	} {
		err := refuse(netip.MustParseAddr(addr))
		var private *PrivateError
		got := ""
		if errors.As(err, &private) {
			got = private.Kind
		}
		if got != kind {
			t.Errorf("%s: %q, want %q", addr, got, kind)
		}
	}
}

// The check is made in the dialer, whatever the host was called.
func TestPrivateAddressesAreNotConnectedTo(t *testing.T) {
	s := serve(t, answers(helloResponse))
	port := s.addr()[len("127.0.0.1"):]
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "[::1]"} {
		_, err := c.Do(t.Context(), get(t, "http://"+host+port+"/"))
		var failure *Error
		if !errors.As(err, &failure) || failure.Reason != archive.PrivateHost && failure.Reason != archive.NoConnection {
			t.Errorf("%s: %v", host, err)
		}
	}
	_, err = c.Do(t.Context(), get(t, "http://"+s.addr()+"/"))
	var failure *Error
	var private *PrivateError
	if !errors.As(err, &failure) || failure.Reason != archive.PrivateHost || !errors.As(err, &private) || private.Kind != "loopback" {
		t.Errorf("error %v", err)
	}
	if s.count() != 0 {
		t.Errorf("%d connections", s.count())
	}
}

func FuzzRefuse(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		addr, ok := netip.AddrFromSlice(b)
		if !ok {
			return
		}
		plain := addr.Unmap()
		if refuse(addr) == nil && (plain.IsPrivate() || plain.IsLoopback() || !plain.IsGlobalUnicast()) {
			t.Errorf("%s would be connected to", addr)
		}
	})
}
