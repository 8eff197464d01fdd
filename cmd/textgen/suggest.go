package main

import (
	"fmt"
	"strings"
)

// suggest returns a hint to the name that was probably meant, or otherwise if none is near: the only one that begins like
// what was typed, else one with few letters more, less or other.
func suggest(typed string, names []string, otherwise string) string {
	best := onlyLonger(typed, names)
	if best == "" {
		best = nearest(typed, names)
	}
	if best == "" {
		return otherwise
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// onlyLonger returns the one of names that begins with typed, or "" if there is none or more than one.
func onlyLonger(typed string, names []string) string {
	found := ""
	for _, name := range names {
		if !strings.HasPrefix(name, typed) {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}

// nearest returns the one of names that differs least from typed, or "" if all differ in more than a third and a letter.
func nearest(typed string, names []string) string {
	best, near := "", len([]rune(typed))/3+2
	for _, name := range names {
		if d := distance(typed, name); d < near {
			best, near = name, d
		}
	}
	return best
}

// distance is the number of characters to insert, delete or replace to make b of a (Levenshtein 1966).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			replaced := diagonal
			if r != s {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
