// Package train drives an objective through its batches until it has learned.
//
// Entry points: [NewLoop] takes an [Objective] and a [Config] and [Loop.Run] does the training: gradients, clipping,
// learning rate, update, validation, early stop. [NewLanguageModel] is the objective of a language model: truncated
// backpropagation through time over parallel streams of tokens. [Hooks] are told what happens; saving is one of them,
// for this package knows no files.
//
// While it trains, a loop measures its [Health], how far gradients travel back in time among it, and a guard gives a
// [Verdict] on what goes wrong and goes back to the last good state when training falls apart: see [GuardAct]. [Diagnose]
// gives the verdicts on a run that is over.
//
// A run can be stopped after any step and goes on with the same bits: [Loop.State] is all that it needs besides the
// parameters. To that end nothing is random in a loop, and an objective derives what is random in it from its seed and
// from how far it has come.
package train
