package train

import (
	"fmt"
	"math"
	"strings"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/optim"
)

// maxGradNorm bounds the norm of a parameter's gradient as the optimiser uses it: the square of an element must be a
// float32, or a moment becomes infinite.
const maxGradNorm = 1e19

// checkLoss returns an error if the loss is not finite, naming a tensor that is not.
func (l *Loop) checkLoss(u Update) error {
	if finite(u.Batch.Nats) {
		return nil
	}
	return &DivergedError{Step: u.Step, What: "loss", Tensor: l.spoilt(), Value: u.Batch.Nats}
}

// checkGradient returns an error if the gradients are not finite, or so large that their squares are not.
func (l *Loop) checkGradient(u Update) error {
	if !u.Clipped.Finite() {
		return &DivergedError{Step: u.Step, What: "gradient", Tensor: l.clipper.NonFinite(), Value: u.Clipped.Norm}
	}
	for i, p := range l.params {
		if norm := l.clipper.Norm(i); norm*u.Clipped.Scale > maxGradNorm {
			return &DivergedError{Step: u.Step, What: "gradient", Tensor: p.Name, Value: norm}
		}
	}
	return nil
}

// checkUpdate returns an error if the update left weights that are not finite. The optimisers make of a NaN in their own
// tensors one in the weight, so that nothing else needs to be read in every step: 4 bytes a weight beside the 28 of Adam.
func (l *Loop) checkUpdate(u Update) error {
	name := l.norms.NonFinite()
	if name == "" {
		return nil
	}
	return &DivergedError{Step: u.Step, What: "weight", Tensor: name, Value: math.NaN()}
}

// checkTensors reads everything that a save would write.
func (l *Loop) checkTensors(what string) error {
	if name := l.spoilt(); name != "" {
		return &DivergedError{Step: l.state.Step, What: what, Tensor: name, Value: math.NaN()}
	}
	return nil
}

// spoilt returns the name of the first parameter or tensor of the state that is not finite, or "".
func (l *Loop) spoilt() string {
	var tensors []model.Named
	for _, p := range l.params {
		tensors = append(tensors, model.Named{Name: p.Name, Data: p.Value})
	}
	s := l.State()
	return optim.NonFinite(append(tensors, s.Tensors()...))
}

// layerOf says to which part of a network a tensor belongs, or "" if its name does not tell.
func layerOf(tensor string) string {
	for _, part := range []string{"embedding", "head", "attention", "ngrams"} {
		if strings.Contains(tensor, part+".") {
			return part
		}
	}
	i := strings.LastIndex(tensor, "_l")
	if i < 0 {
		return ""
	}
	var index int
	if _, err := fmt.Sscanf(tensor[i+2:], "%d", &index); err != nil {
		return ""
	}
	return layerName(index)
}

// layerName names a recurrent layer as the names of its tensors count: from 0.
func layerName(index int) string { return fmt.Sprintf("layer %d", index) }
