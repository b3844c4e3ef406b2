package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
	"fangzhi/parser"
)

func TestDayRange(t *testing.T) {
	day := func(s string) parser.Day {
		if s == "" {
			return parser.Day{}
		}
		d, err := parser.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct{ in, from, to string }{
		{"2022-03-31", "2022-03-31", "2022-03-31"},
		{"2022-02", "2022-02-01", "2022-02-28"},
		{"2024-02", "2024-02-01", "2024-02-29"},
		{"2022", "2022-01-01", "2022-12-31"},
		{"2022-03..2022-04-15", "2022-03-01", "2022-04-15"},
		{"2022..", "2022-01-01", ""},
		{"..2022-12", "", "2022-12-31"},
		{"2022-03-31..2022-03-31", "2022-03-31", "2022-03-31"},
		{"", "", ""},
	} {
		got, err := dayRange("--published", c.in)
		if want := (archive.DayRange{From: day(c.from), To: day(c.to)}); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", c.in, got, err, want)
		}
	}
	for _, bad := range []string{"..", "yesterday", "2022-13", "2022-02-30", "2023..2022", "2022-3-1", "2022...2023"} {
		if got, err := dayRange("--published", bad); err == nil || codeOf(err) != exitUsage {
			t.Errorf("%q: got %v, %v, want a usage error", bad, got, err)
		}
	}
}

func TestTimeRange(t *testing.T) {
	r, err := timeRange("--captured", "2026-08-01..2026-08-02")
	if err != nil {
		t.Fatal(err)
	}
	if got := r.From.UTC().Format(time.RFC3339) + " " + r.To.UTC().Format(time.RFC3339); got != "2026-07-31T16:00:00Z 2026-08-02T16:00:00Z" {
		t.Errorf("days of Beijing: got %s", got)
	}
	r, err = timeRange("--captured", "2026-08-01T08:00:00+08:00..")
	if err != nil || !r.From.Equal(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)) || !r.To.IsZero() {
		t.Errorf("got %v, %v", r, err)
	}
	for _, bad := range []string{"..", "2026-08-02..2026-08-01", "now"} {
		if _, err := timeRange("--captured", bad); codeOf(err) != exitUsage {
			t.Errorf("%q: got %v, want a usage error", bad, err)
		}
	}
}

// TestRegionCode: a place that is not known is answered with what it may have been.
func TestRegionCode(t *testing.T) {
	for in, want := range map[string]string{"": "", "江西": "360000", "江西省景德镇市浮梁县": "360222", "36": "360000"} {
		if got, err := regionCode(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
	for in, near := range map[string]string{"浮粱县": "浮梁县", "江西西": "", "Atlantis": "GB/T 2260"} {
		_, err := regionCode(in)
		p := (*problem)(nil)
		if !errors.As(err, &p) || p.code != exitUsage || !strings.Contains(p.hint.en, near) || !strings.Contains(p.hint.zh, near) {
			t.Errorf("%q: got %v with hint %v, want one with %q", in, err, p, near)
		}
	}
}

func TestNearestName(t *testing.T) {
	names := []string{"zgw123", "guizhou", "jiangxi"}
	for in, want := range map[string]string{"zgw": "zgw123", "guizou": "guizhou", "JiangXi": "jiangxi", "hunan": "", "x": ""} {
		if got := nearestName(in, names); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func codeOf(err error) int {
	p := (*problem)(nil)
	if errors.As(err, &p) {
		return p.code
	}
	return -1
}
