// Package searchtest is the suite that every archive.Searcher passes: the scan of
// today and an index of tomorrow give the same answers.
//
// Expected answers come from two sides: written by hand for the cases that are
// known to break search in Chinese, and from a naive check, written without the
// code under test, for thousands of random substrings.
package searchtest
