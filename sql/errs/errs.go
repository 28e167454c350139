// Package errs holds the errors that users see: one record for each of Spark's error conditions, and
// the Error value that carries a condition, its parameters and the place in the SQL text.
//
// Names of conditions, SQLSTATEs and parameter names are Spark's; the wording is ours.
package errs

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Text is one piece of SQL that positions point into: a statement, or the stored text of a view.
type Text struct {
	SQL  string
	Kind string // "" for the statement itself, else what holds it: "VIEW", "FUNCTION"
	Name string // the name of that object
}

// Pos is a half-open byte range [Start,End) of a Text. The zero Pos is unknown.
type Pos struct {
	Text       *Text
	Start, End int
}

// Known tells whether p points anywhere.
func (p Pos) Known() bool { return p.Text != nil }

// To spans from p to the end of q.
func (p Pos) To(q Pos) Pos {
	if !p.Known() {
		return q
	}
	if q.Known() && q.Text == p.Text && q.End > p.End {
		p.End = q.End
	}
	return p
}

// LineCol gives the line, from 1, and the position in it, from 0, in characters, as Spark counts them.
func (p Pos) LineCol() (line, col int) {
	if p.Text == nil {
		return 0, 0
	}
	before := p.Text.SQL[:min(p.Start, len(p.Text.SQL))]
	line = 1 + strings.Count(before, "\n")
	return line, len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
}

// Fragment is the text that p covers.
func (p Pos) Fragment() string {
	if p.Text == nil || p.Start >= p.End || p.End > len(p.Text.SQL) {
		return ""
	}
	return p.Text.SQL[p.Start:p.End]
}

// Condition is one row of the table of error conditions.
type Condition struct {
	Name     string // DIVIDE_BY_ZERO; sub-conditions with a dot: DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE
	State    string // SQLSTATE
	Template string // with <param> for each parameter
}

// Error is an error a user sees.
type Error struct {
	Cond *Condition
	Args map[string]string
	At   Pos
	Hint string // a sentence that helps, added to the message
	Err  error  // the cause, if any
}

// Arg is one parameter of a condition.
type Arg struct{ Name, Value string }

// New makes an Error for the named condition, with args in pairs of name and value. A name that is not
// in the table is a broken invariant and panics.
func New(at Pos, cond string, args ...string) *Error {
	c := Lookup(cond)
	if c == nil {
		panic("errs: unknown condition " + cond)
	}
	e := &Error{Cond: c, At: at}
	if len(args) > 0 {
		e.Args = make(map[string]string, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			e.Args[args[i]] = args[i+1]
		}
	}
	return e
}

// Unsupported says that something which parses is not supported yet.
func Unsupported(at Pos, what string) *Error { return New(at, "UNSUPPORTED_FEATURE", "feature", what) }

// Internal reports a broken invariant.
func Internal(format string, args ...any) *Error {
	return New(Pos{}, "INTERNAL_ERROR", "message", fmt.Sprintf(format, args...))
}

// Message is the template with its parameters filled in and the hint, without condition and SQLSTATE.
func (e *Error) Message() string {
	s := e.Cond.Template
	names := make([]string, 0, len(e.Args))
	for k := range e.Args {
		names = append(names, k)
	}
	sort.Strings(names)
	pairs := make([]string, 0, 2*len(names))
	for _, k := range names {
		pairs = append(pairs, "<"+k+">", e.Args[k])
	}
	pairs = append(pairs, "<proposal>", "") // the one parameter that may be missing
	s = strings.NewReplacer(pairs...).Replace(s)
	if e.Hint != "" {
		s += " " + e.Hint
	}
	return s
}

// Error is Spark's one-line form: [CONDITION] message SQLSTATE: nnnnn.
func (e *Error) Error() string {
	return "[" + e.Cond.Name + "] " + e.Message() + " SQLSTATE: " + e.Cond.State
}

func (e *Error) Unwrap() error { return e.Err }

// At returns err with the place p, when it is an *Error that has none yet.
func At(err error, p Pos) error {
	var e *Error
	if errors.As(err, &e) && !e.At.Known() && p.Known() {
		c := *e
		c.At = p
		return &c
	}
	return err
}

// Is tells whether err is an Error of the named condition or of one of its sub-conditions.
func Is(err error, cond string) bool {
	var e *Error
	return errors.As(err, &e) && (e.Cond.Name == cond || strings.HasPrefix(e.Cond.Name, cond+"."))
}

// Render is Error, then where it is known the place and the line with a caret beneath.
func (e *Error) Render() string {
	if !e.At.Known() {
		return e.Error()
	}
	var b strings.Builder
	line, col := e.At.LineCol()
	fmt.Fprintf(&b, "%s (line %d, pos %d)\n\n== SQL", e.Error(), line, col)
	if k := e.At.Text.Kind; k != "" {
		fmt.Fprintf(&b, " of %s %s", k, e.At.Text.Name)
	}
	b.WriteString(" ==\n")
	lines := strings.Split(e.At.Text.SQL, "\n")
	for i, l := range lines {
		b.WriteString(l)
		b.WriteByte('\n')
		if i == line-1 {
			width := max(1, len([]rune(strings.SplitN(e.At.Fragment(), "\n", 2)[0])))
			b.WriteString(strings.Repeat("-", col) + strings.Repeat("^", width) + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
