package train

import "slices"

// Diagnose gives the verdicts on a run that its records allow, each kind once. Verdicts that the records already hold, of
// what the guard saw within steps, come first.
func Diagnose(records []Record, facts Facts) []Verdict {
	var out []Verdict
	var w watched
	for _, r := range records {
		for _, v := range r.Verdicts {
			w.say(v.Kind)
			out = append(out, v)
		}
	}
	for _, r := range records {
		out = append(out, w.observe(r, facts)...)
	}
	return out
}

// watched is what the detectors remember from record to record.
type watched struct {
	Said      []Kind        `json:"said,omitempty"` // each kind is said once a run
	Faint     int           `json:"faint,omitempty"`
	Saturated int           `json:"saturated,omitempty"`
	Stall     stallState    `json:"stall,omitzero"`
	Fit       fitState      `json:"fit,omitzero"`
	Mismatch  mismatchState `json:"mismatch,omitzero"`
}

// say reports whether a kind is said for the first time.
func (w *watched) say(k Kind) bool {
	if slices.Contains(w.Said, k) {
		return false
	}
	w.Said = append(w.Said, k)
	return true
}

// detectors look at every record. One that remembers something changes its part of the state.
var detectors = []func(*watched, Record, Facts) (Verdict, bool){
	(*watched).vanishing, (*watched).exploding, (*watched).saturation, (*watched).stall, (*watched).overfitting,
	(*watched).mismatch, // by the running mean that overfitting keeps
}

// observe returns the verdicts that are new with a record.
func (w *watched) observe(r Record, f Facts) []Verdict {
	var out []Verdict
	for _, detect := range detectors {
		if v, found := detect(w, r, f); found && w.say(v.Kind) {
			out = append(out, v)
		}
	}
	return out
}
