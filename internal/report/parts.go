package report

import (
	_ "embed"
	"html/template"
)

//go:embed parts.html
var partsText string

// parts are what the pages have in common: the head, the style, the title with its summary, groups of facts, charts.
var parts = template.Must(template.New("parts").Funcs(template.FuncMap{"grouped": Grouped}).Parse(partsText))

// newPage parses the text of a page, which may use the parts and further functions.
func newPage(name, text string, functions template.FuncMap) *template.Template {
	return template.Must(template.Must(parts.Clone()).New(name).Funcs(functions).Parse(text))
}
