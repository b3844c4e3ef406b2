package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Checkpoint is what a tree was at one time. As text it is (C2SP
// tlog-checkpoint):
//
//	fangzhi.example/5c9a0f31              origin: the name of the key
//	1742                                  leaves
//	qfPXTxRfmNgqPNvzq29S9FZQ9PhLXmP8…=    root, base64
//	time 2022-03-31T01:02:03Z             when it was signed
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	Time   time.Time
}

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\ntime %s\n", c.Origin, c.Size, c.Root, c.Time.UTC().Format(time.RFC3339))
}

// Sign is the checkpoint as a signed note.
func (c Checkpoint) Sign(signer note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: c.text()}, signer)
}

// A SignatureError says that nobody we know has signed a checkpoint.
type SignatureError struct{ Cause error }

func (e *SignatureError) Error() string { return "signature: " + e.Cause.Error() }
func (e *SignatureError) Unwrap() error { return e.Cause }

// Verify reads a signed checkpoint. A *SignatureError says that no signature of
// the verifiers is on it.
func Verify(msg []byte, verifiers note.Verifiers) (Checkpoint, error) {
	n, err := note.Open(msg, verifiers)
	if err != nil {
		return Checkpoint{}, &SignatureError{err}
	}
	return parseCheckpoint(n.Text)
}

var errCheckpoint = errors.New("not a checkpoint: origin, size, root and time, a line each")

func parseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 5 || lines[0] == "" {
		return c, errCheckpoint
	}
	c.Origin = lines[0]
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 || strconv.FormatInt(c.Size, 10) != lines[1] {
		return c, fmt.Errorf("size %.30q: %w", lines[1], errCheckpoint)
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return c, fmt.Errorf("root %.60q: %w", lines[2], errCheckpoint)
	}
	copy(c.Root[:], root)
	when, ok := strings.CutPrefix(lines[3], "time ")
	if c.Time, err = time.Parse(time.RFC3339, when); err != nil || !ok {
		return c, fmt.Errorf("time %.40q: %w", lines[3], errCheckpoint)
	}
	return c, nil
}

// A Signed is one checkpoint in a file of many.
type Signed struct {
	Offset int64 // of its first byte
	Text   []byte
}

// Split takes a file of checkpoints apart: each is followed by an empty line. rest
// is what stands behind the last whole one: nothing, but after a crash.
func Split(file []byte) (all []Signed, rest []byte) {
	for at := 0; at < len(file); {
		end := endOf(file[at:])
		if end < 0 {
			return all, file[at:]
		}
		all = append(all, Signed{int64(at), file[at : at+end]})
		at += end + 1 // the empty line
	}
	return all, nil
}

// endOf is the length of the note that b begins with, -1 if it is not whole: a
// text, an empty line, lines of signatures, and then an empty line.
func endOf(b []byte) int {
	text := bytes.Index(b, []byte("\n\n"))
	if text < 0 {
		return -1
	}
	signatures := bytes.Index(b[text+2:], []byte("\n\n"))
	if signatures < 0 {
		return -1
	}
	return text + 2 + signatures + 1
}
