package main

import (
	"os"
	"os/signal"
	"runtime"
	"testing"
	"time"
)

// A signal that comes twice at once, as timeout sends it, leaves the program the time to save: else this test would end here.
func TestEchoOfSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	ctx := withSignals(t.Context())
	t.Cleanup(func() { signal.Reset(os.Interrupt) })
	for range 2 {
		if err := self.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		<-ctx.Done()
	}
	time.Sleep(echo / 10)
	if code := exitCode(ctx, ctx.Err()); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}
