package tokenize_test

import (
	"fmt"
	"iter"
	"log"

	"github.com/textgen-go/textgen/tokenize"
)

// inLines is a text that arrives in pieces.
func inLines(lines ...string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, line := range lines {
			if !yield([]byte(line), nil) {
				return
			}
		}
	}
}

func Example() {
	text := inLines("The river rose. ", "The boat rose with the river.\n")
	tok, err := tokenize.Train(tokenize.TrainConfig{Kind: tokenize.Word}, text)
	if err != nil {
		log.Fatal(err)
	}
	ids, unknown := tok.AppendIDs(nil, []byte("The boat sank."))
	fmt.Println(tok.Size(), ids, unknown.Count, unknown.First)
	fmt.Printf("%s\n", tok.AppendText(nil, ids))
	// Output:
	// 12 [5 9 1 4] 1 sank
	// The boat <unk>.
}

func ExampleParse() {
	tok, err := tokenize.Train(tokenize.TrainConfig{}, inLines("abracadabra"))
	if err != nil {
		log.Fatal(err)
	}
	data, err := tok.MarshalJSON() // tokenizer.json
	if err != nil {
		log.Fatal(err)
	}
	again, err := tokenize.Parse(data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Kind(), again.Size())
	// Output: char 9
}

func ExampleDecoder() {
	tok, err := tokenize.Train(tokenize.TrainConfig{Kind: tokenize.BPE, VocabSize: 260}, inLines("été"))
	if err != nil {
		log.Fatal(err)
	}
	ids, _ := tok.AppendIDs(nil, []byte("été"))
	d := tokenize.NewDecoder(tok)
	for _, id := range ids {
		fmt.Printf("%q ", d.Next(id))
	}
	fmt.Printf("%q\n", d.Flush())
	// Output: "" "é" "t" "" "é" ""
}

func ExampleTokens() {
	text := inLines("na", "nana", " ba")
	tok, err := tokenize.Train(tokenize.TrainConfig{}, text)
	if err != nil {
		log.Fatal(err)
	}
	ids, unknown, err := tokenize.Tokens(tok, text)
	if err != nil {
		log.Fatal(err)
	}
	window := make([]int32, 4)
	n := ids.Read(window, 6)
	fmt.Println(ids.Len(), unknown.Count, window[:n])
	// Output: 9 0 [4 6 5]
}
