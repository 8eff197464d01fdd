package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
)

// How to go on with a run can be pasted into a shell, and a length is told only if there is one.
func TestStoppedError(t *testing.T) {
	err := &stoppedError{steps: 3, planned: 9, out: "my run"}
	if got, want := err.Error(), "stopped and saved after step 3 of 9; go on with: textgen train --resume --out 'my run'"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	err = &stoppedError{task: "--task classify ", out: "run", piped: true}
	if got, want := err.Error(), "stopped and saved before its length was planned; go on with: textgen train --task classify --resume --out run - (and the same text on standard input)"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
}

// What a signal ends has its exit code, whether a package hands on that a context was cancelled or the cause of it.
func TestExitCodeOfSignals(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&signalError{syscall.SIGINT})
	for _, tt := range []struct {
		err  error
		want int
	}{
		{ctx.Err(), 130}, {fmt.Errorf("reading: %w", context.Cause(ctx)), 130}, {&signalError{syscall.SIGTERM}, 143},
		{errors.New("no such flag"), 2}, {nil, 0},
	} {
		if got := exitCode(ctx, tt.err); got != tt.want {
			t.Errorf("exit code of %v is %d, want %d", tt.err, got, tt.want)
		}
	}
	if got, want := explain(ctx, fmt.Errorf("reading: %w", ctx.Err())), "reading: stopped by a signal: interrupt"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	joined := errors.Join(fmt.Errorf("training: %w", ctx.Err()), errors.New("disk full"))
	if got, want := explain(ctx, joined), "training: stopped by a signal: interrupt\ndisk full"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	if got := explain(ctx, errors.New("no such flag")); got != "no such flag" {
		t.Errorf("another error's message became %q", got)
	}
	if got := exitCode(t.Context(), context.Canceled); got != 2 {
		t.Errorf("a cancellation without a signal has exit code %d, want 2", got)
	}
}
