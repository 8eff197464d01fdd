// Package checkpoint keeps a model in one file: a standard safetensors file inside one zstd frame.
//
// Entry points: [Write] and [Read] save and load a [File] by its path, [Encode] and [Decode] do the same with streams;
// [Restore] builds a network from a file, [Bind] copies loaded tensors into one, strictly; [Resolve] turns what a user typed
// into a file's path and [Open] reads that; [OpenRun] locks the directory of a training run, and [Metrics] is its log of JSON
// lines.
//
// A file is a list of named float32 tensors and a map of metadata strings, whose keys are the Key constants: the
// network's configuration, its tokenizer, its labels, what the training was like. What does not fit into float32
// tensors (random sources, cursors, counters) is written as JSON into a metadata string, see [File.SetJSON]. The same
// File always gives the same bytes, with one version of this program.
//
// Writing is atomic: when Write has returned nil, the file survives a power cut; when it has not, the old file is
// still there. Reading trusts nothing: whatever the bytes, Decode returns a File whose tensors have the sizes that
// their shapes promise and finite values, or an error, and allocates no more than what the file really holds.
// docs/checkpoint.md describes the format byte by byte.
package checkpoint
