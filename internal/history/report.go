package history

import (
	"bytes"
	"errors"
	"os"
	"slices"

	"github.com/textgen-go/textgen/internal/report"
	"github.com/textgen-go/textgen/model/checkpoint"
	"github.com/textgen-go/textgen/model/train"
)

// Description is what the page of a run says besides what its records tell.
type Description struct {
	Title    string
	Subtitle string // in plain words: what is trained on what
	Score    string // what [train.Metrics.Score] is called, if there is one
	Guarded  bool   // without a verdict, the run is called healthy
	Facts    []report.Group
}

// Sample is a text that a network wrote while it was trained.
type Sample struct {
	Step int    `json:"step"`
	Text string `json:"text"`
}

// page keeps report.html up to date.
type page struct {
	about   Description
	samples []Sample
	file    *checkpoint.Metrics // of the samples
	written float64             // seconds of the run at the last time
}

// reportEvery is how many seconds of training lie between two versions of the page, if nothing happens that it must show
// at once.
const reportEvery = 3

// Report makes the history keep report.html up to date from now on. Samples after the given step are forgotten.
func (h *History) Report(about Description, step int) error {
	p := &page{about: about}
	path := h.dir.Path(checkpoint.SamplesName)
	var err error
	if p.file, err = checkpoint.ResumeMetrics(path, step); err != nil {
		return err
	}
	if p.samples, err = checkpoint.ReadMetrics[Sample](path); err != nil {
		return errors.Join(err, p.file.Close())
	}
	h.page = p // not before: Finish writes a page that there is
	return h.writePage(true)
}

// HasReport says whether a run has a page already.
func HasReport(dir *checkpoint.Run) bool {
	_, err := os.Stat(dir.Path(checkpoint.ReportName))
	return err == nil
}

// AddSample keeps a text for the page.
func (h *History) AddSample(s Sample) error {
	h.page.samples = append(h.page.samples, s)
	return h.page.file.Append(s)
}

// forgetReport removes what an earlier run in the directory left.
func (h *History) forgetReport() error {
	return errors.Join(h.dir.Remove(checkpoint.ReportName), h.dir.Remove(checkpoint.SamplesName))
}

// updatePage writes the page if a record has news for it, or some time has passed.
func (h *History) updatePage(rec train.Record) error {
	news := rec.ValidLoss != nil || rec.Verdicts != nil || len(h.all) == 1
	if h.page == nil || !news && rec.Seconds < h.page.written+reportEvery {
		return nil
	}
	h.page.written = rec.Seconds
	return h.writePage(true)
}

func (h *History) finishPage() error {
	if h.page == nil {
		return nil
	}
	return errors.Join(h.page.file.Close(), h.writePage(false))
}

// writePage writes the page; that of a run that goes on is read anew by a browser.
func (h *History) writePage(goesOn bool) error {
	about := h.page.about
	p := Page(h.all, h.limit)
	p.Summary = summary(h.all, h.unit)
	p.Curves.Unit = h.unit
	p.Title, p.Subtitle, p.ScoreName = about.Title, about.Subtitle, about.Score
	p.Watched, p.GoesOn, p.Facts = about.Guarded && Tells(h.all), goesOn, about.Facts
	for _, s := range spread(h.page.samples, shownSamples) {
		p.Samples = append(p.Samples, report.Sample(s))
	}
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		return err
	}
	return h.dir.Replace(checkpoint.ReportName, b.Bytes())
}

// shownSamples is the number of samples on a page.
const shownSamples = 6

// spread returns at most n elements: the first, the last, and some between at equal distances.
func spread[T any](all []T, n int) []T {
	if len(all) <= n {
		return all
	}
	out := make([]T, n)
	for i := range out {
		out[i] = all[i*(len(all)-1)/(n-1)]
	}
	return slices.Clip(out)
}
