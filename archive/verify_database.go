package archive

import (
	"context"
	"fmt"
	"path/filepath"

	"go.etcd.io/bbolt"

	"fangzhi/archive/index"
)

// CheckDatabase checks the database of the archive in dir: the pages of bbolt, and
// every value. It is meant for a process of its own: a damaged file may make bbolt
// end it.
func CheckDatabase(ctx context.Context, dir string, report func(Finding)) error {
	name := filepath.Join(dir, DatabaseName)
	db, err := openDatabase(name, true)
	if f := findingOf(err); f != nil {
		report(*f)
		return nil
	}
	if err != nil {
		return err
	}
	defer db.Close()
	err = mapped(DatabaseName, func() error {
		return db.View(func(tx *bbolt.Tx) error { return checkDatabase(ctx, tx, report) })
	})
	if f := findingOf(err); f != nil {
		report(*f)
		return nil
	}
	return err
}

func checkDatabase(ctx context.Context, tx *bbolt.Tx, report func(Finding)) error {
	for err := range tx.Check() {
		report(Finding{File: DatabaseName, Offset: -1, Record: "page", Problem: err.Error()})
	}
	for _, name := range buckets {
		b := tx.Bucket(name)
		if b == nil {
			report(Finding{File: DatabaseName, Offset: -1, Record: string(name), Problem: "the bucket is missing"})
			continue
		}
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if why := checkValue(string(name), v); why != nil {
				report(Finding{File: DatabaseName, Offset: -1, Record: string(name) + "/" + printable(k), Problem: why.Error()})
			}
		}
	}
	return nil
}

// kinds make a value of what a bucket holds, to be decoded into. The values of other
// buckets are numbers, keys, texts and JSON.
var kinds = map[string]func() any{
	string(bucketMeta):        func() any { return new(metaRecord) },
	string(bucketURL):         func() any { return new(urlRecord) },
	string(bucketFrontier):    func() any { return new(Link) },
	string(bucketCapture):     func() any { return new(captureRecord) },
	string(bucketDocument):    func() any { return new(documentRecord) },
	string(bucketVersion):     func() any { return new(versionRecord) },
	string(bucketObservation): func() any { return new(Observation) },
	string(bucketSite):        func() any { return new(siteRecord) },
	string(bucketVisit):       func() any { return new(Plan) },
	string(bucketRun):         func() any { return new(RunStatus) },
	string(bucketSegment):     func() any { return new(segmentRecord) },
	string(bucketEvent):       func() any { return new(eventRecord) },
	string(bucketHostState):   func() any { return new(HostState) },
	string(bucketRow):         func() any { return new(rowRecord) },
	string(bucketIndex):       func() any { return new(index.Entry) },
}

// empty are the buckets whose keys say all.
var empty = map[string]bool{
	string(bucketTaken): true, string(bucketDue): true, string(bucketHostCapture): true, string(bucketAddress): true, string(bucketSiteLook): true,
}

func checkValue(bucket string, v []byte) error {
	if empty[bucket] {
		if len(v) > 0 {
			return fmt.Errorf("has a value of %d bytes, and should have none", len(v))
		}
		return nil
	}
	body, err := unseal(v)
	if err != nil {
		return fmt.Errorf("does not match its checksum")
	}
	if kind := kinds[bucket]; kind != nil {
		if err := decoding.Unmarshal(body, kind()); err != nil {
			return fmt.Errorf("cannot be decoded: %w", err)
		}
	}
	return nil
}
