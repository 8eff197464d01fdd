package model

import "testing"

// fixtureDocuments returns the documents of the fixtures, which are one run of tokens cut into pieces.
func fixtureDocuments(lengths ...int) []Document {
	total := 0
	for _, n := range lengths {
		total += n
	}
	tokens := FixtureTokens("documents", total)
	var docs []Document
	for _, n := range lengths {
		docs = append(docs, Document{Tokens: tokens[:n]})
		tokens = tokens[n:]
	}
	return docs
}

// newFixtureClassifier builds the fixtures' classifier with their weights.
func newFixtureClassifier(t *testing.T, cell Cell, pooling Pooling) *Classifier {
	t.Helper()
	c, err := NewEmptyClassifier(ClassifierConfig{
		VocabSize: FixtureVocab, Embedding: FixtureEmbedding, Labels: 3, Pooling: pooling,
		RecurrentConfig: RecurrentConfig{Cell: cell, Layers: 1, Hidden: 4, Bidirectional: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	fillFixture(c.Parameters())
	return c
}

// Documents of several lengths, which PyTorch pads and packs, have its logits and gradients in every pooling.
func TestClassifierAgainstPyTorch(t *testing.T) {
	docs := fixtureDocuments(3, 5, 1, 4)
	for _, cell := range []Cell{LSTM, GRU} {
		fixture := ReadFixture(t, "classifier_"+string(cell))
		for _, pooling := range Poolings {
			t.Run(string(cell)+"/"+string(pooling), func(t *testing.T) {
				c, w := newFixtureClassifier(t, cell, pooling), testWorkers(t, 2)
				batch := c.NewTrainingBatch(w)
				c.Pack(w)
				weights := fixtureTensor("weights", len(docs)*c.cfg.Labels)
				var logits []float64
				var grads [][]float32
				for i, row := range batch.Forward(docs, 0) {
					logits = append(logits, widen(row)...)
					grads = append(grads, weights[i*c.cfg.Labels:(i+1)*c.cfg.Labels])
				}
				compare(t, "logits", logits, fixture.Output[string(pooling)], forwardTolerance)
				batch.Backward(grads)
				for _, p := range c.Parameters() {
					compare(t, "gradient of "+p.Name, widen(p.Grad), fixture.Grads[string(pooling)+" "+p.Name], gradientTolerance)
				}
			})
		}
	}
}
