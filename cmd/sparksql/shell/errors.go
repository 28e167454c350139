package shell

import (
	"errors"
	"strings"

	sparksql "sparksql"
)

// errorText is an error as users see it: what was at work, condition, message, SQLSTATE, then the line with a caret. On a
// terminal the condition and the caret are coloured. What an internal error holds of stacks is left to logs.
func (p painter) errorText(err error) string {
	e, ok := sparksql.AsError(err)
	if !ok {
		return p.paint(colourRed, err.Error())
	}
	before, ok := strings.CutSuffix(err.Error(), e.Error())
	if !ok {
		return err.Error() // several errors
	}
	text := withoutStack(e.Render())
	if !p.on {
		return before + text
	}
	name := "[" + e.Cond.Name + "]"
	text = p.paint(colourBold+colourRed, name) + strings.TrimPrefix(text, name)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		switch {
		case isCaret(l):
			at := strings.IndexByte(l, '^')
			lines[i] = p.paint(colourDim, l[:at]) + p.paint(colourBold+colourRed, l[at:])
		case strings.HasPrefix(l, "== SQL"):
			lines[i] = p.paint(colourDim, l)
			if k := i + 1; k < len(lines) {
				lines = append(lines[:k], strings.Split(paintStatement(lines[k:]), "\n")...)
			}
		}
	}
	return before + strings.Join(lines, "\n")
}

// paintStatement colours the statement of an error, not the lines with carets between its lines.
func paintStatement(lines []string) string {
	for i, l := range lines {
		if !isCaret(l) {
			lines[i] = highlight(l)
		}
	}
	return strings.Join(lines, "\n")
}

// isCaret tells whether a line points at a place: dashes, then carets.
func isCaret(line string) bool {
	t := strings.TrimLeft(line, "-")
	return t != "" && strings.Trim(t, "^") == ""
}

// withoutStack cuts what an internal error says of the engine's own code.
func withoutStack(text string) string {
	if i := strings.Index(text, "\ngoroutine "); i >= 0 {
		return text[:i]
	}
	return text
}

// errorText is an error as plain text.
func errorText(err error) string { return painter{}.errorText(err) }

// exitCode is the exit code that an error of a statement gives.
func exitCode(err error) int {
	if e, ok := sparksql.AsError(err); ok && e.Cond.Name == "STATEMENT_TIMEOUT" {
		return exitTimeout
	}
	var usage errUsage
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}
