package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"time"
)

// A clock tells the time; nil is time.Now.
type clock func() time.Time

func (c clock) now() time.Time {
	if c == nil {
		return time.Now()
	}
	return c()
}

// laterBy is a clock that runs ahead of the machine's.
func laterBy(d time.Duration) clock {
	if d == 0 {
		return nil
	}
	return func() time.Time { return time.Now().Add(d) }
}

// ntpPatience is how long a crawl waits for a time server before it begins.
const ntpPatience = 3 * time.Second

// clockOffset asks a time server how far our clock is off, and says so or why it
// is not known: the record of a run keeps the sentence.
func clockOffset(ctx context.Context, server string) string {
	if server == "" {
		return "not asked: no ntp in the configuration"
	}
	offset, err := askNTP(ctx, server)
	if err != nil {
		return "not known: " + err.Error()
	}
	return fmt.Sprintf("%+.3fs against %s", offset.Seconds(), server)
}

// ntpEpoch is 1900 in seconds before 1970 (RFC 5905, section 6).
const ntpEpoch = 2208988800

// askNTP makes one exchange of SNTP (RFC 4330) and tells how far ahead the server is.
func askNTP(ctx context.Context, server string) (time.Duration, error) {
	if _, _, err := net.SplitHostPort(server); err != nil {
		server = net.JoinHostPort(server, "123")
	}
	ctx, cancel := context.WithTimeout(ctx, ntpPatience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "udp", server)
	if err != nil {
		return 0, fmt.Errorf("ask time server: %w", err)
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return 0, err
		}
	}
	question := make([]byte, 48)
	question[0] = 4<<3 | 3 // version 4, client
	sent := time.Now()
	binary.BigEndian.PutUint64(question[40:], ntpTime(sent))
	if _, err := conn.Write(question); err != nil {
		return 0, fmt.Errorf("ask time server %s: %w", server, err)
	}
	answer := make([]byte, 512)
	n, err := conn.Read(answer)
	if err != nil {
		return 0, fmt.Errorf("ask time server %s: %w", server, err)
	}
	return readNTP(answer[:n], question[40:48], sent, time.Now())
}

// readNTP computes the offset of RFC 4330, section 5, after checking that the
// answer is one to our question.
func readNTP(answer, asked []byte, sent, got time.Time) (time.Duration, error) {
	if len(answer) < 48 || answer[0]&7 != 4 || string(answer[24:32]) != string(asked) {
		return 0, fmt.Errorf("time server gave no answer to our question")
	}
	if stratum := answer[1]; stratum == 0 || stratum > 15 {
		return 0, fmt.Errorf("time server does not know the time itself (stratum %d)", stratum)
	}
	received, answered := fromNTP(answer[32:40]), fromNTP(answer[40:48])
	return (received.Sub(sent) + answered.Sub(got)) / 2, nil
}

func ntpTime(t time.Time) uint64 {
	seconds := uint64(t.Unix() + ntpEpoch)
	fraction := uint64(t.Nanosecond()) << 32 / 1e9
	return seconds<<32 | fraction
}

func fromNTP(b []byte) time.Time {
	v := binary.BigEndian.Uint64(b)
	return time.Unix(int64(v>>32)-ntpEpoch, int64((v&0xFFFFFFFF)*1e9>>32))
}
