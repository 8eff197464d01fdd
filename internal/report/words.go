package report

import (
	"fmt"
	"strings"
)

// Grouped writes a number with its digits in threes: 12,345.
func Grouped(n int) string { return grouped(float64(n)) }

// Names lists the first names of files, of which there may be one a document, and how many more there are.
func Names(names []string) string {
	const most = 8
	list := strings.Join(names[:min(most, len(names))], " ")
	if more := len(names) - most; more > 0 {
		list += fmt.Sprintf(" and %s more", Grouped(more))
	}
	return list
}
