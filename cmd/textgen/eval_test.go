package main

import (
	"strings"
	"testing"
	"time"

	"github.com/textgen-go/textgen/classify/measure"
	"github.com/textgen-go/textgen/generate"
)

func TestPrintScore(t *testing.T) {
	var b strings.Builder
	printScore(&b, generate.Score{
		Bytes: 3000, Chars: 2000, Tokens: 1000, Unknown: 7,
		NatsPerToken: 1.5, Perplexity: 4.4817, BitsPerToken: 2.164, BitsPerChar: 1.082, BitsPerByte: 0.7213,
	}, 500*time.Millisecond)
	const want = `text                3,000 bytes, 2,000 characters, 1,000 tokens
unknown tokens      7
nats per token      1.5000
perplexity          4.482
bits per token      2.1640
bits per character  1.0820
bits per byte       0.7213
speed               2,000 tokens/s
`
	if b.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", b.String(), want)
	}
}

func TestPrintMeasures(t *testing.T) {
	m := &measure.Measures{
		Documents: 1200, Accuracy: 0.9, AccuracyInterval: &measure.Interval{Low: 0.88, High: 0.92}, MacroF1: 0.8, MicroF1: 0.85, LogLoss: 0.25, ECE: 0.01,
		Labels: []measure.LabelMeasures{
			{Label: "cold", Precision: 0.75, Recall: 0.5, F1: 0.6, Support: 200, Predicted: 1100},
			{Label: "wet", Precision: 1, Recall: 1, F1: 1, Support: 1000, Predicted: 100},
		},
		Confusion: [][]int{{100, 100}, {0, 1000}}, Unseen: []string{"dry"},
	}
	var b strings.Builder
	printMeasures(&b, m)
	const want = `documents          1,200
accuracy           90.00 % (95 %: 88.00 to 92.00)
macro-F1           80.00 %
micro-F1           85.00 %
log loss           0.2500 nats
calibration error  1.00 %
unknown labels  ["dry"]: the model has never seen them, and misses them

label  precision    recall        F1   documents   predicted
cold     75.00 %   50.00 %   60.00 %         200       1,100
wet     100.00 %  100.00 %  100.00 %       1,000         100

true \ predicted      cold     wet
cold                   100     100
wet                      0    1000
`
	if b.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", b.String(), want)
	}
}
