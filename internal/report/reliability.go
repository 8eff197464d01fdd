package report

import (
	"fmt"
	"html/template"
	"strings"
)

// The reliability diagram's picture: a square from 0 to 1 both ways above a strip of counts.
const (
	squareLeft, squareTop, squareSize = 44, 10, 300
	stripTop, stripHeight             = 326, 46
	reliabilityWidth                  = squareLeft + squareSize + 12
	reliabilityHeight                 = stripTop + stripHeight + 40
)

// Diagram draws the reliability diagram (Guo et al. 2017, figure 1): a bar for each group of predictions, as high as they
// were right. Probabilities are honest where the bars end on the diagonal. Below, how many predictions there are.
func (c *Classification) Diagram() template.HTML {
	most := 0
	for _, bin := range c.Reliability {
		most = max(most, bin.Count)
	}
	if most == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="Reliability diagram">`, reliabilityWidth, reliabilityHeight)
	squareAxes(&b)
	width := float64(squareSize) / float64(len(c.Reliability))
	for i, bin := range c.Reliability {
		if bin.Count == 0 {
			continue
		}
		x, height := squareLeft+float64(i)*width, bin.Accuracy*squareSize
		fmt.Fprintf(&b, `<g><title>%s predictions with %.1f %% confidence on average: %.1f %% are right</title>`, Grouped(bin.Count), 100*bin.Confidence, 100*bin.Accuracy)
		fmt.Fprintf(&b, `<rect class="bar c0" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x+1, squareTop+squareSize-height, width-2, height)
		fmt.Fprintf(&b, `<circle class="dot c1" cx="%.1f" cy="%.1f" r="3.5"/>`, squareLeft+bin.Confidence*squareSize, squareTop+squareSize-height)
		share := float64(bin.Count) / float64(most) * stripHeight
		fmt.Fprintf(&b, `<rect class="bar c3" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/></g>`, x+1, stripTop+stripHeight-share, width-2, share)
	}
	fmt.Fprintf(&b, `<path class="line dashed c2" d="M%d %dL%d %d"/></svg>`, squareLeft, squareTop+squareSize, squareLeft+squareSize, squareTop)
	return template.HTML(b.String())
}

// squareAxes draws the grid, the axes and their names.
func squareAxes(b *strings.Builder) {
	bottom := squareTop + squareSize
	for i := 0; i <= 4; i++ {
		y, x := bottom-i*squareSize/4, squareLeft+i*squareSize/4
		fmt.Fprintf(b, `<path class="grid" d="M%d %dH%d"/><text x="%d" y="%d" text-anchor="end">%d %%</text>`, squareLeft, y, squareLeft+squareSize, squareLeft-6, y+4, 25*i)
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="%s">%d %%</text>`, x, stripTop+stripHeight+16, []string{"start", "middle", "end"}[min(i, 1)+i/4], 25*i)
	}
	fmt.Fprintf(b, `<path class="axis" d="M%d %dH%d"/><path class="axis" d="M%d %dH%d"/>`, squareLeft, bottom, squareLeft+squareSize, squareLeft, stripTop+stripHeight, squareLeft+squareSize)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">confidence</text>`, squareLeft+squareSize, reliabilityHeight-6)
}
