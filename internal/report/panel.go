package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panels are plots above one another that share an axis of steps from first to last.
type panels struct {
	first, last float64
	plots       []*plot.Plot
}

// add appends a panel with about so many marks at its values.
func (ps *panels) add(title, quantity string, marks int) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.Title.Text = title
	p.Title.Padding = vg.Points(6)
	p.Title.TextStyle.Color = ink
	p.Title.TextStyle.Font = textFont(12)
	p.Y.Label.Text = quantity
	p.X.Min, p.X.Max = ps.first, ps.last
	p.X.Tick.Marker = plot.TickerFunc(stepTicks)
	p.Y.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick { return valueTicks(low, high, marks) })
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		styleAxis(axis)
	}
	p.Legend.Top = true
	p.Legend.Padding = vg.Points(3)
	p.Legend.ThumbnailWidth = vg.Points(18)
	p.Legend.TextStyle.Color = ink
	p.Legend.TextStyle.Font = textFont(9)
	grid := plotter.NewGrid()
	grid.Vertical.Color = nil
	grid.Horizontal.Color = faint
	p.Add(grid)
	ps.plots = append(ps.plots, p)
	return p
}

func styleAxis(a *plot.Axis) {
	a.Color = ink
	a.LineStyle.Width = vg.Points(0.7)
	a.Label.TextStyle.Color = ink
	a.Label.TextStyle.Font = textFont(10)
	a.Label.Padding = vg.Points(4)
	a.Tick.Color = ink
	a.Tick.LineStyle.Width = vg.Points(0.7)
	a.Tick.Length = vg.Points(4)
	a.Tick.Label.Color = ink
	a.Tick.Label.Font = textFont(9)
}

// draw draws the panels. All axes of steps begin and end at the same places.
func (ps *panels) draw(c draw.Canvas) {
	c = draw.Crop(c, vg.Points(8), -vg.Points(12), vg.Points(8), -vg.Points(8))
	areas := make([]draw.Canvas, len(ps.plots))
	left, right := c.Min.X, c.Max.X
	top := c.Max.Y
	for i, p := range ps.plots {
		frameValues(&p.Y)
		height := rateHeight
		if i == 0 {
			height = c.Size().Y - rateHeight*vg.Length(len(ps.plots)-1)
		}
		areas[i] = draw.Crop(c, 0, 0, top-height-c.Min.Y, top-c.Max.Y)
		top -= height
		if i == len(ps.plots)-1 {
			p.X.Label.Text = "step"
		}
		inner := p.DataCanvas(areas[i])
		left, right = max(left, inner.Min.X), min(right, inner.Max.X)
	}
	for i, p := range ps.plots {
		inner := p.DataCanvas(areas[i])
		p.Draw(draw.Crop(areas[i], left-inner.Min.X, right-inner.Max.X, 0, 0))
	}
}

// frameValues widens the range of values a little, and much if it is empty.
func frameValues(a *plot.Axis) {
	if a.Min > a.Max {
		a.Min, a.Max = 0, 1
	}
	margin := 0.04 * (a.Max - a.Min)
	if margin <= math.Abs(a.Max)*1e-9 {
		margin = math.Abs(a.Max) / 10
	}
	if margin == 0 {
		margin = 1
	}
	a.Min, a.Max = a.Min-margin, a.Max+margin
}
