// Command _asm writes the assembly of package kernel with avo: run it by go generate in the folder above.
package main

import (
	"log"
	"os"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	log.SetFlags(0)
	for _, v := range []isa{avx512, avx2} {
		write("gemm_"+v.suffix, v, gemm)
		write("bf16_"+v.suffix, v, bf16)
		write("int8_"+v.suffix, v, int8s)
		write("step_"+v.suffix, v, steps)
		write("gather_"+v.suffix, v, gather)
		write("pack_"+v.suffix, v, packing)
		write("vector_"+v.suffix, v, vectors)
		write("gates_"+v.suffix, v, gates)
		write("softmax_"+v.suffix, v, softmax)
		write("norm_"+v.suffix, v, norms)
		write("update_"+v.suffix, v, updates)
		write("measure_"+v.suffix, v, measuring)
	}
	write("mixed_"+avx512.suffix, avx512, mixed, pass.FunctionPass(encodeBF16))
	writeNEON("gemm_neon", gemmNEON)
	writeNEON("compact_neon", compactNEON)
	writeNEON("activation_neon", activationsNEON)
	writeNEON("measure_neon", measureNEON)
	write("amx", isa{name: "AMX", bytes: avx512.bytes}, amx, pass.FunctionPass(encodeBF16))
}

// write generates ../name_amd64.s and the Go declarations of its functions; the passes of then follow avo's own.
func write(name string, v isa, body func(*gen), then ...pass.Interface) {
	c := build.NewContext()
	c.ConstraintExpr("!purego")
	body(&gen{Context: c, isa: v, tables: map[string]operand.Mem{}, hoisted: map[float32]reg.VecVirtual{}})
	file, err := c.Result()
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	if err := pass.Concat(append([]pass.Interface{pass.Compile}, then...)...).Execute(file); err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	cfg := printer.Config{Name: "internal/kernel/_asm", Pkg: "kernel"}
	print("../"+name+"_amd64.s", printer.NewGoAsm(cfg), file)
	print("../"+name+"_amd64.go", printer.NewStubs(cfg), file)
}

func print(path string, p printer.Printer, file *ir.File) {
	text, err := p.Print(file)
	if err != nil {
		log.Fatalf("%s: %v", path, err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		log.Fatal(err)
	}
}
