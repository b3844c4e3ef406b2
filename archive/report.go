package archive

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"

	"fangzhi/archive/uri"
)

// defaultReport is the number of rows of a report without Limit.
const defaultReport = 1000

// Report implements Reader. A URL did not become an article when a Reason is
// remembered of it: it was refused or failed, waits to be tried again, or leads off
// the site. Rows are in order of their keys: of ids, or with Host of time.
func (a *Archive) Report(ctx context.Context, q ReportQuery) ([]URLReport, error) {
	if q.Limit <= 0 {
		q.Limit = defaultReport
	}
	var rows []URLReport
	var err error
	switch {
	case q.URL != "":
		rows, err = a.reportURL(q.URL)
	case q.Host != "":
		rows, err = a.reportHost(ctx, q)
	default:
		rows, err = a.reportAll(ctx, q)
	}
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return rows, nil
}

// reportURL is what is remembered of one URL; nothing for one that was never seen.
func (a *Archive) reportURL(raw string) (rows []URLReport, err error) {
	normal, err := uri.Normalize(raw)
	if err != nil {
		return nil, err
	}
	err = a.view(func(tx *bbolt.Tx) error {
		id := urlID(normal, "")
		var u urlRecord
		ok, err := get(tx, bucketURL, id, &u)
		if err != nil || !ok {
			return err
		}
		row, err := reportOf(tx, id, &u)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

func (a *Archive) reportAll(ctx context.Context, q ReportQuery) (rows []URLReport, err error) {
	at := []byte(q.After)
	err = a.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		id, value := after(tx.Bucket(bucketURL).Cursor(), at)
		if id == nil {
			return false, nil
		}
		at = append(at[:0], id...)
		var u urlRecord
		if err := decode(bucketURL, id, value, &u); err != nil {
			return false, err
		}
		if !q.selects(&u) {
			return true, nil
		}
		row, err := reportOf(tx, id, &u)
		rows = append(rows, row)
		return len(rows) < q.Limit, err
	})
	return rows, err
}

func (q *ReportQuery) selects(u *urlRecord) bool {
	return u.Reason != "" && (q.Why == "" || q.Why == u.Reason) && (q.Site == "" || q.Site == u.Site) &&
		q.Time.holds(max(u.Checked, u.Fetched))
}

// after is the first entry behind a key.
func after(c *bbolt.Cursor, key []byte) (k, v []byte) {
	k, v = c.Seek(key)
	if len(key) > 0 && bytes.Equal(k, key) {
		return c.Next()
	}
	return k, v
}

func reportOf(tx *bbolt.Tx, id []byte, u *urlRecord) (URLReport, error) {
	row := URLReport{
		Key: string(id), URL: u.URL, Site: u.Site, At: nano(max(u.Checked, u.Fetched)),
		Outcome: u.Outcome, Reason: u.Reason, Detail: u.Detail, Status: u.Status, Via: u.Via,
	}
	var err error
	if u.Last != 0 {
		row.Location, err = locationOf(tx, u.Last)
	}
	return row, err
}

// reportHost lists requests; the key of one is the number of its capture.
func (a *Archive) reportHost(ctx context.Context, q ReportQuery) (rows []URLReport, err error) {
	host := uri.Host("http://" + q.Host)
	if host == "" {
		return nil, fmt.Errorf("%q is no host", q.Host)
	}
	last, err := strconv.ParseUint(cmp.Or(q.After, "0"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is no key of a request", q.After)
	}
	prefix := under(host)
	err = a.steps(ctx, func(tx *bbolt.Tx) (more bool, err error) {
		key := binary.BigEndian.AppendUint64(bytes.Clone(prefix), last)
		k, _ := after(tx.Bucket(bucketHostCapture).Cursor(), key)
		if !bytes.HasPrefix(k, prefix) {
			return false, nil
		}
		if len(k) != len(key) {
			return false, &DamagedError{string(bucketHostCapture), printable(k)}
		}
		last = numberOf(k[len(prefix):])
		row, err := requestRow(tx, last)
		if q.Time.holds(stored(row.At)) {
			rows = append(rows, row)
		}
		return len(rows) < q.Limit, err
	})
	return rows, err
}

// requestRow is the row for one request: what became of it is known when it was the
// last one for its URL.
func requestRow(tx *bbolt.Tx, n uint64) (URLReport, error) {
	var c captureRecord
	ok, err := get(tx, bucketCapture, number(n), &c)
	if err == nil && !ok {
		err = fmt.Errorf("capture %d is not in the database", n)
	}
	if err != nil {
		return URLReport{}, err
	}
	row := URLReport{Key: strconv.FormatUint(n, 10), URL: c.URL, At: nano(c.Time), Status: c.Status, Via: c.Via, Location: c.location(n)}
	var u urlRecord
	if _, err := get(tx, bucketURL, c.ID, &u); err != nil {
		return row, err
	}
	row.Site = u.Site
	if u.Last == n {
		row.Outcome, row.Reason, row.Detail = u.Outcome, u.Reason, u.Detail
	}
	return row, nil
}
