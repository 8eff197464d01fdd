package kernel

import "testing"

func TestMeasures(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		if p := PeakGFLOPS(); !(p > 0.01 && p < 1e4) {
			t.Errorf("peak of %v GFLOP/s", p)
		}
		if r := ReadGBps(1 << 16); !(r > 0.01 && r < 1e5) {
			t.Errorf("reading %v GB/s", r)
		}
	})
}

func BenchmarkPeak(b *testing.B) {
	eachFast(b, func(b *testing.B) {
		var peak, l2, l3, memory float64
		for b.Loop() {
			peak = max(peak, PeakGFLOPS())
			l2, l3, memory = max(l2, ReadGBps(512<<10)), max(l3, ReadGBps(12<<20)), max(memory, ReadGBps(96<<20))
		}
		b.ReportMetric(peak, "GFLOP/s")
		b.ReportMetric(l2, "L2-GB/s")
		b.ReportMetric(l3, "L3-GB/s")
		b.ReportMetric(memory, "memory-GB/s")
	})
}
