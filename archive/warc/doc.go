// Package warc reads and writes WARC files (ISO 28500:2017, WARC/1.1), one gzip
// member a record.
//
// A Record is its header fields, in order, and its block. A Writer appends
// records to a segment and never leaves part of one behind: what a full disk cut
// short is taken back, and after a failed fsync it writes nothing more. A Reader
// takes records one after the other out of a stream and tells where each lies;
// ReadAt takes one from its place. Both read WARC/1.0, plain files and target
// URIs in angle brackets, as other tools write them.
//
// A Checker holds a file to every rule of the standard, also to those that other
// validators let pass.
//
// Request, Response, Revisit and Metadata make the records of a capture with the
// fields that the standard asks for and replay tools need.
package warc
