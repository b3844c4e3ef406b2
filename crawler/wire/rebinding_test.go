package wire

import (
	"context"
	"errors"
	"net"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"fangzhi/archive"
)

// TestRebinding: a name of the public DNS that resolves to an address of our own network,
// now or from the second time on, leads nowhere: the address is looked at when it is
// connected to, and not before.
func TestRebinding(t *testing.T) {
	s := serve(t, answers(helloResponse))
	_, port, err := net.SplitHostPort(s.addr())
	if err != nil {
		t.Fatal(err)
	}
	asked := resolveTo(t, [4]byte{127, 0, 0, 1})
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = c.Do(t.Context(), get(t, "http://rebind.example.com:"+port+"/"))
		var failure *Error
		if !errors.As(err, &failure) || failure.Reason != archive.PrivateHost {
			t.Errorf("error %v", err)
		}
	}
	if asked() == 0 {
		t.Error("the name was not looked up")
	}
	if s.count() != 0 {
		t.Errorf("%d connections", s.count())
	}
}

// resolveTo answers every question for an address with this one while the test runs.
func resolveTo(t *testing.T, address [4]byte) (asked func() int) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	count, ended := 0, make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			answer := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
			if q.Type == dnsmessage.TypeA {
				count++
				answer.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: address}}}
			}
			packed, err := answer.Pack()
			if err == nil {
				conn.WriteTo(packed, from)
			}
		}
	}()
	system := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	stop := func() int {
		net.DefaultResolver = system
		conn.Close()
		<-ended
		return count
	}
	t.Cleanup(func() { stop() })
	return stop
}
