package optim

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/textgen-go/textgen/model"
)

func newClipper(t testing.TB, limits Clip, params []*model.Parameter) *Clipper {
	t.Helper()
	c, err := NewClipper(limits, params)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gradients makes two parameters with the given gradients.
func gradients(a, b []float32) []*model.Parameter {
	params := []*model.Parameter{parameter("a", []int{len(a)}, a), parameter("b", []int{len(b)}, b)}
	copy(params[0].Grad, a)
	copy(params[1].Grad, b)
	return params
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Clip
		want   Clipped
		grad   []float32 // of both parameters, afterwards
	}{
		{"no limit", Clip{}, Clipped{13, 1, false}, []float32{3, -4, 12}},
		{"norm within its limit", Clip{Norm: 13}, Clipped{13, 1, false}, []float32{3, -4, 12}},
		{"norm above its limit", Clip{Norm: 6.5}, Clipped{13, 0.5, true}, []float32{3, -4, 12}},
		{"values within their limit", Clip{Value: 12}, Clipped{13, 1, false}, []float32{3, -4, 12}},
		{"values above their limit", Clip{Value: 3.5}, Clipped{13, 1, true}, []float32{3, -3.5, 3.5}},
		{"layers within their limit", Clip{Layer: 12}, Clipped{13, 1, false}, []float32{3, -4, 12}},
		{"a layer above its limit", Clip{Layer: 6}, Clipped{13, 1, true}, []float32{3, -4, 6}},
		{"layers and all", Clip{Layer: 5, Norm: math.Sqrt(50) / 2}, Clipped{13, 0.5, true}, []float32{3, -4, 5}},
		{"both", Clip{Value: 4, Norm: math.Sqrt(41) / 2}, Clipped{13, 0.5, true}, []float32{3, -4, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			params := gradients([]float32{3, -4}, []float32{12})
			got := newClipper(t, c.limits, params).Clip(workers(t, 1))
			if math.Abs(got.Scale-c.want.Scale) > 1e-15 {
				t.Errorf("scale %v, want %v", got.Scale, c.want.Scale)
			}
			got.Scale = c.want.Scale
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			if grad := slices.Concat(params[0].Grad, params[1].Grad); !slices.Equal(grad, c.grad) {
				t.Errorf("gradients %v, want %v", grad, c.grad)
			}
		})
	}
}

// TestLayers: what belongs to one layer is clipped together, both directions and all its tensors.
func TestLayers(t *testing.T) {
	for name, want := range map[string]string{
		"embedding.weight": "embedding", "head.bias": "head", "attention.vector": "attention",
		"rnn.weight_ih_l0": "l0", "rnn.bias_hh_l0": "l0", "rnn.weight_hh_l12_reverse": "l12", "rnn.weight_hh_l1": "l1",
	} {
		if got := layerOf(name); got != want {
			t.Errorf("%s belongs to %q, want %q", name, got, want)
		}
	}
	params := []*model.Parameter{
		parameter("rnn.weight_ih_l0", []int{1}, []float32{0}), parameter("head.weight", []int{1}, []float32{0}),
		parameter("rnn.bias_hh_l0_reverse", []int{1}, []float32{0}),
	}
	for i, g := range []float32{30, 5, 40} {
		params[i].Grad[0] = g
	}
	newClipper(t, Clip{Layer: 10}, params).Clip(workers(t, 2))
	for i, want := range []float32{6, 5, 8} {
		if got := params[i].Grad[0]; math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("the gradient of %s is %v, want %v", params[i].Name, got, want)
		}
	}
}

func TestClipReportsNonFiniteGradients(t *testing.T) {
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		params := gradients([]float32{3, -4}, []float32{1, bad})
		c := newClipper(t, Clip{Norm: 1, Value: 2}, params)
		got := c.Clip(workers(t, 1))
		if got.Finite() || got.Clipped || got.Scale != 1 {
			t.Errorf("%v: %+v", bad, got)
		}
		if c.NonFinite() != "b" {
			t.Errorf("%v: found in %q, want b", bad, c.NonFinite())
		}
		if math.Float32bits(params[1].Grad[1]) != math.Float32bits(bad) {
			t.Errorf("%v was overwritten by %v", bad, params[1].Grad[1])
		}
	}
}

func TestLargestGradientsAreFinite(t *testing.T) {
	params := gradients([]float32{math.MaxFloat32, -math.MaxFloat32}, []float32{1})
	c := newClipper(t, Clip{Norm: 1}, params)
	got := c.Clip(workers(t, 1))
	if !got.Finite() || !got.Clipped || c.NonFinite() != "" {
		t.Errorf("%+v, non-finite %q", got, c.NonFinite())
	}
	if c.Norm(1) != 1 {
		t.Errorf("norm of b is %v, want 1", c.Norm(1))
	}
}

func TestNonFinite(t *testing.T) {
	good := model.Named{Name: "good", Data: []float32{1, 2}}
	bad := model.Named{Name: "bad", Data: []float32{1, float32(math.Inf(-1))}}
	if got := NonFinite([]model.Named{good}); got != "" {
		t.Errorf("found %q in finite tensors", got)
	}
	if got := NonFinite([]model.Named{good, bad}); got != "bad" {
		t.Errorf("found %q, want bad", got)
	}
}

func TestClipValidate(t *testing.T) {
	for _, c := range []struct {
		limits Clip
		want   string
	}{
		{Clip{Norm: -1}, "norm is -1"},
		{Clip{Norm: math.NaN()}, "norm is NaN"},
		{Clip{Value: math.Inf(1)}, "value is +Inf"},
		{Clip{Layer: -2}, "layer is -2"},
	} {
		if _, err := NewClipper(c.limits, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.limits, err, c.want)
		}
	}
}
