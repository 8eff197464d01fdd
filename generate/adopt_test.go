package generate

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/textgen-go/textgen/model"
)

// What the settings of a fine-tuned run say of the network is what its network is.
func TestAdoptDescribesTheNetwork(t *testing.T) {
	old := Settings{
		Cell: model.LSTM, Layers: 2, Hidden: 8, Embedding: 8, Highway: true, LayerNorm: true, TieWeights: new(true),
		Dropout: 0.1, InputDropout: 0.2, OutputDropout: 0.3, Variational: true, EmbeddingDropout: 0.4, WeightDrop: 0.5,
		Zoneout: 0.6, ZoneoutCell: 0.7, Dilation: 2, AR: 1, TAR: 2,
		Init: model.Uniform, InitRange: 0.1, ForgetBias: 3, Chrono: 20, RecurrentScale: 0.9,
	}
	const vocab = 11
	cfg, err := old.modelConfig(vocab)
	if err != nil {
		t.Fatal(err)
	}
	network, err := model.NewLanguageModel(cfg, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	for _, preset := range Presets {
		s, err := Preset(preset)
		if err != nil {
			t.Fatal(err)
		}
		s.adopt(&Model{network: network, training: Training{Settings: old}})
		if got, err := s.modelConfig(vocab); err != nil || !cmp.Equal(got, network.Config()) {
			t.Errorf("%s: %v %s", preset, err, cmp.Diff(network.Config(), got))
		}
	}
}
