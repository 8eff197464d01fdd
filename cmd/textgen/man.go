package main

import (
	"io"

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
			page, err := ctx.App.ToManWithSection(manSection)
			if err == nil {
				_, err = io.WriteString(ctx.App.Writer, page)
			}
			return err
		},
	}
}
