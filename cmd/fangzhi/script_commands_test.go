//go:build unix

package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/rogpeppe/go-internal/testscript"
	"go.etcd.io/bbolt"
)

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

// within runs a command that must succeed in this time: within 20s fangzhi demo.
func within(ts *testscript.TestScript, _ bool, args []string) {
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	began := time.Now()
	ts.Check(ts.Exec(args[1], args[2:]...))
	if took := time.Since(began); took > limit {
		ts.Fatalf("%v took %v, more than %v", args[1:], took, limit)
	}
}

// until runs a command again and again until its answer has a line that matches:
// until '^1 found' fangzhi search 陶瓷.
func until(ts *testscript.TestScript, _ bool, args []string) {
	line, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	waitFor(ts, args[0], func() bool {
		ts.Check(ts.Exec(args[1], args[2:]...))
		return line.MatchString(ts.ReadFile("stdout"))
	})
}

// let gives a variable the field of the first object of a file that has it:
// let ID stdout id.
func let(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.SplitSeq(strings.TrimSpace(ts.ReadFile(args[1])), "\n") {
		var object map[string]any
		ts.Check(json.Unmarshal([]byte(line), &object))
		if v := at(object, strings.Split(args[2], ".")); v != nil {
			ts.Setenv(args[0], fmt.Sprint(v))
			return
		}
	}
	ts.Fatalf("%s has no %s", args[1], args[2])
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

// interrupt interrupts the only command in the background again and again until it has
// written how it ended: interrupt code.txt.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	waitFor(ts, args[0], func() bool {
		for _, c := range ts.BackgroundCmds() {
			_ = c.Process.Signal(os.Interrupt) // it may have ended
		}
		_, err := os.Stat(ts.MkAbs(args[0]))
		return err == nil
	})
}

// outcomeOf runs a command, hands interrupts on to it, and writes its exit code, or the
// signal that ended it, to a file: codeof code.txt fangzhi crawl.
func outcomeOf() {
	c := exec.Command(os.Args[2], os.Args[3:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	if err := c.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "codeof:", err)
		os.Exit(125)
	}
	go func() {
		for s := range interrupts {
			_ = c.Process.Signal(s) // it may have ended
		}
	}()
	_ = c.Wait() // the state says it all
	if err := os.WriteFile(os.Args[1], []byte(c.ProcessState.String()+"\n"), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "codeof:", err)
		os.Exit(125)
	}
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
