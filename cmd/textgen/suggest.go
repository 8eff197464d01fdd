package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// suggest returns a hint to the name that was probably meant, or otherwise if none is near: what another program's flag is
// called here, the only name that begins like what was typed, else one with few letters more, less or other.
func suggest(typed string, names []string, otherwise string) string {
	best := cmp.Or(ours(typed, names), onlyLonger(typed, names), nearest(typed, names))
	if best == "" {
		return otherwise
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// elsewhere are flags of other programs (char-rnn, PyTorch's word_language_model, fastText) by the name of ours.
var elsewhere = map[string][]string{
	"--hidden":       {"rnn_size", "nhid", "hidden_size", "hidden-size", "units"},
	"--layers":       {"num_layers", "num-layers", "nlayers"},
	"--embedding":    {"emsize", "emb_size", "embedding_size", "embedding-dim", "dim"},
	"--cell":         {"model", "rnn_type"},
	"--lr":           {"learning_rate", "learning-rate"},
	"--lr-decay":     {"learning_rate_decay", "lrUpdateRate"},
	"--batch":        {"batch_size", "batch-size"},
	"--bptt":         {"seq_length", "seq_len", "seq-length"},
	"--epochs":       {"max_epochs", "epoch", "num_epochs"},
	"--clip":         {"grad_clip", "grad-clip"},
	"--split":        {"train_frac", "val_frac"},
	"--tie-weights":  {"tied"},
	"--ngrams":       {"wordNgrams"},
	"--char-grams":   {"minn", "maxn"},
	"--min-freq":     {"minCount"},
	"--buckets":      {"bucket"},
	"--vectors":      {"pretrainedVectors"},
	"--label-prefix": {"label"},
	"--threads":      {"thread"},
	"--report":       {"html"},
	"--out":          {"checkpoint_dir", "save", "output"},
	"--prompt":       {"primetext", "start"},
	"--length":       {"words", "num_samples", "max_new_tokens"},
}

// ours returns the one of names that does what another program's flag does, or "".
func ours(typed string, names []string) string {
	for _, name := range names {
		if slices.Contains(elsewhere[name], strings.TrimLeft(typed, "-")) {
			return name
		}
	}
	return ""
}

// onlyLonger returns the one of names that begins with typed, or "" if there is none or more than one.
func onlyLonger(typed string, names []string) string {
	found := ""
	for _, name := range names {
		if !strings.HasPrefix(name, typed) {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}

// nearest returns the one of names that differs least from typed, or "" if all differ in more than a third. Of a flag's name
// of one letter nothing can be told.
func nearest(typed string, names []string) string {
	letters := len([]rune(strings.TrimLeft(typed, "-")))
	if letters < 2 {
		return ""
	}
	best, near := "", letters/3+2
	for _, name := range names {
		if d := distance(typed, name); d < near {
			best, near = name, d
		}
	}
	return best
}

// distance is the number of characters to insert, delete or replace to make b of a (Levenshtein 1966).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			replaced := diagonal
			if r != s {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
