package classify

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/textgen-go/textgen/model"
	"github.com/textgen-go/textgen/tokenize"
)

// Vectors are word vectors that were learned elsewhere, for tokens of a vocabulary.
type Vectors struct {
	Width  int
	tokens []int32     // in the order of the file
	rows   [][]float32 // of tokens
}

// ReadVectors reads the vectors of a tokenizer's tokens from a text file as word2vec, GloVe and fastText write it: a word
// and its numbers a line, parted by blanks, the first line of word2vec and fastText being two counts. A word that is no
// token is passed over; of a word that comes twice, also in another case where the tokenizer is blind to it, the first
// counts.
func ReadVectors(path string, t tokenize.Tokenizer) (*Vectors, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	defer file.Close()
	v, seen := &Vectors{}, make(map[int32]bool)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for number := 1; lines.Scan(); number++ {
		fields := strings.Fields(lines.Text())
		if number == 1 && len(fields) == 2 || len(fields) == 0 {
			continue
		}
		if err := v.add(fields, t, seen); err != nil {
			return nil, fmt.Errorf("vectors: %s:%d: %w", path, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("vectors: %s: %w", path, err)
	}
	if len(v.rows) == 0 {
		return nil, fmt.Errorf("vectors: %s has no vector for any of the %d tokens: is it a text file of word vectors, and are tokens words?", path, t.Size())
	}
	return v, nil
}

// add takes one line's vector if its word is a token. GloVe has words with blanks in them: the numbers are the last
// fields.
func (v *Vectors) add(fields []string, t tokenize.Tokenizer, seen map[int32]bool) error {
	if v.Width == 0 {
		v.Width = len(fields) - 1
	}
	if v.Width == 0 {
		return errors.New("no numbers behind a word: is it a text file of word vectors, and not compressed")
	}
	if len(fields) < v.Width+1 {
		return fmt.Errorf("%d numbers, but the first line has %d", len(fields)-1, v.Width)
	}
	word := strings.Join(fields[:len(fields)-v.Width], " ")
	ids, unknown := t.AppendIDs(nil, []byte(word))
	if len(ids) != 1 || unknown.Count > 0 || seen[ids[0]] {
		return nil
	}
	row := make([]float32, v.Width)
	for i, field := range fields[len(fields)-v.Width:] {
		x, err := strconv.ParseFloat(field, 32)
		if err != nil || x != x || x-x != 0 {
			return fmt.Errorf("%q is not a number", field)
		}
		row[i] = float32(x)
	}
	seen[ids[0]] = true
	v.tokens, v.rows = append(v.tokens, ids[0]), append(v.rows, row)
	return nil
}

// fill puts the vectors into an embedding and returns how many there are.
func (v *Vectors) fill(embedding *model.Parameter) int {
	for i, id := range v.tokens {
		copy(embedding.Value[int(id)*v.Width:], v.rows[i])
	}
	return len(v.tokens)
}
