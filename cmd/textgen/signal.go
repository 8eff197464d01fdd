package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// signalError is the cause of a context that a signal cancelled.
type signalError struct{ number syscall.Signal }

func (e *signalError) Error() string { return fmt.Sprintf("stopped by a signal: %v", e.number) }

// explain is the message of an error; each line that ends with what a signal has stopped says so.
func explain(ctx context.Context, err error) string {
	signal, ok := errors.AsType[*signalError](context.Cause(ctx))
	if !ok {
		return err.Error()
	}
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		if text, cut := strings.CutSuffix(line, context.Canceled.Error()); cut {
			lines[i] = text + signal.Error()
		}
	}
	return strings.Join(lines, "\n")
}

// withSignals returns a context that the first interrupt or termination cancels, so that a training ends after its step
// and is saved; so it is when its terminal goes away, unless nohup has it go on. The second signal ends the program at once,
// but for an echo of the first.
func withSignals(parent context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		var first os.Signal
		select {
		case first = <-signals:
		case first = <-unread:
		}
		cancel(&signalError{first.(syscall.Signal)})
		for over := time.Now().Add(echo); ; {
			if second := (<-signals).(syscall.Signal); time.Now().After(over) {
				os.Exit(exitSignal + int(second))
			}
		}
	}()
	return ctx
}

// unread gets SIGPIPE while a command runs that does not end at once when nobody reads its output any more.
var unread = make(chan os.Signal, 1)

// outliveReaders makes a program whose output nobody reads any more end as by an interrupt: with head or less behind it, a
// training is saved. It is no second signal, since a Ctrl-C ends the tee or jq behind a training, too.
func outliveReaders() { signal.Notify(unread, syscall.SIGPIPE) }

// echo is how long after a signal another means the same: timeout and the like send one to the program and then one to its
// group, in which the program is, too.
const echo = 500 * time.Millisecond
