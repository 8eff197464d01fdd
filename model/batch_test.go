package model

import (
	"slices"
	"testing"
)

// TestBatchForgetsEarlierDocuments trains on one batch in a fresh workspace and in one that held documents of the same
// and of other shapes before: what these left behind must not show.
func TestBatchForgetsEarlierDocuments(t *testing.T) {
	for _, cfg := range classifierConfigs(2, 37) {
		t.Run(classifierName(cfg), func(t *testing.T) {
			fresh, used := newClassifierNet(t, cfg, 2), newClassifierNet(t, cfg, 2)
			for _, docs := range [][]Document{backwards(used.docs), used.docs[2:]} {
				used.batch.Forward(docs, 5)
				used.batch.Backward(used.weights[:len(docs)])
			}
			want, got := fresh.run(), used.run()
			for d := range want {
				sameBits(t, "logits", got[d], want[d])
			}
			for i, p := range fresh.Parameters() {
				sameBits(t, "gradient of "+p.Name, used.Parameters()[i].Grad, p.Grad)
			}
		})
	}
}

// backwards returns the documents read from their ends.
func backwards(docs []Document) []Document {
	list := make([]Document, len(docs))
	for i, doc := range docs {
		list[i] = Document{Tokens: slices.Clone(doc.Tokens), NGrams: doc.NGrams}
		slices.Reverse(list[i].Tokens)
	}
	return list
}
