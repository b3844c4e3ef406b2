// Package names takes names of places apart, for the table's generator and for its
// reader alike: what kind of place a name says it is, and what is left without that.
package names
