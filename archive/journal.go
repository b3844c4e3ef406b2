package archive

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/warc"
)

// A part of a journal is written into captures/ when it has this many entries or
// bytes, so that neither the database nor one record grows with a long visit.
const (
	journalEntries = 1000
	journalBytes   = 4 << 20
)

// journalURI is the WARC-Target-URI of a part of a visit's journal; visit 0 has
// the entries that belong to no visit: runs and pauses.
func journalURI(visit uint64) string {
	if visit == 0 {
		return journalPrefix + "runs"
	}
	return fmt.Sprintf("%svisit:%d", journalPrefix, visit)
}

const journalPrefix = "urn:fangzhi:"

func journalKey(visit, entry uint64) []byte {
	return binary.BigEndian.AppendUint64(number(visit), entry)
}

// record numbers an entry, puts it into the journal of its visit, and applies it.
func (a *Archive) record(tx *bbolt.Tx, visit uint64, e *Entry) (Change, error) {
	a.meta.Entries++
	e.Seq, e.Captures = a.meta.Entries, a.meta.Captures
	line, err := json.Marshal(e)
	if err != nil {
		return NoChange, fmt.Errorf("journal entry %d: %w", e.Seq, err)
	}
	if err := tx.Bucket(bucketJournal).Put(journalKey(visit, e.Seq), seal(line)); err != nil {
		return NoChange, err
	}
	a.unwritten[visit]++
	return a.apply(tx, e)
}

// writeJournal moves the journal of a visit into captures/. The database must
// know an entry for good before captures/ does: after a kill in between, the entry
// is written twice, which Rebuild takes for one. The caller holds a.mu.
func (a *Archive) writeJournal(visit uint64) error {
	if err := a.commit(); err != nil {
		return err
	}
	for {
		part, err := a.journalPart(visit)
		if err != nil || len(part) == 0 {
			delete(a.unwritten, visit)
			return err
		}
		if err := a.writePart(visit, part); err != nil {
			return fmt.Errorf("write journal of visit %d: %w", visit, err)
		}
	}
}

// A journalLine is an entry as JSON and its key.
type journalLine struct{ key, line []byte }

func (a *Archive) journalPart(visit uint64) (part []journalLine, err error) {
	size := 0
	err = a.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketJournal).Cursor()
		for k, v := c.Seek(number(visit)); bytes.HasPrefix(k, number(visit)) && len(part) < journalEntries && size < journalBytes; k, v = c.Next() {
			line, err := unseal(v)
			if err != nil {
				return &DamagedError{string(bucketJournal), printable(k)}
			}
			part = append(part, journalLine{bytes.Clone(k), bytes.Clone(line)})
			size += len(line)
		}
		return nil
	})
	return part, err
}

func (a *Archive) writePart(visit uint64, part []journalLine) error {
	var block bytes.Buffer
	for _, l := range part {
		block.Write(l.line)
		block.WriteByte('\n')
	}
	at := a.opt.Now()
	s, err := a.segmentFor(false, at)
	if err == nil {
		_, err = s.w.Write(warc.Metadata(journalURI(visit), at, warc.TypeNDJSON, block.Bytes()))
	}
	if err == nil {
		err = s.w.Sync()
	}
	if err != nil {
		a.fail(err)
		return err
	}
	tx, err := a.transaction()
	if err != nil {
		return err
	}
	for _, l := range part {
		if err := tx.Bucket(bucketJournal).Delete(l.key); err != nil {
			a.fail(err)
			return err
		}
	}
	return a.commit()
}

// writeLeftJournals writes what visits left behind that were killed, and closes
// these visits.
func (a *Archive) writeLeftJournals() error {
	visits := map[uint64]bool{}
	err := a.view(func(tx *bbolt.Tx) error {
		for _, bucket := range [][]byte{bucketJournal, bucketVisit} {
			c := tx.Bucket(bucket).Cursor()
			for k, _ := c.First(); k != nil; k, _ = c.Next() {
				visits[numberOf(k[:8])] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for visit := range visits {
		if err := a.writeJournal(visit); err != nil {
			return err
		}
	}
	return a.updateLocked(func(tx *bbolt.Tx) error {
		for visit := range visits {
			if err := tx.Bucket(bucketVisit).Delete(number(visit)); err != nil {
				return err
			}
		}
		return nil
	})
}

// readJournal is the entries in a record, nil if it is not of a journal.
func readJournal(r *warc.Record) ([]*Entry, error) {
	if r.Type() != "metadata" || !strings.HasPrefix(r.TargetURI(), journalPrefix) {
		return nil, nil
	}
	var entries []*Entry
	for line := range bytes.Lines(r.Block) {
		e := new(Entry)
		if err := json.Unmarshal(line, e); err != nil {
			return entries, fmt.Errorf("journal %s, line %d: %w", r.TargetURI(), len(entries)+1, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// nano is the instant of a stored time, zero for 0; stored is its inverse.
func nano(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

func stored(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
