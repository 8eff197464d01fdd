// Package internal_test holds the tests of the house as a whole.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/textgen-go/textgen"

// mayImport is the table of docs/architecture.md: a package, and what of our own it may import. Data flows from
// corpora to cmd, and imports only point back. A package that is not here fails the test: give it a place first.
var mayImport = map[string][]string{
	"corpora":           {"corpora/stories"},
	"corpora/stories":   {},
	"tokenize":          {},
	"internal/kernel":   {},
	"internal/report":   {},
	"internal/history":  {"internal/report", "model/checkpoint", "model/train"},
	"internal/runner":   {"internal/history", "model", "model/checkpoint", "model/train"},
	"model":             {"internal/kernel"},
	"model/optim":       {"model", "internal/kernel"},
	"model/checkpoint":  {"model", "model/optim"},
	"model/train":       {"model", "model/optim"},
	"generate":          head,
	"classify":          append([]string{"classify/bag", "classify/labelset", "classify/measure"}, head...),
	"classify/bag":      {"classify/labelset", "classify/measure", "internal/kernel"},
	"classify/labelset": {"corpora"},
	"classify/measure":  {"classify/labelset", "internal/report"},
	"internal/bench":    {"model", "model/optim", "internal/kernel"},
	"internal/doctor":   {"model", "model/optim", "model/train", "internal/kernel", "internal/report"},
	"internal/server":   {"generate", "classify"},
	"cmd/textgen":       {"*"},
	"bench/tokenids":    {"tokenize"},
	"bench/verdicts":    {"corpora", "generate", "model", "model/train"},
}

// head is what a head may import: the pipeline before it, never another head.
var head = []string{
	"corpora", "tokenize", "model", "model/optim", "model/train", "model/checkpoint",
	"internal/report", "internal/history", "internal/runner",
}

// plot draws; drawing is the business of one package.
const (
	plot   = "gonum.org/v1/plot"
	drawer = "internal/report"
)

func TestImports(t *testing.T) {
	found := imports(t, "..")
	if len(found) < 10 {
		t.Fatalf("found %d packages only: the test looks in the wrong place", len(found))
	}
	for pkg, imported := range found {
		for _, why := range violations(pkg, imported) {
			t.Errorf("%s %s", pkg, why)
		}
	}
}

func TestViolations(t *testing.T) {
	for _, c := range []struct {
		pkg, imported string
		allowed       bool
	}{
		{"model", module + "/internal/kernel", true},
		{"model", module + "/tokenize", false},
		{"model", module + "/model/optim", false},
		{"generate", module + "/model/train", true},
		{"generate", module + "/classify", false},
		{"classify", module + "/generate", false},
		{"classify", module + "/internal/kernel", false},
		{"model/train", module + "/model/checkpoint", false},
		{"cmd/textgen", module + "/generate", true},
		{"cmd/textgen", "gonum.org/v1/plot/vg", false},
		{"internal/report", "gonum.org/v1/plot/vg", true},
		{"internal/report", module + "/model", false},
		{"nowhere", "fmt", false},
		{"tokenize", "fmt", true},
	} {
		why := violations(c.pkg, []string{c.imported})
		if (len(why) == 0) != c.allowed {
			t.Errorf("%s importing %s: allowed should be %v, but the test says %q", c.pkg, c.imported, c.allowed, why)
		}
	}
}

// violations says what is wrong with a package's imports.
func violations(pkg string, imported []string) []string {
	allowed, known := mayImport[pkg]
	if !known {
		return []string{"has no place in the import table"}
	}
	var wrong []string
	for _, name := range imported {
		own, ours := strings.CutPrefix(name, module+"/")
		switch {
		case ours && own != pkg && !slices.Contains(allowed, own) && !slices.Contains(allowed, "*"):
			wrong = append(wrong, "must not import "+own)
		case (name == plot || strings.HasPrefix(name, plot+"/")) && pkg != drawer:
			wrong = append(wrong, "must not import "+name+": only "+drawer+" draws")
		}
	}
	return wrong
}

// imports maps each package under root to what its files import, for any system and build tag. Tests are left out:
// they may look sideways.
func imports(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && ignored(entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(relative))
		found[pkg] = append(found[pkg], nil...) // a package without imports is a package too
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found[pkg] = append(found[pkg], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// ignored says whether the go command passes over a folder of this name.
func ignored(name string) bool {
	return name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}
