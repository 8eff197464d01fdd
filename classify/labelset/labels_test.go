package labelset

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/textgen-go/textgen/corpora"
)

func TestLabels(t *testing.T) {
	doc := func(labels ...string) corpora.Document {
		return corpora.Document{Text: "t", Labels: labels, Source: "f.tsv", Line: 3}
	}
	for _, tt := range []struct {
		name string
		docs []corpora.Document
		task Task
		want []string
		err  string
	}{
		{"sorted", []corpora.Document{doc("b"), doc("a"), doc("b")}, MultiClass, []string{"a", "b"}, ""},
		{"several", []corpora.Document{doc("b", "a"), doc("c")}, MultiLabel, []string{"a", "b", "c"}, ""},
		{"none on one", []corpora.Document{doc(), doc("c")}, MultiLabel, []string{"c"}, ""},
		{"one class", []corpora.Document{doc("a"), doc("a")}, "", nil, `all documents, 2 of them, have the label "a" (first in f.tsv, line 3)`},
		{"no labels", []corpora.Document{doc()}, "", nil, "without labels"},
		{"nothing", nil, "", nil, "0 documents"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			labels, task, err := Of(tt.docs)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil || task != tt.task {
				t.Fatalf("task %v, error %v", task, err)
			}
			if diff := cmp.Diff(tt.want, labels.Names); diff != "" {
				t.Error(diff)
			}
		})
	}
	docs := []corpora.Document{doc("a"), doc("a"), doc("a"), doc("b")}
	labels := Named([]string{"a", "b", "c"})
	if diff := cmp.Diff([]float64{4.0 / 9, 4.0 / 3, 0}, labels.Weights(docs), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]corpora.LabelCount{{Label: "b", Count: 1}, {Label: "c"}}, labels.Fewer(docs, 2)); diff != "" {
		t.Error(diff)
	}
	numbers, unknown := labels.Truth(doc("c", "z", "a"))
	if !slices.Equal(numbers, []int{0, 2}) || !slices.Equal(unknown, []string{"z"}) {
		t.Errorf("truth %v, unknown %v", numbers, unknown)
	}
}
