// Package generate is the language-model head: it trains a model of text, writes with it, and measures it.
//
// Entry points: [Train] turns a corpus into a run directory; [Load] opens a trained model; [Model.Generate] writes text
// after a prompt, piece by piece; [Model.Next] lists the most likely next tokens; [Model.Evaluate] says how well a model
// predicts a text, [Model.Scores] how well each of many, [Model.Surprises] how well each token; [Model.Beam] searches for
// the most likely text, [Model.Nearest] tells which tokens a model treats alike. [Settings] are the choices of a run,
// [Preset] proposes them, [Sampling] says how tokens are chosen.
package generate
