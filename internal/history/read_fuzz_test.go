package history

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead gives records from a stranger to everything that reads them.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"step":1,"loss":4,"lr":0.1,"facts":{"steps":100,"window":64,"unigram":3.3,"dependency":48}}` + "\n" +
		`{"step":75,"loss":2,"valid_loss":2.1,"valid_score":0.5,"lr":0.1,"health":{"step":75,"norm_max":30,"parameters":[{"name":"rnn.weight_hh_l0","grad":1,"weight":2,"update":0.1}],` +
		`"lags":[0,1,2,17],"layers":[{"gradient":[1,1,1,0.1],"gates":[{"name":"h","low":0.1,"high":0.9}],"gain":2,"dead":0.6}]},` +
		`"verdicts":[{"kind":"stalled","step":75,"evidence":"flat","cause":"a rate","try":"--lr 1"}]}` + "\n"))
	f.Add([]byte(`{"step":60,"health":{"step":60,"lags":[9,1],"layers":[{"name":"x","gradient":[0,0]}]}}` + "\n"))
	f.Add([]byte(`{"step":-1,"loss":1e308,"health":{"lags":[0,1,99],"layers":[{"gradient":[1e300,-1,1]}]}}` + "\n" + `{"step":9}` + "\n"))
	f.Add([]byte(`{"step":1,"facts":{"dependency":48},"health":{"lags":[2,3,1,64],"layers":[{"gradient":[1,1,1,1]}]}}` + "\n"))
	path := filepath.Join(f.TempDir(), "metrics.jsonl")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
		records, err := Read(path)
		if err != nil {
			return
		}
		Diagnose(records)
		for _, r := range records {
			if r.Health != nil {
				_ = r.Health.String()
			}
		}
		p := Page(records, 0)
		p.Summary = summary(records, "token")
		if err := p.WriteHTML(io.Discard); err != nil {
			t.Fatal(err)
		}
	})
}
