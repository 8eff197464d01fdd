package checkpoint_test

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model/checkpoint"
)

// touch makes empty files.
func touch(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Chdir(t.TempDir())
	touch(t, "run/model.safetensors.zst", "file", "named.safetensors.zst",
		"stopped/state.safetensors.zst", "other/a.safetensors.zst", "empty/x")
	for _, c := range []struct{ path, want, err string }{
		{path: "run", want: filepath.Join("run", "model.safetensors.zst")},
		{path: "run/", want: filepath.Join("run", "model.safetensors.zst")},
		{path: "file", want: "file"},
		{path: "named", want: "named.safetensors.zst"},
		{path: "absent", err: "make one with: textgen train --out absent FILE, or one that labels documents with --task classify"},
		{path: "stopped", err: "continue it with --resume"},
		{path: "other", err: filepath.Join("other", "a.safetensors.zst")},
		{path: "empty", err: "no model.safetensors.zst in the directory empty"},
	} {
		got, err := checkpoint.Resolve(c.path)
		if got != c.want {
			t.Errorf("%s is %s, want %s", c.path, got, c.want)
		}
		if c.err == "" && err != nil {
			t.Errorf("%s: %v", c.path, err)
		}
		if c.err != "" && (!errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: error is %v, want one with %q", c.path, err, c.err)
		}
	}
}

func TestRunIsLocked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "run")
	first, err := checkpoint.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := checkpoint.OpenRun(dir); !errors.Is(err, checkpoint.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("opened twice: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := checkpoint.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
}

// TestLockEndsWithItsProcess kills a process that has the run open.
func TestLockEndsWithItsProcess(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command(self, "-test.run=^TestHoldLock$")
	other.Env = append(os.Environ(), "HOLD_LOCK="+dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "locked\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	if _, err := checkpoint.OpenRun(dir); !errors.Is(err, checkpoint.ErrLocked) {
		t.Errorf("error is %v, want ErrLocked", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	other.Wait()
	run, err := checkpoint.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	run.Close()
}

// TestHoldLock is the other process of TestLockEndsWithItsProcess.
func TestHoldLock(t *testing.T) {
	dir := os.Getenv("HOLD_LOCK")
	if dir == "" {
		t.Skip("part of TestLockEndsWithItsProcess")
	}
	if _, err := checkpoint.OpenRun(dir); err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("locked\n")
	os.Stdin.Read(make([]byte, 1))
}

func TestOpenRunRemovesLeftovers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run [1]") // whose name is a pattern that does not match it
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	touch(t, filepath.Join(dir, ".model.safetensors.zst.tmp-1-0"), filepath.Join(dir, ".report.json.tmp-1-0"), filepath.Join(dir, ".notes.tmp-1-0"))
	run, err := checkpoint.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if names := entries(t, dir); names != ".lock .notes.tmp-1-0" {
		t.Errorf("the directory holds %s", names)
	}
}

func TestCloseRemovesWhatIsUnused(t *testing.T) {
	there := t.TempDir()
	for _, c := range []struct {
		dir   string
		write bool
		left  bool
	}{
		{filepath.Join(there, "parent", "unused"), false, false},
		{filepath.Join(there, "parent", "used"), true, true},
		{there, false, true},
	} {
		run, err := checkpoint.OpenRun(c.dir)
		if err != nil {
			t.Fatal(err)
		}
		if c.write {
			touch(t, run.Path(checkpoint.MetricsName))
		}
		if err := run.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(c.dir, ".lock")); (err == nil) != c.left {
			t.Errorf("the lock of %s after Close: %v; left: want %v", c.dir, err, c.left)
		}
		if _, err := os.Stat(c.dir); (err == nil) != c.left {
			t.Errorf("%s after Close: %v; left: want %v", c.dir, err, c.left)
		}
	}
}

func TestCheckNew(t *testing.T) {
	t.Chdir(t.TempDir())
	touch(t, "run/model.safetensors.zst", "file", "started/metrics.jsonl", "copied.safetensors.zst", "taken/state.safetensors.zst")
	for dir, want := range map[string]string{"run": "there is a run already", "taken": "there is a run already", "file": "file is a file", "started": "", "absent": "", "copied": ""} {
		err := checkpoint.CheckNew(dir)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want %q", dir, err, want)
		}
	}
	if err := checkpoint.CheckNew("run"); !errors.Is(err, checkpoint.ErrExists) {
		t.Errorf("%v is not ErrExists", err)
	}
}

func TestRunReplace(t *testing.T) {
	run, err := checkpoint.OpenRun(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	for _, text := range []string{"first", "second"} {
		if err := run.Replace(checkpoint.CurvesName, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(run.Path("curves.svg")); string(got) != text {
			t.Errorf("the file holds %q, %v", got, err)
		}
	}
}
