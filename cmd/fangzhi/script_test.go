//go:build unix

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"fangzhi/archive/owner"
	"fangzhi/crawler/portaltest"
)

// TestMain lets this test binary be the commands that the scripts type.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"as":       actAs,
		"fangzhi":  main,
		"codeof":   outcomeOf,
		"limited":  limited,
		"obedient": obedient,
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
			"freeport":  freePort,
			"await":     await,
			"exit":      exitCode,
			"until":     until,
			"within":    within,
			"let":       let,
			"interrupt": interrupt,
			"pick":      pick,
			"gazette":   served.gazette,
			"portal":    served.serve,
			"asked":     served.asked,
			"replace":   replaceIn,
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

// await waits until an address answers, or until a file is there, or until somebody has
// an archive open: await file pipe, await owner archive.
func await(ts *testscript.TestScript, _ bool, args []string) {
	waitFor(ts, strings.Join(args, " "), func() bool { return isReady(ts, args) })
}

// waitFor looks again and again whether something is so.
func waitFor(ts *testscript.TestScript, what string, is func() bool) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); !is(); <-tick.C {
		if time.Since(began) > patience {
			ts.Fatalf("no %s after %v", what, patience)
		}
	}
}

func isReady(ts *testscript.TestScript, args []string) bool {
	if len(args) == 2 && args[0] == "file" {
		return isFile(ts.MkAbs(args[1]))
	}
	if len(args) == 2 && args[0] == "owner" {
		b, err := os.ReadFile(ts.MkAbs(filepath.Join(args[1], owner.FileName)))
		return err == nil && strings.Contains(string(b), `"pid"`)
	}
	resp, err := http.Get("http://" + args[0] + "/")
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.Body.Close() == nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// portals are the portals of testdata/portal or of its own that a script serves, by the variable
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
	if own := ts.MkAbs(args[1]); isFile(own) {
		file = own
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if portal := p.serving[ts.Getenv(args[0])]; portal != nil {
		portal.Change(p.t, file)
		return
	}
	portal := portaltest.Serve(p.t, file)
	p.serving[portal.URL] = portal
	ts.Setenv(args[0], portal.URL)
	ts.Setenv(args[0]+"_HOST", strings.TrimPrefix(portal.URL, "http://"))
	for _, name := range args[2:] {
		fill(ts, name, "http://PORTAL", portal.URL)
	}
}

// gazetteConfig is the configuration of an archive that crawls testdata/portal/gazette.txtar.
const gazetteConfig = `[[site]]
name = "gazette"
home = "http://PORTAL/"
regions = ["江西", "湖北"]
categories = ["展会"]
delay = "0s"
allow_private = true
`

// gazette serves the gazette as PORTAL and configures an archive to crawl it:
// gazette archive.
func (p *portals) gazette(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o755))
	file := filepath.Join(args[0], configName)
	ts.Check(os.WriteFile(ts.MkAbs(file), []byte(gazetteConfig), 0o600))
	p.serve(ts, false, []string{"PORTAL", "gazette.txtar", file})
}

// asked waits until a portal was asked for a path: asked PORTAL /jiangxi/2.html.
func (p *portals) asked(ts *testscript.TestScript, _ bool, args []string) {
	p.mu.Lock()
	portal := p.serving[ts.Getenv(args[0])]
	p.mu.Unlock()
	waitFor(ts, "a request for "+args[1], func() bool { return slices.Contains(portal.Asked(), args[1]) })
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
