// Package parse turns SQL text into sql/tree.
//
// Its one idea: a front that knows Spark's grammar (lexer, recursive descent, operator precedence) writes
// core SQL, plain SQL in which every name is quoted, every literal is a ? with its typed value kept beside
// the text, and Spark's own forms are marks that look like calls. The inner parser builds every query tree
// from core SQL, and the lowering turns that tree into sql/tree with places in the user's text. Commands are
// parsed by the front into their own nodes, which hold queries. Errors of the front are the user's errors; a
// refusal by the inner parser is an internal one. No other package sees the inner parser or its trees.
package parse

import (
	"errors"
	"strings"
	"time"

	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// Options are the settings that change what a text means. The zero value is Spark's default, in UTC.
type Options struct {
	Ansi                    bool                     // spark.sql.ansi.enabled
	EnforceReserved         bool                     // spark.sql.ansi.enforceReservedKeywords
	DoubleQuotedIdentifiers bool                     // spark.sql.ansi.doubleQuotedIdentifiers
	Zone                    *time.Location           // session time zone, for TIMESTAMP literals; nil: UTC
	Now                     time.Time                // for DATE 'today' and the like; zero: the clock
	TimestampNTZ            bool                     // spark.sql.timestampType is TIMESTAMP_NTZ
	Params                  map[string]*tree.Literal // values of parameter markers, by name, or by place from "1"

	defaultAsValue bool // inside INSERT: the word DEFAULT is a value
}

// OptionsOf are the options that a session's settings say, at an instant.
func OptionsOf(c *conf.Conf, now time.Time) Options {
	o := Options{Ansi: c.Bool("spark.sql.ansi.enabled"), DoubleQuotedIdentifiers: c.Bool("spark.sql.ansi.doubleQuotedIdentifiers"), Now: now,
		TimestampNTZ: strings.EqualFold(c.String("spark.sql.timestampType"), "TIMESTAMP_NTZ")}
	o.EnforceReserved = o.Ansi && c.Bool("spark.sql.ansi.enforceReservedKeywords")
	o.DoubleQuotedIdentifiers = o.DoubleQuotedIdentifiers && o.Ansi
	if z, ok := types.LoadZone(c.String("spark.sql.session.timeZone")); ok {
		o.Zone = z
	}
	return o
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

func (o Options) now() time.Time {
	if o.Now.IsZero() {
		return time.Now()
	}
	return o.Now
}

// maxDepth is how deep brackets, subqueries and operators may nest.
const maxDepth = 2500

// Statement parses one statement; a semicolon at its end is allowed.
func Statement(text *errs.Text, opts Options) (st tree.Statement, err error) {
	err = run(text, opts, func(p *front) {
		for n := len(p.toks); n > 1 && p.toks[n-2].op == ";"; n = len(p.toks) {
			p.toks[n-2] = p.toks[n-1]
			p.toks = p.toks[:n-1]
		}
		if p.atEnd() {
			panic(bail{errs.New(p.pos(), "PARSE_EMPTY_STATEMENT")})
		}
		st = p.statement()
	})
	return st, err
}

// Expression parses one expression.
func Expression(text *errs.Text, opts Options) (e tree.Expr, err error) {
	err = run(text, opts, func(p *front) { e = p.exprNow() })
	return e, err
}

// Relation parses one query.
func Relation(text *errs.Text, opts Options) (r tree.Relation, err error) {
	err = run(text, opts, func(p *front) { r, _ = p.queryNow() })
	return r, err
}

// DataType parses a type: INT, array<decimal(10,2)>, STRUCT<a: INT NOT NULL COMMENT 'x'>.
func DataType(text *errs.Text) (t types.Type, err error) {
	err = run(text, Options{}, func(p *front) {
		p.typeAlone = p.wordAt(0) == "" || !p.isOneOf("ARRAY", "MAP", "STRUCT")
		t = p.dataType()
	})
	return t, err
}

// DDL parses a schema as functions like from_json take it: a type, or else a list of columns, which is a struct. The
// error is that of the first reading.
func DDL(text *errs.Text) (types.Type, error) {
	t, err := DataType(text)
	if err == nil {
		return t, nil
	}
	if s, schemaErr := TableSchema(text); schemaErr == nil {
		return s.Struct(), nil
	}
	return types.Type{}, err
}

// TableSchema parses a list of columns, as in CREATE TABLE and from_json: a INT, b: STRING COMMENT 'x'.
func TableSchema(text *errs.Text) (s *types.Schema, err error) {
	err = run(text, Options{}, func(p *front) { s = p.schema() })
	return s, err
}

// Identifier parses a qualified name.
func Identifier(text *errs.Text) (parts []string, err error) {
	err = run(text, Options{}, func(p *front) { parts = p.multipart() })
	return parts, err
}

// bail carries a user's error out of the recursive descent; run is the only place that catches it. Any other panic is a
// broken invariant and becomes an internal error.
type bail struct{ err error }

func run(text *errs.Text, opts Options, f func(*front)) (err error) {
	defer func() {
		if x := recover(); x != nil {
			b, ok := x.(bail)
			if !ok {
				err = errs.Internal("the parser failed: %v", x)
				return
			}
			err = b.err
			var e *errs.Error
			if errors.As(err, &e) && !e.At.Known() {
				err = errs.At(err, errs.Pos{Text: text, Start: 0, End: len(text.SQL)})
			}
		}
	}()
	toks, lexErr := lex(text, opts.DoubleQuotedIdentifiers)
	if lexErr != nil {
		return lexErr
	}
	p := &front{text: text, src: text.SQL, toks: toks, opts: opts, w: &writer{}}
	f(p)
	if !p.atEnd() {
		p.extra()
	}
	return nil
}

// Piece is one statement of a script. Start is its offset; Complete is false for a last piece without a
// semicolon, or one that ends inside a quote, a comment or a compound block.
type Piece struct {
	Text     string
	Start    int
	Complete bool
}

// trimmed cuts blanks around script[from:to] and gives the new start.
func trimmed(script string, from, to int) (string, int) {
	s := script[from:to]
	t := strings.TrimLeft(s, " \t\r\n\f")
	return strings.TrimRight(t, " \t\r\n\f"), from + len(s) - len(t)
}
