package kernel

// panelWidth is the number of columns in a panel.
const panelWidth = 32

// Packed is the right operand B (K×N) of many products, laid out in panels of panelWidth columns: panel p holds
// B[0][p·width : (p+1)·width], then B[1][…] and so on, with zeros where the last panel exceeds N.
type Packed struct {
	K, N  int
	data  []float32
	width int
}

// NewPacked allocates a K×N operand of zeros.
func NewPacked(k, n int) *Packed {
	width := panelWidth
	panels := (n + width - 1) / width
	return &Packed{K: k, N: n, width: width, data: Aligned(panels * width * k)}
}

// Panels returns the number of panels, the unit in which work on columns is split.
func (p *Packed) Panels() int { return (p.N + p.width - 1) / p.width }

// panel returns panel j, K×width.
func (p *Packed) panel(j int) []float32 { return p.data[j*p.K*p.width : (j+1)*p.K*p.width] }

// pack fills panels from up to to with b (K×N).
func (p *Packed) pack(b Matrix, from, to int) {
	for j := from; j < to; j++ {
		dst, left := p.panel(j), j*p.width
		cols := min(p.width, p.N-left)
		for k := range p.K {
			copy(dst[k*p.width:], b.Data[k*b.Stride+left:k*b.Stride+left+cols])
		}
	}
}

// packTransposed fills panels from up to to with the transpose of b (N×K).
func (p *Packed) packTransposed(b Matrix, from, to int) {
	for j := from; j < to; j++ {
		dst, left := p.panel(j), j*p.width
		for c := range min(p.width, p.N-left) {
			for k, v := range b.Row(left + c) {
				dst[k*p.width+c] = v
			}
		}
	}
}
