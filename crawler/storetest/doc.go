// Package storetest says in tests what a crawler.Store does, and holds the
// smallest Store that does it.
//
// Run checks any Store against the contract that crawler.Store's comments give:
// order of the frontier, one link an address, retries, what a killed run left
// behind, changes. Memory is a Store that forgets everything with the process;
// tests of the crawler run on it and on the archive, and must find both alike. A
// Recorder tells them what either was told.
package storetest
