package corpora

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// Stratify deals documents out by a split so that each part has each label in proportion. It returns the numbers of
// the documents of each part, ascending; together they are all, each once.
//
// A document's stratum is its label, or its rarest if it has several. Each stratum is shuffled with the seed. The
// parts are as large as [Split.Contiguous] makes them, and of a stratum each holds its share to within one, the middle
// one of three to within two, except that a label all of whose documents would be held out keeps one for training.
func Stratify(docs []Document, s Split, seed uint64) (train, valid, test []int, err error) {
	if s.Streams || s.Train == 0 {
		return nil, nil, nil, errors.New("corpora: documents are split by fractions such as 0.9,0.1")
	}
	if len(docs) == 0 {
		return nil, nil, nil, fmt.Errorf("corpora: %w to split", ErrEmpty)
	}
	part := make([]int, len(docs))
	at := int64(0)
	for _, stratum := range strata(docs, seed) {
		before, end := at, at+int64(len(stratum))
		for _, i := range stratum {
			part[i] = 2
		}
		a, b := portion(end, s.Train)-portion(before, s.Train), portion(end, s.Train+s.Valid)-portion(before, s.Train+s.Valid)
		for j, i := range stratum {
			switch {
			case int64(j) < a:
				part[i] = 0
			case int64(j) < b:
				part[i] = 1
			}
		}
		at = end
	}
	keepOne(docs, part)
	parts := byPart(part, 3)
	return parts[0], parts[1], parts[2], nil
}

// StratifiedFolds deals documents out to k folds of equal size, to within one, that each have each stratum of [Stratify]
// in proportion, to within one: so each label, where documents have one each; of several, only the rarest is looked at. It
// returns the numbers of the documents of each fold, ascending. Test on one fold, train on the others: see [FoldTrain].
func StratifiedFolds(docs []Document, k int, seed uint64) ([][]int, error) {
	if k < 2 || k > len(docs) {
		return nil, fmt.Errorf("corpora: %d documents cannot be dealt out to %d folds: use 2 to %d", len(docs), k, len(docs))
	}
	part := make([]int, len(docs))
	next := 0
	for _, stratum := range strata(docs, seed) {
		for _, i := range stratum {
			part[i] = next
			next = (next + 1) % k
		}
	}
	return byPart(part, k), nil
}

// FoldTrain returns the documents, ascending, of all folds but one.
func FoldTrain(folds [][]int, test int) []int {
	var train []int
	for i, fold := range folds {
		if i != test {
			train = append(train, fold...)
		}
	}
	slices.Sort(train)
	return train
}

// strata groups the documents by their rarest label, in the order of the labels' names, and shuffles each group.
func strata(docs []Document, seed uint64) [][]int {
	counts := make(map[string]int)
	for _, doc := range docs {
		for _, label := range doc.Labels {
			counts[label]++
		}
	}
	groups := make(map[string][]int)
	for i, doc := range docs {
		key := rarest(doc.Labels, counts)
		groups[key] = append(groups[key], i)
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	list := make([][]int, 0, len(groups))
	for _, label := range slices.Sorted(maps.Keys(groups)) {
		g := groups[label]
		rng.Shuffle(len(g), func(i, j int) { g[i], g[j] = g[j], g[i] })
		list = append(list, g)
	}
	return list
}

// rarest returns the label with the lowest count, of equals the first by name, or "" of none.
func rarest(labels []string, counts map[string]int) string {
	best := ""
	for _, label := range labels {
		if best == "" || counts[label] < counts[best] || counts[label] == counts[best] && label < best {
			best = label
		}
	}
	return best
}

// keepOne moves the first document of each label that has none in training there.
func keepOne(docs []Document, part []int) {
	trained := make(map[string]bool)
	for i, doc := range docs {
		for _, label := range doc.Labels {
			trained[label] = trained[label] || part[i] == 0
		}
	}
	for i, doc := range docs {
		if slices.ContainsFunc(doc.Labels, func(label string) bool { return !trained[label] }) {
			part[i] = 0
			for _, label := range doc.Labels {
				trained[label] = true
			}
		}
	}
}

// byPart lists the numbers of each part.
func byPart(part []int, n int) [][]int {
	parts := make([][]int, n)
	for i, p := range part {
		parts[p] = append(parts[p], i)
	}
	return parts
}
