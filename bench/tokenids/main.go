// Command tokenids trains a tokenizer on a file, and writes tokenizer.json and
// the file's ids (32-bit little-endian) for tokenizers_compare.py beside it.
//
//	go run ./bench/tokenids KIND VOCAB OUT FILE
//
// It prints the seconds that training and encoding took.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/textgen-go/textgen/tokenize"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: tokenids char|word|bpe VOCAB OUT FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "tokenids:", err)
		os.Exit(1)
	}
}

func run(kind, vocab, out, file string) error {
	size, err := strconv.Atoi(vocab)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	start := time.Now()
	cfg := tokenize.TrainConfig{Kind: tokenize.Kind(kind), VocabSize: size}
	tok, err := tokenize.Train(cfg, func(yield func([]byte, error) bool) { yield(text, nil) })
	if err != nil {
		return err
	}
	trained := time.Now()
	ids, _ := tok.AppendIDs(nil, text)
	fmt.Printf("%.4f %.4f\n", trained.Sub(start).Seconds(), time.Since(trained).Seconds())
	return write(out, tok, ids)
}

func write(out string, tok tokenize.Tokenizer, ids []int32) error {
	data, err := tok.MarshalJSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "tokenizer.json"), data, 0o666); err != nil {
		return err
	}
	data, err = binary.Append(nil, binary.LittleEndian, ids)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "ids"), data, 0o666)
}
