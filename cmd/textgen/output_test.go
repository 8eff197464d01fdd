package main

import (
	"slices"
	"testing"
)

func TestNamed(t *testing.T) {
	if got, want := named(slices.Repeat([]string{"f"}, 20_000)), "f f f f f f f f and 19,992 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
