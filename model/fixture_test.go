package model

import (
	"encoding/json"
	"os"
	"testing"
)

// Fixture is what testdata/pytorch.py wrote about one network. It is exported for the tests outside the package.
type Fixture struct {
	Loss          float64              `json:"loss"` // mean, in nats
	Losses, Norms []float64            // of a run: mean loss and global norm of the gradients, step by step
	Output        map[string][]float64 `json:"output"` // of a stack: its packed rows; of a classifier: logits by pooling
	Final         map[string][]float64 `json:"final"`  // h and c at the end, [layer][stream][unit]
	Grads         map[string][]float64 `json:"grads"`  // by the names of parameters; of a stack also x, h and c; of a classifier behind the pooling
}

// FixtureVocab, FixtureEmbedding and so on are the sizes of the fixtures' language models.
const (
	FixtureVocab     = 11
	FixtureEmbedding = 6
	FixtureHidden    = 8
	FixtureLayers    = 2
)

// ReadFixture reads testdata/NAME.json.
func ReadFixture(t testing.TB, name string) (f Fixture) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatalf("testdata/%s.json: %v", name, err)
	}
	return f
}

// NewFixtureModel builds the fixtures' language model with their weights.
func NewFixtureModel(t testing.TB, cell Cell) *LanguageModel {
	t.Helper()
	m, err := NewEmptyLanguageModel(Config{
		VocabSize: FixtureVocab, Embedding: FixtureEmbedding,
		RecurrentConfig: RecurrentConfig{Cell: cell, Layers: FixtureLayers, Hidden: FixtureHidden},
	})
	if err != nil {
		t.Fatal(err)
	}
	fillFixture(m.Parameters())
	return m
}

// FixtureTokens returns n tokens of a fixture.
func FixtureTokens(name string, n int) []int32 {
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32(fixtureNumber(name, i) % FixtureVocab)
	}
	return tokens
}

func fillFixture(params []*Parameter) {
	for _, p := range params {
		copy(p.Value, fixtureTensor(p.Name, p.Len()))
	}
}

// fixtureTensor returns n numbers from −0.5 up to 0.5 of 24 bits each: the same in Go and in Python, exactly.
func fixtureTensor(name string, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(fixtureNumber(name, i)>>8)/(1<<24) - 0.5
	}
	return x
}

// fixtureNumber hashes a name and an index as pytorch.py does.
func fixtureNumber(name string, i int) uint32 {
	var k uint32
	for _, b := range []byte(name) {
		k = 31*k + uint32(b)
	}
	k += uint32(i+1) * 2654435761
	k ^= k >> 15
	k *= 2246822519
	return k ^ k>>13
}
