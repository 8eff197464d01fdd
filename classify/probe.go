package classify

import (
	"fmt"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/model/train"
)

// The most tokens back, and documents of a batch, that are looked at.
const (
	probedTokens    = 65
	probedDocuments = 8
)

// prober measures the network on documents of the batch that it was last trained on.
type prober struct {
	*model.BatchProbe
	lags  []int
	names []string // of the layers' directions
}

func newProber(b *model.Batch, maxTokens int) *prober {
	p := &prober{lags: train.ProbedLags(min(maxTokens, probedTokens))}
	p.BatchProbe = b.NewProbe(p.lags[len(p.lags)-1] + 1)
	cfg := b.Config()
	for l := range cfg.Layers {
		p.names = append(p.names, fmt.Sprintf("layer %d forwards", l))
		if cfg.Bidirectional {
			p.names = append(p.names, fmt.Sprintf("layer %d backwards", l))
		}
	}
	return p
}

// Probe implements [train.Prober]. The gradients are those of the last Step.
func (o *objective) Probe() train.Probed {
	docs := o.feed.documents
	out := train.Probed{Lags: o.probe.lags}
	for i, r := range o.probe.Measure(docs[:min(len(docs), probedDocuments)]) {
		out.Layers = append(out.Layers, train.NewLayerHealth(o.probe.names[i], o.probe.lags, r))
	}
	return out
}

// Facts implements [train.Prober]: a classifier knows no tokens that follow each other.
func (o *objective) Facts() train.Facts { return train.Facts{} }
