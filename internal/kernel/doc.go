// Package kernel is the arithmetic of recurrent networks in float32.
//
// Entry points: [Workers] runs a job on every core and owns the scratch memory; [Workers.Mul] and [Workers.MulTN] are
// the matrix products of a forward and a backward pass, [Scratch.Mul] the product of one worker inside a time loop;
// [Packed] is a weight matrix laid out once for many products; [LSTMForward], [GRUForward], [RNNForward] and their
// Backward twins are the gates of a cell; [CrossEntropy] is the loss; [Adam] and its like are the updates.
//
// Every function has one meaning, written in generic Go, and may have faster implementations chosen once at start. All
// of them fulfil the same contract:
//
//   - Matrices are row-major; row i of a [Matrix] starts at Data[i*Stride].
//   - Work is split over workers by output, never by summands: one accumulator an element, added up in the order of k.
//     Results do not depend on the number of workers, nor on how rows are grouped into calls.
//   - NaN and Inf pass through as IEEE 754 has it: a zero times a NaN is a NaN.
//   - Shapes are the caller's responsibility: a wrong shape is a bug and panics; data never does.
package kernel
