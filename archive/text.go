package archive

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"

	"fangzhi/archive/fold"
	"fangzhi/parser"
	"fangzhi/parser/charset"
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

// shortText is the number of characters below which equal texts (详见附件) say
// little: they are one group only with equal title, day and attachments.
const shortText = 50

// groupOf is the same for all versions that show the same text, nil for no text.
// Width of letters, blanks and line breaks make no difference.
func groupOf(v *versionRecord, text string) []byte {
	folded := fold.String(text)
	if folded == "" {
		return nil
	}
	if utf8.RuneCountInString(folded) < shortText {
		folded = strings.Join([]string{folded, fold.String(v.Title), v.day().String(), strings.Join(addresses(v.Attachments), " ")}, "\x00")
	}
	return textKey(folded)
}

func addresses(links []parser.Link) []string {
	urls := make([]string, len(links))
	for i, l := range links {
		urls[i] = l.URL
	}
	return urls
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
	text, err := appendText(tx, nil, key)
	return string(text), err
}

// appendText is getText into room that is there.
func appendText(tx *bbolt.Tx, dst, key []byte) ([]byte, error) {
	if len(key) == 0 {
		return dst, nil
	}
	body, err := unseal(tx.Bucket(bucketText).Get(key))
	if err == nil {
		dst, err = zstdReader.DecodeAll(body, dst)
	}
	if err != nil {
		return dst, &DamagedError{string(bucketText), printable(key)}
	}
	return dst, nil
}

// day is the day of publication, zero when it is not known to the day.
func (v *versionRecord) day() parser.Day { return v.date().Day() }

// date is the publication date.
func (v *versionRecord) date() parser.Date {
	d := parser.Date{Precision: v.Precision, Evidence: v.Evidence, Weak: v.Weak}
	if v.Precision != parser.PrecisionNone {
		d.Time = time.Unix(v.Date, 0).In(parser.Beijing)
	}
	return d
}

// charsetWords say how a page was decoded: "gb18030 by bytes, declared gb2312".
func charsetWords(e charset.Evidence) string {
	if e.Label == "" {
		return ""
	}
	words := e.Label + " by " + e.Method
	if e.Declared != "" && e.Declared != e.Label {
		words += ", declared " + e.Declared
	}
	if e.Replaced > 0 {
		words += fmt.Sprintf(", %d characters replaced", e.Replaced)
	}
	return words
}
