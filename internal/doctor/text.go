package doctor

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// String says how the trial ended, in a word or two.
func (t *Trial) String() string {
	switch t.Outcome {
	case Solved:
		return fmt.Sprintf("solved %d", t.Steps)
	case Diverged:
		return fmt.Sprintf("diverged %d", t.Steps)
	case Baseline:
		return "baseline"
	}
	return fmt.Sprintf("%.0f %%", 100*t.Loss/t.Baseline)
}

// trial returns a trial, or nil if it was not made.
func (r *Results) trial(task, network string, length int) *Trial {
	for _, t := range r.Trials {
		if t.Task == task && t.Network == network && t.Length == length {
			return t
		}
	}
	return nil
}

const legend = `solved N: after N steps fewer than 1 % of the test's answers are wrong. N %: the loss came down to N % of the baseline.
baseline: the loss stayed above 85 % of it. –: not tried, as at a shorter T the loss had not fallen below half of the baseline.
`

const interrupted = "The experiments were interrupted: – also stands for those that were not made any more."

// WriteText writes a table for every task.
func (r *Results) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, task := range r.Tasks {
		fmt.Fprintf(&b, "%s. %s\nLoss: %s. Right: %s. %d units a layer, at most %d steps of %d sequences.\n\n",
			task.Title, task.About, task.Loss, task.Right, task.Hidden, task.Steps, batchSize)
		r.table(&b, task)
		for _, line := range r.findings(task) {
			fmt.Fprintf(&b, "\n%s", line)
		}
		b.WriteString("\n\n")
	}
	b.WriteString(legend)
	if !r.Complete {
		b.WriteString(interrupted + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table writes a task's outcomes: a line for each network, a column for each length.
func (r *Results) table(w io.Writer, task Task) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "\t")
	for _, length := range task.Lengths {
		fmt.Fprintf(t, "\tT = %d", length)
	}
	fmt.Fprintln(t)
	for _, n := range r.Networks {
		fmt.Fprintf(t, "%s\t%s", n.Name, n.About)
		for _, length := range task.Lengths {
			cell := "–"
			if trial := r.trial(task.Name, n.Name, length); trial != nil {
				cell = trial.String()
			}
			fmt.Fprint(t, "\t", cell)
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // strings.Builder does not fail
}

// findings says in sentences what a task has shown: at every length that some network solves and others do not.
func (r *Results) findings(task Task) []string {
	var lines, baseline []string
	for _, length := range task.Lengths {
		var solved []string
		for _, n := range r.Networks {
			switch t := r.trial(task.Name, n.Name, length); {
			case t == nil:
			case t.Outcome == Solved:
				solved = append(solved, n.Name)
			case t.Outcome == Baseline:
				baseline = append(baseline, n.Name)
			}
		}
		if len(solved) > 0 && len(baseline) > 0 {
			lines = append(lines, fmt.Sprintf("T = %d is solved by %s; there, or sooner, %s stayed at the baseline.",
				length, strings.Join(solved, ", "), strings.Join(baseline, ", ")))
		}
	}
	return lines
}
