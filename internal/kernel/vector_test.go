package kernel

import (
	"math"
	"testing"
)

// operation is a function of slices, in the form that every test can call: x[0] is the first operand.
type operation struct {
	name     string
	operands int
	run      func(x [][]float32)
	generic  func(x [][]float32)
	exact    bool    // the same bits as generic, else within a few roundings
	floor    float64 // of the magnitudes that rounding errors come from; 0 means 0.1
}

var (
	adamStep = AdamStep{Rate: 0.01, Beta1: 0.9, Beta2: 0.99, Correction: 1.5, Epsilon: 1e-4, GradScale: 0.7, L2: 0.02, Decay: 0.003}
	sgdStep  = SGDStep{Rate: 0.1, GradScale: 0.7, L2: 0.02}
	heavySGD = SGDStep{Rate: 0.1, GradScale: 0.7, L2: 0.02, Momentum: 0.9}
	rmsStep  = RMSPropStep{Rate: 0.01, Alpha: 0.95, Epsilon: 1e-4, GradScale: 0.7, L2: 0.02}
)

var operations = []operation{
	{"Sigmoid", 1, func(x [][]float32) { Sigmoid(x[0]) }, func(x [][]float32) { sigmoidGeneric(x[0]) }, false, 0},
	{"Tanh", 1, func(x [][]float32) { Tanh(x[0]) }, func(x [][]float32) { tanhGeneric(x[0]) }, false, 0},
	{"Add", 2, func(x [][]float32) { Add(x[0], x[1]) }, func(x [][]float32) { addGeneric(x[0], x[1]) }, true, 0},
	{"Axpy", 2, func(x [][]float32) { Axpy(x[0], 0.3, x[1]) }, func(x [][]float32) { axpyGeneric(x[0], 0.3, x[1]) }, false, 0},
	{"Scale", 1, func(x [][]float32) { Scale(x[0], -0.7) }, func(x [][]float32) { scaleGeneric(x[0], -0.7) }, true, 0},
	{"Raise", 2, func(x [][]float32) { Raise(x[0], x[1]) }, func(x [][]float32) { raiseGeneric(x[0], x[1]) }, true, 0},
	{"Clamp", 1, func(x [][]float32) { Clamp(x[0], 0.5) }, func(x [][]float32) { clampGeneric(x[0], 0.5) }, true, 0},
	{
		"Dropout", 2, func(x [][]float32) { Dropout(x[0], x[1], 0.4, 0x123456789abcdef, 77) },
		func(x [][]float32) {
			dropoutGeneric(x[0], x[1], 77, 0x89abcdef, 0x1234567, dropLimit(0.4), 1/(1-float32(0.4)))
		}, true, 0,
	},
	{"Adam", 4, func(x [][]float32) { Adam(x[0], x[1], x[2], square(x[3]), adamStep) }, func(x [][]float32) { adamGeneric(x[0], x[1], x[2], square(x[3]), &adamStep) }, false, 0},
	{"SGD", 2, func(x [][]float32) { SGD(x[0], x[1], nil, sgdStep) }, func(x [][]float32) { sgdGeneric(x[0], x[1], nil, &sgdStep) }, false, 0},
	{"momentum", 3, func(x [][]float32) { SGD(x[0], x[1], x[2], heavySGD) }, func(x [][]float32) { sgdGeneric(x[0], x[1], x[2], &heavySGD) }, false, 0},
	{"RMSProp", 3, func(x [][]float32) { RMSProp(x[0], x[1], square(x[2]), rmsStep) }, func(x [][]float32) { rmsPropGeneric(x[0], x[1], square(x[2]), &rmsStep) }, false, 0},
	{"Hadamard", 3, func(x [][]float32) { Hadamard(x[0], x[1], x[2]) }, func(x [][]float32) { hadamardGeneric(x[0], x[1], x[2]) }, true, 0},
	{"HadamardAdd", 3, func(x [][]float32) { HadamardAdd(x[0], x[1], x[2]) }, func(x [][]float32) { hadamardAddGeneric(x[0], x[1], x[2]) }, false, 0},
	{
		"normalise", 4, func(x [][]float32) { normalise(x[0], x[1], x[2], x[3], 0.2, 0.7) },
		func(x [][]float32) { normaliseGeneric(x[0], x[1], x[2], x[3], 0.2, 0.7) }, false, 1,
	},
	{
		"normaliseBack", 2, func(x [][]float32) { normaliseBack(x[0], x[1], 0.2, 0.3, 0.7) },
		func(x [][]float32) { normaliseBackGeneric(x[0], x[1], 0.2, 0.3, 0.7) }, false, 1,
	},
	{"Softmax", 1, func(x [][]float32) { Softmax(x[0]) }, softmaxInFloat64, false, 0},
}

// square makes every element what a mean square can be: not negative.
func square(x []float32) []float32 {
	for i, v := range x {
		x[i] = v * v
	}
	return x
}

func softmaxInFloat64(x [][]float32) {
	top := math.Inf(-1)
	for _, v := range x[0] {
		top = max(top, float64(v))
	}
	var sum float64
	for _, v := range x[0] {
		sum += math.Exp(float64(v) - top)
	}
	for i, v := range x[0] {
		x[0][i] = float32(math.Exp(float64(v)-top) / sum)
	}
}

// TestOperations compares every function with its generic twin, over every length and alignment, between guard words.
func TestOperations(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, op := range operations {
			t.Run(op.name, func(t *testing.T) {
				for n := range 80 {
					testOperation(t, op, n, n%17, false)
					testOperation(t, op, n, n%13, true)
				}
				for offset := range 16 {
					testOperation(t, op, 37, offset, false)
				}
			})
		}
	})
}

func testOperation(t *testing.T, op operation, n, offset int, special bool) {
	t.Helper()
	r := newRand(uint64(n))
	var got, want [][]float32
	var guards []guarded
	for i := range op.operands {
		m, g := guardedMatrix(r, 1, n, 0, (offset+3*i)%16)
		if special && n > 0 {
			g.x[n/2] = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0, 1e30, -1e30}[(n+i)%6]
		}
		got, want = append(got, m.Data), append(want, append([]float32(nil), m.Data...))
		guards = append(guards, g)
	}
	op.run(got)
	op.generic(want)
	for i := range got {
		for j := range got[i] {
			if !op.agrees(got[i][j], want[i][j]) {
				t.Fatalf("length %d offset %d: operand %d[%d] is %v, want %v", n, offset, i, j, got[i][j], want[i][j])
			}
		}
		guards[i].check(t)
	}
}

// agrees allows a relative error of 2⁻²⁰: of the result, or of the terms that cancelled in it.
func (op operation) agrees(got, want float32) bool {
	if got != got || want != want {
		return got != got && want != want
	}
	if op.exact || math.IsInf(float64(want), 0) {
		return got == want
	}
	diff := math.Abs(float64(got) - float64(want))
	return diff <= 0x1p-20*max(math.Abs(float64(want)), op.floor, 0.1)
}

// ulps is the distance of got from want in units of want's last place.
func ulps(got float32, want float64) float64 {
	w := float32(want)
	ulp := float64(math.Nextafter32(float32(math.Abs(float64(w))), float32(math.Inf(1)))) - math.Abs(float64(w))
	return math.Abs(float64(got)-want) / ulp
}

// TestActivationErrors asserts the error bounds of the documentation on a dense set of arguments.
func TestActivationErrors(t *testing.T) {
	for _, f := range []struct {
		name  string
		run   func([]float32)
		exact func(float64) float64
		limit float64
	}{
		{"Sigmoid", Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 3},
		{"Tanh", Tanh, math.Tanh, 4},
		{"exp", func(x []float32) { expSumStore(x, 0) }, math.Exp, 2},
	} {
		eachImplementation(t, func(t *testing.T) {
			x, worst, at := denseArguments(), 0.0, float32(0)
			y := append([]float32(nil), x...)
			f.run(y)
			for i, v := range x {
				want := f.exact(float64(v))
				if math.Abs(want) < 0x1p-126 || want > math.MaxFloat32 {
					if math.Abs(float64(y[i])) > 0x1p-126 && float64(y[i]) <= math.MaxFloat32 {
						t.Fatalf("%s(%v) = %v, want %v", f.name, v, y[i], want)
					}
					continue
				}
				if u := ulps(y[i], want); !(u <= worst) {
					worst, at = u, v
				}
			}
			t.Logf("%s: at most %.2f ulp, at %v", f.name, worst, at)
			if worst > f.limit {
				t.Errorf("%s: error of %.2f ulp, want %v", f.name, worst, f.limit)
			}
		})
	}
}

// denseArguments covers ±110 finely and the magnitudes down to the smallest.
func denseArguments() []float32 {
	var x []float32
	for v := float32(-110); v < 110; v += 0.00073 {
		x = append(x, v)
	}
	for v := float32(100); v > 1e-40; v *= 0.9991 {
		x = append(x, v, -v)
	}
	return x
}

// TestActivationSpecials asserts what becomes of the ends of the range.
func TestActivationSpecials(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	eachImplementation(t, func(t *testing.T) {
		for _, c := range []struct {
			f    func([]float32)
			x, y float32
		}{
			{Sigmoid, inf, 1}, {Sigmoid, -inf, 0}, {Sigmoid, nan, nan}, {Sigmoid, 0, 0.5}, {Sigmoid, 1e30, 1}, {Sigmoid, -1e30, 0},
			{Tanh, inf, 1}, {Tanh, -inf, -1}, {Tanh, nan, nan}, {Tanh, 0, 0}, {Tanh, 1e30, 1}, {Tanh, -1e30, -1},
		} {
			x := []float32{c.x}
			c.f(x)
			if x[0] != c.y && !(x[0] != x[0] && c.y != c.y) {
				t.Errorf("f(%v) = %v, want %v", c.x, x[0], c.y)
			}
		}
	})
}

func TestSumSquares(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 31, 33, 100, normChunk - 1, normChunk + 5} {
			m, _ := guardedMatrix(newRand(1), 1, n, 0, n%16)
			var want float64
			for _, v := range m.Data {
				want += float64(v) * float64(v)
			}
			if got := SumSquares(m.Data); math.Abs(got-want) > 1e-12*want {
				t.Errorf("length %d: %v, want %v", n, got, want)
			}
		}
		if got := SumSquares([]float32{1, float32(math.NaN()), 2}); got == got {
			t.Errorf("a NaN gave %v", got)
		}
	})
}

func TestCrossEntropy(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for n := 1; n < 70; n++ {
			m, g := guardedMatrix(newRand(uint64(n)), 1, n, 0, n%16)
			target, scale := n/3, float32(0.25)
			p := append([]float32(nil), m.Data...)
			lse := LogSumExp(m.Data)
			softmaxInFloat64([][]float32{p})
			loss := CrossEntropy(m.Data, target, scale)
			if want := -math.Log(float64(p[target])); math.Abs(loss-want) > 1e-6 {
				t.Fatalf("length %d: loss %v, want %v", n, loss, want)
			}
			p[target]--
			for i, v := range m.Data {
				if math.Abs(float64(v-scale*p[i])) > 1e-6 {
					t.Fatalf("length %d: gradient %d is %v, want %v", n, i, v, scale*p[i])
				}
			}
			g.check(t)
			if math.IsNaN(lse) {
				t.Fatal("LogSumExp is NaN")
			}
		}
	})
}

// TestLogSumExp asserts values that are known by hand, and that a NaN is not lost.
func TestLogSumExp(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	eachImplementation(t, func(t *testing.T) {
		for _, c := range []struct {
			x    []float32
			want float64
		}{
			{nil, math.Inf(-1)}, {[]float32{3}, 3}, {[]float32{0, 0}, math.Ln2}, {[]float32{1000, 1000, -inf}, 1000 + math.Ln2},
			{[]float32{-1000, -1000}, -1000 + math.Ln2}, {[]float32{1, nan, 2}, math.NaN()}, {[]float32{nan, 5}, math.NaN()},
		} {
			if got := LogSumExp(c.x); math.Abs(got-c.want) > 1e-6 || math.IsNaN(got) != math.IsNaN(c.want) {
				t.Errorf("LogSumExp(%v) = %v, want %v", c.x, got, c.want)
			}
		}
		for n := 1; n < 40; n++ {
			for at := range n {
				x := make([]float32, n)
				x[at] = nan
				if got := LogSumExp(x); got == got {
					t.Fatalf("NaN at %d of %d gave %v", at, n, got)
				}
			}
		}
	})
}

func BenchmarkOperations(b *testing.B) {
	const n = 4096
	eachFast(b, func(b *testing.B) {
		for _, op := range operations {
			b.Run(op.name, func(b *testing.B) {
				x := make([][]float32, op.operands)
				for i := range x {
					x[i] = Aligned(n)
				}
				for b.Loop() {
					op.run(x)
				}
				perElement(b, n)
			})
		}
	})
}

func perElement(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
}
