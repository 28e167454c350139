package shell

import (
	"strings"

	sparksql "sparksql"
)

// lexColours are the colours of what a statement is made of; the rest stays as it is.
var lexColours = map[any]string{
	sparksql.LexKeyword: colourBold + colourBlue, sparksql.LexString: colourGreen, sparksql.LexNumber: colourCyan,
	sparksql.LexComment: colourDim, sparksql.LexMarker: colourPurple, sparksql.LexVariable: colourPurple, sparksql.LexQuoted: colourYellow,
}

// highlight colours a statement, finished or not. A word before a bracket is a function. What the lexer leaves out stays as
// it is, so that taking the colours away gives the text back.
func highlight(text string) string {
	if isMetaLine(text) {
		end := strings.IndexAny(text+" ", " \t\n")
		return colourPurple + text[:end] + colourReset + text[end:]
	}
	var b strings.Builder
	at := 0
	for _, x := range sparksql.Lexemes(text) {
		colour := lexColours[x.Kind]
		if x.Kind == sparksql.LexWord && strings.HasPrefix(text[x.End:], "(") {
			colour = colourYellow
		}
		b.WriteString(text[at:x.Start])
		piece := text[x.Start:x.End]
		if colour == "" {
			b.WriteString(piece)
		} else {
			// Editors draw line by line: every line has its own colours.
			b.WriteString(colour + strings.ReplaceAll(piece, "\n", colourReset+"\n"+colour) + colourReset)
		}
		at = x.End
	}
	return b.String() + text[at:]
}
