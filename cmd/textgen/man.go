package main

import (
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// manSection is that of user commands.
const manSection = 1

func manCommand() *cli.Command {
	return &cli.Command{
		Name: "man", Usage: "print the manual page", ArgsUsage: " ",
		Description: "   textgen man > /usr/local/share/man/man1/textgen.1",
		Action: func(ctx *cli.Context) error {
			if err := noArguments(ctx, "it prints the page of all commands"); err != nil {
				return err
			}
			ctx.App.Description = markdownExamples(ctx.App.Description)
			describeForMan(ctx.App.Commands)
			page, err := ctx.App.ToManWithSection(manSection)
			if err == nil {
				_, err = io.WriteString(ctx.App.Writer, page)
			}
			return err
		},
	}
}

// describeForMan puts the commands' descriptions where the library's manual page has room for them: it leaves out
// Description, and shows a UsageText of several lines as it is. What it says of flags it reads as Markdown, to which the
// underscores of __label__ are emphasis.
func describeForMan(commands []*cli.Command) {
	for _, c := range commands {
		if c.Description != "" {
			c.UsageText = c.Description + "\n "
		}
		for _, f := range c.Flags {
			if text, ok := f.(*cli.StringFlag); ok {
				text.Usage = strings.ReplaceAll(text.Usage, "_", `\_`)
			}
		}
		describeForMan(c.Subcommands)
	}
}

// markdownExamples indents examples, which stand three blanks in, as Markdown wants code to be.
func markdownExamples(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "   ") {
			lines[i] = " " + line
		}
	}
	return strings.Join(lines, "\n")
}
