package archive

import (
	"crypto/sha256"
	"encoding/hex"
)

// A Digest is a SHA-256.
type Digest [sha256.Size]byte

// DigestOf is the digest of b.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// IsZero tells whether d is the digest of nothing at all.
func (d Digest) IsZero() bool { return d == Digest{} }

// String is "sha256:" and 64 hexadecimal digits, as in WARC-Payload-Digest.
func (d Digest) String() string { return "sha256:" + hex.EncodeToString(d[:]) }

// digestFrom is the digest that a stored value has, zero where it has none.
func digestFrom(b []byte) (d Digest) {
	copy(d[:], b)
	return d
}
