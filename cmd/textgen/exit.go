package main

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/textgen-go/textgen/generate"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// Exit codes. A signal's is 128 and its number, as shells have it.
const (
	exitOK       = 0
	exitUsage    = 2 // wrong flags, or text that cannot be used
	exitModel    = 3 // a model file is damaged or foreign, or its weights compute nonsense
	exitDiverged = 4 // training came to values that are not finite
	exitStorage  = 5 // a file could not be written or read
	exitSignal   = 128
)

// exitCode is the code for what run returned under ctx.
func exitCode(ctx context.Context, err error) int {
	var (
		signal   *signalError
		format   *checkpoint.FormatError
		mismatch *checkpoint.MismatchError
		storage  *checkpoint.StorageError
		output   *outputError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &storage) && storage.Op == "read" && errors.Is(err, fs.ErrNotExist):
		return exitUsage // it was named, but is not there
	case errors.As(err, &storage), errors.As(err, &output), errors.Is(err, syscall.ENOSPC):
		return exitStorage
	case errors.As(err, &signal), errors.Is(err, context.Canceled) && errors.As(context.Cause(ctx), &signal):
		return exitSignal + int(signal.number)
	case errors.As(err, &format), errors.As(err, &mismatch), errors.Is(err, generate.ErrNotFinite):
		return exitModel
	case errors.Is(err, train.ErrDiverged):
		return exitDiverged
	}
	return exitUsage
}
