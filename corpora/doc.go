// Package corpora reads text, splits it reproducibly, and makes up text of its own.
//
// [Open] takes files, folders, globs or standard input and returns a [Corpus], whose [Corpus.Chunks] streams the
// text as UTF-8, as often as asked. [Corpus.Stats] counts it. [ParseSplit] and [Corpus.Section] part it into
// training, validation and test text. [Builtin] is a corpus that needs no file: stories from a stochastic grammar,
// whose exact entropy is known.
//
// Three promises hold throughout. Memory does not grow with the text: a corpus is streamed, never held. Every byte
// is used or reported: what a file held is what the text was made from plus what [Stats] says was dropped. Nothing
// is guessed in silence: bytes that are no text in the encoding are an error that names the file, the line and the
// offset.
package corpora
