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

// colourChoices are the values of --color.
var colourChoices = []string{"auto", "always", "never"}

// hasColour tells whether a stream gets colours, as --color says. auto: no with NO_COLOR, yes with CLICOLOR_FORCE, else on
// terminals that know colours.
func hasColour(x any, choice string) bool {
	force := os.Getenv("CLICOLOR_FORCE")
	switch {
	case choice == "always":
		return true
	case choice == "never", os.Getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	name := os.Getenv("TERM")
	return isTerminal(x) && name != "dumb" && (name != "" || os.Getenv("COLORTERM") != "")
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

func painterOf(w io.Writer, choice string) painter { return painter{hasColour(w, choice)} }
