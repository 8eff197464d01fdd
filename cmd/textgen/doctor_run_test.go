package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// diagnose runs doctorRun on records and returns what it prints.
func diagnose(t *testing.T, records string, asJSON bool) (string, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "metrics.jsonl"), []byte(records), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.Bool("json", asJSON, "")
	err := doctorRun(cli.NewContext(&cli.App{Writer: &out}, flags, nil), dir)
	return out.String(), err
}

func TestDoctorOfARun(t *testing.T) {
	const (
		start = `{"step":1,"loss":4.2,"lr":0.01,"facts":{"steps":1000,"window":64,"unigram":3.3,"dependency":48,"lr":0.01,"clip":1}}` + "\n"
		level = `{"step":400,"loss":3.31,"lr":0.01}` + "\n" + `{"step":800,"loss":3.31,"lr":0.01}` + "\n"
		ended = `{"step":900,"loss":3.403e+38,"lr":0.01,"verdicts":[{"kind":"non-finite","step":900,"layer":"layer 1","evidence":"the weight of rnn.weight_hh_l1 is NaN","cause":"An overflow","try":"--lr 0.005","action":"gave up"}]}` + "\n"
	)
	for _, c := range []struct {
		name, records string
		json          bool
		want          []string
	}{
		{"short", start + `{"step":100,"loss":2,"valid_loss":2.1,"lr":0.01,"health":{"step":100,"norm_max":0.5}}` + "\n", false,
			[]string{"100 steps, training loss 2.0000, best validation loss 2.1000", "health at step 100: gradient ≤ 0.5", "Nothing is wrong so far, but too little was measured"}},
		{"healthy", start + strings.Repeat(`{"step":100,"loss":2,"lr":0.01,"health":{"step":100,"norm_max":0.5}}`+"\n", 5), false,
			[]string{"Nothing is wrong: gradients, gates, losses and weights look healthy"}},
		{"stalled without a guard", start + level, false, []string{"STALLED, step 400", "knowing how often each token occurs gives 3.300", "try     --lr 0.03, then --lr 0.0033"}},
		{"diverged", start + ended, false, []string{"training loss NaN", "NON-FINITE in layer 1, step 900", "the guard  gave up"}},
		{"older", `{"step":1,"loss":4.2,"lr":0.01}` + "\n", false, []string{"older version"}},
		{"as JSON", start + ended, true, []string{`"step":900,"verdicts":[{"kind":"non-finite","step":900,"layer":"layer 1"`, `"facts_known":true`}},
	} {
		got, err := diagnose(t, c.records, c.json)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, got)
			}
		}
	}
	if _, err := diagnose(t, "", false); err == nil || !strings.Contains(err.Error(), "no records yet") {
		t.Errorf("an empty file gives %v", err)
	}
}
