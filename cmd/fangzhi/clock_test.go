package main

import (
	"context"
	"encoding/binary"
	"net"
	"strings"
	"testing"
	"time"
)

// TestNTP asks a time server of our own that is 90 seconds ahead.
func TestNTP(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		b := make([]byte, 48)
		for {
			_, from, err := server.ReadFrom(b)
			if err != nil {
				return
			}
			answer := make([]byte, 48)
			answer[0], answer[1] = 4<<3|4, 2
			copy(answer[24:32], b[40:48])
			ahead := ntpTime(time.Now().Add(90 * time.Second))
			binary.BigEndian.PutUint64(answer[32:], ahead)
			binary.BigEndian.PutUint64(answer[40:], ahead)
			_, _ = server.WriteTo(answer, from)
		}
	}()
	offset, err := askNTP(context.Background(), server.LocalAddr().String())
	if err != nil || offset < 89*time.Second || offset > 91*time.Second {
		t.Errorf("got %v, %v, want 90 s", offset, err)
	}
	if got := clockOffset(context.Background(), server.LocalAddr().String()); !strings.HasPrefix(got, "+90.") && !strings.HasPrefix(got, "+89.") {
		t.Errorf("got %q", got)
	}
}

func TestNTPTime(t *testing.T) {
	now := time.Date(2026, 11, 24, 15, 0, 0, 123456789, time.UTC)
	b := make([]byte, 8)
	binary.BigEndian.PutUint64(b, ntpTime(now))
	if got := fromNTP(b); got.Sub(now).Abs() > time.Microsecond {
		t.Errorf("got %v, want %v", got, now)
	}
}

// FuzzReadNTP: whatever a datagram says, it is refused or gives an offset.
func FuzzReadNTP(f *testing.F) {
	f.Add(make([]byte, 48))
	f.Add([]byte{36})
	f.Fuzz(func(t *testing.T, answer []byte) {
		now := time.Now()
		asked := make([]byte, 8)
		if _, err := readNTP(answer, asked, now, now); err == nil && len(answer) < 48 {
			t.Error("a short answer was taken")
		}
	})
}
