// Package region knows the places of GB/T 2260, those of today and those of the past,
// and finds them in text.
//
//	Place    a row of the standard: six digits, a name, when it was in force
//	Lookup   by code; Path the chain from the province down; Contains
//	ByName   by full or short name, all of them
//	Parse    what a person types
//	Find     the chain of names at the start of a text; FindIn anywhere in it
//	Host     the province of a portal's host; SiteID of a site identity code
//
// A code is NN0000 for a province, NNNN00 for a prefecture, else a county; what lies
// where is in the digits alone. Places that were abolished are kept, since old pages
// name them: To is the code that took them over, where the table shows it.
//
// Names are treacherous: 28 county names are borne by 64 counties, 104 have only two
// characters, most short forms are also roads, words or people. So a full name that is
// unique counts by itself, any other only in a chain under its parent or within a
// known place, and a short form only where a name can end. When in doubt nothing is
// found.
//
// The table is gbt2260.txt, made by gen/main.go. It is read at the first use.
package region

//go:generate go run gen/main.go
