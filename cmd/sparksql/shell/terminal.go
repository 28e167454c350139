package shell

import (
	"io"
	"os"

	"golang.org/x/term"
)

// isTerminal tells whether a stream is a terminal.
func isTerminal(x any) bool {
	f, ok := x.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalSize is the width and height of a terminal in cells, 80 by 24 when it does not say.
func terminalSize(x any) (width, height int) {
	if f, ok := x.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 && h > 0 {
			return w, h
		}
	}
	return 80, 24
}

// hasColour tells whether a stream is a terminal that is asked for colours: NO_COLOR and TERM=dumb say no.
func hasColour(x any) bool {
	return isTerminal(x) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Colours, as SGR sequences.
const (
	colourReset  = "\x1b[0m"
	colourBold   = "\x1b[1m"
	colourDim    = "\x1b[2m"
	colourRed    = "\x1b[31m"
	colourGreen  = "\x1b[32m"
	colourYellow = "\x1b[33m"
	colourBlue   = "\x1b[34m"
	colourPurple = "\x1b[35m"
	colourCyan   = "\x1b[36m"
)

// painter colours texts for one stream; without colour it leaves them as they are.
type painter struct{ on bool }

func (p painter) paint(colour, text string) string {
	if !p.on || text == "" {
		return text
	}
	return colour + text + colourReset
}

func painterOf(w io.Writer) painter { return painter{hasColour(w)} }
