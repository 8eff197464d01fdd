package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/urfave/cli/v2"
)

const appDescription = `A language model learns from a text to predict what comes next, and can then write.

   textgen train                      train on built-in stories, for about a minute
   textgen sample -m stories          write with that model
   textgen train my.txt               train on your own text
   textgen eval -m my-model other.txt measure how well a model predicts a text

A classifier learns from labelled documents to put labels on others.

   textgen train --task classify --out topics data.csv
   textgen classify -m topics mail.txt

Every flag can also be given in a YAML file (--config run.yaml with lr: 0.002) and, but for --resume and --force, as a
variable (TEXTGEN_LR for --lr: each command's help names them). A flag counts before a variable, a variable before the
file, the file before the preset.

Exit codes: 0 done, 2 wrong usage or unusable text, 3 bad model file, 4 training diverged, 5 storage failed,
129, 130 and 143 stopped by a signal, 141 as nobody reads the output any more.`

// newApp builds the command line. args are those of the program, which the check of misplaced flags needs.
func newApp(args []string, stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:        "textgen",
		HelpName:    "textgen",
		Usage:       "train recurrent networks on text, write with them, and classify documents",
		Description: appDescription,
		Version:     version(),
		Commands: []*cli.Command{
			trainCommand(), sampleCommand(), predictCommand(), classifyCommand(), evalCommand(), inspectCommand(), corporaCommand(), benchCommand(), doctorCommand(),
			completionCommand(), manCommand(),
		},
		Reader: stdin, Writer: stdout, ErrWriter: stderr,
		Action:               group,
		OnUsageError:         usageError,
		ExitErrHandler:       func(*cli.Context, error) {}, // main exits, not the library
		EnableBashCompletion: true,
		Suggest:              true, // for textgen help COMMAND; the rest is done here
		// A stop string may contain a comma.
		DisableSliceFlagSeparator: true,
	}
	for _, c := range app.Commands {
		prepare(c, args)
	}
	return app
}

// prepare gives a command what all commands have: suggestions, the check of misplaced flags, the config file.
func prepare(c *cli.Command, args []string) {
	c.OnUsageError = usageError
	c.HideHelpCommand = true // else a file called "help" could not be named
	if len(c.Subcommands) > 0 {
		c.Action = group
		for _, sub := range c.Subcommands {
			prepare(sub, args)
		}
		return
	}
	for _, f := range c.Flags {
		if toggle, ok := f.(*cli.BoolFlag); ok {
			toggle.DisableDefaultText = true // that a switch is off by itself needs no word
		}
	}
	action := c.Action
	c.Action = func(ctx *cli.Context) error {
		if err := checkPositionals(ctx, args); err != nil {
			return err
		}
		if err := readConfig(ctx); err != nil {
			return err
		}
		return action(ctx)
	}
}

// group is the action of a command that only has subcommands: help, or an error for one that it lacks.
func group(ctx *cli.Context) error {
	if !ctx.Args().Present() {
		if ctx.Command.Name == ctx.App.Name {
			return cli.ShowAppHelp(ctx)
		}
		return cli.ShowSubcommandHelp(ctx)
	}
	var names []string
	for _, c := range ctx.Command.Subcommands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	name := ctx.Args().First()
	return fmt.Errorf("%q is no command of %s%s", name, ctx.Command.HelpName, suggest(name, names, "; its commands are "+strings.Join(names, ", ")))
}

// usageError explains an error of the flag parser.
func usageError(ctx *cli.Context, err error, _ bool) error {
	if source, value, name, ok := misfit(err); ok {
		return fmt.Errorf("%s %s: want %s", source, value, wanted(ctx.Command, name))
	}
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return fmt.Errorf("%w; see %s --help", err, ctx.Command.HelpName)
	}
	name = strings.TrimPrefix(name, "-")
	if ctx.Command.Name == ctx.App.Name {
		return fmt.Errorf("unknown flag %s; a command's flags stand after it, as in: textgen train --steps 500 my.txt", dashed(name))
	}
	hint := suggest(dashed(name), flagNames(ctx.Command), "; see "+ctx.Command.HelpName+" --help")
	return fmt.Errorf("%s is no flag of %s%s", dashed(name), ctx.Command.HelpName, hint)
}

// The parser's errors for a value of another kind: of a flag, and of a flag's variable.
var (
	misfitOfFlag     = regexp.MustCompile(`^invalid (?:boolean )?value ("(?:[^"\\]|\\.)*") for (?:flag )?-([^:]+):`)
	misfitOfVariable = regexp.MustCompile(`^could not parse ("(?:[^"\\]|\\.)*") as .*environment variable "(\w+)" for flag ([^:]+):`)
)

// misfit finds the flag or variable, the quoted value and the flag's name in the parser's error for a value of another kind.
func misfit(err error) (source, value, name string, ok bool) {
	if parts := misfitOfFlag.FindStringSubmatch(err.Error()); parts != nil {
		return dashed(parts[2]), parts[1], parts[2], true
	}
	if parts := misfitOfVariable.FindStringSubmatch(err.Error()); parts != nil {
		return "the variable " + parts[2], parts[1], parts[3], true
	}
	return "", "", "", false
}

// wanted says what the values of a flag are.
func wanted(c *cli.Command, name string) string {
	for _, f := range c.Flags {
		if !slices.Contains(f.Names(), name) {
			continue
		}
		switch f.(type) {
		case *cli.DurationFlag:
			return "a time with its unit, as in 90s, 5m or 1h30m"
		case *cli.IntFlag:
			return "a whole number"
		case *cli.IntSliceFlag:
			return "a whole number; for several, repeat the flag"
		case *cli.Uint64Flag:
			return "a whole number that is not negative"
		case *cli.Float64Flag:
			return "a number, as in 0.5"
		case *cli.BoolFlag:
			return "true or false"
		}
	}
	return "another value: see " + c.HelpName + " --help"
}

// flagNames returns the flags of a command as they are typed.
func flagNames(c *cli.Command) []string {
	var names []string
	for _, f := range c.Flags {
		for _, name := range f.Names() {
			names = append(names, dashed(name))
		}
	}
	return names
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// checkPositionals makes an error of flags that stand after a positional argument: the parser would take them for files.
// After "--", everything is an argument.
func checkPositionals(ctx *cli.Context, args []string) error {
	given := ctx.Args().Slice()
	before := len(args) - len(given) - 1
	if before >= 0 && args[before] == "--" {
		return nil
	}
	for i, arg := range given {
		if i == 0 || len(arg) < 2 || arg[0] != '-' {
			continue
		}
		return fmt.Errorf("the flag %s stands after the argument %q, where it would be taken for a file: write flags first, as in: %s %s … %s (a file of that name: ./%s)",
			arg, given[0], ctx.Command.HelpName, arg, given[0], arg)
	}
	return nil
}

// noArguments is the error for arguments where a command takes none.
func noArguments(ctx *cli.Context, hint string) error {
	if !ctx.Args().Present() {
		return nil
	}
	return fmt.Errorf("%q: %s takes no such argument; %s", ctx.Args().First(), ctx.Command.HelpName, hint)
}

// noModel is the error for a command that was not told its model; the first argument may be meant.
func noModel(ctx *cli.Context) error {
	if first := ctx.Args().First(); first != "" {
		if _, err := checkpoint.Resolve(filepath.Join(first, checkpoint.ModelName)); err == nil {
			return fmt.Errorf("no model: did you mean -m %s?", first)
		}
	}
	return errors.New("no model: name a run directory or model file, as in -m stories")
}
