// Package region knows the places of GB/T 2260, those of today and those of the past.
package region

// A Place is a row of GB/T 2260.
type Place struct {
	Code string // six digits
	Name string // 浮梁县
	To   string // the code that succeeded an abolished one, "" while it is in force
}

// Lookup finds a code, abolished ones too.
func Lookup(code string) (Place, bool) { panic("being written") }

// Path is the chain of places from the province down to code: 江西省, 景德镇市, 浮梁县.
func Path(code string) []Place { panic("being written") }

// Parse reads what a person types for a region: a code, a full or short name
// (江西, 江西省, 浮梁), or a path (江西省景德镇市). ok is false for an unknown or
// ambiguous name; then near holds candidates.
func Parse(s string) (code string, near []Place, ok bool) { panic("being written") }

// Find reads the longest chain of place names at the start of s
// (江西省景德镇市浮梁县人民政府 -> 360222). within is the code of a place that is
// known to contain it, "" for none: an ambiguous name counts only with it.
func Find(s, within string) (code string, ok bool) { panic("being written") }

// Contains tells whether place code lies in outer (a code contains itself).
func Contains(outer, code string) bool { panic("being written") }
