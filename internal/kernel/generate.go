package kernel

//go:generate go -C _asm run .
