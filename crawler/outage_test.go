package crawler

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"fangzhi/archive"
)

// TestOutageInTheMiddleOfARun: that a hundred hosts answered an hour ago does not make
// it the fault of those that cannot be reached now.
func TestOutageInTheMiddleOfARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(&hostStore{hosts: map[string]archive.HostState{}})
		for i := range 100 {
			pass(t, g, fmt.Sprint("early", i), Pace{}, Well)
		}
		time.Sleep(time.Hour)
		if g.Outage() || g.reached() {
			t.Error("nothing was asked lately, and something is said of the network")
		}
		for i := range outageHosts {
			if g.Outage() {
				t.Errorf("an outage after %d hosts", i)
			}
			pass(t, g, fmt.Sprint("late", i), Pace{}, Unreachable)
		}
		if !g.Outage() || g.reached() || g.unreached() != "3 of 3 hosts cannot be reached" {
			t.Errorf("outage %v, reached %v: %s", g.Outage(), g.reached(), g.unreached())
		}
		for i := range outageHosts {
			pass(t, g, fmt.Sprint("again", i), Pace{}, Well)
		}
		if g.Outage() || !g.reached() {
			t.Error("three of six hosts answer: that is no outage")
		}
	})
}
