package model

import (
	"fmt"
	"strings"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Precision is how the weights of products are kept while they are used; files and training keep float32.
type Precision = kernel.Precision

// The precisions. What generation loses by the shorter ones is stated in docs/benchmarks.md.
const (
	Float32  = kernel.Float32
	BFloat16 = kernel.BFloat16
	Int8     = kernel.Int8
)

// Precisions lists the precisions from the longest to the shortest.
var Precisions = []Precision{Float32, BFloat16, Int8}

// ParsePrecision returns the precision that a name stands for: fp32, bf16 or int8.
func ParsePrecision(name string) (Precision, error) {
	var names []string
	for _, p := range Precisions {
		if p.String() == name {
			return p, nil
		}
		names = append(names, p.String())
	}
	return 0, fmt.Errorf("precision %q is unknown; use one of %s", name, strings.Join(names, ", "))
}
