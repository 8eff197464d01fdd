package main

import (
	"github.com/textgen-go/textgen/corpora"
	"github.com/urfave/cli/v2"
)

const categoryDocuments = "Labelled documents"

// documentOption is a flag that says how labelled documents are written.
type documentOption struct {
	name, usage string
	field       func(*corpora.DocumentOptions) *string
}

func documentOptions() []documentOption {
	type o = corpora.DocumentOptions
	return []documentOption{
		{"format", "jsonl, csv, tsv, fasttext, label-first, parallel (texts and labels in two files), folders (one a label) or files (one a label); default: told from the files", func(o *o) *string { return &o.Format }},
		{"text-column", "column or key `NAME` of the text, or the column's number; default: text", func(o *o) *string { return &o.TextColumn }},
		{"label-column", "column or key `NAME` of the label, or the column's number; default: label", func(o *o) *string { return &o.LabelColumn }},
		{"header", "yes or no: the first row of a table names its columns", func(o *o) *string { return &o.Header }},
		{"quotes", "csv or none: what a double quote means in a table; default: csv with commas, none with tabs", func(o *o) *string { return &o.Quotes }},
		{"label-prefix", "of the labels in fastText's format; default: __label__", func(o *o) *string { return &o.LabelPrefix }},
		{"label-end", "ends the label of label-first; default: a tab or white space", func(o *o) *string { return &o.LabelEnd }},
		{"label-cut", "a label ends before `TEXT`: with \":\", NUM:date is NUM", func(o *o) *string { return &o.LabelCut }},
		{"label-separator", "parts several labels of a document", func(o *o) *string { return &o.LabelSeparator }},
	}
}

func documentFlags() []cli.Flag {
	var flags []cli.Flag
	for _, o := range documentOptions() {
		flags = append(flags, &cli.StringFlag{Name: o.name, Usage: o.usage, EnvVars: variable(o.name), Category: categoryDocuments})
	}
	return flags
}

func documentNames() []string {
	var names []string
	for _, o := range documentOptions() {
		names = append(names, o.name)
	}
	return names
}

// applyDocumentFlags changes how documents are read as the flags say.
func applyDocumentFlags(ctx *cli.Context, opt *corpora.DocumentOptions) {
	if ctx.IsSet("encoding") {
		opt.Encoding = ctx.String("encoding")
	}
	for _, o := range documentOptions() {
		if ctx.IsSet(o.name) {
			*o.field(opt) = ctx.String(o.name)
		}
	}
}
