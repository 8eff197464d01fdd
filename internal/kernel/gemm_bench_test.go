package kernel

import (
	"fmt"
	"testing"
	"time"
)

// gflops reports 2·m·k·n operations an iteration.
func gflops(b *testing.B, m, k, n int) {
	b.ReportMetric(2*float64(m)*float64(k)*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// eachFast runs f under the implementations that have assembly, or the generic one if there is none.
func eachFast(b *testing.B, f func(b *testing.B)) {
	for i := best(); i > generic || i == best(); i-- {
		b.Run(i.String(), func(b *testing.B) {
			use(b, i)
			f(b)
		})
	}
}

// BenchmarkMul is the recurrent product of a time step, one worker.
func BenchmarkMul(b *testing.B) {
	eachFast(b, func(b *testing.B) {
		for _, h := range []int{128, 512, 1024} {
			for _, m := range []int{16, 32, 50, 64, 128} {
				b.Run(fmt.Sprintf("H=%d/M=%d", h, m), func(b *testing.B) {
					s, p := newScratch(), NewPacked(h, 4*h)
					a, c := NewMatrix(m, h), NewMatrix(m, 4*h)
					for b.Loop() {
						s.Mul(c, a, p, 0, p.Panels(), Accumulate, nil)
					}
					gflops(b, m, h, 4*h)
				})
			}
		}
	})
}

// BenchmarkMulTN is the weight gradient of a window of 50 steps of 50 rows, one worker.
func BenchmarkMulTN(b *testing.B) {
	eachFast(b, func(b *testing.B) {
		for _, sh := range []struct{ k, m, n int }{
			{2500, 512, 128}, {2500, 2048, 512}, {2500, 65, 512}, {400, 800, 200}, {700, 2600, 650}, {700, 10000, 650},
		} {
			b.Run(fmt.Sprintf("K=%d/M=%d/N=%d", sh.k, sh.m, sh.n), func(b *testing.B) {
				s, a, right, c := newScratch(), NewMatrix(sh.k, sh.m), NewMatrix(sh.k, sh.n), NewMatrix(sh.m, sh.n)
				for b.Loop() {
					s.MulTN(Float32, a, nil, 0, sh.m, Overwrite, Right{C: c, B: right})
				}
				gflops(b, sh.m, sh.k, sh.n)
			})
		}
	})
}

func BenchmarkPack(b *testing.B) {
	eachFast(b, func(b *testing.B) {
		w, m, p := NewWorkers(1), NewMatrix(512, 2048), NewPacked(512, 2048)
		t := NewMatrix(2048, 512)
		b.Run("Pack", func(b *testing.B) {
			for b.Loop() {
				w.Pack(p, m)
			}
			b.SetBytes(512 * 2048 * floatBytes)
		})
		b.Run("PackTransposed", func(b *testing.B) {
			for b.Loop() {
				w.PackTransposed(p, t)
			}
			b.SetBytes(512 * 2048 * floatBytes)
		})
	})
}

// BenchmarkMulFew is what sampling does: few rows against weights that are read once. Layers of H=512 come from L3, of
// H=1024 from memory. Besides the mean it reports the fastest turn, which a busy machine disturbs less.
func BenchmarkMulFew(b *testing.B) {
	eachFast(b, func(b *testing.B) {
		for _, net := range []struct{ h, layers int }{{128, 1}, {512, 3}, {1024, 5}} {
			for _, p := range []struct {
				name  string
				kind  Precision
				bytes float64 // of a weight
			}{{"fp32", Float32, 4}, {"bf16", BFloat16, 2}, {"int8", Int8, 1}} {
				layers := newLayers(net.layers, net.h, p.kind)
				for _, m := range []int{1, 2, 8} {
					b.Run(fmt.Sprintf("H=%d/%s/M=%d", net.h, p.name, m), func(b *testing.B) {
						benchFew(b, layers, m, p.bytes)
					})
				}
			}
		}
	})
}

func benchFew(b *testing.B, layers []*Packed, m int, bytes float64) {
	h := layers[0].K
	s, a, c := newScratch(), NewMatrix(m, h), NewMatrix(m, 4*h)
	fastest := time.Hour
	for b.Loop() {
		began := time.Now()
		for _, p := range layers {
			s.Mul(c, a, p, 0, p.Panels(), Accumulate, nil)
		}
		fastest = min(fastest, time.Since(began))
	}
	bytes *= float64(len(layers) * h * 4 * h)
	b.ReportMetric(bytes*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
	b.ReportMetric(bytes/fastest.Seconds()/1e9, "best-GB/s")
}

// newLayers makes n layers' weights, and writes them: memory that was never written is one and the same page.
func newLayers(n, h int, precision Precision) []*Packed {
	w, ones := NewWorkers(1), NewMatrix(h, 4*h)
	for i := range ones.Data {
		ones.Data[i] = 1
	}
	layers := make([]*Packed, n)
	for i := range layers {
		layers[i] = NewPackedAs(h, 4*h, precision)
		w.Pack(layers[i], ones)
	}
	return layers
}
