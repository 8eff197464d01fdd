// Package report draws what a training was like: plain numbers go in, pictures come out.
//
// Entry points: [Curves.WriteSVG] draws the losses and the learning rate of a run, [Run.WriteHTML] writes a page with all
// that is known of it, [Classification.WriteHTML] one on how good labels are, [BeginExplanations] one on what they come from.
package report

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Curves holds the numbers of a run. Values that are not finite are left out of the picture.
type Curves struct {
	Title        string
	Unit         string  // what losses are means over; "" means token
	Training     Series  // loss of the training batches, in nats a unit
	Validation   Series  // loss on held-out text, in nats a unit
	LearningRate Series  // drawn in a panel of its own; none if it is empty
	Limit        float64 // nats a unit that no model can beat, drawn as a line; 0 if it is not known
}

// A Series is a curve: Values[i] was measured at Steps[i]. Steps increase. A longer slice's surplus is ignored.
type Series struct {
	Steps  []int
	Values []float64
}

// The picture has no background, and its colours have about the same contrast with white and with black.
var (
	ink    = color.NRGBA{0x76, 0x76, 0x76, 0xff} // 4.5:1 with white, 4.6:1 with black
	faint  = color.NRGBA{0x76, 0x76, 0x76, 0x40}
	blue   = color.NRGBA{0x2f, 0x7d, 0xe1, 0xff}
	thin   = color.NRGBA{0x2f, 0x7d, 0xe1, 0x50}
	orange = color.NRGBA{0xe0, 0x6c, 0x10, 0xff}
	green  = color.NRGBA{0x1f, 0x94, 0x5a, 0xff}
	violet = color.NRGBA{0x9a, 0x62, 0xd8, 0xff}
)

const (
	width      = 640 * vg.Length(0.75) // pixels of a browser, in points
	lossHeight = 340 * vg.Length(0.75)
	rateHeight = 130 * vg.Length(0.75)
)

// WriteSVG writes the picture: the losses against the steps and, below, the learning rate. The training loss is drawn
// as it was measured, thin, and smoothed. The same numbers give the same bytes; however long the run, they are some
// 100 kB at most.
func (c *Curves) WriteSVG(w io.Writer) error {
	training, validation, rate := c.Training.points(), c.Validation.points(), c.LearningRate.points()
	var panels panels
	panels.first, panels.last = span(training, validation, rate)
	height := lossHeight
	loss := panels.add(c.Title, "loss (nats per "+cmp.Or(c.Unit, "token")+")", 9)
	drawLosses(loss, training, validation, c.Limit)
	if len(rate) > 0 {
		height += rateHeight
		drawLine(panels.add("", "learning rate", 3), "", rate, violet, vg.Points(1.5))
	}
	canvas := vgsvg.New(width, height)
	panels.draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return fmt.Errorf("drawing curves: %w", err)
	}
	_, err := w.Write(withFallbackFonts(b.Bytes()))
	return err
}

// withFallbackFonts names fonts that browsers have beside the one that the text was measured with; Arial and
// Helvetica have the same widths.
func withFallbackFonts(svg []byte) []byte {
	const family = "font-family:Liberation Sans"
	return bytes.ReplaceAll(svg, []byte(family), []byte(family+",Arial,Helvetica,sans-serif"))
}

// drawLosses draws both losses and the limit.
func drawLosses(p *plot.Plot, training, validation plotter.XYs, limit float64) {
	if len(training)+len(validation) == 0 {
		p.Title.Text += " (nothing measured yet)"
	}
	if len(training) > maxPoints/8 {
		drawLine(p, "", envelope(training), thin, vg.Points(0.6))
		training = smooth(training)
	}
	drawLine(p, "training", training, blue, vg.Points(1.5))
	if len(validation) > 0 {
		best := lowest(validation)
		drawLine(p, fmt.Sprintf("validation, best: %.3f at step %s", best.Y, grouped(best.X)), validation, orange, vg.Points(1.5))
		drawDots(p, plotter.XYs{best}, orange)
	}
	if limit > 0 && limit <= biggest {
		ends := plotter.XYs{{X: p.X.Min, Y: limit}, {X: p.X.Max, Y: limit}}
		line := drawLine(p, fmt.Sprintf("limit that no model can beat: %.3f", limit), ends, green, vg.Points(1.2))
		line.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
	}
}

// drawLine adds a curve, as a dot if it is a single point, and an entry in the legend if it has a name.
func drawLine(p *plot.Plot, name string, points plotter.XYs, c color.Color, w vg.Length) *plotter.Line {
	line := &plotter.Line{XYs: sparse(points), LineStyle: draw.LineStyle{Color: c, Width: w}}
	if len(points) == 0 {
		return line
	}
	p.Add(line)
	if len(points) == 1 {
		drawDots(p, points, c)
	}
	if name != "" {
		p.Legend.Add(name, line)
	}
	return line
}

func drawDots(p *plot.Plot, points plotter.XYs, c color.Color) {
	style := draw.GlyphStyle{Color: c, Radius: vg.Points(2.5), Shape: draw.CircleGlyph{}}
	p.Add(&plotter.Scatter{XYs: points, GlyphStyle: style})
}

// textFont is metrically the same as Arial and Helvetica.
func textFont(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}
