package archive

import (
	"errors"
	"fmt"
)

// Errors of Open.
var (
	// ErrNoArchive: the directory is missing, empty, or something else.
	ErrNoArchive = errors.New("no archive here")
	// ErrNoDatabase: there are captures, and the database is missing or empty.
	ErrNoDatabase = errors.New("the database is missing")
	// ErrNewer: a newer version of fangzhi made it.
	ErrNewer = errors.New("archive was made by a newer version of fangzhi")
)

// Errors of reading.
var (
	ErrNotFound  = errors.New("not in the archive")
	ErrAmbiguous = errors.New("stands for more than one document")
)

// ErrClosed is what every write after Close returns: a lost capture must not
// look like success.
var ErrClosed = errors.New("archive is closed")

// A DamagedError says which value of the database does not match its CRC. Without a
// Key the file itself, named by Bucket, cannot be read.
type DamagedError struct {
	Bucket, Key string
}

func (e *DamagedError) Error() string {
	if e.Key == "" {
		return e.Bucket + " is damaged"
	}
	return fmt.Sprintf("value %s/%s is damaged", e.Bucket, e.Key)
}
