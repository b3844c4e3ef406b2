package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"fangzhi/archive/disk"
)

// VerifiedName is the file that says when each segment was last found to be as it
// must be. It may be deleted.
const VerifiedName = "verified.json"

// VerifyOptions say how to verify.
type VerifyOptions struct {
	Strict  bool          // tell also what the standards only recommend
	Budget  time.Duration // begin no further segment after this; 0 for all of them
	Against []byte        // a signed checkpoint of the past, nil for none
	Report  func(Finding)
	Now     func() time.Time // nil for time.Now

	// Database checks the database, in a process of its own; nil for CheckDatabase.
	Database func(ctx context.Context, dir string, report func(Finding)) error
}

// Verified says how much was looked at.
type Verified struct {
	Segments    int       `json:"segments"`
	Records     int       `json:"records"`
	Bytes       int64     `json:"bytes"` // of segments
	Leaves      uint64    `json:"leaves"`
	Checkpoints int       `json:"checkpoints"`
	Findings    int       `json:"findings"`
	Left        int       `json:"segments_left"`       // that the budget did not reach
	LeftSince   time.Time `json:"left_since,omitzero"` // when the one of them that waits longest was looked at, zero for never
	LeftNever   int       `json:"never,omitempty"`     // of them, never looked at
}

// Verify checks everything: the database, the ledger, the signatures, and segments
// with their indexes, those first that were not looked at for the longest time. What
// is wrong is a Finding; the error is about the verifying itself.
func (a *Archive) Verify(ctx context.Context, opt VerifyOptions) (*Verified, error) {
	v := newVerifier(a.dir, opt)
	v.a = a
	return v.run(ctx)
}

// VerifyCaptures checks what can be checked without the database of the archive in
// dir, which cause says cannot be read.
func VerifyCaptures(ctx context.Context, dir string, cause error, opt VerifyOptions) (*Verified, error) {
	v := newVerifier(dir, opt)
	if f := findingOf(cause); f != nil {
		v.report(*f)
	} else {
		v.report(Finding{File: DatabaseName, Offset: -1, Problem: cause.Error()})
	}
	return v.run(ctx)
}

// A verifier is one run. It is used by one goroutine.
type verifier struct {
	Verified
	opt   VerifyOptions
	dir   string
	a     *Archive // nil when there is no database
	told  map[Finding]bool
	began time.Time
	seen  map[string]time.Time // segment -> last time it was as it must be
}

func newVerifier(dir string, opt VerifyOptions) *verifier {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Database == nil {
		opt.Database = CheckDatabase
	}
	return &verifier{opt: opt, dir: dir, told: map[Finding]bool{}, began: opt.Now(), seen: map[string]time.Time{}}
}

// report tells a finding once.
func (v *verifier) report(f Finding) {
	if v.told[f] {
		return
	}
	v.told[f] = true
	v.Findings++
	v.opt.Report(f)
}

// absorb makes a finding of an error that is one.
func (v *verifier) absorb(err error) error {
	if f := findingOf(err); f != nil {
		v.report(*f)
		return nil
	}
	return err
}

func (v *verifier) run(ctx context.Context) (*Verified, error) {
	if v.a != nil {
		if err := v.opt.Database(ctx, v.dir, v.report); err != nil {
			return nil, fmt.Errorf("check the database: %w", err)
		}
		if err := v.absorb(v.leaves(ctx)); err != nil {
			return nil, err
		}
		if err := v.absorb(v.versions(ctx)); err != nil {
			return nil, err
		}
	}
	if err := v.checkpoints(); err != nil {
		return nil, err
	}
	if err := v.segments(ctx); err != nil {
		return nil, err
	}
	return &v.Verified, nil
}

// view reads the database, if there is one.
func (v *verifier) view(f func(tx *bbolt.Tx) error) error {
	if v.a == nil {
		return nil
	}
	return v.absorb(mapped(DatabaseName, func() error { return v.a.view(f) }))
}

// versions checks that every version leads to the capture it was read out of.
func (v *verifier) versions(ctx context.Context) error {
	return v.view(func(tx *bbolt.Tx) error {
		return each(tx, bucketVersion, nil, func(key []byte, r *versionRecord) error {
			if err := ctx.Err(); err != nil || r.Location.IsZero() {
				return err
			}
			loc, err := locationOf(tx, r.Location.Capture)
			if findingOf(err) != nil {
				return v.absorb(err)
			}
			if err != nil || loc != r.Location {
				v.report(Finding{File: DatabaseName, Offset: -1, Record: string(bucketVersion) + "/" + printable(key), Field: "location",
					Problem: fmt.Sprintf("leads to capture %d at %s:%d, which is not there", r.Location.Capture, r.Location.Segment, r.Location.Offset)})
			}
			return nil
		})
	})
}

// segments checks segments, oldest look first, as long as the budget lasts.
func (v *verifier) segments(ctx context.Context) error {
	names, err := v.segmentNames()
	if err != nil {
		return err
	}
	v.loadSeen()
	defer v.saveSeen()
	saved := v.began
	slices.SortStableFunc(names, func(x, y string) int { return v.seen[x].Compare(v.seen[y]) })
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if v.opt.Budget > 0 && i > 0 && v.opt.Now().Sub(v.began) >= v.opt.Budget {
			v.leave(names[i:])
			break
		}
		before := v.Findings
		if err := v.segment(ctx, name); err != nil {
			return fmt.Errorf("segment %s: %w", name, err)
		}
		v.Segments++
		if v.Findings == before {
			v.seen[name] = v.opt.Now().UTC()
		} else {
			delete(v.seen, name)
		}
		if now := v.opt.Now(); now.Sub(saved) > time.Minute { // a kill costs no more than that
			v.saveSeen()
			saved = now
		}
	}
	return nil
}

func (v *verifier) leave(names []string) {
	v.Left = len(names)
	for _, name := range names {
		if v.seen[name].IsZero() {
			v.LeftNever++
		} else if v.LeftSince.IsZero() || v.seen[name].Before(v.LeftSince) {
			v.LeftSince = v.seen[name]
		}
	}
}

// segmentNames are those of the files and those that the database knows. One that is
// missing is a finding.
func (v *verifier) segmentNames() ([]string, error) {
	names, err := segmentNames(v.dir)
	if err != nil {
		return nil, err
	}
	return names, v.view(func(tx *bbolt.Tx) error {
		return each(tx, bucketSegment, nil, func(key []byte, s *segmentRecord) error {
			if !slices.Contains(names, string(key)) {
				v.report(Finding{File: captureFile(string(key)), Offset: -1, Problem: fmt.Sprintf("the file is missing; it had %d bytes", s.Committed)})
			}
			return nil
		})
	})
}

func captureFile(name string) string { return CapturesDir + "/" + name }

func (v *verifier) loadSeen() {
	b, err := os.ReadFile(filepath.Join(v.dir, VerifiedName))
	if err != nil || json.Unmarshal(b, &v.seen) != nil {
		v.seen = map[string]time.Time{} // nothing was looked at, as far as is known
	}
}

func (v *verifier) saveSeen() {
	b, err := json.MarshalIndent(v.seen, "", "  ")
	if err == nil {
		// In a directory that cannot be written the next run begins anew.
		_ = disk.WriteFile(filepath.Join(v.dir, VerifiedName), append(b, '\n'), 0o640)
	}
}

// VerifyFile checks one file by its kind: a WARC file or an index. ErrUnknownKind
// says that it is of no kind that can be checked.
func VerifyFile(ctx context.Context, name string, opt VerifyOptions) (*Verified, error) {
	v := newVerifier(filepath.Dir(name), opt)
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch lower := strings.ToLower(name); {
	case info.IsDir():
		return nil, fmt.Errorf("%s: %w", name, ErrUnknownKind)
	case strings.HasSuffix(lower, ".warc") || strings.HasSuffix(lower, ".warc.gz"):
		v.checkWARC(f, info.Size(), name, nil)
	case strings.HasSuffix(lower, ".cdxj") || strings.HasSuffix(lower, ".cdx"):
		err = v.checkIndex(f, name)
	default:
		return nil, fmt.Errorf("%s: %w", name, ErrUnknownKind)
	}
	v.Bytes += info.Size()
	return &v.Verified, errors.Join(err, ctx.Err())
}

// ErrUnknownKind: a file is of no kind that can be verified.
var ErrUnknownKind = fmt.Errorf("neither an archive, nor a WARC file (.warc, .warc.gz) or an index (.cdxj): %w", fs.ErrInvalid)
