// Package searchtest is the suite that every archive.Searcher passes: that of the
// archive and the naive one of its own tests give the same answers.
//
// Expected answers come from two sides: written by hand for the cases that are
// known to break search in Chinese, and from a naive check, written without the
// code under test, for thousands of random substrings.
package searchtest
