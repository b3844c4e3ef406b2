package archive

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
)

// textKeyLength is how much of a text's SHA-256 is its key.
const textKeyLength = 16

var (
	zstdWriter = must(zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)))
	zstdReader = must(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0)))
)

func textKey(text string) []byte {
	d := DigestOf([]byte(text))
	return d[:textKeyLength]
}

// putText stores a text once and returns its key.
func putText(tx *bbolt.Tx, text string) ([]byte, error) {
	key := textKey(text)
	b := tx.Bucket(bucketText)
	if b.Get(key) != nil {
		return key, nil
	}
	return key, b.Put(key, seal(zstdWriter.EncodeAll([]byte(text), nil)))
}

// getText loads the text of a version; the text of key nil is "".
func getText(tx *bbolt.Tx, key []byte) (string, error) {
	if len(key) == 0 {
		return "", nil
	}
	body, err := unseal(tx.Bucket(bucketText).Get(key))
	if err != nil {
		return "", &DamagedError{string(bucketText), printable(key)}
	}
	text, err := zstdReader.DecodeAll(body, nil)
	if err != nil {
		return "", fmt.Errorf("text %x: %w", key, err)
	}
	return string(text), nil
}
