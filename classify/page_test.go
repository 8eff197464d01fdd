package classify

import (
	"fmt"
	"testing"

	"github.com/textgen-go/textgen/corpora"
)

// Of many labels the page of a run tells the most frequent, wherever the alphabet puts them.
func TestPageTellsTheMostFrequentLabels(t *testing.T) {
	var p Plan
	for i := range 30 {
		p.Labels = append(p.Labels, corpora.LabelCount{Label: fmt.Sprintf("label %02d", i), Count: i})
	}
	facts := labelFacts(p)
	if len(facts) != 21 || facts[0].Name != "label 29" || facts[19].Name != "label 10" || facts[20].Name != "… and 10 more" {
		t.Errorf("facts %v, want labels 29 to 10 and 10 more", facts)
	}
}
