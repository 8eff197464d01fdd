// Package doctor runs the classical experiments on how far back a recurrent network can learn: which cell, start and
// stack solves which task at which lag, after how many steps, and how the gradients travel back in time before and after.
//
// Entry points: [Run] makes the experiments that a [Config] asks for and returns their [Results], which print as a table
// ([Results.WriteText]) and as a page ([Results.WriteHTML]). [Tasks] are the adding problem, copy memory and temporal
// order; [Networks] are what is put to the test.
//
// An experiment runs on one core, and several side by side. Everything random follows from the seed: the same seed gives
// the same bits on any number of cores.
package doctor
