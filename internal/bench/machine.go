package bench

import (
	"runtime"

	"github.com/textgen-go/textgen/internal/kernel"
)

// Machine is what one core can do at most, measured now.
type Machine struct {
	OS             string  `json:"os"`
	Arch           string  `json:"arch"`
	Cores          int     `json:"cores"`
	Implementation string  `json:"implementation"` // of the kernels: avx512, avx2, neon or generic
	PeakGFLOPS     float64 `json:"peak_gflops"`    // fused multiplications and additions in float32
	MemoryGBps     float64 `json:"memory_gbps"`    // reading what no cache holds
}

// bigger is a size in bytes that exceeds the caches of most machines.
const bigger = 256 << 20

// Measure measures one core of this machine. It takes about a second.
func Measure() Machine {
	return Machine{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), Implementation: kernel.Name(),
		PeakGFLOPS: kernel.PeakGFLOPS(), MemoryGBps: kernel.ReadGBps(bigger),
	}
}
