package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"fangzhi/archive/disk"
	"fangzhi/archive/ledger"
	"fangzhi/archive/warc"
	"fangzhi/parser"
)

// Names in an archive's directory.
const (
	DatabaseName = "fangzhi.db"
	ReadmeName   = "README.txt"
)

// How the database is opened. The page size is fixed when it is made.
const (
	pageSize     = 16 << 10
	initialMmap  = 1 << 30 // of address space, so that growing seldom waits for readers
	lockPatience = 5 * time.Second
)

// Options say how an archive is to be written. The zero value is fit for use.
type Options struct {
	ReadOnly    bool
	Prefix      string                         // of segment names; "" for fangzhi
	Info        func() []warc.Field            // of every warcinfo record: software, operator, …; nil for none
	SegmentSize int64                          // bytes at which a segment is closed; 0 for 1 GiB
	CommitOps   int                            // operations in a batch at most; 0 for 256
	CommitEvery time.Duration                  // age of a batch at most; 0 for 500 ms
	IndexEvery  time.Duration                  // between looks for new versions to index; 0 for 1 s
	Now         func() time.Time               // nil for time.Now
	FS          disk.FS                        // nil for the machine's
	Key         string                         // file of the signing key; "" for signing.key in the archive
	Rules       func(site string) parser.Rules // to read captures again; nil for none
}

func (o Options) withDefaults() Options {
	if o.Prefix == "" {
		o.Prefix = "fangzhi"
	}
	if o.SegmentSize == 0 {
		o.SegmentSize = 1 << 30
	}
	if o.CommitOps == 0 {
		o.CommitOps = 256
	}
	if o.CommitEvery == 0 {
		o.CommitEvery = 500 * time.Millisecond
	}
	if o.IndexEvery == 0 {
		o.IndexEvery = time.Second
	}
	if o.Info == nil {
		o.Info = func() []warc.Field { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.FS == nil {
		o.FS = disk.OS{}
	}
	if o.Rules == nil {
		o.Rules = func(string) parser.Rules { return parser.Rules{} }
	}
	return o
}

// An Archive is one that this process has open. Its methods may be called from
// several goroutines.
type Archive struct {
	dir string
	opt Options
	db  *bbolt.DB

	finder *finder // nil while a Rebuild fills the database

	sealing sync.Mutex // held while sealed segments are finished; taken before mu

	mu        sync.Mutex // guards all below; held while the batch is worked on
	batch     *batch
	main      *segment // nil until the first capture
	same      *segment // of rechecks that changed nothing
	meta      metaRecord
	unwritten map[uint64]int // journal entries of each visit that are not in captures/ yet
	names     lookups        // answers of name servers
	key       *ledger.Key    // nil until the first run
	failed    error          // of a commit or of the captures: nothing is written any more
	closed    bool
}

// Create makes an empty archive. The directory may exist; it must not hold
// captures without a database: that is for Rebuild.
func Create(dir string, opt Options) (*Archive, error) {
	if err := os.MkdirAll(filepath.Join(dir, CapturesDir), 0o750); err != nil {
		return nil, fmt.Errorf("create archive: %w", err)
	}
	if err := writeReadme(dir); err != nil {
		return nil, fmt.Errorf("create archive: %w", err)
	}
	return open(dir, opt)
}

// Exists tells whether dir holds an archive.
func Exists(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, CapturesDir))
	return err == nil && info.IsDir()
}

// Open opens an archive, mends the ends of segments that a crash left torn, and
// adopts captures that the database does not know yet. Only one process may have
// it open for writing; see package owner.
func Open(dir string, opt Options) (*Archive, error) {
	if !Exists(dir) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoArchive)
	}
	if info, err := os.Stat(filepath.Join(dir, DatabaseName)); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		if empty, err := isEmpty(filepath.Join(dir, CapturesDir)); err != nil || !empty || opt.ReadOnly {
			return nil, errors.Join(fmt.Errorf("%s: %w", filepath.Join(dir, DatabaseName), ErrNoDatabase), err)
		}
	}
	return open(dir, opt)
}

func isEmpty(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	return len(entries) == 0, err
}

func open(dir string, opt Options) (*Archive, error) {
	db, err := openDatabase(filepath.Join(dir, DatabaseName), opt.ReadOnly)
	if err != nil {
		return nil, err
	}
	a := &Archive{dir: dir, opt: opt.withDefaults(), db: db, unwritten: map[uint64]int{}}
	if err := a.begin(); err != nil {
		return nil, errors.Join(fmt.Errorf("open archive %s: %w", dir, err), db.Close())
	}
	f, err := openFinder(a)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open archive %s: %w", dir, err), a.Close())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.finder = f
	return a, nil
}

func openDatabase(name string, readOnly bool) (*bbolt.DB, error) {
	var db *bbolt.DB
	err := mapped(DatabaseName, func() (err error) {
		db, err = bbolt.Open(name, 0o640, &bbolt.Options{
			ReadOnly: readOnly, PageSize: pageSize, InitialMmapSize: initialMmap,
			FreelistType: bbolt.FreelistMapType, Timeout: lockPatience,
		})
		return err
	})
	if isNoDatabase(err) {
		err = fmt.Errorf("%w: %v", &DamagedError{Bucket: DatabaseName}, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return db, nil
}

func (a *Archive) begin() error {
	if a.opt.ReadOnly {
		return a.view(a.readMeta)
	}
	if err := mapped(DatabaseName, func() error { return a.db.Update(a.prepare) }); err != nil {
		return err
	}
	return a.adopt()
}

// prepare makes what is missing and checks the format.
func (a *Archive) prepare(tx *bbolt.Tx) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	if tx.Bucket(bucketMeta).Get(metaKey) == nil {
		a.meta = metaRecord{Format: Format}
		return put(tx, bucketMeta, metaKey, &a.meta)
	}
	return a.readMeta(tx)
}

func (a *Archive) readMeta(tx *bbolt.Tx) error {
	if tx.Bucket(bucketMeta) == nil {
		return ErrNoDatabase
	}
	ok, err := get(tx, bucketMeta, metaKey, &a.meta)
	if err == nil && !ok {
		err = ErrNoDatabase
	}
	if err == nil && a.meta.Format > Format {
		err = fmt.Errorf("%w: its format is %d, this program knows %d", ErrNewer, a.meta.Format, Format)
	}
	if err == nil && a.meta.Changes > 0 && a.meta.Rows == 0 {
		err = fmt.Errorf("%w: it was made before there was an index", ErrNoDatabase)
	}
	return err
}

// Dir is the archive's directory.
func (a *Archive) Dir() string { return a.dir }

// Flush commits what was finished so far: it is acknowledged when Flush returns.
func (a *Archive) Flush(context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return ErrClosed
	}
	return a.commit()
}

// Close commits what was finished and closes all files.
func (a *Archive) Close() error {
	errs := []error{a.settle()}
	if a.finder != nil { // then: it indexes what was committed, and writes into the database
		errs = append(errs, a.finder.Close())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil
	}
	a.closed = true
	a.abandon()
	for _, s := range []*segment{a.main, a.same} {
		if s != nil {
			errs = append(errs, s.w.Close())
		}
	}
	return errors.Join(append(errs, a.db.Close())...)
}

// settle commits what an archive that is about to be closed has in hand.
func (a *Archive) settle() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.opt.ReadOnly || a.failed != nil {
		return nil
	}
	return a.commit()
}

// view gives f a read transaction that sees what was committed. f must not make
// it longer than one page of an answer.
func (a *Archive) view(f func(tx *bbolt.Tx) error) error {
	err := mapped(DatabaseName, func() error { return a.db.View(f) })
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
