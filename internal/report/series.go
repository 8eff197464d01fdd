package report

import (
	"math"

	"gonum.org/v1/plot/plotter"
)

// maxPoints bounds the points of a drawn curve: a picture has fewer columns of pixels than that.
const maxPoints = 1000

// biggest bounds the values that are drawn: beyond it, sums and margins would overflow.
const biggest = 1e12

// points returns the finite part of the series.
func (s Series) points() plotter.XYs {
	var all plotter.XYs
	for i := range min(len(s.Steps), len(s.Values)) {
		if v := s.Values[i]; math.Abs(v) <= biggest { // false for NaN
			all = append(all, plotter.XY{X: float64(s.Steps[i]), Y: v})
		}
	}
	return all
}

// span returns the range of steps of all curves, with 0.
func span(curves ...plotter.XYs) (first, last float64) {
	for _, c := range curves {
		for _, p := range c {
			first, last = min(first, p.X), max(last, p.X)
		}
	}
	return first, max(last, first+1)
}

// lowest returns the first of the lowest points.
func lowest(points plotter.XYs) plotter.XY {
	best := points[0]
	for _, p := range points {
		if p.Y < best.Y {
			best = p
		}
	}
	return best
}

// smooth returns the mean of the points around each: 2 % of the curve to both sides, where there are as many. Near the
// start, where a loss falls steeply, the reach is as short on the one side as on the other, lest the mean be too low.
func smooth(points plotter.XYs) plotter.XYs {
	n := len(points)
	sums := make([]float64, n+1)
	for i, p := range points {
		sums[i+1] = sums[i] + p.Y
	}
	smoothed := make(plotter.XYs, n)
	for i, p := range points {
		reach := min(i, n/50)
		from, to := i-reach, min(i+reach+1, n)
		smoothed[i] = plotter.XY{X: p.X, Y: (sums[to] - sums[from]) / float64(to-from)}
	}
	return smoothed
}

// envelope returns at most maxPoints points that look like all of them: of every stretch the lowest and the highest,
// in their order.
func envelope(points plotter.XYs) plotter.XYs {
	if len(points) <= maxPoints {
		return points
	}
	var kept plotter.XYs
	const stretches = maxPoints / 2
	for i := range stretches {
		stretch := points[i*len(points)/stretches : (i+1)*len(points)/stretches]
		low, high := 0, 0
		for j, p := range stretch {
			if p.Y < stretch[low].Y {
				low = j
			}
			if p.Y > stretch[high].Y {
				high = j
			}
		}
		kept = append(kept, stretch[min(low, high)], stretch[max(low, high)])
	}
	return kept
}

// sparse returns at most maxPoints of the points, the first and the last among them.
func sparse(points plotter.XYs) plotter.XYs {
	n := len(points)
	if n <= maxPoints {
		return points
	}
	kept := make(plotter.XYs, maxPoints)
	for i := range kept {
		kept[i] = points[i*(n-1)/(maxPoints-1)]
	}
	return kept
}

// leaps reports whether a loss goes so far up that most of its curve would lie flat on the ground.
func leaps(points plotter.XYs) bool {
	const times = 5
	if len(points) == 0 {
		return false
	}
	highest := points[0].Y
	for _, p := range points {
		highest = max(highest, p.Y)
	}
	return lowest(points).Y > 0 && highest > times*points[0].Y
}
