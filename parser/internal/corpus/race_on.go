//go:build race

package corpus

// Instrumented tells that the race detector is in, under which times mean nothing and
// everything takes ten times as long.
const Instrumented = true
