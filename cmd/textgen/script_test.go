package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/model"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"textgen": main})
}

// TestScripts runs testdata/script/*.txtar, each of which is also a page of documentation. Beside testscript's own
// commands they use
//
//	exit CODE PROGRAM ARGS…   run a program that must end with this exit code
//	gzip FILE                 make FILE.gz
//	latin1 FILE               turn a file from UTF-8 into Latin-1
//	stories FILE BYTES        write some of the built-in stories
//	waitfor FILE              wait until a file is there and not empty
//
// and the condition [amx], of machines that multiply in bf16x3.
func TestScripts(t *testing.T) {
	// Under nohup hangups are ignored, which programs pass on; what is caught is not passed on.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangups) })
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit": runExit, "gzip": runGzip, "latin1": runLatin1, "stories": runStories, "waitfor": runWaitFor,
		},
		Condition:           condition,
		RequireExplicitExec: true,
	})
}

// condition says whether the machine has what a line of a script asks for.
func condition(name string) (bool, error) {
	if name == "amx" {
		return model.SplitIsFast(), nil
	}
	return false, fmt.Errorf("condition %q is unknown; use amx", name)
}

// runExit runs a program that must end with the exit code that comes first.
func runExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exited, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exited.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func runGzip(ts *testscript.TestScript, _ bool, args []string) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".gz"), packed.Bytes(), 0o666))
}

func runLatin1(ts *testscript.TestScript, _ bool, args []string) {
	var out []byte
	for _, r := range ts.ReadFile(args[0]) {
		out = append(out, byte(r))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o666))
}

func runStories(ts *testscript.TestScript, _ bool, args []string) {
	length, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	text, _ := corpora.Builtin(1, length)
	var all []byte
	for chunk, err := range text.Chunks(context.Background()) {
		ts.Check(err)
		all = append(all, chunk...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), all, 0o666))
}

// runWaitFor waits until a file is there and has something in it.
func runWaitFor(ts *testscript.TestScript, _ bool, args []string) {
	for range 6000 { // a minute, for machines that are busy
		if info, err := os.Stat(ts.MkAbs(args[0])); err == nil && info.Size() > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s did not appear", args[0])
}
