package main

import (
	"testing"
	"time"

	"fangzhi/archive"
)

// TestAlarmGroups: what began alike at several listings of a site is one alarm.
func TestAlarmGroups(t *testing.T) {
	at := time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)
	m := func(site, listing string, kind archive.AlarmKind, ended time.Time) archive.Alarm {
		return archive.Alarm{Site: site, Listing: listing, Kind: kind, Reason: archive.TimedOut, Began: at, Ended: ended}
	}
	got := groupAlarms([]archive.Alarm{
		m("gd", "a", archive.AlarmBroken, time.Time{}), m("gd", "b", archive.AlarmBroken, time.Time{}), m("gd", "c", archive.AlarmBlocked, time.Time{}),
		m("jx", "a", archive.AlarmBroken, time.Time{}), m("gd", "d", archive.AlarmBroken, at.Add(time.Hour)), m("", "", archive.AlarmOutage, time.Time{}),
	})
	want := []string{
		"alarm: gd cannot be read (timeout): a and 1 more listing", "alarm: gd blocks us (timeout): c", "alarm: jx cannot be read (timeout): a",
		"alarm over: gd cannot be read (timeout): d", "alarm: most hosts cannot be reached: it is our network (timeout)",
	}
	if len(got) != len(want) {
		t.Fatalf("%d alarms: %+v", len(got), got)
	}
	for i, w := range want {
		if text := got[i].label(english) + got[i].sentence(english); text != w {
			t.Errorf("%q, want %q", text, w)
		}
		if got[i].label(chinese)+got[i].sentence(chinese) == "" {
			t.Error("nothing in Chinese")
		}
	}
	if began, ended := counts(got); began != 4 || ended != 1 {
		t.Errorf("%d began, %d ended", began, ended)
	}
	for _, kind := range []archive.AlarmKind{archive.AlarmBlocked, archive.AlarmBroken, archive.AlarmChallenge, archive.AlarmNoItems, archive.AlarmFewItems, archive.AlarmNoDates, archive.AlarmNoBodies, archive.AlarmOutage} {
		if alarmWords[kind] == (words{}) {
			t.Errorf("%s has no words", kind)
		}
	}
}
