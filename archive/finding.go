package archive

import (
	"errors"
	"fmt"
	"strings"
)

// A Finding is something that is not as it must be.
type Finding struct {
	File    string `json:"file"`             // relative to the archive's directory, or as it was named
	Offset  int64  `json:"offset"`           // in bytes; -1 where there is none
	Record  string `json:"record,omitempty"` // a record's id, a value's bucket/key, a line
	Field   string `json:"field,omitempty"`
	Problem string `json:"problem"`
}

func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Offset >= 0 {
		fmt.Fprintf(&b, ": offset %d", f.Offset)
	}
	for _, part := range []string{f.Record, f.Field} {
		if part != "" {
			b.WriteString(": " + part)
		}
	}
	b.WriteString(": " + f.Problem)
	return b.String()
}

// findingOf is the finding that an error about the database is, nil for another.
func findingOf(err error) *Finding {
	damaged := (*DamagedError)(nil)
	if !errors.As(err, &damaged) {
		return nil
	}
	if damaged.Key == "" {
		return &Finding{File: DatabaseName, Offset: -1, Problem: err.Error()}
	}
	return &Finding{File: DatabaseName, Offset: -1, Record: damaged.Bucket + "/" + damaged.Key, Problem: "does not match its checksum"}
}
