package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/textgen-go/textgen/corpora"
	"github.com/textgen-go/textgen/model"
	"github.com/urfave/cli/v2"
)

// variable is the environment variable of a flag. Flags of the same name share one; those of bench and doctor, which mean
// something else than in training, have their command's name in front.
func variable(name string) []string {
	return []string{"TEXTGEN_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))}
}

func modelFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "model", Aliases: []string{"m"}, Usage: "the `MODEL`: a run directory, or a model file", EnvVars: variable("model"), TakesFile: true,
	}
}

func jsonFlag(usage string) cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: usage, EnvVars: variable("json")}
}

func threadsFlag() cli.Flag {
	return &cli.IntFlag{Name: "threads", Usage: "use `N` threads, at most one for every core; 0: one for every core", EnvVars: variable("threads")}
}

// threads returns the number of threads to use. More than there are cores would only wait for each other: 64 on two cores
// made training fifteen times slower.
func threads(ctx *cli.Context) int { return min(ctx.Int("threads"), runtime.GOMAXPROCS(0)) }

// precisionFlag is of the commands that write and predict.
func precisionFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "precision", Value: model.Float32.String(), EnvVars: variable("precision"),
		Usage: "keep the weights for writing and predicting as `TYPE`: fp32, bf16 (half the memory, faster) or int8 (a quarter, faster still); a classifier multiplies in fp32, bf16x3 or bf16",
	}
}

// precision reads --precision by one of the parsers of model.
func precision(ctx *cli.Context, parse func(string) (model.Precision, error)) (model.Precision, error) {
	p, err := parse(ctx.String("precision"))
	if err != nil {
		return p, fmt.Errorf("--precision: %w", err)
	}
	return p, nil
}

// textFlags say how files are read.
func textFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "encoding", Usage: "of the files: utf-8, utf-16, utf-16le, utf-16be, latin-1, windows-1252, or bytes for a byte-level tokenizer",
			EnvVars: variable("encoding"), DefaultText: "UTF-8, or UTF-16 by its byte-order mark", Category: categoryText,
		},
		&cli.BoolFlag{
			Name: "normalize-newlines", Usage: "read CR LF as LF", EnvVars: variable("normalize-newlines"), Category: categoryText,
		},
	}
}

const categoryText = "Text"

// files returns the values of a flag that may be repeated. An empty one, as a variable may have, names no file.
func files(ctx *cli.Context, name string) []string {
	return slices.DeleteFunc(ctx.StringSlice(name), func(path string) bool { return path == "" })
}

func textOptions(ctx *cli.Context) corpora.Options {
	return corpora.Options{Encoding: ctx.String("encoding"), NormalizeNewlines: ctx.Bool("normalize-newlines")}
}

// readAll reads a file, or standard input for "-", as the flags of textFlags say.
func readAll(ctx *cli.Context, path string) ([]byte, error) {
	c, err := corpora.Open(ctx.Context, []string{path}, ctx.App.Reader, textOptions(ctx))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var text []byte
	for chunk, err := range c.Chunks(ctx.Context) {
		if err != nil {
			return nil, err
		}
		text = append(text, chunk...)
	}
	return text, nil
}
