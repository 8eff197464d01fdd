package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printJSON writes v as one line.
func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// field writes a name in a line of fields that tabs part: a label, of a foreign model too, or a file may hold any character,
// line ends and those that steer a terminal among them.
func field(name string) string { return escape(name, "") }

// message writes an error or a warning, whose lines stay lines, as a terminal may show it.
func message(text string) string { return escape(text, "\n") }

// escape writes control characters as Go does, but those of keep.
func escape(s, keep string) string {
	var b strings.Builder
	from := 0 // what is not written yet; bytes that are no UTF-8 stay as they are
	for i, r := range s {
		if unicode.IsControl(r) && !strings.ContainsRune(keep, r) {
			quoted := strconv.QuoteRune(r)
			b.WriteString(s[from:i] + quoted[1:len(quoted)-1])
			from = i + utf8.RuneLen(r)
		}
	}
	return b.String() + s[from:]
}

// rows writes pairs of a name and a value, the values one below the other, each row after indent.
func rows(w io.Writer, indent string, pairs ...string) {
	pairs = slices.Clone(pairs)
	for i, cell := range pairs {
		pairs[i] = field(cell)
	}
	width := 0
	for i := 0; i < len(pairs); i += 2 {
		width = max(width, utf8.RuneCountInString(pairs[i]))
	}
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(w, "%s%s%*s  %s\n", indent, pairs[i], width-utf8.RuneCountInString(pairs[i]), "", pairs[i+1])
	}
}

// grouped writes a number with its digits in threes: 12,345.
func grouped[T int | int64](n T) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, parts...), ",")
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const unit = 1024
	if bytes < unit {
		return fmt.Sprintf("%d bytes", bytes)
	}
	value, units := float64(bytes)/unit, []string{"KiB", "MiB", "GiB", "TiB"}
	for value >= unit && len(units) > 1 {
		value, units = value/unit, units[1:]
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}

// mostNamed is the number of files that are named before only their number is told.
const mostNamed = 8

// plural writes a count with its noun: 1 file, 2 files.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}
