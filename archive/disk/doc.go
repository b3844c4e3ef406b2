// Package disk is the file layer under the captures: the few operations an
// append-only writer needs, so that a test can make any of them fail.
//
// OS is the real one. Faulty stands in front of another FS and fails the
// operation it is told to, as a full or dying disk would: a short write, ENOSPC,
// EIO, an fsync that did not.
package disk
