//go:build !linux && !purego

package kernel

// allowAMX reports whether tiles may be used, which nobody has tried on this operating system.
func allowAMX() bool { return false }
