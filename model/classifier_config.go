package model

import (
	"errors"
	"fmt"
	"slices"
)

// Pooling names a way to make one vector of a document's outputs h_1 … h_n.
type Pooling string

// The poolings.
const (
	PoolLast      Pooling = "last"      // h_n of the forward direction beside h_1 of the reverse: the final states
	PoolMean      Pooling = "mean"      // Σ h_t / n
	PoolMax       Pooling = "max"       // the largest of each feature
	PoolMeanMax   Pooling = "mean+max"  // both, side by side
	PoolAttention Pooling = "attention" // Σ α_t·h_t with α = softmax(v·tanh(W·h_t + b)) (Yang et al. 2016, eq. 5–7)
)

// Poolings lists the poolings.
var Poolings = []Pooling{PoolLast, PoolMean, PoolMax, PoolMeanMax, PoolAttention}

// ClassifierConfig describes a document classifier.
type ClassifierConfig struct {
	VocabSize  int     `json:"vocab_size"`
	Embedding  int     `json:"embedding"` // features of a token's embedding
	Labels     int     `json:"labels"`
	MultiLabel bool    `json:"multi_label,omitempty"` // a sigmoid for each label instead of a softmax over all
	Pooling    Pooling `json:"pooling"`
	// Buckets is the number of embeddings for hashed n-grams, whose sum over √n, FeatureWidth wide, stands beside the
	// pooled outputs; 0: none.
	Buckets      int `json:"buckets,omitempty"`
	FeatureWidth int `json:"feature_width,omitempty"`
	// FeatureDropout is the probability with which what the head reads is dropped in training.
	FeatureDropout float64 `json:"feature_dropout,omitempty"`
	RecurrentConfig
}

// MaxFeatureWidth is the largest FeatureWidth.
const MaxFeatureWidth = 1 << 12

// Validate reports every field that is out of range.
func (c ClassifierConfig) Validate() error {
	errs := []error{
		inRange("vocab_size", c.VocabSize, 1, 1<<24), inRange("embedding", c.Embedding, 1, 1<<16),
		inRange("labels", c.Labels, 1, 1<<16), inRange("buckets", c.Buckets, 0, 1<<24),
		probability("feature_dropout", c.FeatureDropout),
	}
	if c.Buckets > 0 {
		errs = append(errs, inRange("feature_width", c.FeatureWidth, 1, MaxFeatureWidth))
	}
	if !slices.Contains(Poolings, c.Pooling) {
		errs = append(errs, fmt.Errorf("pooling %q is unknown; use one of %s", c.Pooling, listed(Poolings)))
	}
	if c.Dilation > 1 {
		errs = append(errs, errors.New("dilation is for language models: documents of different lengths stand side by side in a batch"))
	}
	if err := errors.Join(append(errs, c.RecurrentConfig.Validate())...); err != nil {
		return err
	}
	return checkSize(c.Size())
}

// pooled returns the number of features that the pooling makes.
func (c ClassifierConfig) pooled() int {
	if c.Pooling == PoolMeanMax {
		return 2 * c.Width()
	}
	return c.Width()
}

// features returns the width of what the head reads.
func (c ClassifierConfig) features() int {
	if c.Buckets == 0 {
		return c.pooled()
	}
	return c.pooled() + c.FeatureWidth
}

// Size returns the number of weights of the classifier that a valid configuration describes.
func (c ClassifierConfig) Size() int {
	n := c.VocabSize*c.Embedding + c.RecurrentConfig.size(c.Embedding) + c.Labels*(c.features()+1)
	if c.Buckets > 0 {
		n += c.Buckets * c.FeatureWidth
	}
	if c.Pooling == PoolAttention {
		n += c.Width()*c.Width() + 2*c.Width()
	}
	return n
}
