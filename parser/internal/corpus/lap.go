package corpus

import (
	"runtime"
	"slices"
	"time"
)

// A Runner does one thing with all pages.
type Runner struct {
	Name string
	Run  func()
}

// A Lap is what a runner took for one run, as the median of the rounds.
type Lap struct {
	CPU    time.Duration
	Ratio  float64 // CPU beside that of the first runner in the same round
	Allocs float64 // allocations, likewise
}

// Race lets runners run in turns, on one processor, the collector included, so that what
// else the machine does falls on all alike.
func Race(rounds int, runners []Runner) []Lap {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	cpu := make([][]float64, len(runners))
	ratio := make([][]float64, len(runners))
	allocs := make([]float64, len(runners))
	for range rounds {
		for i, r := range runners {
			took, n := measure(r.Run)
			cpu[i] = append(cpu[i], float64(took))
			ratio[i] = append(ratio[i], float64(took)/cpu[0][len(cpu[0])-1])
			allocs[i] = n
		}
	}
	laps := make([]Lap, len(runners))
	for i := range runners {
		laps[i] = Lap{time.Duration(median(cpu[i])), median(ratio[i]), allocs[i] / allocs[0]}
	}
	return laps
}

func measure(run func()) (took time.Duration, allocs float64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := CPU()
	run()
	took = CPU() - start
	runtime.ReadMemStats(&after)
	return took, float64(after.Mallocs - before.Mallocs)
}

func median(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}
