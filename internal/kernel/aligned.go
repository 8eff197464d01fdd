package kernel

import "unsafe"

// largeFloats is the size from which memory is worth huge pages.
const largeFloats = 1 << 18

// Aligned allocates n zeros that start on a 64-byte cache line.
func Aligned(n int) []float32 {
	const line = 64
	b := make([]float32, n+line/4)
	if n >= largeFloats {
		preferHugePages(b)
	}
	off := int((line-uintptr(unsafe.Pointer(&b[0]))%line)%line) / 4
	return b[off : off+n : off+n]
}

// alignedWords allocates n words, all zero, that start on a cache line.
func alignedWords(n int) []uint32 {
	b := Aligned(n)
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(b))), n)
}
