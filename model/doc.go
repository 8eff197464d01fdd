// Package model holds recurrent networks over token ids: their parameters, their forward and their backward pass.
//
// Entry points: [NewLanguageModel] builds an embedding, a stack of recurrent layers and a softmax head from a [Config];
// [LanguageModel.NewTrainingWindow] gives the workspace in which [Window.Forward] and [Window.Backward] run over T steps
// of B streams; [LanguageModel.NewStepper] advances by one token at a time, for generation. [Recurrent] is the stack by
// itself, for other heads.
//
// A training by hand, of which ExampleLanguageModel is the whole:
//
//	m, err := model.NewLanguageModel(cfg, rng)
//	win := m.NewTrainingWindow(w, steps, streams) // makes the gradients
//	for … {
//		m.Pack(w) // lays out what the last update changed
//		nats := win.Forward(inputs, targets, state, key)
//		win.Backward()
//		clipped := clipper.Clip(w)
//		optimizer.Step(rate, clipped.Scale, w)
//	}
//
// Nothing is hidden: the hidden state of the streams is a [State] that the caller holds, the activations of a window are
// in the Window, the parameters are plain slices with the names, shapes and gate order of PyTorch's torch.nn. There is no
// autograd: each cell is a file with its Forward and its Backward, as in a textbook.
package model
