//go:build !purego

package kernel

import "syscall"

// allowAMX asks Linux for the memory that a thread needs to keep tiles, for all threads of the process, and reports whether
// it has been granted.
func allowAMX() bool {
	const requestPermission, tileData = 0x1023, 18 // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
	_, _, err := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, requestPermission, tileData, 0)
	return err == 0
}
