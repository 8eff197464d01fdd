package tokenize

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestIDs(t *testing.T) {
	for _, vocab := range []int{5, 256, 257, 1 << 16, 1<<16 + 1} {
		rng := rand.New(rand.NewPCG(1, uint64(vocab)))
		want := make([]int32, 2*blockSize+100)
		for i := range want {
			want[i] = rng.Int32N(int32(vocab))
		}
		want[7] = int32(vocab - 1)
		ids := NewIDs(vocab)
		for rest := want; len(rest) > 0; {
			n := min(len(rest), rng.IntN(100_000))
			ids.Append(rest[:n]...)
			rest = rest[n:]
		}
		checkIDs(t, ids, want)
		from, to := blockSize-3, 2*blockSize+50
		checkIDs(t, ids.Slice(from, to), want[from:to])
		checkIDs(t, ids.Slice(from, to).Slice(2, 10), want[from+2:from+10])
		checkIDs(t, ids.Slice(4, 4), nil)
	}
}

// checkIDs reads ids in every way.
func checkIDs(t *testing.T, ids *IDs, want []int32) {
	t.Helper()
	if ids.Len() != len(want) {
		t.Fatalf("%d ids, want %d", ids.Len(), len(want))
	}
	for i := 0; i < len(want); i += 1 + len(want)/1000 {
		if got := ids.At(i); got != want[i] {
			t.Fatalf("id %d is %d, want %d", i, got, want[i])
		}
	}
	for _, from := range []int{0, 1, len(want) / 2, len(want)} {
		from = min(from, len(want))
		got := make([]int32, len(want)+5)
		n := ids.Read(got, from)
		if !slices.Equal(got[:n], want[from:]) {
			t.Fatalf("read %d ids from %d on, not as they are", n, from)
		}
	}
}

func TestIDsBounds(t *testing.T) {
	ids := NewIDs(10)
	ids.Append(1, 2, 3)
	if n := ids.Read(make([]int32, 2), 4) + ids.Read(make([]int32, 2), -1); n != 0 {
		t.Errorf("read %d ids out of range", n)
	}
	if whole := ids.Slice(0, 3); whole.Len() != 3 || ids.Slice(3, 3).Len() != 0 {
		t.Errorf("a view of all ids has %d of 3", whole.Len())
	}
	for name, f := range map[string]func(){
		"At(3)":             func() { ids.At(3) },
		"At(-1)":            func() { ids.At(-1) },
		"At beyond a view":  func() { ids.Slice(0, 1).At(1) },
		"Slice(2,4)":        func() { ids.Slice(2, 4) },
		"Slice(2,1)":        func() { ids.Slice(2, 1) },
		"append to a slice": func() { ids.Slice(0, 1).Append(1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestTokens(t *testing.T) {
	tok := mustTrain(t, TrainConfig{Kind: Word})
	text := story(3 * maxPart)
	want, unknown := tok.AppendIDs(nil, text)
	chunks := func(yield func([]byte, error) bool) {
		for chunk := range slices.Chunk(text, maxPart+12345) {
			if !yield(chunk, nil) {
				return
			}
		}
	}
	ids, gotUnknown, err := Tokens(tok, chunks)
	if err != nil || gotUnknown != unknown || unknown.Count == 0 {
		t.Fatalf("%v, %+v; want %+v", err, gotUnknown, unknown)
	}
	checkIDs(t, ids, want)
}

func TestErrorOfChunksComesThrough(t *testing.T) {
	broken := errors.New("disk on fire")
	chunks := func(yield func([]byte, error) bool) {
		_ = yield([]byte("some text"), nil) && yield(nil, broken)
	}
	if _, _, err := Tokens(mustTrain(t, TrainConfig{}), chunks); err != broken {
		t.Errorf("Tokens: %v", err)
	}
	if _, err := Train(TrainConfig{}, chunks); err != broken {
		t.Errorf("Train: %v", err)
	}
}

// An id that the width does not hold would read back as another.
func TestIDsOutOfRange(t *testing.T) {
	for _, id := range []int32{-1, 300} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("id %d is taken where 8 bits hold the vocabulary", id)
				}
			}()
			NewIDs(100).Append(id)
		}()
	}
}
