package checkpoint

import (
	"fmt"
	"os"
	"strings"

	"github.com/textgen-go/textgen/model"
)

// Origin is where a model was read from.
type Origin struct {
	Path string
	Size int64 // in bytes, compressed
}

// Open reads the model that path means, as [Resolve] finds it.
func Open(path string) (*File, Origin, error) {
	file, err := Resolve(path)
	if err != nil {
		return nil, Origin{}, err
	}
	f, err := Read(file, Limits{})
	if err != nil {
		return nil, Origin{}, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, Origin{}, storageError("read", file, err)
	}
	return f, Origin{Path: file, Size: info.Size()}, nil
}

// Network is what the tensors of a file fill.
type Network interface {
	Parameters() []*model.Parameter
}

// Config describes a network before it is built.
type Config interface {
	Validate() error
	Size() int // number of weights
}

// Restore builds the network of a configuration with the weights of f; tensors of a training state are left out. The size
// that the configuration asks for is checked against the file before build allocates it: both may come from a stranger.
func Restore[N Network](f *File, cfg Config, build func() (N, error)) (N, error) {
	var none N
	if err := cfg.Validate(); err != nil {
		return none, Malformed("the network's configuration is invalid", err)
	}
	if want, have := cfg.Size(), f.Elements(PrefixOptim, PrefixState); want != have {
		return none, Malformed(fmt.Sprintf("the configuration asks for %d weights, the file has %d", want, have), nil)
	}
	network, err := build()
	if err != nil {
		return none, err
	}
	return network, Bind(Parameters(network.Parameters()), f, PrefixOptim, PrefixState)
}

// State returns the tensors of a training state: those that stand beside the network's parameters.
func (f *File) State() []Tensor {
	var state []Tensor
	for _, t := range f.Tensors {
		if strings.HasPrefix(t.Name, PrefixOptim) || strings.HasPrefix(t.Name, PrefixState) {
			state = append(state, t)
		}
	}
	return state
}

// TensorInfo describes a parameter.
type TensorInfo struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	Count int    `json:"count"`
}

// Describe lists parameters, and how many values they have in all.
func Describe(params []*model.Parameter) (list []TensorInfo, total int) {
	for _, p := range params {
		list = append(list, TensorInfo{p.Name, p.Shape, p.Len()})
		total += p.Len()
	}
	return list, total
}
