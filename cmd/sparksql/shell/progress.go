package shell

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	sparksql "sparksql"
)

// progressLine shows on standard error how far a statement is: one line that is drawn over. It is shown on terminals only,
// after half a second, and gone before rows are printed.
type progressLine struct {
	out     io.Writer // nil: nothing is shown
	state   func() sparksql.Progress
	start   time.Time
	colour  painter
	quit    chan struct{}
	stopped chan struct{}
	once    sync.Once
}

// Times of the line of progress.
const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 200 * time.Millisecond
)

// startProgress shows the line on errs, unless that is no terminal or the user wants quiet.
func startProgress(errs io.Writer, quiet bool, colour painter, state func() sparksql.Progress) *progressLine {
	p := &progressLine{state: state, start: time.Now(), quit: make(chan struct{}), stopped: make(chan struct{}), colour: colour}
	if !isTerminal(errs) || quiet {
		close(p.stopped)
		return p
	}
	p.out = errs
	go p.run()
	return p
}

// run draws the line until stop. Its owner waits for it.
func (p *progressLine) run() {
	defer close(p.stopped)
	timer := time.NewTimer(progressAfter)
	defer timer.Stop()
	shown := false
	for {
		select {
		case <-p.quit:
			if shown {
				io.WriteString(p.out, "\r\x1b[K")
			}
			return
		case <-timer.C:
			width, _ := terminalSize(p.out)
			io.WriteString(p.out, "\r\x1b[K"+p.colour.paint(colourDim, progressText(p.state(), time.Since(p.start), width-1)))
			shown = true
			timer.Reset(progressEvery)
		}
	}
}

// stop takes the line away. It may be called more than once.
func (p *progressLine) stop() {
	p.once.Do(func() { close(p.quit) })
	<-p.stopped
}

// clearing is w, with the line gone before anything is written to it.
func (p *progressLine) clearing(w io.Writer) io.Writer {
	if p.out == nil || !isTerminal(w) {
		return w
	}
	return writerFunc(func(b []byte) (int, error) {
		p.stop()
		return w.Write(b)
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// progressText is the line: a bar, percent, rows and rows a second, memory, spilled bytes, time left, the pipeline at work.
func progressText(s sparksql.Progress, took time.Duration, width int) string {
	const cells = 16
	full := int(s.Fraction * cells)
	parts := []string{fmt.Sprintf("%s%s %3.0f%%", strings.Repeat("█", full), strings.Repeat("░", cells-full), 100*s.Fraction),
		fmt.Sprintf("%s rows, %s/s", countText(float64(s.Rows)), countText(float64(s.Rows)/max(0.001, took.Seconds()))), bytesText(s.Memory)}
	if s.Spilled > 0 {
		parts = append(parts, bytesText(s.Spilled)+" spilled")
	}
	parts = append(parts, took.Truncate(time.Second).String())
	if s.Fraction > 0.02 && s.Fraction < 1 {
		left := time.Duration(float64(took) * (1 - s.Fraction) / s.Fraction)
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	if s.Pipelines > 0 {
		parts = append(parts, fmt.Sprintf("%d/%d %s", min(s.Done+1, s.Pipelines), s.Pipelines, s.Pipeline))
	}
	line := []rune(strings.Join(parts, " · "))
	return string(line[:min(len(line), max(0, width))])
}

// countText is a number in three or four digits: 12.3k, 4.56M.
func countText(n float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= u.size {
			return fmt.Sprintf("%.3g%s", n/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.0f", n)
}

// bytesText is a size in binary units.
func bytesText(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}
