package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"

	"fangzhi/archive/cdxj"
	"fangzhi/archive/disk"
)

// finishSeals does for sealed segments what would hold up a crawl if it were done
// while one is being closed: the index is written beside it, and its SHA-256 becomes
// an event of the ledger.
func (a *Archive) finishSeals(ctx context.Context) error {
	a.sealing.Lock()
	defer a.sealing.Unlock()
	names, err := a.segmentsThat(ctx, func(s *segmentRecord) bool { return s.Sealed && s.Digest == nil })
	if err != nil {
		return err
	}
	for _, name := range names {
		digest, err := digestOfFile(a.dir, name)
		if err != nil {
			return fmt.Errorf("seal %s: %w", name, err)
		}
		if err := a.writeIndex(ctx, name); err != nil {
			return fmt.Errorf("index of %s: %w", name, err)
		}
		err = a.update(ctx, func(tx *bbolt.Tx) error {
			event := &Event{At: a.opt.Now().UTC(), What: SealedSegment, Subject: name, Digest: digest.String()}
			_, err := a.record(tx, 0, &Entry{Event: event})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) segmentsThat(ctx context.Context, are func(*segmentRecord) bool) (names []string, err error) {
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		return each(tx, bucketSegment, nil, func(key []byte, s *segmentRecord) error {
			if are(s) {
				names = append(names, string(key))
			}
			return nil
		})
	})
	return names, err
}

func digestOfFile(dir, segment string) (d Digest, err error) {
	f, err := openSegment(dir, segment)
	if err != nil {
		return d, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return d, err
	}
	return Digest(h.Sum(nil)), nil
}

func parseDigest(s string) (d Digest, err error) {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "sha256:"))
	if err != nil || len(b) != len(d) || !strings.HasPrefix(s, "sha256:") {
		return d, fmt.Errorf("digest %.80q", s)
	}
	return Digest(b), nil
}

// indexName is the file beside a segment that replay tools look addresses up in.
func indexName(segment string) string { return strings.TrimSuffix(segment, ".warc.gz") + ".cdxj" }

// writeIndex writes the index of a segment, whole or not at all.
func (a *Archive) writeIndex(ctx context.Context, segment string) error {
	lines, err := a.indexLines(ctx, segment)
	if err != nil {
		return err
	}
	return disk.WriteFile(filepath.Join(a.dir, CapturesDir, indexName(segment)), []byte(strings.Join(lines, "")), 0o640)
}

// writeIndexes writes those of all sealed segments.
func (a *Archive) writeIndexes(ctx context.Context) error {
	names, err := a.segmentsThat(ctx, func(s *segmentRecord) bool { return s.Sealed })
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := a.writeIndex(ctx, name); err != nil {
			return fmt.Errorf("index of %s: %w", name, err)
		}
	}
	return nil
}

// indexPage is how many captures are looked at in one transaction.
const indexPage = 4096

// indexLines are the lines of a segment's index, in order, line ends included.
func (a *Archive) indexLines(ctx context.Context, segment string) (lines []string, err error) {
	var s segmentRecord
	err = a.look(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx, bucketSegment, []byte(segment), &s)
		return err
	})
	for from := s.First; err == nil && from != 0 && from <= s.Last; from += indexPage {
		err = a.look(ctx, func(tx *bbolt.Tx) error {
			return eachCapture(tx, from, min(s.Last, from+indexPage-1), func(n uint64, c *captureRecord) error {
				if c.Segment != segment {
					return nil
				}
				line, err := c.indexLine(a.dir, n)
				lines = append(lines, line+"\n")
				return err
			})
		})
	}
	slices.Sort(lines)
	return lines, err
}

// eachCapture calls f for the captures between two numbers, ends included.
func eachCapture(tx *bbolt.Tx, from, to uint64, f func(n uint64, c *captureRecord) error) error {
	cursor := tx.Bucket(bucketCapture).Cursor()
	for k, v := cursor.Seek(number(from)); k != nil && numberOf(k) <= to; k, v = cursor.Next() {
		var c captureRecord
		if err := decode(bucketCapture, k, v, &c); err != nil {
			return err
		}
		if err := f(numberOf(k), &c); err != nil {
			return err
		}
	}
	return nil
}

// indexLine is the line of a capture.
func (c *captureRecord) indexLine(dir string, n uint64) (string, error) {
	l := cdxj.Line{Key: cdxj.Key(c.URL), Time: nano(c.Time), Entry: cdxj.Entry{
		URL: c.URL, Mime: c.Mime, Status: strconv.Itoa(c.Status), Digest: digestFrom(c.Payload).String(),
		Length: strconv.FormatInt(c.Length, 10), Offset: strconv.FormatInt(c.Offset, 10), Filename: c.Segment,
	}}
	if c.Full != 0 {
		l.Mime = cdxj.Revisit
	}
	if bytes.Equal(c.ID, captureID(&Capture{URL: c.URL})) {
		return l.String(), nil
	}
	posted, err := readCapture(dir, c.location(n))
	if err != nil {
		return "", err
	}
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(posted.Request)))
	if err != nil {
		return "", fmt.Errorf("request of capture %d: %w", n, err)
	}
	l.Method, l.Body = "POST", cdxj.Posted(request.Header.Get("Content-Type"), []byte(formOf(posted.Request)))
	l.Key = cdxj.KeyOfForm(c.URL, l.Body)
	return l.String(), nil
}
