package checkpoint

import (
	"fmt"
	"slices"
	"strings"
)

// Bind copies the tensors of f into those of want with the same names, which are views of a network's memory: its
// [Parameters], and for a state file its moments and hidden states. The two must agree: every tensor of want is in f
// with the same shape, and f has no other, except those whose names start with one of the prefixes in except. If they
// do not, Bind changes nothing and returns a *MismatchError.
func Bind(want []Tensor, f *File, except ...string) error {
	have := make(map[string]Tensor, len(f.Tensors))
	for _, t := range f.Tensors {
		have[t.Name] = t
	}
	var bad MismatchError
	wanted := make(map[string]bool, len(want))
	for _, w := range want {
		wanted[w.Name] = true
		h, ok := have[w.Name]
		switch {
		case !ok:
			bad.Missing = append(bad.Missing, w.Name)
		case !slices.Equal(h.Shape, w.Shape) || len(h.Data) != len(w.Data):
			bad.Reshaped = append(bad.Reshaped, fmt.Sprintf("%s: %v, not %v", w.Name, h.Shape, w.Shape))
		}
	}
	for _, t := range f.Tensors {
		if !wanted[t.Name] && !hasPrefix(t.Name, except) {
			bad.Extra = append(bad.Extra, t.Name)
		}
	}
	if len(bad.Missing)+len(bad.Extra)+len(bad.Reshaped) > 0 {
		return &bad
	}
	for _, w := range want {
		copy(w.Data, have[w.Name].Data)
	}
	return nil
}

func hasPrefix(name string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}
