package model

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Scheme names a way to draw initial weights.
type Scheme string

// The schemes.
const (
	// Orthogonal draws input weights from Xavier's uniform distribution (Glorot & Bengio 2010, eq. 16) and makes each
	// gate's recurrent matrix orthogonal (Saxe et al. 2014), so that a gradient keeps its length through it.
	Orthogonal Scheme = "orthogonal"
	// Uniform draws everything from U(−1/√H, 1/√H), as torch.nn does.
	Uniform Scheme = "uniform"
	// Identity makes recurrent matrices the identity (IRNN, Le et al. 2015), input weights N(0, 0.001), biases zero.
	Identity Scheme = "identity"
)

// Schemes lists the schemes.
var Schemes = []Scheme{Orthogonal, Uniform, Identity}

// Init says how the weights of recurrent layers start. The zero value is Orthogonal with a forget bias of 1.
type Init struct {
	Scheme Scheme `json:"scheme,omitempty"` // empty: Orthogonal
	// ForgetBias is added to the bias of an LSTM's forget gate (Gers et al. 2000; Jozefowicz et al. 2015 found 1 best);
	// nil: 1, and 0 for Uniform, which is PyTorch's.
	ForgetBias *float64 `json:"forget_bias,omitempty"`
	// Chrono, if above 2, is the longest dependency in tokens that the cells should begin with: the biases of the gates
	// that keep the state are ln u with u from U(1, Chrono−1), so that units forget at every pace up to that (Tallec &
	// Ollivier 2018, eq. 16); an LSTM's input gates get the opposite. It replaces ForgetBias.
	Chrono int `json:"chrono,omitempty"`
	// Range, with Uniform, draws everything from U(−Range, Range), the embedding and the head's weights, too (Zaremba et
	// al. 2014 take 0.05 for their medium network, TensorFlow's small one has 0.1); 0: 1/√H for recurrent layers alone.
	Range float64 `json:"range,omitempty"`
	// RecurrentScale multiplies the recurrent matrices; 0: 1. Well below 1 gradients vanish as they travel back through a
	// tanh network, well above they explode (Pascanu et al. 2013, section 2.2): to show both is what it is for.
	RecurrentScale float64 `json:"recurrent_scale,omitempty"`
}

func (c Init) scheme() Scheme {
	if c.Scheme == "" {
		return Orthogonal
	}
	return c.Scheme
}

func (c Init) forgetBias() float64 {
	switch {
	case c.ForgetBias != nil:
		return *c.ForgetBias
	case c.scheme() == Uniform:
		return 0
	default:
		return 1
	}
}

func (c Init) validate() error {
	switch c.scheme() {
	case Orthogonal, Uniform, Identity:
	default:
		return fmt.Errorf("init scheme %q is unknown; use one of %s", c.Scheme, listed(Schemes))
	}
	if c.Chrono < 0 {
		return fmt.Errorf("chrono is %d; it is a number of tokens, or 0", c.Chrono)
	}
	if r := c.Range; !(r >= 0 && r <= math.MaxFloat32) || r > 0 && c.scheme() != Uniform {
		return fmt.Errorf("init range is %v with scheme %q; it must be a finite number that is not negative, and is for %q alone", r, c.scheme(), Uniform)
	}
	if b := c.forgetBias(); !(math.Abs(b) <= math.MaxFloat32) {
		return fmt.Errorf("forget bias is %v; it must be a finite number", b)
	}
	if s := c.RecurrentScale; !(s >= 0 && s <= math.MaxFloat32) {
		return fmt.Errorf("recurrent scale is %v; it must be a finite number that is not negative", s)
	}
	return nil
}

// initialise draws the weights of one layer in one direction.
func (c Init) initialise(l *layer, rng *rand.Rand) {
	l.norm.initialise()
	switch c.scheme() {
	case Uniform:
		bound := cmp.Or(c.Range, 1/math.Sqrt(float64(l.hidden)))
		for _, p := range l.weights() {
			fillUniform(p.Value, bound, rng)
		}
	case Identity:
		for i := range l.wih.Value {
			l.wih.Value[i] = float32(0.001 * rng.NormFloat64())
		}
		for g := range l.cell.gates() {
			fillIdentity(l.gate(l.whh, g), l.hidden)
		}
	default:
		for g := range l.cell.gates() {
			fillUniform(l.gate(l.wih, g), math.Sqrt(6/float64(l.input+l.hidden)), rng)
			fillOrthogonal(l.gate(l.whh, g), l.hidden, rng)
		}
	}
	if c.RecurrentScale != 0 {
		kernel.Scale(l.whh.Value, float32(c.RecurrentScale))
	}
	switch {
	case c.Chrono > 2:
		c.chrono(l, rng)
	case l.cell == LSTM:
		for i := range l.hidden {
			l.bih.Value[l.hidden+i] += float32(c.forgetBias())
		}
	}
}

// magnify multiplies the input weights that Orthogonal has drawn for a layer. A first layer that reads small embeddings
// says little at first, and learns late what they mean: on books in 2,000 byte pairs, a tied LSTM 2×256 was at 4.76 nats
// after 300 steps without this, at 4.32 with it, and at 4.29 with weights that were not tied.
func (c Init) magnify(directions []*layer, factor float64) {
	if c.scheme() != Orthogonal {
		return
	}
	for _, l := range directions {
		kernel.Scale(l.wih.Value, float32(factor))
	}
}

// fill draws a matrix outside the recurrent layers: as otherwise does, unless one range holds for everything.
func (c Init) fill(p *Parameter, rng *rand.Rand, otherwise func()) {
	if c.Range > 0 {
		fillUniform(p.Value, c.Range, rng)
		return
	}
	otherwise()
}

// chrono draws the biases of the gates that keep the state: f and, reversed, i of an LSTM, z of a GRU.
func (c Init) chrono(l *layer, rng *rand.Rand) {
	for i := range l.hidden {
		bias := float32(math.Log(1 + rng.Float64()*float64(c.Chrono-2)))
		switch l.cell {
		case LSTM:
			l.bih.Value[i] -= bias
			l.bih.Value[l.hidden+i] += bias
		case GRU:
			l.bih.Value[l.hidden+i] += bias
		}
	}
}

func fillUniform(x []float32, bound float64, rng *rand.Rand) {
	for i := range x {
		x[i] = float32((2*rng.Float64() - 1) * bound)
	}
}

func fillIdentity(x []float32, n int) {
	clear(x)
	for i := range n {
		x[i*n+i] = 1
	}
}

// fillOrthogonal makes x, n×n, a random orthogonal matrix: the Q of a QR decomposition of a Gaussian matrix, with the
// signs of R's diagonal taken in, which makes it uniformly distributed (Mezzadri 2007).
func fillOrthogonal(x []float32, n int, rng *rand.Rand) {
	a := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			a.Set(i, j, rng.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(a)
	var q, r mat.Dense
	qr.QTo(&q)
	qr.RTo(&r)
	for j := range n {
		sign := math.Copysign(1, r.At(j, j))
		for i := range n {
			x[i*n+j] = float32(sign * q.At(i, j))
		}
	}
}
