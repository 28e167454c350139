package shell

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/guptarohit/asciigraph"
)

// span is the least and the greatest of numbers.
func span(xs []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range xs {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	if lo > hi {
		return 0, 0
	}
	return lo, hi
}

// barOf is a bar of so many cells, to an eighth of one.
func barOf(cells float64) string {
	if !(cells > 0) {
		return ""
	}
	eighths := int(math.Round(cells * 8))
	return strings.Repeat("█", eighths/8) + strings.TrimRight(string([]rune(" ▏▎▍▌▋▊▉")[eighths%8]), " ")
}

// maxBars is the number of rows that bars are drawn for.
const maxBars = 200

func barChart(c *chart) string {
	var b strings.Builder
	for s, values := range c.series {
		if len(c.series) > 1 {
			fmt.Fprintf(&b, "%s\n", c.colour.paint(colourBold, c.names[s]))
		}
		labels := c.labels
		if labels == nil {
			labels = make([]string, len(values))
			for i := range labels {
				labels[i] = strconv.Itoa(i + 1)
			}
		}
		bars(&b, c, labels[:min(len(labels), maxBars)], values[:min(len(values), maxBars)])
		if len(values) > maxBars {
			fmt.Fprintf(&b, "only the first %d of %d rows\n", maxBars, len(values))
		}
	}
	return b.String()
}

// bars draws a line for each label, those below zero from the same edge in another colour.
func bars(b *strings.Builder, c *chart, labels []string, values []float64) {
	wide, numbersWide, most := 0, 0, 0.0
	shown := make([]string, len(values))
	for i, x := range values {
		shown[i] = strconv.FormatFloat(x, 'g', 6, 64)
		if math.IsNaN(x) {
			shown[i] = "NULL"
		} else {
			most = max(most, math.Abs(x))
		}
		wide, numbersWide = max(wide, textWidth(labels[i])), max(numbersWide, len(shown[i]))
	}
	wide = min(wide, max(8, c.width/3))
	room := max(10, c.width-wide-numbersWide-3)
	for i, x := range values {
		label := []rune(labels[i])
		for textWidth(string(label)) > wide {
			label = label[:len(label)-1]
		}
		bar, colour := "", colourBlue
		if most > 0 && !math.IsNaN(x) {
			bar = barOf(math.Abs(x) / most * float64(room))
		}
		if x < 0 {
			colour = colourRed
		}
		fmt.Fprintf(b, "%s%s %*s %s\n", string(label), strings.Repeat(" ", wide-textWidth(string(label))), numbersWide, shown[i], c.colour.paint(colour, bar))
	}
}

func lineChart(c *chart) string {
	room := max(10, c.width-14)
	series := make([][]float64, len(c.series))
	for i, s := range c.series {
		series[i] = thinned(s, room)
	}
	opts := []asciigraph.Option{asciigraph.Width(room), asciigraph.Height(max(5, min(15, c.height-6))), asciigraph.Caption(strings.Join(c.names, ", "))}
	if c.colour.on {
		colours := []asciigraph.AnsiColor{asciigraph.Blue, asciigraph.Red, asciigraph.Green, asciigraph.Yellow, asciigraph.Cyan, asciigraph.Magenta}
		opts = append(opts, asciigraph.SeriesColors(colours...), asciigraph.SeriesLegends(c.names...))
	}
	return asciigraph.PlotMany(series, opts...) + "\n"
}

// thinned thins numbers out to n, each the mean of its neighbours.
func thinned(xs []float64, n int) []float64 {
	if len(xs) <= n {
		return xs
	}
	out := make([]float64, n)
	for i := range out {
		sum, count := 0.0, 0.0
		for _, x := range xs[i*len(xs)/n : (i+1)*len(xs)/n] {
			if !math.IsNaN(x) {
				sum, count = sum+x, count+1
			}
		}
		out[i] = sum / count
	}
	return out
}

// histogram counts how many values fall into each of up to 20 ranges of the same width.
func histogram(c *chart) string {
	var b strings.Builder
	for s, values := range c.series {
		lo, hi := span(values)
		n := min(20, max(1, int(math.Ceil(math.Log2(float64(len(values))))+1)))
		if lo == hi {
			n = 1
		}
		counts, labels := make([]float64, n), make([]string, n)
		for _, x := range values {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				continue
			}
			k := 0
			if hi > lo {
				k = min(n-1, int((x-lo)/(hi-lo)*float64(n)))
			}
			counts[k]++
		}
		for k := range labels {
			step := (hi - lo) / float64(n)
			labels[k] = fmt.Sprintf("%.4g – %.4g", lo+float64(k)*step, lo+float64(k+1)*step)
		}
		fmt.Fprintf(&b, "%s\n", c.colour.paint(colourBold, c.names[s]))
		bars(&b, c, labels, counts)
	}
	return b.String()
}

// sparkline draws each column on one line.
func sparkline(c *chart) string {
	var b strings.Builder
	wide := 0
	for _, n := range c.names {
		wide = max(wide, textWidth(n))
	}
	steps := []rune("▁▂▃▄▅▆▇█")
	for s, values := range c.series {
		lo, hi := span(values)
		line := []rune{}
		for _, x := range thinned(values, max(10, c.width-wide-30)) {
			switch {
			case math.IsNaN(x):
				line = append(line, ' ')
			case hi == lo:
				line = append(line, steps[3])
			default:
				line = append(line, steps[int(math.Round((x-lo)/(hi-lo)*float64(len(steps)-1)))])
			}
		}
		fmt.Fprintf(&b, "%s%s %s %.4g – %.4g\n", c.names[s], strings.Repeat(" ", wide-textWidth(c.names[s])), c.colour.paint(colourBlue, string(line)), lo, hi)
	}
	return b.String()
}
