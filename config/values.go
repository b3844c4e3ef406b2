package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Duration is written "3s", "1m30s". It is a struct so that a bare number, whose
// unit nobody can know, is refused.
type Duration struct {
	time.Duration
}

// UnmarshalText reads time.ParseDuration's form. "0s" becomes NoDelay.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is no duration", text)
	}
	if d.Duration = v; v == 0 {
		d.Duration = NoDelay
	}
	return nil
}

// MarshalText is the inverse of UnmarshalText.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is "3s", and "0s" for NoDelay.
func (d Duration) String() string {
	if d.Duration <= 0 {
		return "0s"
	}
	s := d.Duration.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// A Size is in bytes and written "20MiB", "500kB", "4096".
type Size int64

var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1},
}

// UnmarshalText reads a whole number with a unit.
func (s *Size) UnmarshalText(text []byte) error {
	for _, unit := range sizeUnits {
		number, ok := strings.CutSuffix(string(text), unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 0 || n > 1<<50/unit.bytes {
			break
		}
		*s = Size(n * unit.bytes)
		return nil
	}
	return fmt.Errorf("%q is no size", text)
}

// MarshalText is the inverse of UnmarshalText.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String has the largest binary unit that divides s.
func (s Size) String() string {
	for _, unit := range []struct {
		name  string
		bytes Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if s >= unit.bytes && s%unit.bytes == 0 {
			return strconv.FormatInt(int64(s/unit.bytes), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// Hours are a span of the day in Beijing, in minutes after midnight: from From until
// before To, over midnight when To is less. The zero Hours are all day.
type Hours struct{ From, To int }

// ParseHours reads "22:00-06:00"; "" is all day.
func ParseHours(text string) (h Hours, err error) {
	if text == "" {
		return h, nil
	}
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return h, fmt.Errorf("%q is no span of hours", text)
	}
	if h.From, err = minutes(from); err != nil {
		return Hours{}, err
	}
	if h.To, err = minutes(to); err != nil {
		return Hours{}, err
	}
	if h.From == h.To {
		return Hours{}, fmt.Errorf("%q is no span: it ends when it begins", text)
	}
	return h, nil
}

// minutes reads a time of day; 24:00 is the end of it.
func minutes(text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}
