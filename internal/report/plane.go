package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// plane draws curves as an SVG of which the page's style sheet decides the colours.
type plane struct {
	xName  string
	log    bool // values on a logarithmic axis
	unit   bool // values from 0 to 1
	cut    bool // curves may begin above the picture
	curves []curve
	levels []curve
}

type curve struct {
	class, name string
	points      plotter.XYs
	dotted      bool // a single point, not a line
}

// The picture's size, in pixels of a page that shows it as it is, and what is left around the curves.
const (
	planeWidth, planeHeight = 400, 240
	marginLeft, marginRight = 52, 12
	marginTop, marginBottom = 10, 38
)

// logReach bounds how far below the greatest value a logarithmic axis goes: further down, a gradient is nothing.
const logReach = 1e-12

// lineClasses is the number of colours that tell lines apart.
const lineClasses = 6

func (p *plane) add(class, name string, points plotter.XYs) {
	if p.log {
		points = positive(points)
	}
	if len(points) > 0 {
		p.curves = append(p.curves, curve{class, name, sparse(points), false})
	}
}

func (p *plane) addAll(lines []Line) {
	for i, l := range lines {
		p.add(fmt.Sprintf("c%d", i%lineClasses), l.Name, l.points())
	}
}

// dot adds a single point; one that a logarithmic axis does not have is left out.
func (p *plane) dot(class string, at plotter.XY) {
	if p.log && at.Y <= 0 {
		return
	}
	p.curves = append(p.curves, curve{class, "", plotter.XYs{at}, true})
}

// level adds a horizontal line.
func (p *plane) level(class, name string, y float64) {
	p.levels = append(p.levels, curve{class, name, plotter.XYs{{Y: y}}, false})
}

// figure draws what was added; without a curve the figure has no picture.
func (p *plane) figure(title, note string) figure {
	f := figure{Title: title, Note: note}
	if len(p.curves) == 0 {
		return f
	}
	for _, c := range append(p.curves, p.levels...) {
		if c.name != "" {
			f.Legend = append(f.Legend, legend{c.class, c.name})
		}
	}
	f.SVG = template.HTML(p.svg(title))
	return f
}

func (p *plane) svg(title string) string {
	a := p.area()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, planeWidth, planeHeight, html.EscapeString(title))
	for _, t := range a.yTicks() {
		if t.Label == "" {
			continue
		}
		y := a.y(t.Value)
		fmt.Fprintf(&b, `<path class="grid" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
			marginLeft, y, planeWidth-marginRight, marginLeft-6, y+4, t.Label)
	}
	for _, t := range stepTicks(a.left, a.right) {
		if t.Label != "" {
			fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, a.x(t.Value), planeHeight-marginBottom+16, t.Label)
		}
	}
	fmt.Fprintf(&b, `<path class="axis" d="M%d %dH%d"/>`, marginLeft, planeHeight-marginBottom, planeWidth-marginRight)
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, planeWidth-marginRight, planeHeight-4, html.EscapeString(p.xName))
	for _, c := range p.curves {
		c.points = a.enter(c.points)
		a.draw(&b, c)
	}
	for _, c := range p.levels {
		fmt.Fprintf(&b, `<path class="line %s" d="M%d %.1fH%d"/>`, c.class, marginLeft, a.y(c.points[0].Y), planeWidth-marginRight)
	}
	b.WriteString("</svg>")
	return b.String()
}

// area maps numbers to the picture. Low and high are decades on a logarithmic axis.
type area struct {
	left, right, low, high float64
	log, unit              bool
}

// area fits all curves and levels.
func (p *plane) area() area {
	a := area{log: p.log, unit: p.unit, low: math.Inf(1), high: math.Inf(-1)}
	var all []plotter.XYs
	for _, c := range append(p.curves, p.levels...) {
		all = append(all, c.points)
		for _, point := range p.framed(c.points) {
			a.low, a.high = min(a.low, point.Y), max(a.high, point.Y)
		}
	}
	a.left, a.right = span(all...)
	switch {
	case p.unit:
		a.low, a.high = 0, 1
	case p.log:
		a.low = math.Floor(math.Log10(max(a.low, a.high*logReach)) + 1e-9)
		a.high = max(math.Ceil(math.Log10(a.high)-1e-9), a.low+1)
	default:
		axis := plot.Axis{Min: a.low, Max: a.high}
		frameValues(&axis)
		a.low, a.high = axis.Min, axis.Max
	}
	return a
}

// cutShare is how much of the beginning of a curve may be above the picture: a loss falls so steeply there that all the
// rest would look flat.
const cutShare = 0.03

// framed returns the points that must be within the picture.
func (p *plane) framed(points plotter.XYs) plotter.XYs {
	if !p.cut || len(points) == 0 {
		return points
	}
	return points[min(len(points)-1, int(math.Ceil(cutShare*float64(len(points))))):]
}

func (a area) x(v float64) float64 {
	return marginLeft + (v-a.left)/(a.right-a.left)*(planeWidth-marginLeft-marginRight)
}

// y maps a value, which on a logarithmic axis is above 0, and leaves it within the picture.
func (a area) y(v float64) float64 {
	if a.log {
		v = math.Log10(v)
	}
	share := min(1, max(0, (v-a.low)/(a.high-a.low)))
	return planeHeight - marginBottom - share*(planeHeight-marginTop-marginBottom)
}

func (a area) yTicks() []plot.Tick {
	switch {
	case a.log:
		return decades(a.low, a.high)
	case a.unit:
		return valueTicks(0, 1, 5)
	}
	return valueTicks(a.low, a.high, 6)
}

// decades marks powers of ten, at most about seven.
func decades(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	gap := math.Ceil((high - low) / 6)
	for d := math.Ceil(low/gap) * gap; d <= high; d += gap {
		ticks = append(ticks, plot.Tick{Value: math.Pow(10, d), Label: powerOfTen(int(d))})
	}
	return ticks
}

// powerOfTen writes 10ᵈ, and small powers in full.
func powerOfTen(d int) string {
	switch {
	case d >= 0 && d <= 3:
		return fmt.Sprint(int(math.Pow10(d)))
	case d < 0 && d >= -3:
		return fmt.Sprintf("%.*f", -d, math.Pow10(d))
	}
	superscript := strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
	return "10" + superscript.Replace(fmt.Sprint(d))
}

// draw writes a curve. On a logarithmic axis it ends where it leaves the picture.
func (a area) draw(b *strings.Builder, c curve) {
	if len(c.points) == 0 {
		return
	}
	if c.dotted || len(c.points) == 1 {
		fmt.Fprintf(b, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="3.5"/>`, c.class, a.x(c.points[0].X), a.y(c.points[0].Y))
		return
	}
	fmt.Fprintf(b, `<path class="line %s" d="`, c.class)
	for i, point := range c.points {
		command := 'L'
		if i == 0 {
			command = 'M'
		}
		if a.log && i > 0 && math.Log10(point.Y) < a.low {
			end := a.leave(c.points[i-1], point)
			fmt.Fprintf(b, "L%.1f %.1f", a.x(end.X), a.y(end.Y))
			break
		}
		fmt.Fprintf(b, "%c%.1f %.1f", command, a.x(point.X), a.y(point.Y))
	}
	b.WriteString(`"/>`)
}

// enter returns the points of a curve from where it comes into the picture: from below on a logarithmic axis, from above
// on another. A line that stays below has none.
func (a area) enter(points plotter.XYs) plotter.XYs {
	if a.log {
		return a.rise(points)
	}
	i := slices.IndexFunc(points, func(p plotter.XY) bool { return p.Y <= a.high })
	if i < 1 {
		return points
	}
	from, to := points[i-1], points[i]
	share := (from.Y - a.high) / (from.Y - to.Y)
	edge := plotter.XY{X: from.X + share*(to.X-from.X), Y: a.high}
	return append(plotter.XYs{edge}, points[i:]...)
}

// rise is enter on a logarithmic axis.
func (a area) rise(points plotter.XYs) plotter.XYs {
	i := slices.IndexFunc(points, func(p plotter.XY) bool { return math.Log10(p.Y) >= a.low })
	switch {
	case len(points) == 1 || i == 0:
		return points
	case i < 0:
		return nil
	}
	return append(plotter.XYs{a.leave(points[i], points[i-1])}, points[i:]...)
}

// leave returns where a line from one point to another, below a logarithmic axis's lowest, crosses that.
func (a area) leave(from, to plotter.XY) plotter.XY {
	top, bottom := math.Log10(from.Y), math.Log10(to.Y)
	share := (top - a.low) / (top - bottom)
	return plotter.XY{X: from.X + max(0, share)*(to.X-from.X), Y: math.Pow(10, a.low)}
}

// positive returns the points above 0.
func positive(points plotter.XYs) plotter.XYs {
	var kept plotter.XYs
	for _, p := range points {
		if p.Y > 0 {
			kept = append(kept, p)
		}
	}
	return kept
}
