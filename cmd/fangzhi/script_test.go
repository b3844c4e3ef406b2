package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/rogpeppe/go-internal/testscript"
	"go.etcd.io/bbolt"

	"fangzhi/crawler/portaltest"
)

// TestMain lets this test binary be the commands that the scripts type.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fangzhi":  main,
		"limited":  limited,
		"tampered": tampered,
	})
}

// TestScripts runs the commands as typed. Each file in testdata begins with the
// question it answers.
func TestScripts(t *testing.T) {
	served := &portals{t: t, serving: map[string]*portaltest.Portal{}}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C")
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"freeport": freePort,
			"await":    await,
			"exit":     exitCode,
			"pick":     pick,
			"portal":   served.serve,
			"replace":  replaceIn,
		},
	})
}

func condition(name string) (bool, error) {
	switch name {
	case "root":
		return os.Geteuid() == 0, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// freePort puts the address of a free port of loopback into a variable.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// patience bounds what a script waits for.
const patience = 20 * time.Second

// await waits until an address answers, or with file until a file is there.
func await(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.Now().Add(patience)
	for tick := time.NewTicker(10 * time.Millisecond); ; <-tick.C {
		if isReady(ts, args) {
			tick.Stop()
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%v was not there after %v", args, patience)
		}
	}
}

func isReady(ts *testscript.TestScript, args []string) bool {
	if len(args) == 2 && args[0] == "file" {
		_, err := os.Stat(ts.MkAbs(args[1]))
		return err == nil
	}
	resp, err := http.Get("http://" + args[0] + "/")
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.Body.Close() == nil
}

// exitCode runs a command that must end with this code: exit 4 fangzhi config check.
func exitCode(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exited := (*exec.ExitError)(nil); errors.As(err, &exited) {
		got = exited.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v: %v", args[1:], err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("%v ended with %d, want %s\n%s", args[1:], got, args[0], ts.ReadFile("stderr"))
	}
}

// pick writes fields of the last object of a file of JSON lines to another file,
// one a line: pick stdout out.txt new edited.
func pick(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")
	var object map[string]any
	ts.Check(json.Unmarshal([]byte(lines[len(lines)-1]), &object))
	var b strings.Builder
	for _, path := range args[2:] {
		fmt.Fprintf(&b, "%s %v\n", path, at(object, strings.Split(path, ".")))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

func at(v any, path []string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// portals are the portals of testdata/portal that a script serves, by the variable
// that has their address.
type portals struct {
	t       *testing.T
	mu      sync.Mutex
	serving map[string]*portaltest.Portal
}

// serve starts a portal, whose address replaces http://PORTAL in the files named, or
// puts other pages into one that is served: portal PORTAL gazette.txtar a.toml.
func (p *portals) serve(ts *testscript.TestScript, _ bool, args []string) {
	file := filepath.Join("testdata", "portal", args[1])
	p.mu.Lock()
	defer p.mu.Unlock()
	if portal := p.serving[ts.Getenv(args[0])]; portal != nil {
		portal.Change(p.t, file)
		return
	}
	portal := portaltest.Serve(p.t, file)
	p.serving[portal.URL] = portal
	ts.Setenv(args[0], portal.URL)
	for _, name := range args[2:] {
		fill(ts, name, "http://PORTAL", portal.URL)
	}
}

// replaceIn puts a variable's value for its name in files: replace ADDRESS a.toml.
func replaceIn(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		fill(ts, name, args[0], ts.Getenv(args[0]))
	}
}

func fill(ts *testscript.TestScript, name, old, text string) {
	b, err := os.ReadFile(ts.MkAbs(name))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(name), []byte(strings.ReplaceAll(string(b), old, text)), 0o600))
}

// makeNewer raises the format that a database says it has.
func makeNewer(file string) error {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("meta"))
		sealed := b.Get([]byte("meta"))
		var meta map[uint64]any
		if err := cbor.Unmarshal(sealed[:len(sealed)-4], &meta); err != nil {
			return err
		}
		meta[1] = uint64(99)
		value, err := cbor.Marshal(meta)
		if err != nil {
			return err
		}
		return b.Put([]byte("meta"), binary.BigEndian.AppendUint32(value, crc32.Checksum(value, crc32.MakeTable(crc32.Castagnoli))))
	})
	return errors.Join(err, db.Close())
}

// tampered makes a database look as if a newer version had made it.
func tampered() {
	if err := makeNewer(filepath.Join(os.Args[1], "fangzhi.db")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
