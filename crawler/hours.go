package crawler

import (
	"time"

	"fangzhi/parser"
)

// Hours are the minutes of the day in Beijing, counted from midnight, in which a site
// may be asked: from From until before To, over midnight when To is less. The zero
// Hours are all day.
type Hours struct{ From, To int }

// Contain tells whether t is within the hours.
func (h Hours) Contain(t time.Time) bool {
	local := t.In(parser.Beijing)
	minute := local.Hour()*60 + local.Minute()
	switch {
	case h == Hours{}:
		return true
	case h.From < h.To:
		return minute >= h.From && minute < h.To
	}
	return minute >= h.From || minute < h.To
}

// Next is the first instant at or after t that is within the hours.
func (h Hours) Next(t time.Time) time.Time {
	if h.Contain(t) {
		return t
	}
	y, m, d := t.In(parser.Beijing).Date()
	next := time.Date(y, m, d, 0, h.From, 0, 0, parser.Beijing)
	if next.Before(t) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// Length is how long they last in a day.
func (h Hours) Length() time.Duration {
	minutes := h.To - h.From
	if minutes <= 0 {
		minutes += 24 * 60
	}
	return time.Duration(minutes) * time.Minute
}
