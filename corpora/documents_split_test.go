package corpora

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawDocuments draws documents of one label each, or of some.
func drawDocuments(t *rapid.T) []Document {
	n := rapid.IntRange(1, 300).Draw(t, "documents")
	most := rapid.IntRange(1, 3).Draw(t, "labels a document")
	docs := make([]Document, n)
	for i := range docs {
		docs[i].Text = fmt.Sprint("text ", i)
		for range rapid.IntRange(1, most).Draw(t, "labels") {
			label := fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "label"))
			if !slices.Contains(docs[i].Labels, label) {
				docs[i].Labels = append(docs[i].Labels, label)
			}
		}
	}
	return docs
}

// of counts the documents of a part that have each label.
func of(docs []Document, part []int) map[string]int {
	counts := make(map[string]int)
	for _, i := range part {
		for _, label := range docs[i].Labels {
			counts[label]++
		}
	}
	return counts
}

func TestStratify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := drawDocuments(t)
		s, err := ParseSplit(rapid.SampledFrom([]string{"0.9,0.1", "0.8,0.1,0.1", "1,0", "0.5,0.25,0.25", "0.01,0.99"}).Draw(t, "split"))
		if err != nil {
			t.Fatal(err)
		}
		seed := rapid.Uint64().Draw(t, "seed")
		train, valid, test, err := Stratify(docs, s, seed)
		if err != nil {
			t.Fatal(err)
		}
		all := slices.Sorted(slices.Values(slices.Concat(train, valid, test)))
		for i, j := range all {
			if i != j || len(all) != len(docs) {
				t.Fatalf("parts %v %v %v are not all documents, each once", train, valid, test)
			}
		}
		if !slices.IsSorted(train) || !slices.IsSorted(valid) || !slices.IsSorted(test) {
			t.Fatal("not ascending")
		}
		trained := of(docs, train)
		for label := range of(docs, all) {
			if trained[label] == 0 {
				t.Fatalf("no document of %s to train on", label)
			}
		}
		again, _, _, _ := Stratify(docs, s, seed)
		if !slices.Equal(train, again) {
			t.Fatal("the same seed gives another split")
		}
	})
}

// Each part has its share of each label: the cuts round twice at the middle one.
func TestStratifyShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := make([]Document, rapid.IntRange(1, 200).Draw(t, "documents"))
		for i := range docs {
			docs[i].Labels = []string{fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "label"))}
		}
		s := Split{Train: rapid.Int64Range(1, splitUnit).Draw(t, "train")}
		s.Valid = rapid.Int64Range(0, splitUnit-s.Train).Draw(t, "valid")
		s.Test = splitUnit - s.Train - s.Valid
		train, valid, test, err := Stratify(docs, s, 1)
		if err != nil {
			t.Fatal(err)
		}
		parts := []map[string]int{of(docs, train), of(docs, valid), of(docs, test)}
		for label := range parts[0] {
			n := parts[0][label] + parts[1][label] + parts[2][label]
			for i, millionths := range []int64{s.Train, s.Valid, s.Test} {
				within := []float64{1, 2, 1}[i]
				share := float64(n) * float64(millionths) / splitUnit
				kept := parts[0][label] == 1 // one that was perhaps to be held out
				if got := float64(parts[i][label]); math.Abs(got-share) > within && !kept {
					t.Fatalf("part %d of %v has %v of %d documents of label %s, want %v", i, s, got, n, label, share)
				}
			}
		}
	})
}

func TestStratifyProportions(t *testing.T) {
	var docs []Document
	for i := range 1000 {
		label := "common"
		if i%10 == 0 {
			label = "rare"
		}
		docs = append(docs, Document{Labels: []string{label}})
	}
	docs = append(docs, Document{Labels: []string{"single"}})
	s, err := ParseSplit("0.8,0.1,0.1")
	if err != nil {
		t.Fatal(err)
	}
	train, valid, test, err := Stratify(docs, s, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		part []int
		want map[string]int
	}{
		{train, map[string]int{"common": 720, "rare": 80, "single": 1}},
		{valid, map[string]int{"common": 90, "rare": 10}},
		{test, map[string]int{"common": 90, "rare": 10}},
	} {
		if diff := cmp.Diff(tt.want, of(docs, tt.part)); diff != "" {
			t.Error(diff)
		}
	}
	other, _, _, _ := Stratify(docs, s, 2)
	if slices.Equal(train, other) {
		t.Error("another seed gives the same split")
	}
}

func TestFolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := append(drawDocuments(t), Document{Labels: []string{"0"}})
		k := rapid.IntRange(2, len(docs)).Draw(t, "k")
		folds, err := StratifiedFolds(docs, k, 7)
		if err != nil {
			t.Fatal(err)
		}
		for i, fold := range folds {
			if n := len(docs) / k; len(fold) < n || len(fold) > n+1 {
				t.Fatalf("fold %d of %d has %d of %d documents", i, k, len(fold), len(docs))
			}
			train := FoldTrain(folds, i)
			if len(train)+len(fold) != len(docs) || slices.ContainsFunc(fold, func(j int) bool { return slices.Contains(train, j) }) {
				t.Fatalf("fold %d %v and its training documents %v", i, fold, train)
			}
		}
	})
}

func TestFoldProportions(t *testing.T) {
	var docs []Document
	for i := range 95 {
		docs = append(docs, Document{Labels: []string{[]string{"a", "b", "c"}[min(i%5, 2)]}})
	}
	folds, err := StratifiedFolds(docs, 10, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, fold := range folds {
		got := of(docs, fold)
		if got["a"] < 1 || got["a"] > 2 || got["b"] < 1 || got["b"] > 2 || got["c"] < 5 || got["c"] > 6 {
			t.Errorf("fold %d: %v of 19 a, 19 b, 57 c", i, got)
		}
	}
	for _, k := range []int{0, 1, 96} {
		if _, err := StratifiedFolds(docs, k, 3); err == nil {
			t.Errorf("%d folds of 95 documents: no error", k)
		}
	}
}

func TestStratifyErrors(t *testing.T) {
	streams, err := ParseSplit("streams:0.9")
	if err != nil {
		t.Fatal(err)
	}
	docs := []Document{{Labels: []string{"x"}}}
	if _, _, _, err := Stratify(docs, streams, 0); err == nil {
		t.Error("a split by streams: no error")
	}
	if _, _, _, err := Stratify(nil, Split{Train: splitUnit}, 0); err == nil {
		t.Error("no documents: no error")
	}
}

func TestCountShared(t *testing.T) {
	trained := []Document{{Text: "a"}, {Text: "b\n"}, {Text: "a"}}
	tested := []Document{{Text: "a "}, {Text: "c"}, {Text: "b"}, {Text: "a"}, {Text: "A"}}
	if got := CountShared(trained, tested); got != 3 {
		t.Errorf("%d shared, want 3", got)
	}
}
