package model

import (
	"fmt"
	"strings"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Precision is how the weights of products are kept while they are used; files and updates keep float32.
type Precision = kernel.Precision

// The precisions. What generation loses by the shorter ones is stated in docs/benchmarks.md. Mixed is for training
// and for labelling documents: both operands of products are rounded to bfloat16; sums, activations, gradients and
// updates stay in float32 (Kalamkar et al. 2019). Split is for labelling: operands are the sums of two bfloat16 each, and
// three of their four products are computed, which errs by up to 2⁻¹⁵ of a product (Henry, Tang & Heinecke 2019).
const (
	Float32  = kernel.Float32
	BFloat16 = kernel.BFloat16
	Int8     = kernel.Int8
	Mixed    = kernel.Mixed
	Split    = kernel.Split
)

// Precisions lists the precisions of generation from the longest to the shortest.
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

// ParseProductPrecision returns the precision that a name stands for in training: fp32, which is also "", or bf16, which is
// Mixed.
func ParseProductPrecision(name string) (Precision, error) {
	if p, ok := productPrecisions[name]; ok && p != Split {
		return p, nil
	}
	return 0, fmt.Errorf("precision %q cannot be used here; use fp32 or bf16", name)
}

// ParseLabelPrecision returns the precision that a name stands for in labelling documents: those of training, or bf16x3,
// which is Split.
func ParseLabelPrecision(name string) (Precision, error) {
	if p, ok := productPrecisions[name]; ok {
		return p, nil
	}
	return 0, fmt.Errorf("precision %q cannot be used here; use fp32, bf16x3 or bf16", name)
}

// productPrecisions are those of products whose operands are both rounded, by their names.
var productPrecisions = map[string]Precision{"": Float32, Float32.String(): Float32, BFloat16.String(): Mixed, Split.String(): Split}

// MixedIsFast reports whether this machine is faster in Mixed than in Float32. Others get much the same numbers, but
// more slowly.
func MixedIsFast() bool { return kernel.MixedIsFast() }

// SplitIsFast reports whether this machine is faster in Split than in Float32. On others, Split is Float32.
func SplitIsFast() bool { return kernel.SplitIsFast() }
