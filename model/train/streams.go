package train

import "fmt"

// Tokens is a sequence of token ids that is read at random places.
type Tokens interface {
	// Len returns the number of tokens.
	Len() int

	// Read copies tokens, from the one at index from on, into dst until dst is full or the tokens end, and returns how
	// many it copied.
	Read(dst []int32, from int) int
}

// streams lays parallel streams over tokens. At each of length steps a stream predicts a token from the one before it:
// stream b reads tokens from origin + b·stride on, past the end at the beginning again.
type streams struct {
	tokens Tokens
	vocab  int
	count  int
	origin int
	stride int
	length int
	row    []int32 // of one stream: inputs and targets overlap
}

// fill sets inputs and targets of the steps from to from+steps, both [steps][count].
func (s *streams) fill(inputs, targets []int32, from, steps int) error {
	row := s.row[:steps+1]
	for b := range s.count {
		if err := s.read(row, s.origin+b*s.stride+from); err != nil {
			return err
		}
		for t := range steps {
			inputs[t*s.count+b] = row[t]
			targets[t*s.count+b] = row[t+1]
		}
	}
	return nil
}

// read fills dst from a position, which may be past the end.
func (s *streams) read(dst []int32, at int) error {
	n := s.tokens.Len()
	for len(dst) > 0 {
		at %= n
		got := s.tokens.Read(dst, at)
		if got < 1 {
			return fmt.Errorf("no tokens could be read at %d of %d", at, n)
		}
		for i, id := range dst[:got] {
			if id < 0 || int(id) >= s.vocab {
				return fmt.Errorf("token %d at %d is not in the model's vocabulary of %d: tokenize with the model's own tokenizer", id, at+i, s.vocab)
			}
		}
		dst = dst[got:]
		at += got
	}
	return nil
}
