// Package ledger makes it impossible to change what was archived without being
// found out by whoever has an older checkpoint.
//
// A Tree is an append-only Merkle tree (RFC 6962) over the leaves of an archive:
// one line for each capture, in record order, and for each event in its care. A
// Checkpoint is the tree's size and root, signed (C2SP tlog-checkpoint in a C2SP
// signed note, Ed25519). Anyone with the golang.org/x/mod/sumdb packages, or any
// other implementation of these two formats, can check it.
//
// Who has a checkpoint of the past can have it proved that the present tree only
// added to it, and of any leaf that it is in the tree. The owner of the key can
// make another tree from the beginning: only copies of checkpoints in other hands
// rule that out.
//
// The tree knows nothing of captures, and the package nothing of bbolt: hashes live
// in Blocks that the archive keeps.
package ledger
