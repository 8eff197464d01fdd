package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/urfave/cli/v2"
)

// configFlag names the YAML file of a command's flags.
func configFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "config", Usage: "read flags from the YAML `FILE`: a line \"name: value\" for each", EnvVars: variable("config"), TakesFile: true,
	}
}

// readConfig sets the flags that neither the command line nor a variable sets from the file that --config names.
func readConfig(ctx *cli.Context) error {
	path := ctx.String("config")
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	entries, err := parseConfig(path, text)
	if err != nil {
		return err
	}
	given := map[string]bool{}
	for _, e := range entries {
		given[e.name] = ctx.IsSet(e.name) || slices.ContainsFunc(rivals(e.name), ctx.IsSet)
	}
	for _, e := range entries {
		if err := e.apply(ctx, given[e.name]); err != nil {
			return fmt.Errorf("%s:%d: %w", path, e.line, err)
		}
	}
	return nil
}

// rivals returns the flags that take the place of the one called name: if one of them is given otherwise, what the file says
// of that counts no more.
func rivals(name string) []string {
	for _, group := range rivalGroups {
		if slices.Contains(group, name) {
			return group
		}
	}
	return nil
}

// rivalGroups are the flags, under all their names, of which one takes the place of the others.
var rivalGroups = [][]string{{"steps", "epochs", "time"}, {"prompt", "prompt-file", "p"}}

// forgetRivalVariables unsets the variables of flags in whose place others stand in args: a flag counts before a variable.
func forgetRivalVariables(args []string) {
	for _, arg := range args {
		if arg == "--" {
			return
		}
		dashless := strings.TrimLeft(arg, "-")
		name, _, _ := strings.Cut(dashless, "=")
		if dashless == arg || rivals(name) == nil {
			continue
		}
		for _, rival := range rivals(name) {
			if rival != name {
				os.Unsetenv(variable(rival)[0])
			}
		}
	}
}

// entry is one setting of a config file.
type entry struct {
	name   string
	values []string // more than one for a list
	line   int      // from 1
}

// apply sets the flag, unless it was given otherwise.
func (e entry) apply(ctx *cli.Context, given bool) error {
	if keys := configKeys(ctx.Command); !slices.Contains(keys, e.name) {
		return fmt.Errorf("unknown key %q%s", e.name, suggest(e.name, keys, "; keys are the long flags of "+ctx.Command.HelpName))
	}
	if given {
		return nil
	}
	if !repeats(flagOf(ctx.Command, e.name)) && len(e.values) != 1 {
		return fmt.Errorf("%s takes one value, not a list", e.name)
	}
	for _, v := range e.values {
		if err := ctx.Set(e.name, v); err != nil {
			return fmt.Errorf("%s: %q does not fit: want %s", e.name, v, wanted(ctx.Command, e.name))
		}
	}
	return nil
}

// repeats reports whether a flag may be given more than once.
func repeats(f cli.Flag) bool {
	switch f.(type) {
	case *cli.StringSliceFlag, *cli.IntSliceFlag:
		return true
	}
	return false
}

func flagOf(c *cli.Command, name string) cli.Flag {
	for _, f := range c.Flags {
		if f.Names()[0] == name {
			return f
		}
	}
	return nil
}

// configKeys returns the keys that a config file may have.
func configKeys(c *cli.Command) []string {
	var keys []string
	for _, f := range c.Flags {
		if name := f.Names()[0]; name != "config" && name != "help" {
			keys = append(keys, name)
		}
	}
	return keys
}

// parseConfig reads a YAML mapping of scalars and lists of scalars. Keys may be written with _ for -.
func parseConfig(path string, text []byte) ([]entry, error) {
	file, err := parser.ParseBytes(bytes.TrimPrefix(text, []byte("\ufeff")), 0) // editors on Windows write a byte-order mark
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var entries []entry
	for _, doc := range file.Docs {
		nodes, err := mappings(doc.Body)
		if err != nil {
			return nil, fmt.Errorf("%s:%w", path, err)
		}
		for _, n := range nodes {
			e := entry{name: strings.ReplaceAll(keyOf(n), "_", "-"), line: n.Key.GetToken().Position.Line}
			if i := slices.IndexFunc(entries, func(before entry) bool { return before.name == e.name }); i >= 0 {
				return nil, fmt.Errorf("%s:%d: %s is in line %d already", path, e.line, e.name, entries[i].line)
			}
			if e.values, err = scalars(n.Value); err != nil {
				return nil, fmt.Errorf("%s:%d: %s: %w", path, e.line, e.name, err)
			}
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// keyOf returns an entry's key without the quotes that it may have.
func keyOf(n *ast.MappingValueNode) string {
	if quoted, ok := n.Key.(*ast.StringNode); ok {
		return quoted.Value
	}
	return n.Key.String()
}

// mappings returns the entries of a document's outermost mapping.
func mappings(body ast.Node) ([]*ast.MappingValueNode, error) {
	switch n := body.(type) {
	case nil:
		return nil, nil
	case *ast.CommentGroupNode:
		return nil, nil
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	default:
		return nil, fmt.Errorf("%d: want lines of the form \"flag: value\"", body.GetToken().Position.Line)
	}
}

// scalars returns the values of a scalar or of a list of scalars, as they would stand on a command line.
func scalars(n ast.Node) ([]string, error) {
	if list, ok := n.(*ast.SequenceNode); ok {
		var out []string
		for _, v := range list.Values {
			s, err := scalar(v)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		return out, nil
	}
	s, err := scalar(n)
	return []string{s}, err
}

func scalar(n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, nil
	default:
		return "", fmt.Errorf("want a number, a word, true, false or a list of them, not %s", n.Type())
	}
}
