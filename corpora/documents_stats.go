package corpora

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What can become of data that are not used as they stand.
const (
	emptyText      = "no text: left out"
	emptyLabel     = "no label: left out"
	blankLine      = "blank line: left out"
	trimmedLabel   = "white space or byte-order mark around a label: trimmed"
	cutLabel       = "label cut"
	repeatedLabel  = "label given twice: counted once"
	lateLabel      = "label behind the start of the text: taken out of it"
	carriageReturn = "carriage return before a line feed: dropped"
	halfPair       = "half a surrogate pair in JSON: replaced by U+FFFD"
	keptQuotes     = "field that starts and ends with a quote: kept as it is (--quotes csv takes them off)"
)

// A Note says how often something was left out or changed, and where first.
type Note struct {
	What  string `json:"what"`
	Count int    `json:"count"`
	File  string `json:"file"`
	Line  int    `json:"line"`
}

// notes collects notes in the order of their first places.
type notes struct{ list []Note }

func (n *notes) add(what string, doc Document) {
	for i := range n.list {
		if n.list[i].What == what {
			n.list[i].Count++
			return
		}
	}
	n.list = append(n.list, Note{what, 1, doc.Source, doc.Line})
}

// A LabelCount is a label and the number of documents that have it.
type LabelCount struct {
	Label string `json:"label"`
	Count int    `json:"count"`
}

// DocumentStats counts labelled documents.
type DocumentStats struct {
	Files      int          `json:"files"`
	Formats    []string     `json:"formats"` // of the files, each once, in order of appearance
	Encodings  []string     `json:"encodings"`
	Documents  int          `json:"documents"`
	Labels     []LabelCount `json:"labels"`      // the most frequent first, equals by name
	MultiLabel bool         `json:"multi_label"` // some document has several labels, or, where labels were read, none
	Duplicates int          `json:"duplicates"`  // documents whose text an earlier one has
	Conflicts  int          `json:"conflicts"`   // of them, those with other labels than the first
	LeftOut    int          `json:"left_out"`    // documents without text or label
	Notes      []Note       `json:"notes"`       // what was left out or changed
	BytesRead  int64        `json:"bytes_read"`  // after decompression
	TextBytes  int64        `json:"text_bytes"`  // of the documents' texts; the rest is labels, keys, line ends and what Notes name
}

// Stats reads all documents and counts them. It keeps 64 bytes of each in memory.
func (d *Documents) Stats(ctx context.Context) (DocumentStats, error) {
	t := newTally(d)
	for doc, err := range d.pass(ctx, &t.account, &t.notes) {
		if err != nil {
			return DocumentStats{}, err
		}
		t.add(doc)
	}
	return t.sum(), nil
}

// A tally makes DocumentStats of the documents of one pass.
type tally struct {
	account account
	notes   notes
	stats   DocumentStats
	labels  map[string]int
	seen    map[textHash]textHash // the labels of each text
	labeled bool
}

func newTally(d *Documents) *tally {
	return &tally{
		stats:  DocumentStats{Files: len(d.Files()), Formats: d.formats()},
		labels: make(map[string]int), seen: make(map[textHash]textHash), labeled: !d.opt.Unlabelled,
	}
}

func (t *tally) add(doc Document) {
	s := &t.stats
	s.Documents++
	s.TextBytes += int64(len(doc.Text))
	s.MultiLabel = s.MultiLabel || len(doc.Labels) > 1 || len(doc.Labels) == 0 && t.labeled
	for _, label := range doc.Labels {
		t.labels[label]++
	}
	hash, labels := hashText(doc.Text), hashText(strings.Join(slices.Sorted(slices.Values(doc.Labels)), "\x00"))
	first, ok := t.seen[hash]
	switch {
	case !ok:
		t.seen[hash] = labels
	case first != labels:
		s.Conflicts++
		fallthrough
	default:
		s.Duplicates++
	}
}

// sum returns the statistics when the pass is over.
func (t *tally) sum() DocumentStats {
	s := t.stats
	s.Labels = countLabels(t.labels)
	s.Encodings, s.BytesRead, s.Notes = t.account.encodings, t.account.read, t.notes.list
	for _, note := range s.Notes {
		if note.What == emptyText || note.What == emptyLabel {
			s.LeftOut += note.Count
		}
	}
	return s
}

// Warnings says for people which files are not read, and what their statistics say was left out, changed or
// contradictory.
func (d *Documents) Warnings(s DocumentStats) []string {
	var list []string
	const most = 8 // of the thousands that a folder of pictures may hold
	for _, name := range d.skipped[:min(most, len(d.skipped))] {
		list = append(list, name+" is not read: its name does not say that it is data")
	}
	switch more := len(d.skipped) - most; {
	case more == 1:
		list = append(list, "1 more file is not read, for the same reason")
	case more > 1:
		list = append(list, fmt.Sprintf("%d more files are not read, for the same reason", more))
	}
	for _, n := range s.Notes {
		list = append(list, fmt.Sprintf("%s: %d (first in %s, line %d)", n.What, n.Count, n.File, n.Line))
	}
	switch s.Conflicts {
	case 0:
	case 1:
		list = append(list, "1 document has the text of an earlier one, but other labels")
	default:
		list = append(list, fmt.Sprintf("%d documents have the text of an earlier one, but other labels", s.Conflicts))
	}
	return list
}

func (d *Documents) formats() []string {
	var list []string
	for _, f := range d.files {
		if !slices.Contains(list, f.format) {
			list = append(list, f.format)
		}
	}
	return list
}

// countLabels sorts labels by count and name.
func countLabels(counts map[string]int) []LabelCount {
	list := make([]LabelCount, 0, len(counts))
	for _, label := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, LabelCount{label, counts[label]})
	}
	slices.SortStableFunc(list, func(a, b LabelCount) int { return cmp.Compare(b.Count, a.Count) })
	return list
}

// A textHash stands for a text: two of a billion texts collide with probability below 10⁻²⁰.
type textHash [16]byte

func hashText(text string) textHash {
	sum := sha256.Sum256([]byte(text))
	return textHash(sum[:16])
}

// CountShared returns how many of the tested documents have a text that is among those trained on, white space at its
// ends aside.
func CountShared(trained, tested []Document) int {
	seen := make(map[textHash]bool, len(trained))
	for _, doc := range trained {
		seen[hashText(strings.TrimSpace(doc.Text))] = true
	}
	n := 0
	for _, doc := range tested {
		if seen[hashText(strings.TrimSpace(doc.Text))] {
			n++
		}
	}
	return n
}
