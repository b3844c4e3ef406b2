package owner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// FileName is the name of the lock and its message in the archive.
const FileName = "owner.json"

// protocol is raised when owner and asker of different versions would
// misunderstand each other. hello and handover never change.
const protocol = 1

// messageSize is what the message is filled up to with blanks: it is written over
// in place, so that a full disk keeps nobody from reading the archive.
const messageSize = 1024

// A message says who owns the archive and where to ask. The zero message is
// that of an archive nobody has open.
type message struct {
	PID      int       `json:"pid,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	Role     Role      `json:"role,omitempty"`
	Address  string    `json:"address,omitempty"` // unix:PATH or tcp:HOST:PORT
	Token    string    `json:"token,omitempty"`
	Version  string    `json:"version,omitempty"`
	Protocol int       `json:"protocol,omitempty"`

	// Promised is the pid of the crawl that the last owner handed over to. Until
	// then readers leave the lock to it.
	Promised int       `json:"promised,omitempty"`
	Until    time.Time `json:"until,omitzero"`
}

// errTorn: the message was read while it was being written.
var errTorn = errors.New("owner.json is being written")

func (m message) encode() ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if n := messageSize - 1 - len(b); n > 0 {
		b = append(b, bytes.Repeat([]byte{' '}, n)...)
	}
	return append(b, '\n'), nil
}

// parseMessage reads the contents of owner.json; an empty file is a message of
// nobody.
func parseMessage(b []byte) (message, error) {
	var m message
	if len(bytes.TrimSpace(b)) == 0 {
		return m, nil
	}
	if b[len(b)-1] != '\n' {
		return m, errTorn
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return message{}, fmt.Errorf("%w: %v", errTorn, err)
	}
	return m, nil
}

// readMessage reads owner.json without the lock.
func readMessage(name string) (message, error) {
	f, err := os.Open(name)
	if err != nil {
		return message{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return message{}, err
	}
	return parseMessage(b)
}

// keptFrom tells whether the lock, although free, is promised to another process.
func (m message) keptFrom(pid int, now time.Time) bool {
	return m.Promised != 0 && m.Promised != pid && now.Before(m.Until) && m.Until.Sub(now) <= promiseTime
}
