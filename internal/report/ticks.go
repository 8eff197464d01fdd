package report

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// stepTicks marks whole steps and groups their digits.
func stepTicks(low, high float64) []plot.Tick {
	gap := max(1, niceGap(high-low, 6))
	return ticks(low, high, gap, grouped)
}

// valueTicks returns marks at values, about n, with as many digits as tell them apart.
func valueTicks(low, high float64, n int) []plot.Tick {
	gap := niceGap(high-low, n)
	digits := max(0, -int(math.Floor(math.Log10(gap)+1e-9)))
	return ticks(low, high, gap, func(v float64) string {
		if digits > 5 {
			return strconv.FormatFloat(v, 'g', 3, 64)
		}
		return strconv.FormatFloat(v, 'f', digits, 64)
	})
}

// ticks marks the multiples of gap from low to high.
func ticks(low, high, gap float64, label func(float64) string) []plot.Tick {
	var marks []plot.Tick
	first := math.Ceil(low / gap)
	for i := 0.0; (first+i)*gap <= high && i < 100; i++ {
		v := (first + i) * gap
		marks = append(marks, plot.Tick{Value: v, Label: label(v)})
	}
	return marks
}

// niceGap returns 1, 2 or 5 times a power of ten that divides width into about n parts.
func niceGap(width float64, n int) float64 {
	rough := width / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= rough*0.999 {
			return m * power
		}
	}
	return 10 * power
}

// grouped writes a whole number with commas between thousands.
func grouped(v float64) string {
	digits := strconv.FormatFloat(math.Abs(v), 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if v < 0 {
		return "-" + digits
	}
	return digits
}
